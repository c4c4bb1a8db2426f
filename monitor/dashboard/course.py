"""Pain and relief after a procedure, as a drawing and as a table. Pure.

The expected windows are the sources': a flare within the first days and steroid relief from a
few days to three weeks (S3), facet joint relief by the end of week 1 (S4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 30, 54
MOST_PAIN = 10
LEAST_DAYS = 14
DAY = 86_400

# From and until which day: the flare that is expected, and when relief may be looked for.
FLARE = (0, 3)
RELIEF: Mapping[str, tuple[int, int]] = {
    "epidural_steroid": (3, 21),
    "nerve_root_block": (3, 21),
    "facet_joint": (1, 7),
}


@dataclass(frozen=True)
class Answered:
    """A check-in that was answered: `pain` 0 to 10, `relief` and `judged` in words or ""."""

    key: str
    at: datetime
    pain: int | None
    relief: str = ""
    judged: str = ""


@dataclass(frozen=True)
class Point:
    """A place in the drawing, in its own units."""

    x: float
    y: float
    pain: int
    label: str


@dataclass(frozen=True)
class Band:
    """An expected window."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Row:
    """A line of the table; `change` is in points against the pain before."""

    key: str
    at: datetime
    pain: int | None
    change: int | None
    half: bool
    relief: str
    judged: str


@dataclass(frozen=True)
class Course:
    """The drawing and the table of one follow-up."""

    points: list[Point]
    bands: list[Band]
    days: list[tuple[float, int]]
    pains: list[tuple[float, int]]
    baseline: float | None
    rows: list[Row]
    baseline_pain: int | None
    performed_at: datetime

    # For the template: the frame of the drawing.
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM
    tall: int = HEIGHT - BOTTOM - TOP

    @property
    def line(self) -> str:
        """The points as an SVG polyline has them, the baseline first."""
        path = [(point.x, point.y) for point in self.points]
        if self.baseline is not None:
            path.insert(0, (float(LEFT), self.baseline))
        return " ".join(f"{x:g},{y:g}" for x, y in path)


def course(
    kind: str,
    *,
    performed_at: datetime,
    baseline_pain: int | None,
    answered: Sequence[Answered],
) -> Course | None:
    """Draw a follow-up; None while no pain is known at all."""
    known = [one for one in answered if one.pain is not None]
    if not known and baseline_pain is None:
        return None
    last = max((_day(one.at, performed_at) for one in known), default=0.0)
    span = max(LEAST_DAYS, RELIEF.get(kind, (0, 0))[1], last + 1)
    return Course(
        points=[
            Point(
                _x(_day(one.at, performed_at), span), _y(one.pain or 0), one.pain or 0, one.key
            )
            for one in known
        ],
        bands=list(_bands(kind, span)),
        days=[(_x(day, span), day) for day in range(0, int(span) + 1, 7)],
        pains=[(_y(pain), pain) for pain in (0, 5, 10)],
        baseline=None if baseline_pain is None else _y(baseline_pain),
        rows=[_row(one, baseline_pain) for one in answered],
        baseline_pain=baseline_pain,
        performed_at=performed_at,
    )


def _row(one: Answered, baseline: int | None) -> Row:
    change = None if one.pain is None or baseline is None else one.pain - baseline
    half = bool(baseline) and one.pain is not None and 2 * one.pain <= (baseline or 0)
    return Row(one.key, one.at, one.pain, change, half, one.relief, one.judged)


def _bands(kind: str, span: float) -> Any:
    if kind not in RELIEF:
        return
    for name, (since, until) in (("flare", FLARE), ("relief", RELIEF[kind])):
        start = _x(since, span)
        yield Band(start, round(_x(min(until, span), span) - start, 1), name)


def _day(at: datetime, performed_at: datetime) -> float:
    return max(0.0, (at - performed_at).total_seconds() / DAY)


def _x(day: float, span: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * day / span, 1)


def _y(pain: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - pain / MOST_PAIN), 1)
