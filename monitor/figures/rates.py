"""Shares with their intervals, and the spread of times. Pure."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

FEW = 10
"""Below this count neither a rate nor a percentile is stated."""

_Z = statistics.NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Share:
    """`n` of `of`. `low` and `high` are Wilson's 95 % interval (1927), as shares of 1."""

    n: int
    of: int

    @property
    def few(self) -> bool:
        """Whether the count is too small for a rate."""
        return self.of < FEW

    @property
    def rate(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.n / self.of if self.of else None

    @property
    def low(self) -> float | None:
        return self._end(-1)

    @property
    def high(self) -> float | None:
        return self._end(1)

    @property
    def percent(self) -> int | None:
        """In whole percent: 0 and 100 mean none and every one."""
        return _whole(self.n, self.of) if self.of else None

    def _end(self, side: int) -> float | None:
        if not self.of:
            return None
        rate, square = self.n / self.of, _Z * _Z
        middle = rate + square / (2 * self.of)
        half = _Z * sqrt(rate * (1 - rate) / self.of + square / (4 * self.of**2))
        return min(1.0, max(0.0, (middle + side * half) / (1 + square / self.of)))


def _whole(n: int, of: int) -> int:
    if n in (0, of):
        return 100 * n // of
    return min(99, max(1, round(100 * n / of)))


@dataclass(frozen=True)
class Times:
    """How long something took, `n` times: the median, the 90th and the 95th percentile.

    Percentiles lie between the two nearest of what was measured, as PostgreSQL's
    `percentile_cont` has them. All are None of nothing.
    """

    n: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    p95: timedelta | None = None

    @property
    def few(self) -> bool:
        """Whether the count is too small for a percentile."""
        return self.n < FEW


def times(spans: Iterable[timedelta]) -> Times:
    """The spread of some lengths of time."""
    seconds = sorted(span.total_seconds() for span in spans)
    if not seconds:
        return Times()
    cuts = statistics.quantiles(seconds, n=20, method="inclusive") if seconds[1:] else seconds
    median, p90, p95 = (timedelta(seconds=cuts[place]) for place in _places(len(cuts)))
    return Times(len(seconds), median, p90, p95)


def _places(cuts: int) -> tuple[int, int, int]:
    return (9, 17, 18) if cuts > 1 else (0, 0, 0)
