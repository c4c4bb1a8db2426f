"""Whatever leaves the program asks who is there, again after five minutes."""

from typing import Any

import pytest
from django.test import Client

from notifications.models import CalendarLink
from tests import signed_in
from tests.monitor.dashboard.test_sign_in import PASSWORD, cheap_hash
from tests.notifications.oncall.ward import person
from tests.world import World

__all__ = ["cheap_hash"]

CONFIRM = "/account/confirm"


@pytest.fixture
def lead(world: World) -> Any:
    user = person(world.team, "Okafor").user
    user.set_password(PASSWORD)
    user.save()
    return user


def test_right_after_signing_in_nobody_is_asked(
    client: Client, lead: Any, world: World
) -> None:
    signed_in.verified(client, lead, ago=290)
    page = client.post(f"/rota/{world.team.pk}/links", {"whose": "all"}).content.decode()
    assert "shown this once" in page


def test_later_the_password_is_asked_and_then_it_is_done(
    client: Client, lead: Any, world: World
) -> None:
    signed_in.verified(client, lead, ago=310)
    path = f"/rota/{world.team.pk}/links"
    asked = client.post(path, {"whose": "all"})
    assert asked.url.startswith(f"{CONFIRM}?next=%2Frota")
    assert not CalendarLink.objects.exists()
    assert "Enter your password" in client.get(asked.url).content.decode()
    wrong = client.post(asked.url, {"password": "wrong", "next": path})
    assert wrong.status_code == 200
    assert not CalendarLink.objects.exists()
    assert "Back to where you were" not in client.get(asked.url).content.decode()
    done = client.post(asked.url, {"password": PASSWORD, "next": path})
    assert "shown this once" in done.content.decode()
    assert CalendarLink.objects.count() == 1
    assert client.post(path, {"whose": "all"}).status_code == 200


def test_the_second_factor_does_too(client: Client, lead: Any, world: World) -> None:
    signed_in.verified(client, lead, ago=310)
    path = f"/rota/{world.team.pk}/links"
    asked = client.post(path, {"whose": "mine"})
    page = client.get(asked.url).content.decode()
    assert "/account/second-factor/reauthenticate/?next=%2Frota" in page


def test_who_may_not_is_refused_and_not_asked(client: Client, world: World) -> None:
    signed_in.verified(client, world.auditor, ago=310)
    assert client.post(f"/rota/{world.team.pk}/links", {"whose": "all"}).status_code == 403


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/rota?team=1", 'href="http://testserver/rota?team=1"'),
        ("https://elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_it_leads_back_to_a_page_of_ours_alone(
    page: str, back: str, client: Client, lead: Any, world: World
) -> None:
    signed_in.verified(client, lead, ago=310)
    path = f"/rota/{world.team.pk}/links"
    asked = client.post(path, {"whose": "all"}, headers={"Referer": page})
    shown = client.get(asked.url).content.decode()
    assert ("Back to where you were" in shown) is bool(back)
    assert back in shown
    assert "elsewhere" not in shown and "javascript:" not in shown
    # Whatever asks for the proof afterwards is not that file.
    assert "Back to where you were" not in client.get(CONFIRM).content.decode()
