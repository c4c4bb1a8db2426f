"""Shares, their intervals and the spread of times, against others' arithmetic."""

import statistics
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from monitor.figures.rates import FEW, Share, times


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [
        # Newcombe (Stat Med 1998;17:857), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(n: int, of: int, low: float, high: float) -> None:
    share = Share(n, of)
    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_is_that_of_scipy(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    wanted = binomtest(*counts).proportion_ci(0.95, method="wilson")
    assert share.low == pytest.approx(wanted.low, abs=1e-9)
    assert share.high == pytest.approx(wanted.high, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "of", "percent"), [(0, 300, 0), (1, 300, 1), (299, 300, 99), (300, 300, 100)]
)
def test_none_and_every_one_are_said_of_nothing_else(n: int, of: int, percent: int) -> None:
    assert Share(n, of).percent == percent


def test_a_small_count_has_no_rate_to_state() -> None:
    assert Share(3, FEW - 1).few
    assert not Share(3, FEW).few
    assert (Share(0, 0).rate, Share(0, 0).low, Share(0, 0).percent) == (None, None, None)


def test_percentiles_lie_between_the_nearest() -> None:
    found = times(timedelta(minutes=n) for n in (3, 1, 2, 4, 5, 6, 7, 8, 9, 10, 20))
    assert found.n == 11
    assert found.median == timedelta(minutes=6)
    assert found.p90 == timedelta(minutes=10)
    assert found.p95 == timedelta(minutes=15)
    assert times([]).median is None
    assert times([timedelta(minutes=4)]).p95 == timedelta(minutes=4)


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=60))
def test_the_median_is_the_median(seconds: list[int]) -> None:
    found = times(timedelta(seconds=one) for one in seconds)
    assert found.median is not None
    assert found.median.total_seconds() == pytest.approx(statistics.median(seconds))
