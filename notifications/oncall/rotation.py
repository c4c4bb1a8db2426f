"""Whose turn it is in a rotation: wall time and a zone, nothing else.

A handover is a day and a wall time, never a count of elapsed hours, so that it stays at
eight in the morning on both sides of a clock change; a turn of twelve hours changes hands at
eight and at twenty, and is an hour shorter or longer that night. A handover that falls into
the hour that is skipped, or that comes twice, is read as RFC 5545 (3.3.5) reads it: by the
offset before the gap, and the first of the two.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from zoneinfo import ZoneInfo

# No zone has ever skipped or repeated more than a day (Samoa, 30 December 2011).
_LARGEST_CHANGE = timedelta(hours=25)
_WEEK = timedelta(days=7)


class Every(StrEnum):
    """What the length of a turn is counted in."""

    DAYS = "days"
    HOURS = "hours"
    WEEKDAYS = "weekdays"


@dataclass(frozen=True, slots=True)
class Turn:
    """`person` has something from `starts_at` until just before `ends_at`, both in UTC."""

    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """`members` take turns from the handover on `starts_on`.

    A turn lasts `length` days (7 for a weekly rotation, 1 for a daily one) or `length` hours
    on the wall clock, or from one of `weekdays` (0 is Monday) to the next of them; then the
    first handover is the first such day on or after `starts_on`. ValueError where that is
    no rotation.
    """

    members: tuple[int, ...]
    starts_on: date
    handover_at: time
    length: int = 7
    every: Every = Every.DAYS
    weekdays: frozenset[int] = frozenset()
    # Days from the first handover to the others of its week; follows from the weekdays.
    _offsets: tuple[timedelta, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("a turn lasts at least a day, or an hour")
        if self.handover_at.tzinfo is not None:
            raise ValueError("a handover is a wall time; the zone is given when it is read")
        if self.every is Every.WEEKDAYS and not self.weekdays:
            raise ValueError("a rotation by weekdays names at least one")
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError("weekdays go from 0, Monday, to 6")
        ahead = sorted((day - self.starts_on.weekday()) % 7 for day in self.weekdays)
        offsets = tuple(timedelta(days=days) for days in ahead)
        object.__setattr__(self, "_offsets", offsets)

    def in_line(self, at: datetime, *, zone: ZoneInfo) -> tuple[int, ...]:
        """Whose turn it is at an instant, and behind them the others in their order.

        Empty where there are no members, or before the first handover.
        """
        number = self._turn_at(at, zone)
        if number < 0 or not self.members:
            return ()
        place = number % len(self.members)
        return self.members[place:] + self.members[:place]

    def turns(self, *, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Turn]:
        """The turns that touch [start, end), in order, each whole.

        Each begins where the one before it ends. A turn of no length, where a zone skipped
        all of its time, is left out.
        """
        if not self.members:
            return
        first = max(self._turn_at(start, zone), 0)
        last = self._number(_local(end, zone) + _LARGEST_CHANGE) + 1
        handovers = [self._handover(number, zone) for number in range(first, last + 1)]
        # Inside a skipped hour a later wall time may be the earlier instant.
        ends = list(accumulate(reversed(handovers[1:]), min))[::-1]
        for number, (starts_at, ends_at) in enumerate(
            zip(handovers, ends, strict=False), first
        ):
            if starts_at < end and max(starts_at, start) < ends_at:
                person = self.members[number % len(self.members)]
                yield Turn(person, starts_at, ends_at)

    def edges(self, *, start: datetime, end: datetime, zone: ZoneInfo) -> set[datetime]:
        """The instants in [start, end) at which another turn may begin."""
        turns = self.turns(start=start, end=end, zone=zone)
        return {turn.starts_at for turn in turns if turn.starts_at >= start}

    def _turn_at(self, at: datetime, zone: ZoneInfo) -> int:
        """The number of the last turn that has begun at an instant; negative before them."""
        number = self._number(_local(at, zone) + _LARGEST_CHANGE)
        while self._handover(number, zone) > at:
            number -= 1
        return number

    def _number(self, wall: datetime) -> int:
        """The number of the last handover on or before a wall time."""
        since = wall - self._first
        if self.every is not Every.WEEKDAYS:
            return since // self._step
        weeks, rest = divmod(since - self._offsets[0], _WEEK)
        places = [offset - self._offsets[0] for offset in self._offsets]
        return weeks * len(places) + bisect_right(places, rest) - 1

    def _handover(self, number: int, zone: ZoneInfo) -> datetime:
        if self.every is not Every.WEEKDAYS:
            return instant(self._first + number * self._step, zone)
        weeks, place = divmod(number, len(self._offsets))
        return instant(self._first + weeks * _WEEK + self._offsets[place], zone)

    @property
    def _first(self) -> datetime:
        return datetime.combine(self.starts_on, self.handover_at)

    @property
    def _step(self) -> timedelta:
        unit = timedelta(hours=1) if self.every is Every.HOURS else timedelta(days=1)
        return self.length * unit


@dataclass(frozen=True, slots=True)
class Listed:
    """Turns that somebody else has worked out, as in an imported calendar.

    Where two overlap, the one that began first has the time, and the other is next in line.
    """

    shifts: tuple[Turn, ...]

    def in_line(self, at: datetime, *, zone: ZoneInfo) -> tuple[int, ...]:
        """Those whose turn it is at an instant."""
        found = [turn for turn in self.shifts if turn.starts_at <= at < turn.ends_at]
        found.sort(key=lambda turn: (turn.starts_at, turn.ends_at, turn.person))
        return tuple(turn.person for turn in found)

    def edges(self, *, start: datetime, end: datetime, zone: ZoneInfo) -> set[datetime]:
        """The instants in [start, end) at which a turn begins or ends."""
        both = {at for turn in self.shifts for at in (turn.starts_at, turn.ends_at)}
        return {at for at in both if start <= at < end}


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, in UTC, as RFC 5545 reads it."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants that a wall time may mean, in UTC: two where the clocks go back over it.

    One that the clocks skip has one, later by what they skip.
    """
    first = instant(wall, zone)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return (first, second) if first < second else (first,)


def is_skipped(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of a zone never show a wall time."""
    return _local(instant(wall, zone), zone) != wall.replace(fold=0)


def next_change(at: datetime, zone: ZoneInfo, *, within: timedelta) -> datetime | None:
    """When the clocks change next, to the minute; None where they do not."""
    before, end = at, at + within
    while before < end:
        after = before + timedelta(days=1)
        if _offset(after, zone) != _offset(before, zone):
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                same = _offset(middle, zone) == _offset(before, zone)
                before, after = (middle, after) if same else (before, middle)
            return after.replace(second=0, microsecond=0)
        before = after
    return None


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
