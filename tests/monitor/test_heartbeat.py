"""The pulse: how long the oldest of everything has been waiting."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from pytest_django.fixtures import Settings

from monitor import checks, heartbeat, tasks, vitals, worklist
from monitor.models import CheckIn, Condition, Episode
from notifications import ticks
from notifications.models import (
    Attempt,
    CalendarImport,
    ContactMethod,
    Inbound,
    Layer,
    Message,
    Responder,
    RotaAlarm,
    RotaWatch,
)
from notifications.oncall import paging
from tests.listener import Listener
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


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_how_long_a_page_has_been_nobodys(world: World) -> None:
    chen = Responder.objects.get(team=world.team, name="Dr. Chen")
    paging.open_page(world.team, level="urgent", now=NOW)
    page = paging.open_page(world.team, level="emergency", now=NOW)
    held = paging.open_page(world.team, level="emergency", now=NOW - timedelta(hours=3))
    paging.acknowledge(held, chen, via="web", now=after(4))
    paging.acknowledge(page, chen, via="web", now=after(5))
    # No outcome in time: it is nobody's again, and at least since it was taken.
    paging.climb_due(page.pk, now=after(20))
    vital = heartbeat.measure(now=after(25))
    assert vital.unheld == {"urgent": 1500.0, "emergency": 1200.0}


def test_since_when_the_provider_takes_nothing(world: World) -> None:
    def text(number: int, *, taken: datetime | None, tried: datetime, outcome: str) -> None:
        message = Message.objects.create(
            sender=world.line.sender,
            stream="text",
            to="+12015550123",
            key=str(number),
            state="accepted" if taken else "created",
            provider_sid=f"SM{number:032d}" if taken else None,
            due_at=NOW,
            expires_at=after(60),
            created_at=NOW,
            accepted_at=taken,
        )
        Attempt.objects.create(message=message, number=1, started_at=tried, outcome=outcome)

    def silent() -> float:
        return heartbeat.measure(now=after(30)).provider

    assert silent() == 0.0
    text(1, taken=None, tried=after(1), outcome="not_sent")
    assert silent() == 29 * 60
    text(2, taken=after(10), tried=after(10), outcome="accepted")
    assert silent() == 0.0
    text(3, taken=None, tried=after(12), outcome="throttled")
    text(4, taken=None, tried=after(13), outcome="ambiguous")
    # What the provider refuses, it has answered.
    text(5, taken=None, tried=after(11), outcome="refused")
    assert silent() == 18 * 60


def test_ticks_and_the_broker(world: World, settings: Settings) -> None:
    ticks.note(ticks.PAGES, now=NOW)
    ticks.note(ticks.PAGES, now=after(1))
    ticks.note(ticks.FOUND, now=after(1))
    vital = heartbeat.measure(now=after(2))
    assert (vital.ticks, vital.found, vital.broker) == ({"pages": 60.0}, 60.0, True)
    with engines_port() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        assert heartbeat.measure(now=after(2)).broker is False


@contextmanager
def engines_port() -> Iterator[int]:
    """A port at which somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        yield mute.getsockname()[1]


def test_measuring_is_cheap(
    world: World, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(8):
        paging.open_page(world.team, level="urgent", now=NOW)
    with django_assert_max_num_queries(25):
        heartbeat.measure(now=NOW)


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    with Listener() as server:
        settings.HEARTBEAT_URL = server.url
        yield server


def begun() -> None:
    for name in vitals.TICKS:
        ticks.note(name, now=datetime.now(UTC))


def test_it_goes_out_while_all_is_well_and_takes_the_heads_along(
    world: World, listener: Listener
) -> None:
    begun()
    paging.open_page(world.team, level="urgent", now=datetime.now(UTC))
    connection.check_constraints()
    Message.objects.update(state="cancelled", settled_at=NOW)
    assert tasks.send_heartbeat()
    [(_at, method, body)] = listener.heard
    place, anchor = json.loads(body)["heads"][str(world.team.pk)]
    assert (method, place, len(anchor)) == ("POST", 2, 64)
    assert "heartbeat" in ticks.ages(now=datetime.now(UTC))


def test_it_stays_out_while_anything_is_not_well(world: World, listener: Listener) -> None:
    assert not tasks.send_heartbeat()
    begun()
    paging.open_page(world.team, level="urgent", now=datetime.now(UTC) - timedelta(hours=1))
    assert not tasks.send_heartbeat()
    assert listener.heard == []


def test_without_an_address_nothing_goes_out(world: World, settings: Settings) -> None:
    begun()
    settings.HEARTBEAT_URL = ""
    assert not tasks.send_heartbeat()


def test_it_is_tried_again_and_then_given_up(
    world: World, listener: Listener, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    begun()
    listener.answers = [500, 500, 200]
    settings.HEARTBEAT_METHOD = "GET"
    assert tasks.send_heartbeat()
    assert [method for _at, method, _body in listener.heard] == ["GET"] * 3
    listener.answers = [500] * 9
    assert not tasks.send_heartbeat()
    assert len(listener.heard) == 6
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/a-secret"
    assert not tasks.send_heartbeat()
    # The address is as good as a password.
    assert "a-secret" not in caplog.text


def test_the_watch_judges_and_keeps_what_it_found(world: World) -> None:
    begun()
    tasks.watch()
    assert Condition.objects.get().why == []
    page = paging.open_page(
        world.team, level="urgent", now=datetime.now(UTC) - timedelta(minutes=50)
    )
    Message.objects.update(state="cancelled", settled_at=NOW)
    tasks.watch()
    page.refresh_from_db()
    assert page.climbs == 1
    [told] = Condition.objects.get().why
    assert told["template"] == vitals.FOUND


@pytest.mark.parametrize(
    ("url", "method", "ids"),
    [
        ("https://hc.example.org/ping/x", "POST", []),
        ("", "GET", []),
        ("ftp://hc.example.org", "GET", ["monitor.E008"]),
        ("https://hc.example.org", "PUT", ["monitor.E008"]),
    ],
)
def test_settings_that_can_not_work_are_refused(
    settings: Settings, url: str, method: str, ids: list[str]
) -> None:
    settings.HEARTBEAT_URL, settings.HEARTBEAT_METHOD = url, method
    assert [one.id for one in checks.heartbeat_can_go_out(None)] == ids
    assert [one.id for one in checks.somebody_listens(None)] == (
        [] if url else ["monitor.W003"]
    )
