"""Who is on call, from a rotation and its overrides: wall time and a zone, nothing else.

A handover is a day and a wall time, never a count of hours, so that it stays at eight in
the morning on both sides of a clock change. A handover that falls into the hour that is
skipped, or that comes twice, is read as RFC 5545 (3.3.5) reads it: by the offset before the
gap, and the first of the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Layer:
    """A rotation: `members` take turns of `days` days from the handover on `starts_on`."""

    members: tuple[int, ...]
    starts_on: date
    handover_at: time
    days: int = 7

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a turn lasts at least a day")
        if self.handover_at.tzinfo is not None:
            raise ValueError("a handover is a wall time; the zone is given when it is read")


@dataclass(frozen=True, slots=True)
class Override:
    """`person` takes a layer's turn from `starts_at` until just before `ends_at`."""

    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """`person` has the layer from `starts_at` until just before `ends_at`, both in UTC."""

    person: int
    starts_at: datetime
    ends_at: datetime


def on_call(
    layer: Layer, overrides: Sequence[Override], *, at: datetime, zone: ZoneInfo
) -> int | None:
    """The person who has the layer at an instant, or None.

    The last override in the sequence that covers the instant wins. None means that nobody
    has it: the layer has no members, or its first handover is still to come.
    """
    for override in reversed(overrides):
        if override.starts_at <= at < override.ends_at:
            return override.person
    if not layer.members:
        return None
    number = _turn_at(layer, at, zone)
    return layer.members[number % len(layer.members)] if number >= 0 else None


def turns(layer: Layer, *, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Turn]:
    """The layer's turns that touch [start, end), in order, each whole; without overrides.

    Each begins where the one before it ends. A turn of no length, where a zone skipped its
    day, is left out.
    """
    if not layer.members:
        return
    for number in count(max(_turn_at(layer, start, zone), 0)):
        starts_at, ends_at = _handover(layer, number, zone), _handover(layer, number + 1, zone)
        if starts_at >= end:
            return
        if starts_at < ends_at:
            yield Turn(layer.members[number % len(layer.members)], starts_at, ends_at)


def _turn_at(layer: Layer, at: datetime, zone: ZoneInfo) -> int:
    """The number of the turn that an instant falls into; negative before the first."""
    number = (at.astimezone(zone).date() - layer.starts_on).days // layer.days
    # The day alone is not enough: the handover may be later in it, or its offset may move it.
    while _handover(layer, number, zone) > at:
        number -= 1
    while _handover(layer, number + 1, zone) <= at:
        number += 1
    return number


def _handover(layer: Layer, number: int, zone: ZoneInfo) -> datetime:
    day = layer.starts_on + timedelta(days=layer.days * number)
    return datetime.combine(day, layer.handover_at, zone).astimezone(UTC)
