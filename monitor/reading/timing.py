"""Of several values in one text, the one that holds now: "was 8 now 4", "de 9 bajé a 2"."""

from collections.abc import Sequence
from itertools import pairwise

from monitor.reading.lexicon import Span
from monitor.reading.numerals import Number
from monitor.reading.scope import Scope

CUE_REACH = 4
MOVING = frozenset("bajo baje paso subio subi cayo fue pase bajado subido ido".split())
RANGING = frozenset("anything anywhere ranges range ranging varies somewhere between".split())
JOINING = frozenset("and but y pero then".split())
TODAY = frozenset(("this morning", "esta manana", "at lunch", "at noon", "en la manana"))
SINCE = frozenset(("since", "desde"))
EITHER = frozenset("or o u -".split())
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
        crossed = scope.broken(number.end, cue.start + 1) or (
            cue.start > number.end and scope.tokens[cue.start - 1].text in JOINING
        )
    lean = 0.5 if cue.start >= number.end else 0.0
    return len(gap) + (2.5 if crossed else 0.0) + lean


def _tagged(scope: Scope, values: Sequence[Number], concept: str) -> set[int]:
    """Which of the values the concept's cues belong to: each cue to its nearest value."""
    tagged: set[int] = set()
    for cue in scope.spans(concept):
        if any(n.start < cue.end and cue.start < n.end for n in values):
            continue
        if concept == "then_cue" and cue.start and scope.tokens[cue.start - 1].text in SINCE:
            continue
        order = sorted(range(len(values)), key=lambda i: (_distance(scope, values[i], cue), i))
        if order and _distance(scope, values[order[0]], cue) <= CUE_REACH:
            tagged |= _with_range(scope, values, order[0])
    return tagged


def _with_range(scope: Scope, values: Sequence[Number], place: int) -> set[int]:
    """The value's place, and that of the other end where it is one of a range: "80-90"."""
    result = {place}
    for low, high in ((place - 1, place), (place, place + 1)):
        if low < 0 or high >= len(values):
            continue
        one, other = values[low], values[high]
        between = {scope.tokens[i].text for i in range(one.end, other.start)}
        gap = scope.tokens[other.start].start - scope.tokens[one.end - 1].end
        if between <= EITHER if between else gap == 1:
            result |= {low, high}
    return result


def _moved(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """ "from 2 to 8", "de 9 a 2": the end of the way."""
    for one, other in pairwise(values):
        between = [scope.tokens[i].text for i in range(one.end, other.start)]
        before = scope.tokens[one.start - 1].text if one.start else ""
        article = scope.tokens[one.start - 2].text if one.start > 1 else ""
        if "from" in (before, article) and "to" in between:
            return [other]
        if before == "de" and "a" in between[-1:] and (len(between) > 1 or article in MOVING):
            return [other]
    return []


def _taken_back(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """ "3. no, 2", "80 no, 60": the values after a no that stands for itself."""
    for one, other in pairwise(values):
        between = scope.tokens[one.end : other.start]
        alone = bool(between) and scope.tokens[other.start].after_break
        if alone and between[-1].text == "no" and len(between) <= 2:
            return [n for n in values if n.start >= other.start]
    return []


def _told_after(scope: Scope, value: Number) -> bool:
    """ "Two. Was scared it'd be worse": what is past is said in another clause, after it."""
    cues = scope.spans("then_cue")
    return bool(cues) and all(
        cue.start >= value.end and scope.broken(value.end, cue.start + 1) for cue in cues
    )


def _right_after(scope: Scope, value: Number, cue: Span) -> bool:
    """ "100.6 this morning": the cue follows in the same breath."""
    return cue.start == value.end and not scope.tokens[cue.start].after_break


def _of_today(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """Of values that are all past, those of this morning: "yesterday 9, this morning 5"."""
    today = {
        i
        for i, n in enumerate(values)
        for cue in scope.spans("then_cue")
        if (0 <= n.start - cue.end <= 1 or _right_after(scope, n, cue))
        and " ".join(t.text for t in scope.tokens[cue.start : cue.end]) in TODAY
    }
    return [values[i] for i in sorted(today)]


def current(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """The values that hold now: those said to be now, else those not said to be past.

    Where all are past, none holds now and the list is empty.
    """
    if len(values) == 2 and RANGING & {t.text for t in scope.tokens[: values[0].start]}:
        return list(values)
    taken_back = _taken_back(scope, values)
    if taken_back:
        return taken_back
    for cue in scope.spans("correction"):
        later = [n for n in values if n.start >= cue.end]
        if later and len(later) < len(values):
            return later
    moved = _moved(scope, values)
    if moved:
        return moved
    if len(values) == 1 and _told_after(scope, values[0]):
        return list(values)
    now, then = _tagged(scope, values, "now_cue"), _tagged(scope, values, "then_cue")
    both = now & then
    now, then = now - (both if now - both else set()), then - both
    if now and len(values) > 1:
        return [values[i] for i in sorted(now)]
    rest = [number for i, number in enumerate(values) if i not in then or i in now]
    return rest or _of_today(scope, values)


def earlier(scope: Scope, values: Sequence[Number]) -> list[Number]:
    """The values that no longer hold."""
    held = current(scope, values)
    return [number for number in values if number not in held]
