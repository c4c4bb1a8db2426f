"""What is wrong with a rota before it goes wrong: gaps, and people counted on twice. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from notifications.oncall.rota import Plan, Shift, Why

HORIZON = timedelta(days=90)


class Kind(StrEnum):
    """The kinds of trouble."""

    # Nobody has the line.
    GAP = "gap"
    # One person has two lines at once: the second call would reach the same phone.
    TWICE = "twice"
    # Two overrides, or two events of an imported calendar, want the same time.
    OVERLAP = "overlap"
    # Somebody has it by an override during their own time off.
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong from `starts_at` until just before `ends_at`.

    `layers` and `people` are the ids that it is about; the first layer is the line.
    """

    kind: Kind
    layers: tuple[int, ...]
    people: tuple[int, ...]
    starts_at: datetime
    ends_at: datetime


def gaps(line: int, shifts: Sequence[Shift]) -> list[Trouble]:
    """When nobody has a line: neighbours are one gap, whatever their reasons."""
    found: list[Trouble] = []
    for shift in shifts:
        if shift.person is not None:
            continue
        starts_at = shift.starts_at
        if found and found[-1].ends_at == starts_at:
            starts_at = found.pop().starts_at
        found.append(Trouble(Kind.GAP, (line,), (), starts_at, shift.ends_at))
    return found


def twice(lines: Mapping[int, Sequence[Shift]]) -> list[Trouble]:
    """When one person has two lines at once. `lines` maps a line to its shifts."""
    found = []
    for (one, ours), (other, theirs) in combinations(lines.items(), 2):
        for mine, thine in _same_time(ours, theirs):
            if mine.person is not None and mine.person == thine.person:
                starts_at = max(mine.starts_at, thine.starts_at)
                ends_at = min(mine.ends_at, thine.ends_at)
                found.append(
                    Trouble(Kind.TWICE, (one, other), (mine.person,), starts_at, ends_at)
                )
    return found


def overlaps(plan: Plan, *, start: datetime, end: datetime) -> list[Trouble]:
    """When two people want the same time of one layer, by overrides or by its calendar."""
    found = []
    listed = getattr(plan.turns, "shifts", ())
    for group in (plan.overrides, listed):
        ordered = sorted(group, key=lambda one: one.starts_at)
        for place, one in enumerate(ordered):
            for other in ordered[place + 1 :]:
                if other.starts_at >= one.ends_at:
                    break
                begins, ends = max(other.starts_at, start), min(one.ends_at, other.ends_at, end)
                if one.person != other.person and begins < ends:
                    people = (one.person, other.person)
                    found.append(Trouble(Kind.OVERLAP, (plan.key,), people, begins, ends))
    return found


def away(plan: Plan, shifts: Sequence[Shift]) -> list[Trouble]:
    """When somebody has a layer by an override during their own time off."""
    found = []
    for shift in shifts:
        if shift.why is not Why.OVERRIDE or shift.person is None:
            continue
        for off in plan.away:
            starts_at = max(off.starts_at, shift.starts_at)
            ends_at = min(off.ends_at, shift.ends_at)
            if off.person == shift.person and starts_at < ends_at:
                found.append(
                    Trouble(Kind.AWAY, (plan.key,), (shift.person,), starts_at, ends_at)
                )
    return found


def _same_time(ours: Sequence[Shift], theirs: Sequence[Shift]) -> list[tuple[Shift, Shift]]:
    """The pairs of shifts, one of each, that share some time; both lists are in order."""
    pairs = []
    here = there = 0
    while here < len(ours) and there < len(theirs):
        mine, thine = ours[here], theirs[there]
        if mine.starts_at < thine.ends_at and thine.starts_at < mine.ends_at:
            pairs.append((mine, thine))
        if mine.ends_at <= thine.ends_at:
            here += 1
        else:
            there += 1
    return pairs
