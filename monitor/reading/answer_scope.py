"""A short answer laid out for reading: its tokens with the concepts of answers beside them."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from monitor.reading.lexicon import FOLDER, Concepts, Lexicon, Span, entries, text_concepts
from monitor.reading.normalise import tokenise
from monitor.reading.numerals import Number
from monitor.reading.scope import Scope

# "38'6", as a Spaniard writes a decimal; the sign disappears in folding.
ODD_DECIMAL = re.compile(r"(?<=\d)(?:['’´`·•∙]|\.[.,]|,[,.]| \.)(?=\d\b)")
# "T E N": letters set apart for emphasis.
SPACED = re.compile(r"\b(?:[A-Za-z] ){2,}[A-Za-z]\b")
# "50 no 60": the first is taken back.
TAKEN_BACK = re.compile(r"^\s*\d+\s?%?,? no (?=\d+\s?%?\s*$)", re.IGNORECASE)
CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
# "L4", "L5-S1", "L4/5": a level of the spine.
VERTEBRA = re.compile(
    r"\b[lsct](?:1[0-2]|[1-9])(?:\s?[-/]\s?[lsct]?[1-9])?(?![\d.,]\d|\d|\w)", re.IGNORECASE
)
# "0-10", "del 0 al 10": the scale said again.
# In a longer text "1 to 10" alone is the scale and no range.
SCALE_ALONE = 5
SCALE_LOW = frozenset((0.0, 1.0))
SCALE_HIGH = frozenset((10.0, 100.0))
SCALE_JOIN = frozenset(("to", "al", "a", "y", "and", "through", "thru", "-"))
SCALE_WORD = frozenset("scale escala del from out on of".split())
AGE_BEFORE = frozenset("im age aged turned tengo edad am soy".split())
# From this age on people say how old they are.
ADULT = 18


@cache
def _lexicon() -> Lexicon:
    raw = tomllib.loads((FOLDER / "short.toml").read_text(encoding="utf-8"))
    result = Lexicon()
    for concept in raw:
        for entry in entries(raw, concept):
            result.add(concept, entry)
    return result


def plain(text: str) -> str:
    """The text with decimals written the common way, without hours and vertebrae."""
    text = TAKEN_BACK.sub("", text)
    text = SPACED.sub(lambda m: m.group().replace(" ", ""), text)
    text = VERTEBRA.sub(lambda m: " " * len(m.group()), text)
    return CLOCK.sub(lambda m: " " * len(m.group()), ODD_DECIMAL.sub(".", text))


def answer_scope(text: str) -> Scope:
    """The scope of a short answer, in both languages."""
    tokens = tokenise(text)
    found: Concepts = {name: list(spans) for name, spans in text_concepts(text).items()}
    for name, spans in _lexicon().find([token.text for token in tokens]).items():
        found[name] = sorted({*found.get(name, ()), *spans})
    return Scope(tokens, found)


def word(scope: Scope, index: int) -> str:
    """The token's text, empty outside the text."""
    return scope.tokens[index].text if 0 <= index < len(scope.tokens) else ""


def words_of(scope: Scope) -> list[str]:
    """The text's words, folded."""
    return [token.text for token in scope.tokens]


def led_by(scope: Scope, number: Number, reach: int) -> list[str]:
    """Up to `reach` words before the number in its own clause, the nearest first."""
    words: list[str] = []
    index = number.start
    while index > 0 and len(words) < reach and not scope.tokens[index].after_break:
        index -= 1
        words.append(word(scope, index))
    return words


def asks(scope: Scope) -> bool:
    """Whether the text ends in a question."""
    return bool(scope.tokens) and scope.tokens[-1].asks


def without_scale(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """The numbers without the two of "on a scale of 1 to 10"."""
    for one, other in pairwise(found):
        between = {word(scope, i) for i in range(one.end, other.start)}
        led = word(scope, one.start - 1) in SCALE_WORD
        ends = one.value in SCALE_LOW and other.value in SCALE_HIGH
        asked = scope.tokens[other.end - 1].asks and other.end < len(scope.tokens)
        if (
            ends
            and between <= SCALE_JOIN
            and (led or asked or len(found) > 2 or len(scope.tokens) > SCALE_ALONE)
        ):
            rest = [n for n in found if n not in (one, other)]
            told = len(scope.tokens) > SCALE_ALONE
            return rest if rest or asked or told else list(found)
    return list(found)


def without_age(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """The numbers without "im 81", where another is left."""
    rest = [
        n for n in found if not (n.value >= ADULT and word(scope, n.start - 1) in AGE_BEFORE)
    ]
    return rest or list(found)


def negated(scope: Scope, number: Number) -> bool:
    """ "not a 10", "no 8", "no es un 10": a number that the patient rules out."""
    if scope.tokens[number.start].after_break:
        return False
    filling = frozenset(
        "a an un una es era quite as bad good like even really is the exactly de el".split()
    )
    index = number.start - 1
    while index >= 0 and number.start - index <= REACH and word(scope, index) in filling:
        if scope.tokens[index].after_break:
            return False
        index -= 1
    corrected = word(scope, index - 1) in (
        "wait",
        "sorry",
        "actually",
        "oh",
        "espera",
        "perdon",
    )
    return (word(scope, index) in RULING_OUT and not corrected) or _far_from(scope, number)


def _far_from(scope: Scope, number: Number) -> bool:
    """ "no way its a 9", "wouldnt say 8", "nowhere near a 7"."""
    for back in range(2, REACH + 2):
        start = number.start - back
        between = [scope.tokens[i] for i in range(max(0, start + 1), number.start)]
        if start < 0 or any(token.after_break for token in between):
            return False
        if {token.text for token in between[1:]} <= LEADING_IN:
            pair = (word(scope, start), between[0].text)
            if pair in FAR:
                return True
    return False


LEADING_IN = frozenset("its it is be a an un una es de sea que id the to call".split())
FAR = frozenset(
    (("no", "way"), ("nowhere", "near"), ("wouldnt", "say"), ("wouldnt", "call"),
     ("far", "from"), ("dont", "think"), ("not", "close"), ("not", "near"), ("not", "say"),
     ("no", "diria"), ("no", "creo"), ("lejos", "de"), ("ni", "cerca"))
)  # fmt: skip


RULING_OUT = frozenset("not no ni isnt nunca never tampoco".split())
REACH = 4
SAYING = frozenset("says say said reckons thinks dice cree diria".split())
OWN_TURN = frozenset("but i id im yo pero".split())
CONCLUDING = frozenset("so say call asi digamos pongo pongamos pongale ponle entonces".split())


def concluded(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """ "was 6, so say 66": the numbers after the word that concludes, where there is one."""
    for index in range(len(scope.tokens) - 1, -1, -1):
        if word(scope, index) not in CONCLUDING or word(scope, index - 1) in ("or", "o"):
            continue
        later = [n for n in found if n.start > index]
        if later and len(later) < len(found) and later[0].start - index <= REACH:
            return later
    return list(found)


def own_words(scope: Scope, found: Sequence[Number]) -> list[Number]:
    """ "wife says 8 but it's 5": the patient's own numbers, where another's come before."""
    kin = spans_of(scope, ("other_kin", "other_strong"))
    if not kin or not SAYING & {token.text for token in scope.tokens}:
        return list(found)
    for index in range(kin[0].end, len(scope.tokens)):
        later = [n for n in found if n.start > index]
        if word(scope, index) in OWN_TURN and later and len(later) < len(found):
            return later
    return list(found)


def spans_of(scope: Scope, names: Iterable[str]) -> list[Span]:
    """The spans of several concepts, in order."""
    return sorted(span for name in names for span in scope.spans(name))
