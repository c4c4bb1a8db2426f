"""Overrides, hours, holidays and time off over a layer's turns; layers over layers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.oncall.rota import (
    Away,
    Held,
    Holidays,
    Override,
    Plan,
    Shift,
    Why,
    Window,
    line_shifts,
    on_call,
    really_on_call,
    shifts,
)
from notifications.oncall.rotation import Listed, Rotation, Turn
from tests.notifications.oncall.test_rotation import ZONES, instants, rotations, utc

NEW_YORK = ZoneInfo("America/New_York")
ANN, BEN, CEM = 1, 2, 3
EVERY_DAY = frozenset(range(7))
WEEK = Rotation((ANN, BEN, CEM), date(2026, 3, 2), time(8))
PLAN = Plan(1, NEW_YORK, WEEK)


def people(plan: Plan, *moments: str) -> list[int | None]:
    return [on_call(plan, at=utc(at)).person for at in moments]


def test_an_override_takes_its_time_and_no_more_and_the_last_written_wins() -> None:
    plan = replace(
        PLAN,
        overrides=(
            Override(BEN, utc("2026-03-03T10:00"), utc("2026-03-03T14:00")),
            Override(CEM, utc("2026-03-03T12:00"), utc("2026-03-03T13:00")),
        ),
    )
    expected = {
        "2026-03-03T09:59:59": ANN,
        "2026-03-03T10:00": BEN,
        "2026-03-03T12:00": CEM,
        "2026-03-03T12:59:59": CEM,
        "2026-03-03T13:00": BEN,
        "2026-03-03T14:00": ANN,
    }
    assert people(plan, *expected) == list(expected.values())
    # An override fills a gap as well as a turn.
    early = Override(CEM, utc("2026-01-01T00:00"), utc("2026-01-02T00:00"))
    assert people(replace(PLAN, overrides=(early,)), "2026-01-01T12:00") == [CEM]


def test_time_off_falls_to_the_next_in_the_rotation_and_nobody_left_is_a_gap() -> None:
    first = Away(ANN, utc("2026-03-03T12:00"), utc("2026-03-04T12:00"))
    second = Away(BEN, utc("2026-03-03T18:00"), utc("2026-03-05T00:00"))
    third = Away(CEM, utc("2026-03-04T00:00"), utc("2026-03-04T06:00"))
    plan = replace(PLAN, away=(first, second, third))
    found = shifts(plan, start=utc("2026-03-03T00:00"), end=utc("2026-03-05T00:00"))
    assert [(one.person, one.why, f"{one.starts_at:%d %H}") for one in found] == [
        (ANN, Why.TURN, "03 00"),
        (BEN, Why.COVER, "03 12"),
        (CEM, Why.COVER, "03 18"),
        (None, Why.ALL_AWAY, "04 00"),
        (CEM, Why.COVER, "04 06"),
        (ANN, Why.TURN, "04 12"),
    ]


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday_night = Window(frozenset({4}), time(20), time(8))
    plan = replace(PLAN, windows=(friday_night,))
    local = {
        "2026-03-06T19:59": None,
        "2026-03-06T20:00": ANN,
        "2026-03-07T07:59": ANN,
        "2026-03-07T08:00": None,
        "2026-03-07T20:00": None,
    }
    for wall, person in local.items():
        at = datetime.fromisoformat(wall).replace(tzinfo=NEW_YORK)
        held = on_call(plan, at=at)
        assert (held.person, held.why) == (person, Why.TURN if person else Why.CLOSED), wall


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        ("America/New_York", date(2026, 3, 7), 11),
        ("America/New_York", date(2026, 10, 31), 13),
        ("Europe/London", date(2026, 3, 28), 11),
        ("Europe/London", date(2026, 10, 24), 13),
        ("Australia/Lord_Howe", date(2026, 4, 4), 12.5),
        ("Australia/Lord_Howe", date(2026, 10, 3), 11.5),
        ("America/Sao_Paulo", date(2018, 11, 3), 11),
        ("America/Sao_Paulo", date(2018, 2, 17), 13),
        ("Asia/Kolkata", date(2026, 3, 28), 12),
    ],
)
def test_a_night_shift_over_a_change_meets_the_day_shift_on_both_sides(
    zone: str, night: date, hours: float
) -> None:
    area = ZoneInfo(zone)
    turns = Rotation((ANN,), date(2018, 1, 1), time(8))
    nights = Plan(1, area, turns, (Window(EVERY_DAY, time(20), time(8)),))
    days = Plan(
        2, area, replace(turns, members=(BEN,)), (Window(EVERY_DAY, time(8), time(20)),)
    )
    start = datetime.combine(night, time(12), area).astimezone(UTC)
    end = start + timedelta(days=1)
    day, dark, _next_day = line_shifts([nights, days], start=start, end=end)
    assert (day.person, dark.person) == (BEN, ANN)
    assert dark.ends_at - dark.starts_at == timedelta(hours=hours)
    assert f"{dark.ends_at.astimezone(area):%H:%M}" == "08:00"


def test_holidays_go_from_midnight_to_midnight_and_the_two_kinds_share_them_out() -> None:
    fourth = frozenset({date(2026, 7, 4)})
    only = replace(PLAN, holidays=Holidays.ONLY, public_holidays=fourth)
    never = replace(PLAN, key=2, holidays=Holidays.NOT, public_holidays=fourth)
    for wall, holiday in (
        ("2026-07-03T23:59", False),
        ("2026-07-04T00:00", True),
        ("2026-07-04T23:59", True),
        ("2026-07-05T00:00", False),
    ):
        at = datetime.fromisoformat(wall).replace(tzinfo=NEW_YORK)
        assert (on_call(only, at=at).person is not None) is holiday, wall
        assert (on_call(never, at=at).person is None) is holiday, wall
    found = shifts(only, start=utc("2026-07-03T00:00"), end=utc("2026-07-06T00:00"))
    assert [one.why for one in found] == [Why.CLOSED, Why.TURN, Why.CLOSED]
    assert found[1].ends_at - found[1].starts_at == timedelta(days=1)


def test_the_first_layer_that_has_somebody_is_on_call() -> None:
    base = replace(PLAN, key=9)
    top = Plan(
        4,
        NEW_YORK,
        Rotation((BEN,), date(2026, 3, 2), time(8)),
        windows=(Window(frozenset({1}), time(9), time(17)),),
    )
    tuesday = utc("2026-03-03T15:00")
    assert really_on_call([top, base], at=tuesday) == Held(BEN, Why.TURN, 4)
    assert really_on_call([top, base], at=utc("2026-03-03T23:00")) == Held(ANN, Why.TURN, 9)
    # An override of the line is meant for the line, whatever stands over it.
    lent = (Override(CEM, tuesday, tuesday + timedelta(hours=1)),)
    line = [top, replace(base, overrides=lent)]
    assert really_on_call(line, at=tuesday) == Held(CEM, Why.OVERRIDE, 9)
    # Who left is nobody; whoever stands under has it then, and else the gap says why.
    without_ben = frozenset({ANN})
    top, base = replace(top, people=without_ben), replace(base, people=without_ben)
    assert really_on_call([top, base], at=tuesday) == Held(ANN, Why.TURN, 9)
    base = replace(base, people=frozenset())
    assert really_on_call([top, base], at=tuesday) == Held(None, Why.LEFT, 9)
    with pytest.raises(ValueError, match="at least one layer"):
        really_on_call([], at=tuesday)


def test_an_imported_calendar_takes_the_place_of_a_rotation() -> None:
    shift = Turn(BEN, utc("2026-03-03T10:00"), utc("2026-03-03T14:00"))
    plan = Plan(1, NEW_YORK, Listed((shift,)))
    found = shifts(plan, start=utc("2026-03-03T09:00"), end=utc("2026-03-03T15:00"))
    assert [(one.person, one.why) for one in found] == [
        (None, Why.NOT_BEGUN),
        (BEN, Why.TURN),
        (None, Why.NOT_BEGUN),
    ]
    # There is no next in line to fall back on.
    away = replace(plan, away=(Away(BEN, shift.starts_at, shift.ends_at),))
    assert on_call(away, at=shift.starts_at).why is Why.ALL_AWAY


@pytest.mark.parametrize(
    ("window", "complaint"),
    [
        (dict(weekdays=frozenset()), "name their weekdays"),
        (dict(weekdays=frozenset({7})), "name their weekdays"),
        (dict(starts=time(8, tzinfo=UTC)), "wall times"),
    ],
)
def test_what_are_no_hours_is_refused(window: dict[str, object], complaint: str) -> None:
    plain: dict[str, object] = dict(weekdays=EVERY_DAY, starts=time(8), ends=time(20))
    with pytest.raises(ValueError, match=complaint):
        Window(**{**plain, **window})  # type: ignore[arg-type]


# Seconds from the beginning of a test's stretch of time, and a length.
SPANS = st.tuples(st.integers(-86_400, 12 * 86_400), st.integers(1, 5 * 86_400))
WINDOWS = st.builds(
    Window, st.frozensets(st.integers(0, 6), min_size=1), st.times(), st.times()
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, datetime]:
    start = draw(instants)

    def placed(what: type, spans: list[tuple[int, int]]) -> tuple[object, ...]:
        return tuple(
            what(
                draw(st.integers(1, 9)),
                start + timedelta(seconds=begin),
                start + timedelta(seconds=begin + length),
            )
            for begin, length in spans
        )

    near = st.integers(-3, 13).map(lambda days: (start + timedelta(days=days)).date())
    plan = Plan(
        1,
        ZoneInfo(draw(st.sampled_from(ZONES))),
        draw(rotations),
        tuple(draw(st.lists(WINDOWS, max_size=2))),
        draw(st.sampled_from(Holidays)),
        draw(st.frozensets(near, max_size=3)),
        placed(Override, draw(st.lists(SPANS, max_size=3))),  # type: ignore[arg-type]
        placed(Away, draw(st.lists(SPANS, max_size=4))),  # type: ignore[arg-type]
        draw(st.none() | st.frozensets(st.integers(1, 9))),
    )
    return plan, start


def told(found: list[Shift], at: datetime) -> Shift:
    [one] = [shift for shift in found if shift.starts_at <= at < shift.ends_at]
    return one


@given(plans(), st.lists(st.integers(0, 10 * 86_400 - 1), max_size=8))
def test_shifts_cover_every_instant_once_and_agree_with_who_is_on_call(
    drawn: tuple[Plan, datetime], seconds: list[int]
) -> None:
    plan, start = drawn
    end = start + timedelta(days=10)
    found = shifts(plan, start=start, end=end)
    assert (found[0].starts_at, found[-1].ends_at) == (start, end)
    assert all(one.ends_at == other.starts_at for one, other in pairwise(found))
    assert all(one.starts_at < one.ends_at for one in found)
    moments = [start + timedelta(seconds=second) for second in seconds]
    moments += [one.ends_at - timedelta(microseconds=1) for one in found]
    for at in moments:
        one = told(found, at)
        assert on_call(plan, at=at) == Held(one.person, one.why, one.layer)


@given(plans(), st.integers(0, 10 * 86_400 - 1))
def test_an_override_wins_over_everything_for_as_long_as_it_lasts(
    drawn: tuple[Plan, datetime], second: int
) -> None:
    plan, start = drawn
    at = start + timedelta(seconds=second)
    last = Override(4, at - timedelta(hours=1), at + timedelta(hours=1))
    plan = replace(plan, overrides=(*plan.overrides, last), people=None)
    found = shifts(plan, start=start, end=start + timedelta(days=10))
    assert told(found, at).person == 4
    assert {one.person for one in found if last.starts_at <= one.starts_at < last.ends_at} <= {
        4
    }


@given(plans(), st.integers(0, 10 * 86_400 - 1))
def test_without_limits_somebody_has_every_instant_once_it_has_begun(
    drawn: tuple[Plan, datetime], second: int
) -> None:
    plan, start = drawn
    at = start + timedelta(seconds=second)
    plan = replace(plan, windows=(), holidays=Holidays.AS_EVER, people=None, away=())
    begun = bool(plan.turns.in_line(at, zone=plan.zone))
    overridden = on_call(plan, at=at).why is Why.OVERRIDE
    assert (on_call(plan, at=at).person is not None) is (begun or overridden)


@given(plans(), plans())
def test_a_line_has_nobody_only_where_no_layer_has(
    one: tuple[Plan, datetime], other: tuple[Plan, datetime]
) -> None:
    line, start = (one[0], replace(other[0], key=2)), one[1]
    for shift in line_shifts(line, start=start, end=start + timedelta(days=5)):
        alone = [on_call(plan, at=shift.starts_at) for plan in line]
        people = [held.person for held in alone if held.person is not None]
        if alone[-1].why is Why.OVERRIDE:
            people = [alone[-1].person]
        assert shift.person == (people[0] if people else None)
