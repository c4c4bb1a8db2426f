"""Well or not: a table of every figure, at its limit and just before it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import vitals, watchdog
from monitor.dashboard import phrases
from monitor.vitals import Limits, Vitals, judge

WELL = Vitals(ticks=dict.fromkeys(vitals.TICKS, 3.0))
LIMITS = Limits()


def said(figures: Vitals) -> list[str]:
    return [str(one) for one in judge(figures, LIMITS)]


def test_all_is_well() -> None:
    assert said(WELL) == []


@pytest.mark.parametrize(
    ("change", "limit", "words"),
    [
        *(
            (
                lambda age, name=name: {"ticks": {**WELL.ticks, name: age}},
                60.0,
                "A process is down",
            )
            for name in vitals.TICKS
        ),
        *(
            (lambda age, name=name: {"overdue": {name: age}}, 120.0, "Overdue for 2 min")
            for name in ("page", "inbound", "page_text", "relay", "text", "check_in", "work")
        ),
        (lambda age: {"unheld": {"emergency": age}}, 1200.0, "nobody's for 20 min"),
        (lambda age: {"unheld": {"urgent": age}}, 3600.0, "nobody's for 60 min"),
        (lambda age: {"provider": age}, 180.0, "taken nothing for 3 min"),
    ],
)
def test_each_figure_has_its_limit(change: object, limit: float, words: str) -> None:
    assert callable(change)
    assert said(replace(WELL, **change(limit - 0.1))) == []
    [complaint] = said(replace(WELL, **change(limit)))
    assert words in complaint


def test_what_the_watchdog_found_is_told_for_a_while() -> None:
    assert "0 min ago" in said(replace(WELL, found=5.0))[0]
    assert said(replace(WELL, found=600.0)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"broker": False}, "broker"),
        ({"lost": 2}, "lost their protocol (2)"),
        ({"stuck": {"pages that should have climbed": 1}}, "climbed (1)"),
        ({"ticks": {}}, "A process is missing"),
    ],
)
def test_what_is_counted(change: dict[str, object], words: str) -> None:
    complaints = said(replace(WELL, **change))
    assert len(complaints) == (len(vitals.TICKS) if "ticks" in change else 1)
    assert words in complaints[0]


@given(
    st.builds(
        Vitals,
        overdue=st.dictionaries(st.sampled_from(["page", "text"]), st.floats(0, 1e6)),
        unheld=st.dictionaries(st.sampled_from(["urgent", "emergency"]), st.floats(0, 1e6)),
        provider=st.floats(0, 1e6),
        ticks=st.dictionaries(st.sampled_from(vitals.TICKS), st.floats(0, 1e6)),
        found=st.none() | st.floats(0, 1e6),
        stuck=st.dictionaries(st.just("texts that were never read"), st.integers(0, 9)),
        lost=st.integers(0, 9),
        broker=st.booleans(),
    )
)
def test_time_alone_never_makes_well_what_is_not(figures: Vitals) -> None:
    before = judge(figures, LIMITS)
    later = replace(
        figures,
        overdue={name: age + 60 for name, age in figures.overdue.items()},
        unheld={name: age + 60 for name, age in figures.unheld.items()},
        provider=figures.provider + 60 if figures.provider else 0.0,
        ticks={name: age + 60 for name, age in figures.ticks.items()},
    )
    assert {one.template for one in before} <= {
        one.template for one in judge(later, LIMITS)
    } | {vitals.FOUND}


def test_every_sentence_is_known_to_the_staff_pages() -> None:
    templates = {
        *(vitals.NEVER, vitals.STANDS_STILL, vitals.OVERDUE, vitals.UNHELD, vitals.PROVIDER),
        *(vitals.STUCK, vitals.FOUND, vitals.LOST, vitals.BROKER),
    }
    words = {*vitals.LABELS.values(), *watchdog.Found().counts, watchdog.NOT_PAGED}
    assert templates | words <= set(phrases.SYSTEM)
