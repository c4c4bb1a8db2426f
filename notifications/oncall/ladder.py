"""Whom a page would call, and when, if it opened at some moment: a page without a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.oncall import escalation


@dataclass(frozen=True, slots=True)
class Rung:
    """At `at` the rung with this number (from 0) calls `people`; `empty` ones were skipped."""

    number: int
    at: datetime
    waits: timedelta
    people: tuple[int, ...]
    empty: tuple[int, ...]


def preview(
    policy: escalation.Policy,
    level: str,
    who_at: Callable[[datetime], escalation.Who],
    *,
    at: datetime,
) -> list[Rung]:
    """Each rung that a page of a level would call, as if nobody ever acknowledged.

    `who_at` gives who stands behind the rungs at an instant, since a shift may change while
    a page climbs. The last of them goes on repeating. KeyError for an unknown level.
    """
    step = escalation.first(policy, level, who_at(at), now=at)
    found = [_rung(step, at)]
    while step.rung < policy.last:
        at = step.due_at
        standing = escalation.Standing(level, step.rung, at)
        step = escalation.climb(standing, policy, who_at(at), now=at)
        found.append(_rung(step, at))
    return found


def _rung(step: escalation.Step, at: datetime) -> Rung:
    return Rung(step.rung, at, step.due_at - at, step.people, step.empty)
