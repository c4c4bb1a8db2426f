"""The language of conditions, and the law that more facts never switch one off."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocol.condition import Condition, ConditionError, parse

FACTS = ["a", "b", "c", "earlier.a", "earlier.b"]


@pytest.mark.parametrize(
    ("text", "facts", "numbers", "holds"),
    [
        ("a", {"a"}, {}, True),
        ("a", {"b"}, {}, False),
        ("a and b", {"a"}, {}, False),
        ("a and (b or c)", {"a", "c"}, {}, True),
        ("a or b and c", {"b"}, {}, False),
        ("a and earlier.b", {"a", "b"}, {}, False),
        ("a and earlier.b", {"a", "earlier.b"}, {}, True),
        ("a and not earlier.a", {"a"}, {}, True),
        ("a and not earlier.a", {"a", "earlier.a"}, {}, False),
        ("x >= 3", set(), {"x": 3.0}, True),
        ("x > 3", set(), {"x": 3.0}, False),
        ("x > 3", set(), {}, False),
        ("x >= y and a", {"a"}, {"x": 2.0, "y": 1.5}, True),
    ],
)
def test_condition_holds(
    text: str, facts: set[str], numbers: dict[str, float], *, holds: bool
) -> None:
    assert parse(text).holds(facts, numbers) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a and",
        "not a",
        "not (a and b)",
        "a == b",
        "x < 3",
        "x <= 3",
        "x > -3",
        "3 < x",
        "1 < x > 2",
        "x > 'y'",
        "f(a)",
        "later.a",
        "a.b.c",
        "a if b else c",
        "a, b",
        "[a]",
        "True",
        "1",
        "a & b",
        "lambda: a",
        "(a := b)",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)


def test_names_are_told_apart() -> None:
    condition = parse("a and earlier.b and (x >= limit or y > 2)")
    assert condition.facts == {"a", "earlier.b"}
    assert condition.numbers == {"x", "y"}
    assert condition.limits == {"limit"}
    assert condition.lone_fact is None
    assert parse("a").lone_fact == "a"


def _texts() -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*FACTS, "x >= 3", "not earlier.a"])
    return st.recursive(
        leaves,
        lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        max_leaves=6,
    )


@settings(deadline=None)
@given(_texts().map(parse), st.sets(st.sampled_from(FACTS)), st.sampled_from("abc"))
def test_further_fact_never_switches_a_condition_off(
    condition: Condition, facts: set[str], further: str
) -> None:
    before = condition.holds(facts, {"x": 1.0})
    assert condition.holds(facts | {further}, {"x": 1.0}) or not before
    assert condition.holds(facts, {"x": 5.0}) or not before
