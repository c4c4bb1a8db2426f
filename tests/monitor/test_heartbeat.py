"""The pulse: how long the oldest of everything has been waiting."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from monitor import heartbeat, worklist
from monitor.models import CheckIn, Episode
from notifications.models import (
    CalendarImport,
    ContactMethod,
    Inbound,
    Layer,
    RotaAlarm,
    RotaWatch,
)
from notifications.oncall import paging
from tests.world import NOW, World


def test_nothing_is_overdue_where_nothing_is(world: World) -> None:
    assert heartbeat.take(now=NOW).well
    assert world.team


@pytest.mark.parametrize("row", [RotaWatch, RotaAlarm, CalendarImport])
def test_a_rota_that_nobody_looks_through_is_seen(world: World, row: type[Model]) -> None:
    layer = Layer.objects.get(team=world.team)
    rest: dict[type[Model], dict[str, Any]] = {
        RotaWatch: {"team": world.team},
        RotaAlarm: {
            "team": world.team,
            "layer": layer,
            "kind": "gap",
            "starts_at": NOW,
            "opened_at": NOW,
        },
        CalendarImport: {"layer": layer, "url": "https://example.org/rota.ics"},
    }
    row._default_manager.create(due_at=NOW, **rest[row])
    pulse = heartbeat.take(now=NOW + timedelta(minutes=3))
    assert (pulse.rota, pulse.well) == (180, False)


@pytest.mark.parametrize(
    "what", ["page", "page_text", "relay", "text", "check_in", "work", "inbound"]
)
def test_each_kind_is_seen(world: World, what: str) -> None:
    episode = Episode.objects.get(procedure=world.register())
    late = NOW + timedelta(days=1)
    due = {
        "check_in": CheckIn.objects.earliest("due_at").due_at,
        "text": NOW,
    }
    if what in ("page", "page_text", "relay"):
        ContactMethod.objects.create(
            team=world.team, channel="email", address="desk@harbor.example"
        )
        page = paging.open_page(world.team, level="urgent", now=NOW)
        due |= {"page": page.due_at, "page_text": NOW, "relay": NOW}
    elif what == "work":
        item = worklist.add("read", clinic=world.clinic, episode=episode, why="Why.", now=NOW)
        due["work"] = item.due_at
    elif what == "inbound":
        Inbound.objects.create(
            sender=world.line.sender,
            to_number=world.line.sender.number,
            provider_sid="SM1",
            from_number="+12015550123",
            received_at=NOW,
            due_at=NOW,
        )
        due["inbound"] = NOW
    pulse = heartbeat.take(now=late)
    assert not pulse.well
    moment = due[what]
    assert moment is not None
    assert getattr(pulse, what) == (late - moment).total_seconds()
