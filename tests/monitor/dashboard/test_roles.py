"""Every address, by every method, as every role; and the table of the docs."""

from typing import Any

import pytest
from django.test import Client

from monitor.dashboard import roles
from patients.access import Role
from patients.models import Membership
from tests.assurance import roles as page
from tests.monitor.dashboard.scene import Scene
from tests.monitor.dashboard.test_doors import (
    OPEN,
    PLACES,
    Visit,
    places,
    scene,
    standing,
    visit,
    world,
)
from tests.world import World, make_user

__all__ = ["places", "scene", "standing", "visit", "world"]

UNSAFE = ("put", "patch", "delete")
WORDS = b"Your role may look and not do this."
# Whoever may change something at one clinic may register there, and see the form of it; the
# ways to oneself are nobody else's.
OWN_CLINIC = {
    *("register", "duplicates", "preview", "invite", "save-settings"),
    *("phones", "phone-send", "phone-call", "channels", "confirm-channel"),
    *("add-message-text", "preview-message-text"),
}
# What all roles may do is their own, or reading.
CHANGING = {name for name, who in roles.MAY.items() if Role.AUDITOR not in who}


def test_every_address_is_some_act() -> None:
    assert set(roles.MAY) == set(PLACES)
    named = [name for act in roles.ACTS for name in act.names]
    assert len(named) == len(set(named))
    assert not set(roles.MAY) & OPEN


def test_an_auditor_may_change_nothing_but_ones_own() -> None:
    posts = {name for name, place in PLACES.items() if place[1] == "post"}
    reading = {"palette", "patients", "save-view", "drop-view", "stay", "take-draft"}
    assert posts - CHANGING == reading


def ask(client: Client, paths: dict[str, str]) -> dict[str, dict[str, str]]:
    """What each address answers to each method: shut, refused by the role, let in, nothing."""
    return {
        name: {
            method: heard(getattr(client, method)(path))
            for method in ("get", "head", "post", *UNSAFE)
        }
        for name, path in paths.items()
    }


def heard(answer: Any) -> str:
    if answer.status_code == 405:
        return "shut"
    if answer.status_code == 404:
        return "nothing"
    if answer.status_code == 403:
        # HEAD has no words.
        by_role = answer.request["REQUEST_METHOD"] == "HEAD" or WORDS in answer.content
        return "role" if by_role else "besides"
    return "in"


def member(world: World, role: str) -> Any:
    """Somebody of this role who is on the on-call team too: the role alone must hold."""
    user = make_user(f"some-{role}")
    Membership.objects.create(user=user, clinic=world.clinic, role=role)
    phone = f"+1212555019{list(Role).index(Role(role))}"
    world.team.responder_set.create(user=user, name=f"Dr. {role}", phone=phone)
    return user


@pytest.mark.parametrize("role", Role.values)
def test_each_role_gets_as_far_as_the_table_says(
    role: str, client: Client, world: World, places: dict[str, str]
) -> None:
    client.force_login(member(world, role))
    found = ask(client, places)
    besides = {name for act in roles.ACTS if act.besides for name in act.names}
    for name, answers in found.items():
        assert {answers[method] for method in UNSAFE} == {"shut"}, name
        heard = set(answers.values()) - {"shut"}
        assert heard, name
        if role not in roles.MAY[name]:
            assert heard == {"role"}, (name, answers)
        else:
            further = {"besides"} if name in besides else set()
            assert heard <= {"in", "nothing"} | further, (name, answers)


def test_a_role_elsewhere_opens_nothing_here(
    client: Client, world: World, places: dict[str, str]
) -> None:
    user = member(world, Role.AUDITOR)
    Membership.objects.create(user=user, clinic=world.other, role=Role.ADMIN)
    client.force_login(user)
    found = ask(client, places)
    for name in CHANGING - OWN_CLINIC:
        assert set(found[name].values()) <= {"role", "shut", "nothing"}, (name, found[name])
    assert found["patient"]["get"] == "in"


def test_the_refusal_says_who_may(client: Client, world: World, visit: Visit) -> None:
    client.force_login(world.auditor)
    said = visit(client, "end").content.decode()
    assert "Your role may look and not do this. It is for: admin, nurse, clinician." in said
    assert "Nothing was saved." in said


def test_a_refusal_in_place_is_said_in_place(
    client: Client, world: World, places: dict[str, str]
) -> None:
    client.force_login(world.auditor)
    answer = client.post(places["claim"], headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.json()["said"].startswith("Your role may look and not do this.")


def test_no_button_is_shown_that_the_role_may_not_use(
    client: Client, world: World, scene: Scene, places: dict[str, str]
) -> None:
    """Every form and command on every page that the role may read leads to what it may do."""
    for role in Role.values:
        client.force_login(member(world, role))
        shut = {path for name, path in places.items() if role not in roles.MAY[name]}
        for name in (
            "worklist",
            "item",
            "today",
            "patients",
            "patient",
            "page",
            "rota",
            "message-texts",
        ):
            html = client.get(places[name]).content.decode()
            for path in shut:
                assert f'="{path}"' not in html, (role, name, path)


def test_the_docs_have_the_table() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page()
    assert roles.table() in page.PAGE.read_text(encoding="utf-8")
