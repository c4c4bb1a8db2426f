"""Each process is killed with -9 at each step between the patient's text and the page."""

import pytest

from tests.chaos.case import RedFlag
from tests.chaos.points import POINTS, next_rung
from tests.chaos.system import FULL, PROCESSES

# What `make test` has time for: each point and each process once.
SHORT = {
    ("before the webhook", "beat"),
    ("stored, not handled", "web"),
    ("handled, not nudged", "web"),
    ("accepted, not settled", "pages"),
    ("between rungs", "chores"),
}


@pytest.mark.parametrize("victim", PROCESSES)
@pytest.mark.parametrize("point", POINTS)
def test_killed(point: str, victim: str, red_flag: RedFlag) -> None:
    if not FULL and (point, victim) not in SHORT:
        pytest.skip("in `make chaos`")
    with red_flag(f"{victim} killed") as case:
        with POINTS[point](case):
            case.kill(victim)
        if point == "between rungs":
            next_rung(case)
