"""How much of the pain is gone, in percent."""

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.reading import measures
from monitor.reading.answer_scope import (
    ADULT,
    AGE_BEFORE,
    answer_scope,
    concluded,
    led_by,
    negated,
    plain,
    without_age,
    without_scale,
    word,
)
from monitor.reading.counted import (
    PERCENTS,
    below_zero,
    ceiling,
    counts_something,
    not_felt,
    under,
)
from monitor.reading.normalise import Token
from monitor.reading.numerals import UNITS, Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current

TEN = 10
FULL = 100
HALF = 50
FEW_WORDS = 12
PARTS = {
    2: "half halves",
    3: "third thirds tercio tercios tercera terceras",
    4: "quarter quarters qtr fourth fourths cuarto cuartos cuarta cuartas",
    5: "fifth fifths quinto quintos quinta quintas",
    6: "sixth sixths sexto sextos sexta sextas",
    8: "eighth eighths octavo octavos octava octavas",
    10: "tenth tenths decimo decimos decima decimas",
}
DENOMINATORS = {name: size for size, names in PARTS.items() for name in names.split()}
MEDICINES = frozenset("pill pills tablet tablets pastilla pastillas tramadol tylenol".split())
FEWER = frozenset("fewer less menos more mas".split())
RANGE = frozenset(("to", "or", "o", "a", "and", "y"))
# More or less than half is no amount.
UNEQUAL = frozenset(
    (("more", "than"), ("less", "than"), ("better", "than"), ("mas", "de"), ("menos", "de"),
     ("over", "half"), ("even", "half"), ("not", "half"), ("ni", "la"), ("ni", "mitad"))
)  # fmt: skip
UNEQUAL_BEFORE = frozenset("than over even not almost nearly under".split())
WORSE = frozenset(("worse", "peor"))
BETTER = frozenset("better mejor improved less relief alivio now ahora hoy today".split())
COMPARING = frozenset(("than", "que"))
AT_MOST = frozenset("under below almost nearly casi".split())
NEARLY = frozenset("but pero almost nearly casi".split())
# "half the time", "half my day", "half asleep", "half what I hoped": no relief is measured.
HALF_OF = re.compile(
    r"\b(?:half|mitad)\s+(?:(?:the|a|an|my|of|one|del?|mi|un|una|el|la|los|las|que)\s+)*"
    r"(?:time|times|day|days|night|week|age|hour|dose|pill|tablet|cent|asleep|hearted|left|right|"
    r"leg|side|body|what|expected|hoped|wanted|tiempo|dia|dias|noche|semana|hora|dosis|pastilla|"
    r"lado|pierna|esperaba|queria|dormid[oa])\b"
)
ACTIVITY = frozenset(
    """work working sleep sleeping walk walking mobility function energy strength moving
    movement
    activity camino caminando trabajo trabajando ando duermo durmiendo rindo muevo
    standing sitting driving""".split()
)
HUNDRED = frozenset(("ciento", "cien"))
OF_LIFE = frozenset("my normal mi lo the what".split())
FADED = (
    "wore off", "worn off", "wearing off", "faded", "fading", "came back", "come back",
    "came right back", "is back", "its back", "back to square", "back to where", "back again",
    "didnt last", "hasnt lasted", "didnt hold", "its not holding", "not holding", "not lasting",
    "se me paso el efecto", "se paso el efecto", "paso el efecto", "se fue el efecto",
    "se me fue el efecto", "se acabo el efecto", "se me acabo el efecto", "volvio", "regreso",
    "ya volvio", "me volvio", "ha vuelto", "no duro", "no me duro", "ya no", "since then",
    "returned", "went away after", "back to nothing", "back to zero", "back to 0",
    "otra vez nada",
)  # fmt: skip
FADE_REACH = 5
DENIALS = frozenset("not no hasnt nothing nunca never isnt havent".split())
STAYING = (
    "still there", "still here", "still hurting", "still hurts", "still in pain", "still left",
    "left over", "pain left", "of it left", "of the pain left", "percent left", "remains",
    "remaining", "remain", "queda", "quedan", "quedo", "quedaba", "me quedo", "todavia duele",
    "todavia me duele", "aun duele", "aun me duele", "sigue doliendo", "me sigue doliendo",
    "sigue ahi", "todavia tengo", "aun tengo", "sigo con", "sigue el dolor", "still got",
    "still have", "still feel", "is still",
)  # fmt: skip
OF_PAIN = frozenset("pain dolor it habia tenia hurting hurts doliendo duele".split())
GONE = frozenset("gone relief better alivio mejor less menos off improved quito".split())
OPEN_ENDED = frozenset("over under more than hasta least most".split())
NO_RELIEF = (
    "nothing", "nada", "not at all", "no relief", "no help", "zero", "zip", "cero", "none",
    "no change", "no difference", "havent noticed", "sin cambio", "sin alivio", "ninguno",
    "no better", "same as before", "the same", "igual", "worse", "peor",
)  # fmt: skip
BELOW = frozenset("less under menos below not short".split())


def _fraction(tokens: Sequence[Token]) -> int | None:
    """ "two thirds", "3/4", "una quinta parte", "nine out of ten parts" in percent."""
    words = [token.text for token in tokens]
    for index, said in enumerate(words):
        size = DENOMINATORS.get(said)
        before = words[index - 1] if index else ""
        top = int(before) if before.isdecimal() and len(before) < 3 else UNITS.get(before, 1)
        if size is not None and size > 2 and top < size and not _is_ordinal(words, index):
            return FULL * top // size
        if said == "/" and 0 < index < len(words) - 1:
            low, high = words[index - 1], words[index + 1]
            if low.isdecimal() and high.isdecimal() and 0 < int(low) < int(high) < TEN:
                return FULL * int(low) // int(high)
    if "parts" in words or "partes" in words:
        values = [n.value for n in numbers(tokens)]
        if len(values) == 2 and values[1] == TEN and values[0] <= TEN:
            return round(TEN * values[0])
    return None


def _is_ordinal(words: Sequence[str], index: int) -> bool:
    """ "third day", "the fourth week"."""
    following = words[index + 1] if index + 1 < len(words) else ""
    return following in ("day", "week", "dia", "semana", "time", "vez", "shot", "injection")


def _half_of(scope: Scope) -> bool:
    return HALF_OF.search(" ".join(token.text for token in scope.tokens)) is not None


def relief(text: str) -> float | None:
    """Percent from 0 to 100; a range takes the lower end."""
    text = plain(text)
    scope = answer_scope(text)
    words = {token.text for token in scope.tokens}
    if below_zero(text, scope) or (words & WORSE and not words & BETTER) or _half_of(scope):
        return None
    now = _what_is_now(scope)
    if now is not None:
        return now
    told = [
        n
        for n in without_age(scope, without_scale(scope, numbers(scope.tokens)))
        if not counts_something(scope, n, percent=True)
        and not negated(scope, n)
        and not _article(scope, n)
        and not _of_the_body(scope, n)
        and not (word(scope, n.start) in HUNDRED and word(scope, n.start - 1) == "por")
    ]
    felt = [n for n in told if not _of_activity(scope, n) and not not_felt(scope, n)]
    if told and not felt:
        return None
    found = _after_fading(scope, felt)
    if felt and not found:
        return None
    if len(found) == 1 and _at_most(scope, found[0]):
        return None
    if _remaining(scope):
        return _of_remaining(scope, found)
    percents = [n for n in found if word(scope, n.end) in PERCENTS]
    if MEDICINES & words and (not percents or words & FEWER):
        return None
    fraction = _fraction(scope.tokens)
    if fraction is not None and not percents and all(n.value <= TEN for n in found):
        return None if NEARLY & words or BELOW & words else fraction
    if found:
        value = _with_half(scope, _of_numbers(scope, found, percents))
        return 0 if value and _none_beside(scope) else value
    return _in_words(scope)


def _of_the_body(scope: Scope, number: Number) -> bool:
    """ "98.6", "pain is 3", "im 72": a temperature, the pain's own score, an age."""
    if word(scope, number.end) in PERCENTS:
        return False
    aged = number.value >= ADULT and word(scope, number.start - 1) in AGE_BEFORE
    if aged and word(scope, number.end) not in BETTER:
        return True
    degrees = number.figures and number.value != int(number.value)
    score = number.value <= TEN and bool({"pain", "dolor"} & set(led_by(scope, number, 2)))
    return degrees or score


def _with_half(scope: Scope, value: float | None) -> float | None:
    """ "half in the back, 70 in the leg": the lower of two sites, one told in words."""
    timed = scope.spans("now_cue") or scope.spans("then_cue") or scope.spans("correction")
    said = [
        s
        for s in scope.spans("half_word")
        if word(scope, s.start) == "half" and word(scope, s.start - 1) not in UNEQUAL_BEFORE
    ]
    return HALF if value is not None and value > HALF and said and not timed else value


def _at_most(scope: Scope, number: Number) -> bool:
    """ "under 50", "less than 20": no lower end is known."""
    before = word(scope, number.start - 1)
    return before in AT_MOST or ceiling(scope, number) or under(scope, number)


def _of_activity(scope: Scope, number: Number) -> bool:
    """ "back to 70 percent at work", "sleeping 90% better": how much of something else."""
    near = [word(scope, number.start - back) for back in (1, 2, 3)]
    end = number.end + 1 if word(scope, number.end) in PERCENTS else number.end
    after = [word(scope, end + i) for i in range(3)]
    back_to = near[:2] == ["to", "back"] and after[0] in ("at", "of")
    at_level = near[0] in ("al", "at") and bool(ACTIVITY & set(near))
    better = bool(ACTIVITY & set(near[:2])) and after[0] in ("better", "mejor", "of", "de")
    return (
        back_to
        or at_level
        or better
        or (after[0] in ("of", "de") and after[1] in OF_LIFE and after[2] != "pain")
    )


def _after_fading(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """ "80 for three days and it wore off, 10": the numbers after the relief had gone."""
    said = [token.text for token in scope.tokens]
    for index in range(len(said) - 1, -1, -1):
        rest = " ".join(said[index : index + FADE_REACH]) + " "
        if any(rest.startswith(f"{phrase} ") for phrase in FADED):
            before = [n for n in found if n.end <= index]
            if before and (index == 0 or said[index - 1] not in DENIALS):
                return [n for n in found if n.start > index]
    return list(found)


def _remaining(scope: Scope) -> bool:
    """Whether it speaks of the pain that is left."""
    words = [token.text for token in scope.tokens]
    said = f" {' '.join(words)} "
    if any(f" {phrase} " in said for phrase in STAYING):
        return True
    sided = {"right", "leg", "side"} & set(words)
    return "left" in words[1:] and words[-1] == "left" and not sided


def _of_remaining(scope: Scope, found: Sequence[Number]) -> float | None:
    """What is gone, where one part is plainly what is left of the pain; else None."""
    words = {token.text for token in scope.tokens}
    if scope.spans("all_word") and not found:
        return 0
    half = bool(scope.spans("half_word")) and not found
    if half and not BELOW & words and not NEARLY & words:
        return HALF
    if len(found) != 1 or not OF_PAIN & words or GONE & words or words & OPEN_ENDED:
        return None
    if found[0].value > FULL or (found[0].value <= TEN and not (PERCENTS | {"habia"}) & words):
        return None
    value = FULL - found[0].value
    return int(value) if value == int(value) else value


def _none_beside(scope: Scope) -> bool:
    """ "100 at rest but nothing when I lift": a place or an hour without any relief."""
    if scope.spans("then_cue") or scope.spans("now_cue") or scope.spans("correction"):
        return False
    said = f" {' '.join(token.text for token in scope.tokens)} "
    return any(f" {phrase} " in said for phrase in NO_RELIEF)


def _article(scope: Scope, number: Number) -> bool:
    """The "one" of "a good one" and the "un" that is no amount."""
    spelled = not number.figures and number.value == 1
    return spelled and len(scope.tokens) > 1 and word(scope, number.end) not in PERCENTS


def _of_numbers(
    scope: Scope, found: Sequence[Number], percents: Sequence[Number]
) -> float | None:
    percent = bool(percents)
    small = [n for n in found if n.value <= TEN]
    same = len({n.value for n in found}) == 1
    if not percent and not same and len(small) == len(found) > 1:
        return None
    if not percent and any(measures.out_of_ten(scope, n) for n in found):
        return None
    last = concluded(scope, found)
    scores = [n for n in small if n not in percents and not _ranged(scope, n, percents)]
    if len(last) < len(found):
        held = last
    elif len(percents) == 1 and len(scores) == len(found) - 1 > 0:
        # "from 8 to 4 is 50%": the scores explain the percent.
        held = list(percents)
    else:
        held = current(scope, found)
    if not held or any(not 0 <= n.value <= FULL for n in held):
        return None
    value = min(n.value for n in held)
    return int(value) if value == int(value) else value


def _ranged(scope: Scope, number: Number, percents: Sequence[Number]) -> bool:
    """Whether it is the lower end of a range of percents: "5 to 10%"."""
    return any(
        0 <= n.start - number.end <= 1
        and {word(scope, i) for i in range(number.end, n.start)} <= RANGE
        for n in percents
    )


def _what_is_now(scope: Scope) -> float | None:
    """ "it was half, now nothing": the words after the last cue of now, where one is."""
    past = scope.spans("then_cue")
    for cue in reversed(scope.spans("now_cue")):
        after = scope.tokens[cue.end : cue.end + 3]
        if not past or not after or any(token.is_number for token in after):
            continue
        reach = range(cue.end, cue.end + 3)
        if any(s.start in reach for s in scope.spans("half_word")):
            return HALF
        if any(s.start in reach for s in scope.spans("none_word")):
            return 0
        if any(s.start in reach for s in scope.spans("all_word")):
            return FULL
    return None


def _in_words(scope: Scope) -> float | None:
    words = [token.text for token in scope.tokens]
    if len(words) > FEW_WORDS or NEARLY & set(words):
        return None
    halves = [token for token in scope.tokens if token.text in ("half", "mitad")]
    if scope.spans("half_word"):
        return (
            None
            if len(halves) > 1 or set(pairwise(words)) & UNEQUAL or "under" in words
            else HALF
        )
    if scope.spans("all_word") or scope.spans("no_pain_word"):
        return FULL if not BELOW & set(words) else None
    none = scope.spans("none_word")
    if none and not scope.spans("worse_alone"):
        # "better than nothing" is no amount.
        return None if any(word(scope, s.start - 1) in COMPARING for s in none) else 0
    return None
