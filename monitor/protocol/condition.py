"""Conditions of rules: a small language that a clinician can read and a program can prove.

    fever and (worse_pain or limb_numbness)
    pain_score >= severe_pain_score and pain_rise >= pain_rise_points
    headache_constant and earlier.headache_postural

A bare name is a fact that is true or not; a comparison has a number on the left, and a number
or a setting on the right. `earlier.x` is fact x at an earlier check-in. `not` may stand only
before `earlier.x`, and numbers are compared only upwards: nothing that a patient reports now
can switch a rule off, which is why a further symptom cannot lower an assessment.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

Test = Callable[[Set[str], Mapping[str, float]], bool]

_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class ConditionError(ValueError):
    """The text is not a condition; the message says which part, and what is allowed."""


@dataclass(frozen=True)
class Condition:
    """A parsed condition.

    `facts` are the names that must be known facts ("earlier." included), `numbers` stand left
    of a comparison, `limits` are the settings on the right.
    """

    text: str
    facts: frozenset[str]
    numbers: frozenset[str]
    limits: frozenset[str]
    holds: Test = field(compare=False, repr=False)

    @property
    def lone_fact(self) -> str | None:
        """The fact, where the whole condition is one fact of this moment."""
        return self.text if self.text.isidentifier() else None


def parse(text: str) -> Condition:
    """Parse a condition; ConditionError when it steps outside the language."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise ConditionError(
            f"cannot read {text!r}: write it like 'fever and chills'"
        ) from None
    parser = _Parser()
    test = parser.build(tree)
    return Condition(
        text.strip(),
        frozenset(parser.facts),
        frozenset(parser.numbers),
        frozenset(parser.limits),
        test,
    )


class _Parser:
    def __init__(self) -> None:
        self.facts: set[str] = set()
        self.numbers: set[str] = set()
        self.limits: set[str] = set()

    def build(self, node: ast.expr) -> Test:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return _all([self.build(value) for value in values])
            case ast.BoolOp(op=ast.Or(), values=values):
                return _any([self.build(value) for value in values])
            case ast.Name() | ast.Attribute():
                return _fact(self._name(node))
            case ast.UnaryOp(op=ast.Not(), operand=ast.Attribute() as inner):
                return _absent(self._name(inner))
            case ast.Compare(left=ast.Name(id=left), ops=[op], comparators=[right]):
                return self._comparison(left, op, right)
        raise ConditionError(
            f"{ast.unparse(node)!r} is not allowed: use facts, 'and', 'or', comparisons "
            "with > or >=, and 'not' only before 'earlier.'"
        )

    def _name(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                pass
            case ast.Attribute(value=ast.Name(id="earlier"), attr=attribute):
                name = f"earlier.{attribute}"
            case _:
                raise ConditionError(f"{ast.unparse(node)!r}: only 'earlier.' takes a dot")
        self.facts.add(name)
        return name

    def _comparison(self, left: str, op: ast.cmpop, right: ast.expr) -> Test:
        compare = _COMPARE.get(type(op))
        if compare is None:
            raise ConditionError(f"compare {left!r} with > or >= only")
        self.numbers.add(left)
        match right:
            case ast.Constant(value=int() | float() as constant):
                return _above(left, compare, float(constant))
            case ast.Name(id=limit):
                self.limits.add(limit)
                return _above(left, compare, limit)
        raise ConditionError(f"compare {left!r} with a number or a setting")


def _all(tests: list[Test]) -> Test:
    return lambda facts, numbers: all(test(facts, numbers) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda facts, numbers: any(test(facts, numbers) for test in tests)


def _fact(name: str) -> Test:
    return lambda facts, numbers: name in facts


def _absent(name: str) -> Test:
    return lambda facts, numbers: name not in facts


def _above(left: str, compare: Callable[[float, float], bool], limit: float | str) -> Test:
    def test(facts: Set[str], numbers: Mapping[str, float]) -> bool:
        value = numbers.get(left)
        bound = numbers[limit] if isinstance(limit, str) else limit
        return value is not None and compare(value, bound)

    return test
