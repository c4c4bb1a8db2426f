"""A layer out of a calendar: the last good copy stays, and what fails is alarmed about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from notifications.models import CalendarImport, ImportedShift, Layer, RotaAlarm
from notifications.oncall import calendar_fetch, calendar_import, watch
from tests.notifications.oncall import calendar_host
from tests.notifications.oncall.calendar_host import Host
from tests.notifications.oncall.duty import DAY, HOUR, line, on_call, texts
from tests.notifications.oncall.test_calendars import calendar
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

DAILY = "DTSTART:20260303T200000Z\nDTEND:20260304T200000Z\nRRULE:FREQ=DAILY;INTERVAL=2"
THE_OTHER_DAY = DAILY.replace("0304", "0305").replace("0303", "0304")
GOOD = calendar(
    f"SUMMARY:Dr. Okafor\n{DAILY}",
    f"SUMMARY:dr. novak\n{THE_OTHER_DAY}",
    "SUMMARY:Dr. Stranger\nDTSTART:20260310T200000Z\nDTEND:20260310T210000Z",
)


@pytest.fixture
def host() -> Iterator[Host]:
    with calendar_host.running() as found:
        found.body = GOOD.encode()
        yield found


@pytest.fixture
def source(
    world: World, host: Host, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> CalendarImport:
    settings.CALENDAR_IMPORT_ALLOW_PRIVATE = True
    fetch = calendar_fetch.fetch

    def trusting(url: str, *, allow_private: bool) -> bytes:
        return fetch(url, allow_private=allow_private, trust=host.trust)

    monkeypatch.setattr(calendar_fetch, "fetch", trusting)
    layer = line(world.team)
    layer.kind = Layer.Kind.CALENDAR
    layer.save()
    return CalendarImport.objects.create(layer=layer, url=host.url, due_at=NOW)


def sweep(source: CalendarImport, now: datetime) -> dict[str, int]:
    counts = calendar_import.sweep(now=now)
    source.refresh_from_db()
    return counts


def test_its_shifts_are_those_of_the_calendar(world: World, source: CalendarImport) -> None:
    assert on_call(world.team, NOW) is None
    assert sweep(source, NOW) == {"fetched": 1, "failed": 0}
    assert on_call(world.team, NOW) == "Dr. Okafor"
    assert on_call(world.team, NOW + DAY) == "Dr. Novak"
    assert (source.problem, source.strangers) == ("", ["Dr. Stranger"])
    assert source.due_at == NOW + calendar_import.FETCH_EVERY
    assert sweep(source, NOW + timedelta(minutes=14)) == {"fetched": 0, "failed": 0}
    # Far enough ahead for the check of 90 days.
    last = ImportedShift.objects.order_by("-ends_at").first()
    assert last is not None and last.ends_at >= NOW + 90 * DAY


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"status": 500}, "status 500"),
        ({"body": b"<html>Sign in</html>"}, "cannot be read"),
        ({"body": calendar().encode()}, "no shift of anybody"),
        ({"location": "http://localhost/", "status": 302}, "https"),
    ],
)
def test_what_fails_leaves_the_last_good_copy(
    change: dict[str, object], problem: str, world: World, source: CalendarImport, host: Host
) -> None:
    sweep(source, NOW)
    for name, value in change.items():
        setattr(host, name, value)
    later = NOW + HOUR
    assert sweep(source, later) == {"fetched": 0, "failed": 0}
    assert problem in source.problem
    assert (source.failing_since, source.fetched_at) == (later, NOW)
    assert on_call(world.team, NOW + DAY) == "Dr. Novak"
    assert host.url not in source.problem


def test_the_copy_goes_on_as_time_passes_while_the_address_is_silent(
    world: World, source: CalendarImport, host: Host
) -> None:
    sweep(source, NOW)
    host.status = 503
    sweep(source, NOW + 60 * DAY)
    assert on_call(world.team, NOW + 140 * DAY) == "Dr. Okafor"


def test_an_hour_of_failing_and_a_day_without_a_copy_are_alarms(
    world: World, source: CalendarImport, host: Host
) -> None:
    lead = person(world.team, "Okafor")
    sweep(source, NOW)
    host.status = 503
    sweep(source, NOW + HOUR)
    watch.sweep(now=NOW + HOUR)
    assert texts(lead) == []
    watch.sweep(now=NOW + 2 * HOUR)
    assert "cannot be read; its last good copy is in use" in texts(lead)[-1]
    sweep(source, NOW + 3 * HOUR)
    watch.sweep(now=NOW + 24 * HOUR - timedelta(seconds=1))
    assert len(texts(lead)) == 1
    watch.sweep(now=NOW + 24 * HOUR)
    assert "is of Tue 03 Mar 15:00" in texts(lead)[-1]
    assert len(texts(lead)) == 2
    # Once it answers again both are over, and nothing more is said.
    host.status = 200
    sweep(source, NOW + 25 * HOUR)
    assert not RotaAlarm.objects.filter(closed_at=None).exists()
    assert source.failing_since is None


def test_a_calendar_that_never_worked_is_an_alarm_too(
    world: World, source: CalendarImport, host: Host
) -> None:
    host.status = 404
    sweep(source, NOW)
    kinds = RotaAlarm.objects.filter(closed_at=None).values_list("kind", "due_at")
    assert dict(kinds) == {"import_fails": NOW + HOUR, "import_stale": NOW + DAY}


def test_while_one_sweep_fetches_no_other_does(
    world: World, source: CalendarImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, int]] = []

    def slow(url: str, *, allow_private: bool) -> bytes:
        seen.append(calendar_import.sweep(now=NOW))
        return GOOD.encode()

    monkeypatch.setattr(calendar_fetch, "fetch", slow)
    assert sweep(source, NOW) == {"fetched": 1, "failed": 0}
    assert seen == [{"fetched": 0, "failed": 0}]


def test_one_that_breaks_the_program_keeps_no_other_waiting(
    world: World, source: CalendarImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(url: str, *, allow_private: bool) -> bytes:
        raise RuntimeError("with the address in it")

    monkeypatch.setattr(calendar_fetch, "fetch", broken)
    assert sweep(source, NOW) == {"fetched": 0, "failed": 1}
    assert NOW < source.due_at <= NOW + timedelta(minutes=2)
