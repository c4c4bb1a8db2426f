"""Of several values in one text, the one that holds now: "was 8 now 4", "de 9 bajé a 2"."""

from collections.abc import Sequence
from itertools import pairwise

from monitor.reading.lexicon import Span
from monitor.reading.numerals import Number
from monitor.reading.scope import Scope

CUE_REACH = 4
PAST_ALONE = frozenset(
    "was were before yesterday last earlier ayer anoche antes era estaba".split()
)


def _distance(scope: Scope, number: Number, cue: Span) -> float:
    """Words between; a sentence end in between counts two, and a cue leans forward."""
    if cue.end <= number.start:
        gap = range(cue.end, number.start)
        crossed = scope.broken(cue.end, number.start + 1)
    else:
        gap = range(number.end, cue.start)
        crossed = scope.broken(number.end, cue.start + 1)
    lean = 0.5 if cue.start >= number.end else 0.0
    return len(gap) + (2.5 if crossed else 0.0) + lean


def _tagged(scope: Scope, values: Sequence[Number], concept: str) -> set[int]:
    """Which of the values the concept's cues belong to: each cue to its nearest value."""
    tagged: set[int] = set()
    for cue in scope.spans(concept):
        if any(n.start < cue.end and cue.start < n.end for n in values):
            continue
        order = sorted(range(len(values)), key=lambda i: (_distance(scope, values[i], cue), i))
        if order and _distance(scope, values[order[0]], cue) <= CUE_REACH:
            tagged.add(order[0])
    return tagged


def _moved(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """ "from 2 to 8", "de 9 a 2": the end of the way."""
    for one, other in pairwise(values):
        between = [scope.tokens[i].text for i in range(one.end, other.start)]
        before = scope.tokens[one.start - 1].text if one.start else ""
        article = scope.tokens[one.start - 2].text if one.start > 1 else ""
        if "from" in (before, article) and "to" in between:
            return [other]
        if before == "de" and "a" in between[-1:] and len(between) > 1:
            return [other]
    return []


def current(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """The values that hold now: those said to be now, else those not said to be past.

    Where all are past, none holds now and the list is empty.
    """
    for cue in scope.spans("correction"):
        later = [n for n in values if n.start >= cue.end]
        if later and len(later) < len(values):
            return later
    moved = _moved(scope, values)
    if moved:
        return moved
    now, then = _tagged(scope, values, "now_cue"), _tagged(scope, values, "then_cue")
    both = now & then
    now, then = now - (both if now - both else set()), then - both
    if now and len(values) > 1:
        return [values[i] for i in sorted(now)]
    rest = [number for i, number in enumerate(values) if i not in then or i in now]
    return rest


def earlier(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """The values that no longer hold."""
    held = current(scope, values)
    return [number for number in values if number not in held]
