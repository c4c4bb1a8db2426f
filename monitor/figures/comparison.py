"""Whether a share differs between two times by more than chance makes of it. Pure."""

from dataclasses import dataclass
from math import sqrt

from monitor.figures.rates import Share


@dataclass(frozen=True)
class Difference:
    """By how many points of 100 a share is more than before, with its 95 % interval."""

    points: float
    low: float
    high: float

    @property
    def clear(self) -> int:
        """1 for more, -1 for less, 0 where the interval holds no difference at all."""
        return (self.low > 0) - (self.high < 0)


def difference(share: Share, before: Share) -> Difference | None:
    """Newcombe's interval, his method 10 (Stat Med 1998;17:873); None of too few."""
    if share.few or before.few:
        return None
    ends = [(one.n / one.of, one.low or 0.0, one.high or 0.0) for one in (share, before)]
    (rate, low, high), (was, was_low, was_high) = ends
    return Difference(
        100 * (rate - was),
        100 * (rate - was - sqrt((rate - low) ** 2 + (was_high - was) ** 2)),
        100 * (rate - was + sqrt((high - rate) ** 2 + (was - was_low) ** 2)),
    )
