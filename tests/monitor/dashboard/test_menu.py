"""The menu: all pages that somebody may use, found by whoever has read nothing; no others."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from monitor.dashboard.menu import GROUPS, menu
from monitor.dashboard.roles import MAY, permitted
from patients.access import Role
from patients.models import Membership
from tests.monitor.dashboard.scene import Scene
from tests.monitor.dashboard.test_doors import PLACES
from tests.world import World

NAMES = [place.name for _title, places in GROUPS for place in places]
# Parts and files, which no one goes to by themselves: their pages have the way to them.
PARTS = {"system", "on-call", "figures-csv", "figures-pdf", "monthly-report"}


def linked(page: str) -> set[str]:
    """The addresses that the open menu leads to."""
    panel = re.search(r'<div class="menu-panel">(.*?)</details>', page, re.DOTALL)
    assert panel
    return set(re.findall(r'href="([^"]*)"', panel[1]))


def test_every_page_without_a_row_in_its_address_is_in_it() -> None:
    pages = {
        name
        for name, (path, method, _heard) in PLACES.items()
        if name in MAY and method == "get" and "{" not in path
    }
    inside = {name for _title, places in GROUPS for place in places for name in place.inside}
    assert pages - PARTS - inside <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_pages_and_they_open(
    role: Role, client: Client, world: World, scene: Scene, settings: Settings
) -> None:
    settings.DEMO = True
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    Membership.objects.filter(user=world.nurse).update(role=role)
    client.force_login(world.nurse)
    found = linked(client.get("/").content.decode())
    wanted = {reverse(name) for name in NAMES if name in permitted(role)}
    assert found == wanted | {reverse("mfa_index")}
    for path in wanted:
        assert client.get(path).status_code == 200, path


def test_a_superuser_finds_the_administration(client: Client, world: World) -> None:
    world.nurse.is_superuser = world.nurse.is_staff = True
    world.nurse.save()
    client.force_login(world.nurse)
    assert "/admin/" in linked(client.get("/").content.decode())


def test_a_member_of_no_clinic_finds_the_way_out(client: Client, world: World) -> None:
    Membership.objects.filter(user=world.outsider).delete()
    client.force_login(world.outsider)
    page = client.get("/").content.decode()
    assert linked(page) == {reverse("mfa_index")}
    assert reverse("sign-out") in page


@pytest.mark.parametrize(
    ("at", "here", "current"),
    [
        ("worklist", "worklist", {"worklist": "page"}),
        ("patient", "patients", {"patients": "true"}),
        (
            "figures-on-call",
            "figures-on-call",
            {"figures-on-call": "page", "figures": "true"},
        ),
        ("mfa_index", None, {}),
        ("", None, {}),
    ],
)
def test_where_one_is(at: str, here: str | None, current: dict[str, str]) -> None:
    found = menu(permitted(Role.ADMIN), at=at, demo=False)
    assert (found.here.name if found.here else None) == here
    assert {one.place.name: one.current for one in found.links if one.current} == current


def test_phones_only_in_a_demonstration() -> None:
    for demo in (False, True):
        names = {one.place.name for one in menu(permitted(Role.NURSE), at="", demo=demo).links}
        assert ("phones" in names) is demo
