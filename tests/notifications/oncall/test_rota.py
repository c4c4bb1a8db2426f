"""Turns change hands at a wall time, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.oncall.rota import Layer, Override, on_call, turns

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
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
    ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),
    # Lord Howe moves by half an hour: +11 in summer, +10:30 in winter.
    ("2026-04-04", "08:00", "Australia/Lord_Howe", "2026-04-03T21:00"),
    ("2026-04-05", "08:00", "Australia/Lord_Howe", "2026-04-04T21:30"),
    ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),
    ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
    ("2026-10-04", "08:00", "Australia/Lord_Howe", "2026-10-03T21:00"),
    # A change at midnight, when the day begins at one.
    ("2018-11-04", "00:00", "America/Sao_Paulo", "2018-11-04T03:00"),
    ("2026-03-08", "08:00", "Asia/Kolkata", "2026-03-08T02:30"),
]


@pytest.mark.parametrize(("day", "wall", "zone", "instant"), HANDOVERS)
def test_a_handover_is_at_its_wall_time(day: str, wall: str, zone: str, instant: str) -> None:
    layer = Layer(
        (ANN, BEN), date.fromisoformat(day) - timedelta(days=7), time.fromisoformat(wall)
    )
    at = utc(instant)
    just_before = at - timedelta(seconds=1)
    assert on_call(layer, [], at=just_before, zone=ZoneInfo(zone)) == ANN
    assert on_call(layer, [], at=at, zone=ZoneInfo(zone)) == BEN


def test_turns_go_round_and_a_turn_over_a_change_is_an_hour_shorter_or_longer() -> None:
    layer = Layer((ANN, BEN), date(2026, 3, 7), time(8), days=1)
    spring = list(
        turns(layer, start=utc("2026-03-07T13:00"), end=utc("2026-03-10T00:00"), zone=NEW_YORK)
    )
    assert [turn.person for turn in spring] == [ANN, BEN, ANN]
    assert [turn.ends_at - turn.starts_at for turn in spring] == [
        timedelta(hours=23),
        timedelta(hours=24),
        timedelta(hours=24),
    ]
    assert spring[0].starts_at == utc("2026-03-07T13:00")
    [autumn] = turns(
        layer, start=utc("2026-10-31T12:00"), end=utc("2026-10-31T12:01"), zone=NEW_YORK
    )
    assert autumn.ends_at - autumn.starts_at == timedelta(hours=25)


def test_a_day_that_a_zone_skipped_has_no_turn() -> None:
    layer = Layer((ANN, BEN, CEM), date(2011, 12, 29), time(10), days=1)
    found = list(
        turns(
            layer,
            start=utc("2011-12-29T20:00"),
            end=utc("2011-12-31T00:00"),
            zone=ZoneInfo("Pacific/Apia"),
        )
    )
    assert [turn.person for turn in found] == [ANN, CEM]
    assert found[0].ends_at == found[1].starts_at == utc("2011-12-30T20:00")


def test_before_the_first_handover_and_without_members_nobody_is_on_call() -> None:
    layer = Layer((ANN, BEN), date(2026, 3, 2), time(8))
    assert on_call(layer, [], at=utc("2026-03-02T12:59:59"), zone=NEW_YORK) is None
    assert on_call(layer, [], at=utc("2026-03-02T13:00"), zone=NEW_YORK) == ANN
    nobody = Layer((), date(2026, 3, 2), time(8))
    assert on_call(nobody, [], at=utc("2026-03-03T13:00"), zone=NEW_YORK) is None
    assert not list(
        turns(nobody, start=utc("2026-03-02T13:00"), end=utc("2027-01-01T00:00"), zone=NEW_YORK)
    )


def test_an_override_takes_its_time_and_no_more_and_the_last_written_wins() -> None:
    layer = Layer((ANN,), date(2026, 3, 2), time(8))
    overrides = [
        Override(BEN, utc("2026-03-03T10:00"), utc("2026-03-03T14:00")),
        Override(CEM, utc("2026-03-03T12:00"), utc("2026-03-03T13:00")),
    ]
    expected = {
        "2026-03-03T09:59:59": ANN,
        "2026-03-03T10:00": BEN,
        "2026-03-03T12:00": CEM,
        "2026-03-03T12:59:59": CEM,
        "2026-03-03T13:00": BEN,
        "2026-03-03T14:00": ANN,
    }
    assert {
        at: on_call(layer, overrides, at=utc(at), zone=NEW_YORK) for at in expected
    } == expected
    # An override fills a gap as well as a turn.
    early = Override(CEM, utc("2026-01-01T00:00"), utc("2026-01-02T00:00"))
    assert on_call(layer, [early], at=utc("2026-01-01T12:00"), zone=NEW_YORK) == CEM


layers = st.builds(
    Layer,
    members=st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple),
    starts_on=st.dates(date(2009, 1, 1), date(2027, 1, 1)),
    handover_at=st.times(),
    days=st.integers(1, 15),
)
instants = st.integers(0, 19 * 365 * 24 * 3600).map(
    lambda seconds: utc("2009-06-01T00:00") + timedelta(seconds=seconds)
)


@given(layers, instants, st.integers(1, 40), st.sampled_from(ZONES))
def test_turns_follow_without_a_gap_and_agree_with_who_is_on_call(
    layer: Layer, start: datetime, days: int, name: str
) -> None:
    zone, end = ZoneInfo(name), start + timedelta(days=days)
    found = list(turns(layer, start=start, end=end, zone=zone))
    for turn in found:
        assert turn.starts_at < turn.ends_at
        last_moment = turn.ends_at - timedelta(microseconds=1)
        for at in (turn.starts_at, last_moment):
            assert on_call(layer, [], at=at, zone=zone) == turn.person
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    if on_call(layer, [], at=start, zone=zone) is not None:
        assert found[0].starts_at <= start < found[0].ends_at
    if found:
        assert found[-1].starts_at < end <= found[-1].ends_at


def test_a_turn_lasts_at_least_a_day_and_its_handover_has_no_zone() -> None:
    with pytest.raises(ValueError, match="at least a day"):
        Layer((ANN,), date(2026, 3, 2), time(8), days=0)
    with pytest.raises(ValueError, match="wall time"):
        Layer((ANN,), date(2026, 3, 2), time(8, tzinfo=UTC))
