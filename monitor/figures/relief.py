"""How much pain is gone, from how many follow-ups have which pain before and after. Pure.

The measures are those of `monitor.outcomes`: success is at least half gone, the smallest change
that matters 2 points or 30 %, and a PGIC of 1 or 2 is "much better".
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.figures.rates import Share
from monitor.outcomes import CLEAR_POINTS, CLEAR_SHARE, MUCH_BETTER, SUCCESS_SHARE


@dataclass(frozen=True)
class Judged:
    """`n` follow-ups with this pain before and after, 0 to 10, or this PGIC, 1 to 7."""

    n: int
    before: int | None
    after: int | None
    pgic: int | None = None


@dataclass(frozen=True)
class Group:
    """Some follow-ups, and what was answered of them, each answer in a row of its own kind."""

    follow_ups: int
    judged: list[Judged]


@dataclass(frozen=True)
class Relief:
    """Figures of some follow-ups.

    `measured` have both pains. Means and the median of the change are in points of 10, negative
    for less pain. `half` is of those that had pain before, `clear` of all that were measured.
    """

    follow_ups: int
    measured: int
    before: float | None
    after: float | None
    change: float | None
    median_change: float | None
    half: Share
    clear: Share
    much_better: Share


def relief(*groups: Group) -> Relief:
    """How these follow-ups turned out."""
    rows = [row for group in groups for row in group.judged]
    both: list[tuple[int, int, int]] = [
        (row.n, row.before, row.after)
        for row in rows
        if row.before is not None and row.after is not None
    ]
    measured = sum(n for n, _, _ in both)
    changes = [after - before for n, before, after in both for _ in range(n)]
    judged = [(row.n, row.pgic) for row in rows if row.pgic is not None]
    return Relief(
        follow_ups=sum(group.follow_ups for group in groups),
        measured=measured,
        before=_mean((n, before) for n, before, _ in both),
        after=_mean((n, after) for n, _, after in both),
        change=_mean((n, after - before) for n, before, after in both),
        median_change=statistics.median(changes) if changes else None,
        half=Share(
            sum(n for n, before, after in both if _gone(before, after) >= SUCCESS_SHARE),
            sum(n for n, before, _ in both if before),
        ),
        clear=Share(sum(n for n, before, after in both if _clear(before, after)), measured),
        much_better=Share(
            sum(n for n, pgic in judged if pgic <= MUCH_BETTER), sum(n for n, _ in judged)
        ),
    )


def _mean(weighed: Iterable[tuple[int, int]]) -> float | None:
    pairs = list(weighed)
    return sum(n * value for n, value in pairs) / sum(n for n, _ in pairs) if pairs else None


def _gone(before: int, after: int) -> float:
    return (before - after) / before if before else 0.0


def _clear(before: int, after: int) -> bool:
    return before - after >= CLEAR_POINTS or _gone(before, after) >= CLEAR_SHARE
