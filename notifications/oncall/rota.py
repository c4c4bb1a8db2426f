"""Who is on call: a layer's turns, and what is laid over them. Plans in, people out.

A layer answers for each instant. An override comes first; outside the layer's hours,
weekdays and holidays it has nobody; else it is the turn of the next in line who is not away.
A line is a layer and the layers that stand over it, the strongest first: the first of them
that has somebody is on call. An override of the line itself comes before all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from notifications.oncall.rotation import Listed, Rotation, instant

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


class Holidays(StrEnum):
    """What a layer does on public holidays, from midnight to midnight."""

    AS_EVER = "as_ever"
    ONLY = "only"
    NOT = "not"


class Why(StrEnum):
    """Where an answer comes from."""

    TURN = "turn"
    OVERRIDE = "override"
    # The one whose turn it is is away.
    COVER = "cover"
    # Nobody, because ...
    CLOSED = "closed"  # the layer has other hours, days or holidays
    NOT_BEGUN = "not_begun"  # it has no turn: no members, not begun, nothing imported
    ALL_AWAY = "all_away"
    LEFT = "left"  # the one whose turn it is is no longer on the team


@dataclass(frozen=True, slots=True)
class Window:
    """Hours on some weekdays (0 is Monday), from `starts` until just before `ends`.

    One that ends at or before its beginning goes on into the next day: 08:00 to 08:00 is a
    day and a night.
    """

    weekdays: frozenset[int]
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("hours name their weekdays, from 0, Monday, to 6")
        if self.starts.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("hours are wall times; the zone is given when they are read")

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """The window that begins on a day, in UTC; None where there is none."""
        if day.weekday() not in self.weekdays:
            return None
        last = day if self.starts < self.ends else day + _DAY
        return (
            instant(datetime.combine(day, self.starts), zone),
            instant(datetime.combine(last, self.ends), zone),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """`person` takes a layer from `starts_at` until just before `ends_at`."""

    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """`person` is not to be counted on from `starts_at` until just before `ends_at`."""

    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """All that says who has one layer.

    `turns` are the rotation's or an imported calendar's; without `windows` the layer has all
    hours. `overrides` are in the order in which they were written. `people` are those who
    can be paged; None where that is not the question.
    """

    key: int
    zone: ZoneInfo
    turns: Rotation | Listed
    windows: tuple[Window, ...] = ()
    holidays: Holidays = Holidays.AS_EVER
    public_holidays: frozenset[date] = frozenset()
    overrides: tuple[Override, ...] = ()
    away: tuple[Away, ...] = ()
    people: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Who has it, by which layer and why; without a person, why nobody."""

    person: int | None
    why: Why
    layer: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One answer for all of [starts_at, ends_at), in UTC."""

    person: int | None
    why: Why
    layer: int
    starts_at: datetime
    ends_at: datetime


def on_call(plan: Plan, *, at: datetime) -> Held:
    """Who has a layer at an instant. Of several overrides the last written wins."""
    person, why = _person(plan, at)
    if person is not None and plan.people is not None and person not in plan.people:
        person, why = None, Why.LEFT
    return Held(person, why, plan.key)


def really_on_call(line: Sequence[Plan], *, at: datetime) -> Held:
    """Who has a line at an instant: the first of its layers that has somebody.

    The last layer is the line itself, under all others. An override of it is meant for the
    line and comes first; where nobody has the line, the reason is its own. ValueError for a
    line without layers.
    """
    if not line:
        raise ValueError("a line has at least one layer")
    own = on_call(line[-1], at=at)
    if own.why is Why.OVERRIDE:
        return own
    above = (on_call(plan, at=at) for plan in line[:-1])
    return next((held for held in above if held.person is not None), own)


def shifts(plan: Plan, *, start: datetime, end: datetime) -> list[Shift]:
    """A layer's answers over [start, end), in order and without a gap between them."""
    return _pieces(_edges(plan, start, end), end, lambda at: on_call(plan, at=at))


def line_shifts(line: Sequence[Plan], *, start: datetime, end: datetime) -> list[Shift]:
    """A line's answers over [start, end), in order and without a gap between them."""
    edges = {edge for plan in line for edge in _edges(plan, start, end)}
    return _pieces(edges, end, lambda at: really_on_call(line, at=at))


def _person(plan: Plan, at: datetime) -> tuple[int | None, Why]:
    for override in reversed(plan.overrides):
        if override.starts_at <= at < override.ends_at:
            return override.person, Why.OVERRIDE
    if not _is_open(plan, at):
        return None, Why.CLOSED
    in_line = plan.turns.in_line(at, zone=plan.zone)
    if not in_line:
        return None, Why.NOT_BEGUN
    away = {one.person for one in plan.away if one.starts_at <= at < one.ends_at}
    there = next((person for person in in_line if person not in away), None)
    if there is None:
        return None, Why.ALL_AWAY
    return there, Why.TURN if there == in_line[0] else Why.COVER


def _is_open(plan: Plan, at: datetime) -> bool:
    day = at.astimezone(plan.zone).date()
    # A window of the day before may go on; around a change a day's edge may move too.
    near = [day + step * _DAY for step in (-2, -1, 0, 1)]
    if plan.holidays is not Holidays.AS_EVER:
        holiday = any(
            starts_at <= at < ends_at for starts_at, ends_at in _holiday_times(plan, near)
        )
        if holiday is not (plan.holidays is Holidays.ONLY):
            return False
    if not plan.windows:
        return True
    return any(starts_at <= at < ends_at for starts_at, ends_at in _window_times(plan, near))


def _window_times(plan: Plan, days: Iterable[date]) -> list[tuple[datetime, datetime]]:
    found = (window.on(day, plan.zone) for day in days for window in plan.windows)
    return [times for times in found if times is not None]


def _holiday_times(plan: Plan, days: Iterable[date]) -> list[tuple[datetime, datetime]]:
    return [
        (
            instant(datetime.combine(day, _MIDNIGHT), plan.zone),
            instant(datetime.combine(day + _DAY, _MIDNIGHT), plan.zone),
        )
        for day in days
        if day in plan.public_holidays
    ]


def _edges(plan: Plan, start: datetime, end: datetime) -> set[datetime]:
    """Every instant in [start, end) at which the answer may change, and `start` itself."""
    spans = [(one.starts_at, one.ends_at) for one in plan.overrides]
    spans += [(one.starts_at, one.ends_at) for one in plan.away]
    first, last = (at.astimezone(plan.zone).date() for at in (start, end))
    days = [first + step * _DAY for step in range(-2, (last - first).days + 2)]
    spans += _window_times(plan, days)
    if plan.holidays is not Holidays.AS_EVER:
        spans += _holiday_times(plan, days)
    inside = {at.astimezone(UTC) for span in spans for at in span if start <= at < end}
    turns = plan.turns.edges(start=start, end=end, zone=plan.zone)
    return {start.astimezone(UTC)} | inside | turns


def _pieces(
    edges: Iterable[datetime], end: datetime, ask: Callable[[datetime], Held]
) -> list[Shift]:
    """What is constant between its edges, asked once at each; equal neighbours are one."""
    found: list[Shift] = []
    order = sorted(edges)
    for starts_at, ends_at in zip(order, [*order[1:], end.astimezone(UTC)], strict=True):
        if starts_at >= ends_at:
            continue
        held = ask(starts_at)
        before = found[-1] if found else None
        if before and (before.person, before.why, before.layer) == (
            held.person,
            held.why,
            held.layer,
        ):
            found[-1] = Shift(held.person, held.why, held.layer, before.starts_at, ends_at)
        else:
            found.append(Shift(held.person, held.why, held.layer, starts_at, ends_at))
    return found
