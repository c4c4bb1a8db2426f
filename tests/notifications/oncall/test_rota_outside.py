"""The outside check: the iCalendar libraries expand the same rules to the same shifts.

Each member's turns are written as recurring events, in words that another program reads,
and expanded over ten years by libraries that know nothing of this one.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from math import lcm
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from notifications.oncall.rota import Plan, Window, shifts
from notifications.oncall.rotation import Every, Rotation

YEARS = 10
STARTS_ON = date(2025, 1, 6)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Santiago",
]
SHAPES = {
    "daily": Rotation((1, 2, 3), STARTS_ON, time(8), 1),
    "weekly": Rotation((1, 2, 3, 4), STARTS_ON, time(8), 7),
    "weekly at half past two": Rotation((1, 2), STARTS_ON - timedelta(days=1), time(2, 30), 7),
    "three days": Rotation((1, 2, 3, 4, 5), STARTS_ON, time(17, 30), 3),
    "twelve hours": Rotation((1, 2, 3), STARTS_ON, time(8), 12, Every.HOURS),
    "weekdays and weekends": Rotation(
        (1, 2, 3), STARTS_ON, time(17), every=Every.WEEKDAYS, weekdays=frozenset({0, 4})
    ),
}

Span = tuple[datetime, datetime, int]


def event(who: int, start: datetime, end: datetime, rule: str) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", f"{who}-{start.isoformat()}")
    found.add("summary", str(who))
    found.add("dtstart", start)
    found.add("dtend", end)
    found.add("rrule", icalendar.vRecur.from_ical(rule))
    return found


def turns_as_events(rotation: Rotation, zone: ZoneInfo) -> Iterable[icalendar.Event]:
    """One recurring event for each member, or for each place of a pattern of weekdays."""
    first = datetime.combine(rotation.starts_on, rotation.handover_at, zone)
    members = rotation.members
    if rotation.every is not Every.WEEKDAYS:
        unit = "HOURLY" if rotation.every is Every.HOURS else "DAILY"
        step = timedelta(**{"hours" if unit == "HOURLY" else "days": rotation.length})
        for place, who in enumerate(members):
            start = first + place * step
            rule = f"FREQ={unit};INTERVAL={rotation.length * len(members)}"
            yield event(who, start, start + step, rule)
        return
    pattern = sorted(rotation.weekdays)
    length = lcm(len(pattern), len(members))
    days = [
        timedelta(days=7 * (number // len(pattern)) + pattern[number % len(pattern)])
        for number in range(length + 1)
    ]
    for number in range(length):
        start, end = first + days[number], first + days[number + 1]
        rule = f"FREQ=WEEKLY;INTERVAL={length // len(pattern)}"
        yield event(members[number % len(members)], start, end, rule)


def windows_as_events(windows: Iterable[Window], zone: ZoneInfo) -> Iterable[icalendar.Event]:
    for place, window in enumerate(windows):
        start = datetime.combine(STARTS_ON, window.starts, zone)
        end = datetime.combine(STARTS_ON, window.ends, zone)
        end += timedelta(days=1) if end <= start else timedelta(0)
        days = ",".join(DAYS[day] for day in sorted(window.weekdays))
        yield event(place, start, end, f"FREQ=WEEKLY;BYDAY={days}")


def expanded(
    events: Iterable[icalendar.Event], start: datetime, end: datetime, zone: ZoneInfo
) -> list[Span]:
    calendar = icalendar.Calendar()
    for one in events:
        calendar.add_component(one)
    # Read back from the text, as another program would.
    text = icalendar.Calendar.from_ical(calendar.to_ical())
    found = recurring_ical_events.of(text).between(start.astimezone(zone), end.astimezone(zone))
    spans = [
        (
            one["dtstart"].dt.astimezone(UTC),
            one["dtend"].dt.astimezone(UTC),
            int(one["summary"]),
        )
        for one in found
    ]
    return sorted(span for span in spans if span[0] < span[1])


def clipped(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    cut = [(max(a, start), min(b, end), who) for a, b, who in spans]
    return [span for span in cut if span[0] < span[1]]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_libraries_expand_a_rotation_to_the_same_turns(shape: str, name: str) -> None:
    rotation, zone = SHAPES[shape], ZoneInfo(name)
    start = datetime(2025, 2, 1, 12, tzinfo=UTC)
    end = start.replace(year=start.year + YEARS)
    ours = [
        (turn.starts_at, turn.ends_at, turn.person)
        for turn in rotation.turns(start=start, end=end, zone=zone)
    ]
    theirs = expanded(turns_as_events(rotation, zone), start, end, zone)
    assert len(ours) > 500
    assert clipped(ours, start, end) == clipped(theirs, start, end)


@pytest.mark.parametrize("name", ZONES[:3])
def test_the_libraries_agree_on_turns_within_hours(name: str) -> None:
    zone = ZoneInfo(name)
    rotation = Rotation((1, 2, 3), STARTS_ON, time(8), 7)
    windows = (
        Window(frozenset({0, 1, 2, 3, 4}), time(18), time(8)),
        Window(frozenset({5, 6}), time(8), time(8)),
    )
    start = datetime(2025, 2, 1, 12, tzinfo=UTC)
    end = start.replace(year=start.year + YEARS)
    plan = Plan(1, zone, rotation, windows)
    ours = [
        (shift.starts_at, shift.ends_at, shift.person)
        for shift in shifts(plan, start=start, end=end)
        if shift.person is not None
    ]
    hours = clipped(expanded(windows_as_events(windows, zone), start, end, zone), start, end)
    theirs = clipped(expanded(turns_as_events(rotation, zone), start, end, zone), start, end)
    both: list[Span] = []
    for a, b, who in theirs:
        both += clipped([(c, d, who) for c, d, _ in hours if c < b and a < d], a, b)
    joined: list[Span] = []
    for a, b, who in sorted(both):
        if joined and (joined[-1][1], joined[-1][2]) == (a, who):
            joined[-1] = (joined[-1][0], b, who)
        else:
            joined.append((a, b, who))
    assert len(ours) > 2_000
    assert ours == joined
