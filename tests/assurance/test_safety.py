"""The safety case is current, names tests that there are, and covers every red flag."""

import re

import pytest

from tests.assurance.hazards import PAGE, Hazard, page, read, red_flags, risk
from tests.assurance.nodes import missing

INVARIANTS, HAZARDS = read()
NAMED = {name for one in HAZARDS for control in one.controls for name in control.tests}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.assurance`"


def test_every_test_that_a_control_names_is_there(request: pytest.FixtureRequest) -> None:
    said = set(re.findall(r"tests/[\w/]+\.py(?:::\w+)?", PAGE.read_text(encoding="utf-8")))
    assert len(NAMED) > 100
    assert NAMED <= said
    assert missing(said, request.session) == set()


def test_a_test_that_there_is_not_is_found(request: pytest.FixtureRequest) -> None:
    here = "tests/assurance/test_safety.py"
    there = {here, f"{here}::test_risk", "tests/test_architecture.py"}
    gone = {
        f"{here}::test_that_nobody_wrote",
        "tests/test_architecture.py::test_that_nobody_wrote",
        "tests/test_nothing.py::test_at_all",
        "tests/assurance/facts.py",
    }
    assert missing(there | gone, request.session) == gone


def test_every_red_flag_is_covered_by_a_control_with_a_test() -> None:
    covered = {
        flag
        for one in HAZARDS
        for control in one.controls
        if control.tests
        for flag in control.flags
    }
    assert red_flags() - covered == set()
    assert covered - red_flags() == set()


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda one: one.id)
def test_every_hazard_is_whole(hazard: Hazard) -> None:
    assert hazard.causes
    assert hazard.effect
    assert hazard.controls
    assert all(control.what and control.tests for control in hazard.controls)
    for judged in (hazard.before, hazard.after):
        assert all(1 <= one <= 5 for one in judged)
    assert risk(hazard.after) <= risk(hazard.before)
    assert risk(hazard.after) < 5
    # A risk that is not accepted says what must still be done, and only such a one does.
    assert (risk(hazard.after) == 4) == bool(hazard.open)
    assert hazard.after[0] <= hazard.before[0]
    assert set(hazard.invariants) <= INVARIANTS.keys()


def test_every_invariant_holds_some_hazard() -> None:
    held = {number for one in HAZARDS for number in one.invariants}
    assert held == set(INVARIANTS) == set(range(1, 13))


def test_the_three_ways_in_which_it_fails_come_first() -> None:
    groups = list(dict.fromkeys(one.group for one in HAZARDS))
    assert groups[:3] == ["A. Nobody asks", "B. Nobody hears", "C. Nobody acts"]
    assert len({one.id for one in HAZARDS}) == len(HAZARDS)


@pytest.mark.parametrize(
    ("severity", "likelihood", "expected"),
    [(5, 5, 5), (5, 1, 3), (1, 1, 1), (4, 2, 3), (3, 3, 3)],
)
def test_risk(severity: int, likelihood: int, expected: int) -> None:
    assert risk((severity, likelihood)) == expected
