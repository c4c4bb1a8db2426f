"""The line about the system: quiet when well, loud when not, for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from monitor import heartbeat
from monitor.vitals import LABELS, NEVER, Complaint
from tests import signed_in
from tests.world import World

LOUD = "note note-error"


def shown(client: Client, path: str = "/system") -> str:
    return client.get(path).content.decode()


@pytest.mark.parametrize("who", ["nurse", "auditor", "other_nurse"])
@pytest.mark.parametrize("path", ["/system", "/today", "/rota"])
def test_everybody_sees_how_it_is(client: Client, world: World, who: str, path: str) -> None:
    client.force_login(getattr(world, who))
    assert "may be standing still" in shown(client, path)
    heartbeat.keep([], now=datetime.now(UTC))
    assert "The system is well, looked at" in shown(client, path)
    complaint = Complaint(NEVER, {"what": LABELS["pages"]})
    heartbeat.keep([complaint], now=datetime.now(UTC))
    text = shown(client, path)
    assert LOUD in text and "Nobody works on this: the pages." in text


def test_a_word_that_is_old_counts_for_nothing(client: Client, world: World) -> None:
    heartbeat.keep([], now=datetime.now(UTC) - timedelta(minutes=2))
    client.force_login(world.nurse)
    assert "Nothing has looked after it since" in shown(client)


def test_only_who_is_let_in_asks_for_it_again(client: Client, world: World) -> None:
    signed_in.by_password(client, world.nurse)
    page = shown(client, reverse("mfa_index"))
    assert "may be standing still" in page and 'hx-get="/system"' not in page
    client.force_login(world.nurse)
    assert 'hx-get="/system"' in shown(client, "/today")


def test_in_spanish(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    client.cookies["django_language"] = "es"
    heartbeat.keep([Complaint(NEVER, {"what": LABELS["pages"]})], now=datetime.now(UTC))
    assert "Nadie trabaja en esto: los avisos." in shown(client)
