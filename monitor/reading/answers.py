"""Short answers to one open question; what cannot be decided is None, never a guess."""

from collections.abc import Sequence
from itertools import pairwise

from monitor.reading import measures
from monitor.reading.choices import choice
from monitor.reading.lexicon import text_concepts
from monitor.reading.normalise import Token, tokenise
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current
from monitor.reading.types import Answer, OpenQuestion
from monitor.reading.yes_no import yes_no

PAIN_MAX = 10
FULL_RELIEF = 100
HALF = 50
FEW_WORDS = 8
# Readings further apart than this, in degrees Celsius, decide nothing.
WIDEST = 1.5
NAMED = frozenset("day week dia semana question number pregunta almost casi nearly".split())
SLIP_WORDS = 5
FRACTIONS = (
    (("3", "/", "4"), 75),
    (("2", "/", "3"), 66),
    (("1", "/", "2"), 50),
    (("1", "/", "3"), 33),
    (("1", "/", "4"), 25),
    (("three", "quarters"), 75),
    (("three", "quarter"), 75),
    (("3", "quarters"), 75),
    (("tres", "cuartas"), 75),
    (("tres", "cuartos"), 75),
    (("two", "thirds"), 66),
    (("2", "thirds"), 66),
    (("dos", "tercios"), 66),
    (("dos", "terceras"), 66),
    (("a", "quarter"), 25),
    (("quarter",), 25),
    (("cuarta", "parte"), 25),
    (("un", "cuarto"), 25),
    (("a", "third"), 33),
    (("third",), 33),
    (("tercio",), 33),
    (("tercera", "parte"), 33),
)
KINDS_OF_DAY = frozenset("good bad best worst better rough buen mal peor buena mala".split())
VAGUE_BEFORE = (["llega", "a"], ["short", "of"])
VAGUE_AFTER = (["something"], ["y", "algo"], ["y", "pico"], ["and", "something"])
MEDICINES = frozenset("pill pills tablet tablets pastilla pastillas tramadol tylenol".split())
LEADING = frozenset(
    ("took", "taken", "take", "tome", "tomo", "tomado", "at", "las", "age", "bp", "after")
)


def _scope(text: str) -> Scope:
    tokens = tokenise(text)
    return Scope(tokens, text_concepts(text))


def _negated(scope: Scope, number: Number) -> bool:
    """ "not a 10", "no 8": a number that the patient rules out."""
    before = [t.text for t in scope.tokens[max(0, number.start - 2) : number.start]]
    return (
        bool(before)
        and (
            before[-1] in ("not", "no", "ni", "isnt")
            or (
                len(before) == 2
                and before[0] in ("not", "ni", "no")
                and before[1] in ("a", "an", "un", "quite", "es", "era")
            )
        )
        and not scope.tokens[number.start].after_break
    )


def _vague(scope: Scope, number: Number) -> bool:
    """ "97 something", "no llega a 3": a number that is only near."""
    before = [t.text for t in scope.tokens[max(0, number.start - 2) : number.start]]
    following = [t.text for t in scope.tokens[number.end : number.end + 2]]
    return before in VAGUE_BEFORE or following[:1] in VAGUE_AFTER or following in VAGUE_AFTER


def _ten_of(scope: Scope, number: Number) -> bool:
    """The ten of "7 out of 10"."""
    before = scope.tokens[number.start - 1].text if number.start else ""
    return number.value == PAIN_MAX and before in measures.OF_TEN and number.start > 1


def _counts_something(scope: Scope, number: Number, *, percent: bool = False) -> bool:
    before = scope.tokens[number.start - 1].text if number.start else ""
    earlier = scope.tokens[number.start - 2].text if number.start > 1 else ""
    following = scope.tokens[number.end].text if number.end < len(scope.tokens) else ""
    percents = ("percent", "pct", "%", "por", "porciento", "x", "porcentaje")
    if percent and following in percents:
        return False
    unit = any(s.start == number.end for s in scope.spans("unit_word"))
    timed = before in LEADING or (earlier in LEADING and before in ("about", "like", "las"))
    counted_day = before in NAMED and not scope.tokens[number.start].after_break
    named = counted_day and earlier not in KINDS_OF_DAY
    at_percent = percent and before == "at"
    return unit or named or (timed and len(scope.tokens) > 2 and not at_percent)


def _between(scope: Scope, values: Sequence[Number]) -> int | None:
    """ "more than a 4 less than a 6": the whole number between."""
    words = [token.text for token in scope.tokens]
    more, less = {"more", "over", "above", "mas"}, {"less", "under", "below", "menos"}
    if len(values) == 2 and more & set(words) and less & set(words):
        low, high = sorted(n.value for n in values)
        return int(high) - 1 if high - low >= 2 else int(high)
    return None


def _below_zero(text: str, scope: Scope) -> bool:
    """ "-2", "minus 10"."""
    first = scope.tokens[0] if scope.tokens else None
    if first is None:
        return False
    signed = first.is_number and text[: first.start].rstrip(" ").endswith(("-", "\u2212"))
    return signed or first.text in ("minus", "menos", "negative")


def pain(text: str) -> int | None:
    """A whole score from 0 to 10; a range takes the higher end, halves go up."""
    scope = _scope(text)
    if _below_zero(text, scope):
        return None
    if [t.text for t in scope.tokens[:2]] == ["for", "out"]:
        # Voice-to-text writes "four out of ten" so.
        return 4
    found = numbers(scope.tokens, slips=len(scope.tokens) <= SLIP_WORDS)
    kept = [
        n
        for n in found
        if not _ten_of(scope, n) and not _counts_something(scope, n) and not _negated(scope, n)
    ]
    if not kept:
        return _pain_in_words(scope) if not found else None
    middle = _between(scope, kept)
    if middle is not None:
        return middle
    held = current(scope, kept)
    if not held or any(not 0 <= n.value <= PAIN_MAX or _vague(scope, n) for n in held):
        return None
    if any(token.asks for token in scope.tokens) and len(scope.tokens) > SLIP_WORDS:
        return None
    return int(max(n.value for n in held) + 0.5)


def _pain_in_words(scope: Scope) -> int | None:
    none = scope.spans("none_word")
    hurting = [s for s in scope.spans("severe") if not any(s.overlaps(n) for n in none)]
    if none and not hurting and len(scope.tokens) <= FEW_WORDS:
        contrary = any(
            t.text
            in (
                "but",
                "pero",
                "except",
                "helps",
                "new",
                "different",
                "changed",
                "better",
                "change",
            )
            for t in scope.tokens
        )
        unchanged = scope.spans("no_better") and not scope.spans("better")
        return None if contrary or unchanged else 0
    if any(t.text in ("middle", "halfway", "mitad") for t in scope.tokens):
        return PAIN_MAX // 2
    return None


def _spoken_decimal(tokens: Sequence[Token], whole: Number, digit: Number) -> bool:
    """ "38 y 9", "38 con 2"."""
    between = [token.text for token in tokens[whole.end : digit.start]]
    tenths = [token.text for token in tokens[digit.end : digit.end + 1]] == ["decimas"]
    body = 34 <= whole.value <= 42 or (tenths and 94 <= whole.value <= 106)
    return between in (["y"], ["con"], ["punto"]) and body


def _apart(text: str, tokens: Sequence[Token], whole: Number, digit: Number) -> bool:
    """Whether a digit is the decimal of the whole number before it, written apart."""
    if digit.start != whole.end:
        return _spoken_decimal(tokens, whole, digit)
    gap = text[tokens[whole.end - 1].end : tokens[digit.start].start].strip()
    body = 34 <= whole.value <= 42 or 94 <= whole.value <= 106
    return (gap in (".", ",") or (not gap and body)) if digit.figures else not whole.figures


def _joined(text: str, tokens: Sequence[Token], found: Sequence[Number]) -> list[Number]:
    """ "39. 4" and "thirty eight nine": a whole number with its one decimal apart."""
    result: list[Number] = []
    for number in found:
        last = result[-1] if result else None
        digit = number.value == int(number.value) and 0 <= number.value <= 9
        if (
            last
            and digit
            and last.value == int(last.value)
            and _apart(text, tokens, last, number)
        ):
            value = last.value + number.value / 10
            result[-1] = Number(value, last.start, number.end, last.figures)
        else:
            result.append(number)
    return result


def temperature(text: str) -> float | None:
    """Degrees Celsius to 0.1; without a unit the range tells the scale."""
    scope = _scope(text)
    found = _joined(text, scope.tokens, numbers(scope.tokens))
    kept = [n for n in found if not _counts_something(scope, n) and n.value > PAIN_MAX + 1]
    if scope.spans("weather") and not scope.spans("temp_word"):
        return None
    held = current(scope, kept)
    values = [(measures.to_celsius(n.value, measures.unit_after(scope, n)), n) for n in held]
    if not values or any(value is None or _vague(scope, n) for value, n in values):
        return None
    celsius = [v for v, n in values if measures.unit_after(scope, n) in measures.CELSIUS]
    known = [v for v in celsius or [v for v, _ in values] if v is not None]
    return max(known) if max(known) - min(known) <= WIDEST else None


def _fraction(tokens: Sequence[Token]) -> int | None:
    words = [token.text for token in tokens]
    for pattern, value in FRACTIONS:
        size = len(pattern)
        if any(tuple(words[i : i + size]) == pattern for i in range(len(words))):
            return value
    return None


def relief(text: str) -> int | None:
    """Percent from 0 to 100; a range takes the lower end."""
    scope = _scope(text)
    if _below_zero(text, scope) or any(token.text in MEDICINES for token in scope.tokens):
        return None
    fraction = _fraction(scope.tokens)
    halves = scope.spans("half_word")
    if any(0 <= half.start - now.end <= 2 for now in scope.spans("now_cue") for half in halves):
        return HALF
    found = [
        n
        for n in numbers(scope.tokens)
        if not _counts_something(scope, n, percent=True) and not _negated(scope, n)
    ]
    percent = any(
        t.text in ("%", "percent", "pct", "porciento", "ciento") for t in scope.tokens
    )
    small = [n for n in found if n.value <= PAIN_MAX]
    if fraction is not None and all(n.value <= 4 for n in found):
        return fraction
    if found:
        if not percent and len(small) == len(found) > 1:
            return None
        if not percent and any(measures.out_of_ten(scope, n) for n in found):
            return None
        held = current(scope, found)
        if not held or any(not 0 <= n.value <= FULL_RELIEF for n in held):
            return None
        return int(min(n.value for n in held))
    return _relief_in_words(scope)


def _compared(scope: Scope) -> bool:
    """ "more than half" is no amount."""
    words = [token.text for token in scope.tokens]
    pairs = set(pairwise(words))
    vague = {
        ("more", "than"),
        ("less", "than"),
        ("better", "than"),
        ("mas", "de"),
        ("menos", "de"),
    }
    return bool(pairs & vague or {"over", "under"} & set(words))


def _relief_in_words(scope: Scope) -> int | None:
    if len(scope.tokens) > FEW_WORDS + 4:
        return None
    if any(t.text in ("but", "pero", "almost", "nearly", "casi") for t in scope.tokens):
        return None
    if scope.spans("all_word"):
        return FULL_RELIEF
    if scope.spans("half_word"):
        return None if _compared(scope) else HALF
    if scope.spans("none_word") and not scope.spans("worse_alone"):
        return 0
    return None


def count(text: str) -> int | float | None:
    """One number, as written; None where there are several that differ, or none."""
    scope = _scope(text)
    found = numbers(scope.tokens)
    kept = [n for n in found if not _counts_something(scope, n)] or found
    values = {n.value for n in (current(scope, kept) if len(kept) > 1 else kept)}
    if len(values) != 1:
        return None
    value = values.pop()
    return int(value) if value == int(value) else value


def read_answer(
    text: str, *, kind: str, lang: str | None = None, options: Sequence[str] = ()
) -> Answer:
    """The answer that a text gives to a question of this kind.

    bool for yes_no; 1-based option for choice; int for pain_0_10 and relief_percent;
    degrees Celsius for temperature; None where it cannot be decided. ValueError for
    an unknown kind.
    """
    if kind == "yes_no":
        return yes_no(_scope(text))
    if kind == "choice":
        return choice(text, options)
    if kind == "pain_0_10":
        return pain(text)
    if kind == "temperature":
        return temperature(text)
    if kind == "relief_percent":
        return relief(text)
    if kind == "number":
        return count(text)
    raise ValueError(f"unknown kind of question {kind!r}")


def answer_to(text: str, question: OpenQuestion | None, lang: str | None) -> Answer:
    """The answer to the open question, None where none is open."""
    if question is None:
        return None
    return read_answer(text, kind=question.kind, lang=lang, options=question.options)


def numbered_answers(text: str, tokens: Sequence[Token]) -> tuple[tuple[int, str], ...]:
    """ "1 no 2 yes 3 7" as ((1, "no"), (2, "yes"), (3, "7")); empty where it is none."""
    marks: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == str(len(marks) + 1) and index + 1 < len(tokens):
            if not marks or index > marks[-1] + 1:
                marks.append(index)
    if len(marks) < 2 or marks[0] != 0:
        return ()
    ends = [*marks[1:], len(tokens)]
    return tuple(
        (number, text[tokens[mark + 1].start : tokens[end - 1].end])
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True), start=1)
    )
