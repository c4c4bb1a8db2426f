"""Turns change hands at a wall time, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.oncall.rotation import (
    Every,
    Listed,
    Rotation,
    Turn,
    is_skipped,
    next_change,
    readings,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/St_Johns",
    "UTC",
]
ANN, BEN, CEM = 1, 2, 3


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The day, the wall time and the zone of a handover from Ann to Ben, and its instant.
HANDOVERS = [
    # New York: the Saturday before, the Sunday of the change, the Monday after; spring.
    ("2026-03-07", "08:00", "America/New_York", "2026-03-07T13:00"),
    ("2026-03-08", "08:00", "America/New_York", "2026-03-08T12:00"),
    ("2026-03-09", "08:00", "America/New_York", "2026-03-09T12:00"),
    # 02:30 does not exist: by the offset before the gap, which is 03:30 summer time.
    ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30"),
    # 01:30 comes twice: the first.
    ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
    ("2026-11-01", "08:00", "America/New_York", "2026-11-01T13:00"),
    ("2026-03-29", "01:30", "Europe/London", "2026-03-29T01:30"),
    ("2026-03-29", "08:00", "Europe/London", "2026-03-29T07:00"),
    ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),
    ("2026-10-25", "08:00", "Europe/London", "2026-10-25T08:00"),
    # Lord Howe moves by half an hour: +11 in summer, +10:30 in winter.
    ("2026-04-04", "08:00", "Australia/Lord_Howe", "2026-04-03T21:00"),
    ("2026-04-05", "08:00", "Australia/Lord_Howe", "2026-04-04T21:30"),
    ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),
    ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
    ("2026-10-04", "08:00", "Australia/Lord_Howe", "2026-10-03T21:00"),
    # A change at midnight, when the day begins at one.
    ("2018-11-04", "00:00", "America/Sao_Paulo", "2018-11-04T03:00"),
    ("2018-11-04", "08:00", "America/Sao_Paulo", "2018-11-04T10:00"),
    ("2026-03-08", "08:00", "Asia/Kolkata", "2026-03-08T02:30"),
    ("2026-10-25", "08:00", "Asia/Kolkata", "2026-10-25T02:30"),
]
KINDS = [
    dict(length=7),
    dict(length=1),
    dict(length=3),
    dict(length=24, every=Every.HOURS),
    dict(length=168, every=Every.HOURS),
]


@pytest.mark.parametrize(("day", "wall", "zone", "instant"), HANDOVERS)
@pytest.mark.parametrize("kind", KINDS, ids=["weekly", "daily", "3 days", "24 h", "168 h"])
def test_a_handover_is_at_its_wall_time(
    day: str, wall: str, zone: str, instant: str, kind: dict[str, object]
) -> None:
    hours = kind.get("every") is Every.HOURS
    before = timedelta(**{"hours" if hours else "days": kind["length"]})  # type: ignore[arg-type]
    starts_on = (datetime.fromisoformat(day) - before).date()
    rotation = Rotation((ANN, BEN), starts_on, time.fromisoformat(wall), **kind)  # type: ignore[arg-type]
    at = utc(instant)
    assert rotation.in_line(at - timedelta(seconds=1), zone=ZoneInfo(zone)) == (ANN, BEN)
    assert rotation.in_line(at, zone=ZoneInfo(zone)) == (BEN, ANN)


def test_turns_go_round_and_one_over_a_change_is_an_hour_shorter_or_longer() -> None:
    rotation = Rotation((ANN, BEN), date(2026, 3, 7), time(8), length=1)
    spring = list(
        rotation.turns(
            start=utc("2026-03-07T13:00"), end=utc("2026-03-10T00:00"), zone=NEW_YORK
        )
    )
    assert [turn.person for turn in spring] == [ANN, BEN, ANN]
    assert [turn.ends_at - turn.starts_at for turn in spring] == [
        timedelta(hours=23),
        timedelta(hours=24),
        timedelta(hours=24),
    ]
    assert spring[0].starts_at == utc("2026-03-07T13:00")
    [autumn] = rotation.turns(
        start=utc("2026-10-31T12:00"), end=utc("2026-10-31T12:01"), zone=NEW_YORK
    )
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=25)


def test_twelve_hours_change_hands_at_eight_and_at_twenty_in_every_season() -> None:
    rotation = Rotation((ANN, BEN, CEM), date(2026, 3, 6), time(8), 12, Every.HOURS)
    found = rotation.turns(
        start=utc("2026-03-07T13:00"), end=utc("2026-03-09T12:00"), zone=NEW_YORK
    )
    assert [
        (turn.person, f"{turn.starts_at.astimezone(NEW_YORK):%a %H:%M}") for turn in found
    ] == [(CEM, "Sat 08:00"), (ANN, "Sat 20:00"), (BEN, "Sun 08:00"), (CEM, "Sun 20:00")]


def test_a_turn_of_one_hour_that_the_clocks_skip_has_no_length_and_leaves_no_gap() -> None:
    rotation = Rotation((ANN, BEN, CEM), date(2026, 3, 8), time(0), 1, Every.HOURS)
    found = list(
        rotation.turns(
            start=utc("2026-03-08T05:00"), end=utc("2026-03-08T09:00"), zone=NEW_YORK
        )
    )
    # 00, 01, then 03 and 04 o'clock.
    assert [turn.person for turn in found] == [ANN, BEN, ANN, BEN]
    assert all(one.ends_at == other.starts_at for one, other in pairwise(found))


def test_a_weekday_pattern_changes_hands_on_its_days_only() -> None:
    # From a Tuesday on: the first handover is Friday's.
    rotation = Rotation(
        (ANN, BEN, CEM),
        date(2026, 3, 3),
        time(17),
        every=Every.WEEKDAYS,
        weekdays=frozenset({0, 4}),
    )
    start = utc("2026-03-03T22:00")
    assert rotation.in_line(start, zone=NEW_YORK) == ()
    found = rotation.turns(start=start, end=utc("2026-03-17T00:00"), zone=NEW_YORK)
    assert [
        (turn.person, f"{turn.starts_at.astimezone(NEW_YORK):%a %d %H:%M}") for turn in found
    ] == [
        (ANN, "Fri 06 17:00"),
        (BEN, "Mon 09 17:00"),
        (CEM, "Fri 13 17:00"),
        (ANN, "Mon 16 17:00"),
    ]


def test_a_day_that_a_zone_skipped_has_no_turn() -> None:
    rotation = Rotation((ANN, BEN, CEM), date(2011, 12, 29), time(10), length=1)
    found = list(
        rotation.turns(
            start=utc("2011-12-29T20:00"),
            end=utc("2011-12-31T00:00"),
            zone=ZoneInfo("Pacific/Apia"),
        )
    )
    assert [turn.person for turn in found] == [ANN, CEM]
    assert found[0].ends_at == found[1].starts_at == utc("2011-12-30T20:00")


def test_before_the_first_handover_and_without_members_nobody_is_in_line() -> None:
    rotation = Rotation((ANN, BEN), date(2026, 3, 2), time(8))
    assert rotation.in_line(utc("2026-03-02T12:59:59"), zone=NEW_YORK) == ()
    assert rotation.in_line(utc("2026-03-02T13:00"), zone=NEW_YORK) == (ANN, BEN)
    nobody = Rotation((), date(2026, 3, 2), time(8))
    assert nobody.in_line(utc("2026-03-03T13:00"), zone=NEW_YORK) == ()
    everything = nobody.turns(
        start=utc("2026-03-02T13:00"), end=utc("2027-01-01T00:00"), zone=NEW_YORK
    )
    assert list(everything) == []


def test_of_listed_turns_that_overlap_the_earlier_has_the_time() -> None:
    noon, one, two = (utc(f"2026-03-02T{hour}:00") for hour in (12, 13, 14))
    listed = Listed((Turn(BEN, one, two), Turn(ANN, noon, two)))
    assert listed.in_line(noon, zone=NEW_YORK) == (ANN,)
    assert listed.in_line(one, zone=NEW_YORK) == (ANN, BEN)
    assert listed.in_line(two, zone=NEW_YORK) == ()
    assert listed.edges(start=noon, end=two, zone=NEW_YORK) == {noon, one}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (dict(length=0), "at least a day"),
        (dict(handover_at=time(8, tzinfo=UTC)), "wall time"),
        (dict(every=Every.WEEKDAYS), "at least one"),
        (dict(every=Every.WEEKDAYS, weekdays=frozenset({7})), "from 0, Monday"),
    ],
)
def test_what_is_no_rotation_is_refused(changes: dict[str, object], complaint: str) -> None:
    plain: dict[str, object] = dict(
        members=(ANN,), starts_on=date(2026, 3, 2), handover_at=time(8)
    )
    with pytest.raises(ValueError, match=complaint):
        Rotation(**{**plain, **changes})  # type: ignore[arg-type]


rotations = st.builds(
    Rotation,
    members=st.lists(st.integers(1, 9), min_size=1, max_size=5, unique=True).map(tuple),
    starts_on=st.dates(date(2009, 1, 1), date(2027, 1, 1)),
    handover_at=st.times(),
    length=st.integers(1, 15),
    every=st.sampled_from(Every),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)
instants = st.integers(0, 19 * 365 * 24 * 3600).map(
    lambda seconds: utc("2009-06-01T00:00") + timedelta(seconds=seconds)
)


@given(rotations, instants, st.integers(1, 20), st.sampled_from(ZONES))
def test_turns_follow_without_a_gap_and_every_instant_has_one_holder(
    rotation: Rotation, start: datetime, days: int, name: str
) -> None:
    zone, end = ZoneInfo(name), start + timedelta(days=days)
    found = list(rotation.turns(start=start, end=end, zone=zone))
    for turn in found:
        assert turn.starts_at < turn.ends_at
        last_moment = turn.ends_at - timedelta(microseconds=1)
        for at in (turn.starts_at, last_moment):
            assert rotation.in_line(at, zone=zone)[0] == turn.person
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    if rotation.in_line(start, zone=zone):
        assert found[0].starts_at <= start < found[0].ends_at
    if found:
        assert found[-1].starts_at < end <= found[-1].ends_at


@given(rotations, instants, st.sampled_from(ZONES))
def test_nobody_loses_a_turn_and_nobody_has_two(
    rotation: Rotation, start: datetime, name: str
) -> None:
    """The order goes round. Only a turn that a change swallows whole may be missing."""
    zone = ZoneInfo(name)
    found = list(rotation.turns(start=start, end=start + timedelta(days=12), zone=zone))
    places = [rotation.members.index(turn.person) for turn in found]
    for (a, b), (before, after) in zip(pairwise(places), pairwise(found), strict=True):
        if (b - a - 1) % len(rotation.members):
            offsets = {
                (before.starts_at + k * timedelta(hours=1)).astimezone(zone).utcoffset()
                for k in range(-26, 50)
            }
            assert len(offsets) > 1
        assert before.ends_at == after.starts_at


@pytest.mark.parametrize(
    ("wall", "zone", "instants", "skipped"),
    [
        ("2026-03-08T02:30", "America/New_York", ["2026-03-08T07:30"], True),
        ("2026-03-08T03:00", "America/New_York", ["2026-03-08T07:00"], False),
        (
            "2026-11-01T01:30",
            "America/New_York",
            ["2026-11-01T05:30", "2026-11-01T06:30"],
            False,
        ),
        ("2026-10-04T02:15", "Australia/Lord_Howe", ["2026-10-03T15:45"], True),
        (
            "2026-04-05T01:45",
            "Australia/Lord_Howe",
            ["2026-04-04T14:45", "2026-04-04T15:15"],
            False,
        ),
        ("2026-03-08T02:30", "Asia/Kolkata", ["2026-03-07T21:00"], False),
    ],
)
def test_what_a_wall_time_may_mean(
    wall: str, zone: str, instants: list[str], skipped: object
) -> None:
    local, area = datetime.fromisoformat(wall), ZoneInfo(zone)
    assert readings(local, area) == tuple(utc(at) for at in instants)
    assert is_skipped(local, area) is skipped


def test_when_the_clocks_change_next() -> None:
    year = timedelta(days=366)
    changes = {
        "America/New_York": "2026-03-08T07:00",
        "Europe/London": "2026-03-29T01:00",
        "Australia/Lord_Howe": "2026-04-04T15:00",
    }
    for zone, at in changes.items():
        start = utc("2026-01-01T12:34:56")
        assert next_change(start, ZoneInfo(zone), within=year) == utc(at)
    assert next_change(utc("2026-01-01T00:00"), ZoneInfo("Asia/Kolkata"), within=year) is None
