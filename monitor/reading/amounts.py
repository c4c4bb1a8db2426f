"""Options that are amounts: "Below 180", "100.4 or higher", "Less than half"."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reading.answer_scope import answer_scope, word
from monitor.reading.normalise import Token, tokenise
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current

BELOW = frozenset("below under less menos hasta up fewer debajo lower <".split())
ABOVE = frozenset("above over more higher mas plus encima mayor least longer arriba +".split())
WHOLE = frozenset("all everything todo toda completely full".split())
NONE = frozenset("none nothing nada ninguno ningun no".split())
HALF_WORDS = frozenset("half mitad".split())
FEVERS = (100.4, 38.0, 100.0, 101.0, 37.8, 38.5)
NOON, EVENING, EARLIEST, DAWN = 12, 18, 7, 5
CLOCK_AFTER = frozenset("am pm oclock o hrs horas hours".split())
CLOCK_BEFORE = frozenset("at about around after las before like from".split())
PARTS_OF_DAY = {
    "morning": frozenset(("morning", "manana", "mornings")),
    "afternoon": frozenset(("afternoon", "tarde", "afternoons")),
    "evening": frozenset(("evening", "noche", "night", "evenings")),
}
FEW_WORDS = 3
HALF, FULL = 50.0, 100.0
ABOUT_HALF = 5.0


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both within."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies within."""
        return self.low <= value <= self.high


def _limits(words: set[str], low: float, high: float) -> Range:
    if words & BELOW:
        return Range(-math.inf, math.nextafter(low, -math.inf))
    if words & ABOVE:
        # "100.4 or higher" holds its limit, "more than 250" does not.
        within = bool({"or", "o", "least", "+"} & words)
        return Range(high if within else math.nextafter(high, math.inf), math.inf)
    return Range(low, high)


def _range(option: str) -> Range | None:
    tokens = tokenise(option)
    words = {token.text for token in tokens}
    found = [number.value for number in numbers(tokens) if number.figures]
    return _limits(words, min(found), max(found)) if found else None


def _share(option: str) -> Range | None:
    """The share that an option of "less than half, half, more than half" stands for."""
    words = {token.text for token in tokenise(option)}
    if words & HALF_WORDS:
        if words & BELOW:
            return Range(1.0, HALF - ABOUT_HALF - 1)
        if words & ABOVE:
            return Range(HALF + ABOUT_HALF + 1, FULL - 1)
        return Range(HALF - ABOUT_HALF, HALF + ABOUT_HALF)
    if words & WHOLE:
        return Range(FULL, FULL)
    return Range(0.0, 0.0) if words & NONE else None


def ranges(options: Sequence[str]) -> list[Range | None]:
    """The range of each option, None for one that is no amount."""
    shares = any({t.text for t in tokenise(o)} & HALF_WORDS for o in options)
    return [_share(o) if shares else _range(o) for o in options]


def by_hour(scope: Scope, options: Sequence[str]) -> int | None:
    """The option of the day that an hour falls in: "7pm", "2 oclock", "a las 5"."""
    parts = [_part_of_day(option) for option in options]
    if len(set(parts) - {""}) < 2:
        return None
    hours = [
        number
        for number in numbers(scope.tokens)
        if 0 < number.value < 24
        and (
            word(scope, number.end) in CLOCK_AFTER
            or word(scope, number.start - 1) in CLOCK_BEFORE
        )
    ]
    said = {_part_of_hour(n.value, word(scope, n.end)) for n in hours}
    fitting = [place for place, part in enumerate(parts, start=1) if part in said]
    return fitting[0] if len(said) == 1 and len(fitting) == 1 else None


def _part_of_day(option: str) -> str:
    words = {token.text for token in tokenise(option)}
    return next((part for part, names in PARTS_OF_DAY.items() if names & words), "")


def _part_of_hour(hour: float, mark: str) -> str:
    if mark == "am" and hour < DAWN:
        return "evening"
    if mark == "pm" and hour < NOON:
        hour += NOON
    elif mark != "am" and hour < EARLIEST:
        # Nobody asks to be called at 2 in the night.
        hour += NOON
    return "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"


def _fahrenheit(offered: Sequence[Range | None], value: float) -> float:
    """The reading on the scale of the options."""
    limits = [edge for one in offered if one for edge in (one.low, one.high)]
    if any(95 <= edge <= 110 for edge in limits) and 34 <= value <= 43:
        return value * 9 / 5 + 32
    if any(36 <= edge <= 42 for edge in limits) and 93 <= value <= 110:
        return (value - 32) * 5 / 9
    return value


def _below_all(offered: Sequence[Range | None], options: Sequence[str], value: float) -> bool:
    """Whether a reading is a normal one where "No fever" comes before "100.4 or higher"."""
    known = [one for one in offered if one is not None]
    denies = tokenise(options[0])[:1] and tokenise(options[0])[0].text in NONE
    fever = len(known) == 1 and known[0].low in FEVERS and known[0].high == math.inf
    return bool(denies) and fever and known[0].low - 10 < value < known[0].low


def _mentions(tokens: Sequence[Token], number: Number) -> bool:
    """Whether it stands alone as an amount: no hour of the clock, no date."""
    before = tokens[number.start - 1].text if number.start else ""
    return before not in ("at", "las", "option", "opcion", "numero", "number")


def by_amount(text: str, options: Sequence[str]) -> int | None:
    """The one option whose range holds the number that the text names; else None."""
    offered = ranges(options)
    if sum(r is not None for r in offered) < 1:
        return None
    tokens = tokenise(text)
    found = [n for n in numbers(tokens) if _mentions(tokens, n) and n.value > len(options)]
    scope = answer_scope(text)
    held = current(scope, found) if len(found) > 1 else found
    if not found and len(tokens) <= FEW_WORDS and NONE & {token.text for token in tokens}:
        zero = [p for p, one in enumerate(offered, start=1) if one and one.low == one.high == 0]
        return zero[0] if len(zero) == 1 else None
    fitting = {
        place
        for number in held
        for place, one in enumerate(offered, start=1)
        if one is not None and one.holds(_fahrenheit(offered, number.value))
    }
    if not fitting and len(held) == 1:
        value = _fahrenheit(offered, held[0].value)
        return 1 if _below_all(offered, options, value) else None
    return fitting.pop() if len(fitting) == 1 else None
