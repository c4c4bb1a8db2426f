"""Whose turn is when: a table, and laws for any rules."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.oncall.rules import Rule, turns

RULES = st.lists(
    st.builds(
        Rule,
        contact=st.integers(1, 5),
        delay=st.integers(0, 3_600),
        level=st.sampled_from(["", "urgent", "emergency"]),
    ),
    max_size=8,
)
LEVELS = st.sampled_from(["urgent", "emergency"])


@pytest.mark.parametrize(
    ("rules", "level", "expected"),
    [
        ([], "urgent", []),
        ([Rule(1, 0)], "urgent", [(1, 0)]),
        ([Rule(1, 0), Rule(2, 0)], "urgent", [(1, 0), (2, 0)]),
        ([Rule(2, 0), Rule(1, 0)], "urgent", [(2, 0), (1, 0)]),
        ([Rule(1, 60), Rule(2, 0)], "urgent", [(2, 0), (1, 60)]),
        ([Rule(1, 600), Rule(2, 660)], "urgent", [(1, 0), (2, 60)]),
        ([Rule(1, 0), Rule(2, 0, "emergency")], "urgent", [(1, 0)]),
        ([Rule(1, 0), Rule(2, 30, "emergency")], "emergency", [(1, 0), (2, 30)]),
        ([Rule(1, 0, "urgent")], "emergency", []),
        ([Rule(1, 0), Rule(2, 90), Rule(2, 5, "urgent")], "urgent", [(1, 0), (2, 5)]),
        ([Rule(1, 0), Rule(2, 5), Rule(2, 90, "urgent")], "urgent", [(1, 0), (2, 90)]),
    ],
)
def test_turns(rules: list[Rule], level: str, expected: list[tuple[int, int]]) -> None:
    found = [(turn.contact, turn.after) for turn in turns(rules, level=level)]
    assert found == [(contact, timedelta(seconds=after)) for contact, after in expected]


@given(RULES, LEVELS)
def test_the_first_is_at_once_and_every_contact_has_one_turn(
    rules: list[Rule], level: str
) -> None:
    found = turns(rules, level=level)
    wanted = {rule.contact for rule in rules if rule.level in ("", level)}
    assert sorted(turn.contact for turn in found) == sorted(wanted)
    assert [turn.after for turn in found] == sorted(turn.after for turn in found)
    if found:
        assert found[0].after == timedelta(0)


@given(RULES, LEVELS, st.integers(0, 1_000))
def test_a_common_delay_changes_nothing(rules: list[Rule], level: str, more: int) -> None:
    later = [Rule(rule.contact, rule.delay + more, rule.level) for rule in rules]
    assert turns(later, level=level) == turns(rules, level=level)
