"""The temperature that an answer gives, in degrees Celsius."""

import re
from collections.abc import Sequence

from monitor.reading import measures
from monitor.reading.answer_scope import answer_scope, led_by, negated, plain, spans_of, word
from monitor.reading.counted import floor, has_unit, not_felt, under, vague
from monitor.reading.lexicon import Span
from monitor.reading.normalise import Token
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current

# "37-5", "37º5" on the display or in the habit of the writer.
SPLIT_DECIMAL = re.compile(r"(?<=\b3[4-9]|\b4[0-2])\s?[-º°]\s?(?=\d\b)")
# Below this it counts something: hours, tablets, the first half of a blood pressure.
LEAST = 11
# Readings further apart than this, in degrees Celsius, decide nothing.
WIDEST = 1.5
MINE = frozenset("im my mine me mi mio mia yo i ive tengo myself".split())
PRESSURE = frozenset("bp tension presion pressure pulse pulso hr ta pa".split())
AGE = frozenset("age aged turned edad cumpli".split())
OF_PRESSURE = frozenset(("/", "over", "sobre"))
OTHER_READINGS = PRESSURE | frozenset(
    "sugar glucose glucosa azucar sats oxygen oxigeno weigh weight peso".split()
)
TEMPERATURES = frozenset("temp temps temperature temperatura fever fiebre".split())
ELSEWHERE = frozenset("in out outside here afuera".split())
BODY_PLACE = frozenset("ear mouth armpit morning ears forehead bum".split())
STILL_TODAY = frozenset(
    """was it fue era this morning esta manana en la at lunch noon usual my ago min mins minutes
    hour hours hace rato minutos""".split()
)
HAVING = frozenset("has had is was tiene tuvo con a at en".split())
LIMITS = frozenset("over under below than casi almost nearly close".split())
KIN_REACH = 5
MEASURED_BY = frozenset(
    "tomo took says dice checked per measured midio puso según segun".split()
)


def temperature(text: str) -> float | None:
    """Degrees Celsius to 0.1; without a unit the range tells the scale."""
    text = SPLIT_DECIMAL.sub(".", plain(text))
    scope = answer_scope(text)
    found = _joined(text, scope.tokens, numbers(scope.tokens))
    kept = [
        n
        for n in found
        if n.value > LEAST
        and not _followed_by_unit(scope, n)
        and not _of_something_else(scope, n)
    ]
    if len(kept) == 1 and not_felt(scope, kept[0]) and not _taken_by_another(scope):
        return None
    plausible = [n for n in kept if _celsius(scope, n) is not None and not negated(scope, n)]
    if not plausible:
        return None
    plausible = _own(scope, plausible)
    if not plausible:
        return None
    if _weather(scope) and not scope.spans("temp_word") and not _said_own(scope, plausible):
        return None
    exact_ones = [n for n in plausible if not vague(scope, n)]
    held = _held(scope, _retaken(scope, exact_ones or plausible))
    if not held or any(vague(scope, n) for n in held):
        return None
    if len(held) == 1 and _limit(scope, held[0]):
        return None
    exact = [n for n in held if measures.unit_after(scope, n) in measures.CELSIUS] or held
    exact = _after_limits(scope, exact)
    known = [value for n in exact if (value := _celsius(scope, n)) is not None]
    return max(known) if max(known) - min(known) <= WIDEST else None


def _followed_by_unit(scope: Scope, number: Number) -> bool:
    """Whether a unit follows at once: not that of "102.2, glasses off"."""
    apart = number.end < len(scope.tokens) and scope.tokens[number.end].after_break
    return has_unit(scope, number) and not apart


def _limit(scope: Scope, number: Number) -> bool:
    """ "over 38", "más de 38": no reading."""
    beyond = word(scope, number.start - 1) in LIMITS | {"above"}
    return beyond or floor(scope, number) or under(scope, number)


def _taken_by_another(scope: Scope) -> bool:
    """ "my wife says 101": read off by another, but of the patient."""
    return bool(MEASURED_BY & {token.text for token in scope.tokens}) or _weather(scope)


def _weather(scope: Scope) -> bool:
    """Whether it speaks of the weather: "hace" does, "hace rato" does not."""
    times = [*scope.spans("then_cue"), *scope.spans("now_cue")]
    return any(not any(s.overlaps(t) for t in times) for s in scope.spans("weather"))


def _celsius(scope: Scope, number: Number) -> float | None:
    return measures.to_celsius(number.value, measures.unit_after(scope, number))


def _of_something_else(scope: Scope, number: Number) -> bool:
    """Blood pressure, age, or the weather's degrees."""
    before = word(scope, number.start - 1)
    after, later = word(scope, number.end), word(scope, number.end + 1)
    ratio = before == "/" or (after in OF_PRESSURE and later.isdecimal())
    led = set(led_by(scope, number, 3))
    if OTHER_READINGS & led and not TEMPERATURES & led:
        return True
    weather = (
        after in ELSEWHERE and later not in BODY_PLACE and later not in ("the", "my", "el")
    )
    return ratio or before in PRESSURE or before in AGE or weather


def _said_own(scope: Scope, found: Sequence[Number]) -> bool:
    near = {word(scope, n.start - back) for n in found for back in (1, 2, 3)}
    return bool(MINE & near)


def _own(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """The readings without those of kin and of the room, where one is the patient's."""
    named = spans_of(scope, ("other_kin", "other_strong", "temperature_place"))
    # "Son 36" is Spanish for "they are".
    kin = [s for s in named if word(scope, s.start) != "son"]
    measured = bool(MEASURED_BY & {token.text for token in scope.tokens})
    if len(found) < 2 or measured:
        return [] if _of_kin_only(scope, found, kin) and not measured else list(found)

    def others(number: Number) -> bool:
        before = [s for s in kin if 0 <= number.start - s.end < KIN_REACH]
        between = [word(scope, i) for s in before[-1:] for i in range(s.end, number.start)]
        return bool(before) and not MINE & set(between) and not {"but", "pero"} & set(between)

    rest = [n for n in found if not others(n)]
    return rest or list(found)


def _of_kin_only(scope: Scope, found: Sequence[Number], kin: Sequence[Span]) -> bool:
    """ "mi nieto 39": the one reading is that of the kin named right before."""
    near = [s for s in kin if found and 0 <= found[0].start - s.end <= 2]
    between = {word(scope, i) for s in near[-1:] for i in range(s.end, found[0].start)}
    words = {token.text for token in scope.tokens}
    return bool(near) and not (MINE - {"my", "mi"}) & words and between <= HAVING


def _retaken(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """ "36.1 then 37.7": a later reading of the same day."""
    later = [i for i, n in enumerate(found) if i and word(scope, n.start - 1) == "then"]
    return list(found[later[-1] :]) if later else list(found)


def _held(scope: Scope, found: Sequence[Number]) -> list[Number]:
    held = current(scope, found)
    if held or len(found) != 1:
        return held
    # "at 7pm it was 37.6" reports a reading, "was 39 yesterday" a past one.
    cues = {
        scope.tokens[i].text
        for cue in scope.spans("then_cue")
        for i in range(cue.start, cue.end)
    }
    return list(found) if cues <= STILL_TODAY else []


def _after_limits(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """ "just over 38, 38.1": the reading without the limit that it is compared with."""
    rest = [n for n in found if word(scope, n.start - 1) not in LIMITS]
    return rest or list(found)


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
