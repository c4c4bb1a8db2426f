"""Numbers written in figures or in words, English and Spanish."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.reading.normalise import Token

_TO_NINETEEN = (
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""",
    """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciseis diecisiete dieciocho diecinueve""",
)
_TWENTIES = """veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete
veintiocho veintinueve"""
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
)
UNITS = {word: value for words in _TO_NINETEEN for value, word in enumerate(words.split())}
UNITS |= {word: value for value, word in enumerate(_TWENTIES.split(), start=21)}
TENS = {word: 10 * n for words in _TENS for n, word in enumerate(words.split(), start=2)}
TENS |= {
    slip: value
    for value, slips in {
        20: "twenny tweny viente bente beinte",
        30: "thrity thirdy therty trenta trienta treinte",
        40: "fourty forti cuarent quarenta cuarenda",
        50: "fity fivety fiffty sincuenta cinquenta cincuentas",
        60: "sixy sixity secenta sesent sesnta",
        70: "sevnty seventi sevety setanta stenta",
        80: "eigthy eighy eightey eigty oshenta ochent",
        90: "ninty nintey ninetey nienty nobenta novent nuventa",
    }.items()
    for slip in slips.split()
}
# "treintaiseis", "sesenticinco", "cuarentaycinco" written as one word.
_FUSED = re.compile(r"(treint|cuarent|cincuent|sesent|setent|ochent|novent)(?:a?i|ay|a|e)(\w+)")
HUNDREDS = frozenset(("hundred", "ciento", "cien", "hundreds"))
POINTS = frozenset(("point", "punto", "coma", "dot", "con"))
HALVES = frozenset(("half", "medio", "media"))
# A longer number is a telephone's or a typist's, and no reading of anything.
LARGEST = 1e9
# Slips and voice-to-text, trusted only where a number is expected.
SLIPS = {
    slip: value
    for value, slips in {
        0: "nil nought naught sero zeros zro zeor zerro zer0 zip xero serro",
        1: "onee oen wun uno",
        2: "tuo tow twoo toww doss dso",
        3: "thee thre tree trez trs threee therr htree trees tress tre",
        4: "cuarto cuatr foor fore fr kuatro quatro foru fuor fourr fower kuatr cautro",
        5: "cinko fife fiv sinco fiev fivee fvie vive cinc cincco cico sinko",
        6: "seix sicks sixx sx sxi siz sixs seis ses seiss sics",
        7: "ciete heven seite siven sevin sevn siet svn sevne sevan sevven saven siette sevem",
        8: "ait ate eght eightt eigth och ocha ocho egiht eigt eihgt eigh eightish aight ohco",
        9: "nien nin nineish niner nuebe nueva nein ninne nineh nyne nuve nueve nuevo nuevee",
        10: "dez dies tenn tne tenish diezz deiz dieez",
    }.items()
    for slip in slips.split()
}


@dataclass(frozen=True, slots=True)
class Number:
    """A value with the tokens that it stands on; `figures` where it is written in digits."""

    value: float
    start: int
    end: int
    figures: bool


def _figure(token: Token) -> float:
    text = token.text
    if "," in text and len(text.split(",")[1]) == 3:
        return min(float(text.replace(",", "")), LARGEST)
    return min(float(text.replace(",", ".")), LARGEST)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A number in words below 100 that begins at `at`, and where it ends."""
    word = words[at] if at < len(words) else ""
    if word in UNITS:
        return UNITS[word], at + 1
    fused = _FUSED.fullmatch(word)
    if fused and 0 < UNITS.get(fused[2], 0) < 10:
        return TENS[f"{fused[1]}a"] + UNITS[fused[2]], at + 1
    if word.removesuffix("ish") in UNITS or (len(word) > 4 and word.removesuffix("s") in UNITS):
        return UNITS[word.removesuffix("ish").removesuffix("s")], at + 1
    if word not in TENS:
        return None
    skip = 2 if at + 1 < len(words) and words[at + 1] == "y" else 1
    unit = words[at + skip] if at + skip < len(words) else ""
    if 0 < UNITS.get(unit, 0) < 10:
        return TENS[word] + UNITS[unit], at + skip + 1
    return TENS[word], at + 1


def _spoken_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """ "one oh one", "one hundred one": a Fahrenheit reading said digit by digit."""
    if words[at] not in ("one", "1", "uno") or words[at + 1 : at + 2] not in (["oh"], ["o"]):
        return None
    digit = words[at + 2] if at + 2 < len(words) else ""
    value = int(digit) if digit.isdecimal() and len(digit) == 1 else UNITS.get(digit)
    return (100 + value, at + 3) if value is not None and value < 10 else None


def _whole(words: Sequence[str], at: int) -> tuple[int, int] | None:
    spoken = _spoken_hundred(words, at)
    if spoken is not None:
        return spoken
    lead = 1 if words[at] in ("a", "one", "un") else 0
    if at + lead < len(words) and words[at + lead] in HUNDREDS:
        end = at + lead + 1
        if end < len(words) and words[end] in ("and", "y"):
            end += 1
        rest = _below_hundred(words, end)
        if rest is None:
            return 100, at + lead + 1
        return 100 + rest[0], rest[1]
    return _below_hundred(words, at)


def _fraction(words: Sequence[str], whole: int, at: int) -> tuple[float, int]:
    """ "point two", "y medio", "con dos" after a whole number."""
    if list(words[at : at + 3]) == ["1", "/", "2"]:
        return whole + 0.5, at + 3
    if at + 1 < len(words):
        joined, following = words[at], words[at + 1]
        digit = UNITS.get(following)
        if digit is None and following.isdecimal() and len(following) == 1:
            digit = int(following)
        if joined in POINTS and digit is not None and digit < 10:
            return whole + digit / 10, at + 2
        if joined in ("and", "y", "n") and following in HALVES:
            return whole + 0.5, at + 2
        if joined == "and" and following == "a" and words[at + 2 : at + 3] == ["half"]:
            return whole + 0.5, at + 3
    return float(whole), at


def numbers(tokens: Sequence[Token], *, slips: bool = False) -> list[Number]:
    """Every number of the text in order; with `slips` also misspelt number words."""
    words = [token.text for token in tokens]
    result: list[Number] = []
    at = 0
    while at < len(words):
        if tokens[at].is_number:
            value, end = _figure(tokens[at]), at + 1
            if value == int(value):
                value, end = _fraction(words, int(value), end)
            result.append(Number(value, at, end, figures=True))
        else:
            found = _whole(words, at)
            if found is None and slips and words[at] in SLIPS:
                found = (SLIPS[words[at]], at + 1)
            if found is None:
                at += 1
                continue
            value, end = _fraction(words, *found)
            result.append(Number(value, at, end, figures=False))
        at = end
    return result
