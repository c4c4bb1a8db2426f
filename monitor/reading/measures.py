"""Readings in a free text: temperature, blood glucose, pain score.

Most numbers in a text are none of these: times, ages, tablets, days, distances, money.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reading.numerals import UNITS, Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current, earlier

FEVER_C = 38.0
NORMAL_C = 35.0
HIGH_MG_DL = 180.0
MG_DL_PER_MMOL_L = 18.0
SEVERE_SCORE = 8
CONTEXT = 6
CELSIUS = frozenset("c celsius centigrade centigrados".split())
FAHRENHEIT = frozenset("f fahrenheit farenheit farenheith".split())
TEN = frozenset(("10", "ten", "diez"))
OF_TEN = frozenset(("of", "outta", "outof", "de", "over", "sobre", "/"))
SCORE_LEAD = frozenset(
    """a an un its es solid about around like como ando level score nivel now hoy en de era
    im""".split()
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value with the tokens that it stands on, in the unit that the field names."""

    value: float
    start: int
    end: int


def _near(scope: Scope, concept: str, number: Number, reach: int = CONTEXT) -> bool:
    low, high = max(0, number.start - reach), number.end + reach
    return bool(scope.between(concept, low, high))


def _next(scope: Scope, number: Number, skip: int = 0) -> str:
    index = number.end + skip
    return scope.tokens[index].text if index < len(scope.tokens) else ""


def _previous(scope: Scope, number: Number, skip: int = 0) -> str:
    index = number.start - 1 - skip
    return scope.tokens[index].text if index >= 0 else ""


def has_unit(scope: Scope, number: Number) -> bool:
    """Whether it counts something else: hours, tablets, miles, a date or a blood pressure."""
    following = any(s.start == number.end for s in scope.spans("unit_word"))
    ratio = _next(scope, number) == "/" and _next(scope, number, 1) not in TEN
    under = _previous(scope, number) == "/"
    return following or ratio or under or _next(scope, number) == "%"


def to_celsius(value: float, unit: str) -> float | None:
    """Degrees Celsius to 0.1, by the unit or else by the range; None where it fits neither."""
    if unit in FAHRENHEIT or (unit not in CELSIUS and 90 <= value <= 115):
        celsius = (value - 32) * 5 / 9
    else:
        celsius = value
    return round(celsius + 1e-9, 1) if 33.0 <= celsius <= 44.0 else None


def unit_after(scope: Scope, number: Number) -> str:
    """The temperature's unit after a number, over a degree sign or the word."""
    for skip in (0, 1, 2):
        word = _next(scope, number, skip)
        if word in CELSIUS or word in FAHRENHEIT:
            return word
        if word not in ("°", "degrees", "degree", "grados", "deg", "de"):
            return ""
    return ""


def _is_temperature(scope: Scope, number: Number, unit: str) -> bool:
    celsius = to_celsius(number.value, unit)
    if celsius is None or has_unit(scope, number):
        return False
    if _near(scope, "sugar", number, 4) and not _near(scope, "temp_noun", number, 2):
        return False
    if _near(scope, "weather", number, 5) and not unit:
        return False
    if unit or _near(scope, "temp_word", number, 10):
        return 34.0 <= celsius
    decimal = any(mark in scope.tokens[number.start].text for mark in ".,")
    alone = len(scope.tokens) <= 5 or _previous(scope, number) in ("im", "am")
    plausible = 35.0 <= celsius <= 42.5
    return plausible and ((decimal and number.value > 34) or (alone and number.figures))


def _elsewhere(scope: Scope, found: Sequence[tuple[Number, str]]) -> bool:
    """Whether one of the readings is the weather's: "102 in Phoenix, my temp is 98"."""
    return any(_next(scope, number) in ("degrees", "in", "out", "here") for number, _ in found)


def temperatures(scope: Scope) -> list[Reading]:
    """The temperatures that hold now, in degrees Celsius; the last is the newest."""
    found = [
        (number, unit)
        for number in numbers(scope.tokens)
        for unit in (unit_after(scope, number),)
        if _is_temperature(scope, number, unit)
    ]
    labelled = [(n, u) for n, u in found if _near(scope, "temp_noun", n, 2)]
    if labelled and any(_near(scope, "weather", n, 6) or u == "" for n, u in found):
        found = labelled if len(labelled) < len(found) and _elsewhere(scope, found) else found
    held = current(scope, [number for number, _ in found]) or [number for number, _ in found]
    return [
        Reading(celsius, number.start, number.end)
        for number, unit in found
        if number in held and (celsius := to_celsius(number.value, unit)) is not None
    ]


def glucose(scope: Scope) -> list[Reading]:
    """The blood sugars that hold now, in mg/dL."""
    candidates = [
        number
        for number in numbers(scope.tokens)
        if _near(scope, "sugar", number, 8)
        and (not has_unit(scope, number) or _next(scope, number) in ("mg", "mmol"))
        and (2.0 <= number.value <= 40.0 or 40.0 < number.value <= 900.0)
        and number.figures
    ]
    large = [n for n in candidates if n.value > 40]
    chosen = large or [n for n in candidates if n.value >= 3.5]
    held = current(scope, chosen) or chosen
    return [
        Reading(n.value if n.value > 40 else n.value * MG_DL_PER_MMOL_L, n.start, n.end)
        for n in held
    ]


def out_of_ten(scope: Scope, number: Number) -> bool:
    """Whether "/10", "out of ten" or "de 10" follows."""
    first, second, third = (_next(scope, number, skip) for skip in range(3))
    if first == "out" and second in OF_TEN and third == "the":
        return _next(scope, number, 3) in TEN
    return (first in OF_TEN and second in TEN) or (
        first == "out" and second in OF_TEN and third in TEN
    )


def _is_score(scope: Scope, number: Number) -> bool:
    if not 0 <= number.value <= 10:
        return False
    if _says_only_numbers(scope) and not has_unit(scope, number):
        return True
    if out_of_ten(scope, number):
        return True
    if number.start == 0 and not number.figures and number.value >= SEVERE_SCORE:
        return not has_unit(scope, number)
    before = _previous(scope, number)
    is_ten_of = before in OF_TEN and number.value == 10
    if has_unit(scope, number) or is_ten_of:
        return False
    if not number.figures and number.value <= 2:
        return False
    if before in SCORE_LEAD or _previous(scope, number, 1) in ("score", "level", "down", "up"):
        return not _near(scope, "sugar", number, 4) and not _near(scope, "temp_word", number, 2)
    if any(s.end == number.start for s in scope.spans("not_score_before")):
        return False
    return _near(scope, "pain", number, 4) and _next(scope, number) != "."


def _says_only_numbers(scope: Scope) -> bool:
    """ "7 or 8", "id say eight": a text of few words that holds nothing but the score.

    A bare figure is left out, since without its question nothing tells what it answers.
    """
    plain = {
        "no",
        "not",
        "or",
        "o",
        "a",
        "an",
        "un",
        "id",
        "say",
        "to",
        "about",
        "like",
        "como",
        "around",
    }
    fills = {
        "somewhere",
        "half",
        "and",
        "y",
        "entre",
        "between",
        "its",
        "probably",
        "maybe",
        "ish",
    }
    words = [t.text for t in scope.tokens if not t.is_number]
    spoken = {w for w in words if w in UNITS}
    return bool(words) and all(w in plain | fills | spoken for w in words)


def _scores(scope: Scope) -> list[Number]:
    found = [n for n in numbers(scope.tokens) if _is_score(scope, n)]
    if found:
        # "5 or 6", "from a 2 to an 8": neighbours joined by a word are scores as well.
        for other in numbers(scope.tokens):
            near = any(0 <= other.start - n.end <= 4 for n in found)
            plain = 0 <= other.value <= 10 and not has_unit(scope, other)
            joined = _previous(scope, other) in ("or", "o", "to", "-", "now", "a", "y", "not")
            if other not in found and near and plain and joined and other.value != 10:
                found.append(other)
    return sorted(found, key=lambda n: n.start)


def pain_scores(scope: Scope) -> tuple[list[Reading], list[Reading]]:
    """Pain from 0 to 10: the scores that hold now, and those that were before."""
    found = _scores(scope)
    held, past = current(scope, found), earlier(scope, found)

    def readings(of: Sequence[Number]) -> list[Reading]:
        return [Reading(n.value, n.start, n.end) for n in of]

    return readings(held), readings(past)
