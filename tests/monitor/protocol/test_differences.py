"""Between two versions every change is named, and nothing else."""

import pytest

from monitor.protocol import load, names
from monitor.protocol.differences import Difference, differences
from tests.protocols import NAME, NEXT, Shelf


def test_rule_and_text_that_changed(shelf: Shelf) -> None:
    shelf.land_next()
    assert differences(load(NAME), load(NEXT)) == (
        Difference("rules", "pain_score.risen.flare", "level", "routine", "review"),
        Difference(
            "texts en",
            "more",
            "",
            "Thanks. A few more short questions.",
            "Thank you. A few more short questions.",
        ),
    )


@pytest.mark.parametrize(
    ("file", "good", "bad", "expected"),
    [
        (
            "shared.v2.toml",
            "[settings.sugar_urgent]\ndefault = 300",
            "[settings.sugar_urgent]\ndefault = 310",
            Difference("settings", "sugar_urgent", "default", "300", "310"),
        ),
        (
            "shared.v2.toml",
            "reminder = 4\nhand_over = 4",
            "reminder = 3\nhand_over = 4",
            Difference("check_ins", "d1", "reminder_after", "4 h", "3 h"),
        ),
        (
            "shared.v2.toml",
            'when = "meningism and (fever or headache_constant)"',
            'when = "meningism and fever"',
            Difference(
                "rules",
                "meningism.with_sign",
                "when",
                "meningism and (fever or headache_constant)",
                "meningism and fever",
            ),
        ),
        (
            f"{NEXT}.toml",
            "emergency_within = 11",
            "emergency_within = 12",
            Difference("emergency_within", "", "", "11", "12"),
        ),
    ],
)
def test_one_change_is_one_difference(
    shelf: Shelf, file: str, good: str, bad: str, expected: Difference
) -> None:
    shelf.land_next()
    before = load(NEXT)
    shelf.edit(file, good, bad)
    assert differences(before, load(NEXT)) == (expected,)


def test_rule_that_is_new_or_gone(shelf: Shelf) -> None:
    shelf.land_next()
    before = load(NEXT)
    shelf.edit("shared.v2.toml", 'id = "relief.improved"', 'id = "relief.better"')
    found = {
        (one.key, one.old is None, one.new is None) for one in differences(before, load(NEXT))
    }
    assert found == {("relief.improved", False, True), ("relief.better", True, False)}


@pytest.mark.parametrize("name", names())
def test_nothing_differs_from_itself(name: str) -> None:
    assert differences(load(name), load(name)) == ()


def test_all_pairs_can_be_compared() -> None:
    for one in names():
        for other in names():
            assert bool(differences(load(one), load(other))) == (one != other)
