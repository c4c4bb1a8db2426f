"""Which of the offered options a text chooses: by number, by place, by words or by meaning."""

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from monitor.reading.lexicon import FOLDER, Lexicon, entries, text_concepts
from monitor.reading.normalise import Token, tokenise
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "primera": 1, "primero": 1, "segunda": 2, "segundo": 2, "tercera": 3,
    "tercero": 3, "cuarta": 4, "cuarto": 4, "quinta": 5, "quinto": 5, "sexta": 6, "septima": 7,
    "a": 1, "b": 2, "c": 3, "d": 4,
}  # fmt: skip
LAST = frozenset(("last", "ultima", "ultimo", "final"))
# No place in the list.
FIRST_TIME = frozenset((("first", "time"), ("first", "ever"), ("primera", "vez")))
LETTERS = frozenset("abcd")
CONTRARY = (
    ("better", "worse"),
    ("mild", "worst"),
    ("lying", "constant"),
    ("fine", "leak"),
    ("fine", "hot"),
)
NEGATIONS = frozenset(("not", "no", "isnt", "arent", "sin", "without", "never", "ni"))
# An option's own word weighs this much more than one that the option does not have.
MISSING = 0.35
CLEAR = 0.2


@cache
def _meanings() -> Lexicon:
    raw = tomllib.loads((FOLDER / "answers.toml").read_text(encoding="utf-8"))
    result = Lexicon()
    for concept in raw:
        for entry in entries(raw, concept):
            result.add(concept, entry)
        result.forgive(concept)
    return result


def _meaning(tokens: Sequence[Token]) -> set[str]:
    """What the words stand for; a longer phrase hides the shorter ones inside it."""
    lex = _meanings()
    words = [lex.correct(token.text) for token in tokens]
    found = [(span, name) for name, spans in lex.find(words).items() for span in spans]
    kept: set[str] = set()
    for span, name in found:
        hidden = any(span.within(o) and span != o for o, _ in found)
        ruled_out = span.start > 0 and words[span.start - 1] in NEGATIONS
        adjacent = ruled_out and not tokens[span.start].after_break
        if not hidden and not (adjacent and name not in ("no", "unsure")):
            kept.add(name)
    return kept


def _by_number(scope: Scope, size: int) -> int | bool | None:
    """The option's number; False where the text names none, None where it is undecidable."""
    found = (
        [n for n in numbers(scope.tokens) if n.value == int(n.value)] if scope.tokens else []
    )
    plain = [n for n in found if not _counted(scope, n)]
    if not plain:
        return False
    held = {n.value for n in current(scope, plain)}
    words = {token.text for token in scope.tokens}
    if len(held) == 1 and not {"or", "o"} & words:
        value = held.pop()
        if value == 0:
            return False
        return int(value) if 1 <= value <= size else None
    if len(held) > 1:
        return None
    return False if not held else None


def _counted(scope: Scope, number: Number) -> bool:
    spelled_one = not number.figures and number.value == 1 and len(scope.tokens) > 1
    return spelled_one or any(s.start == number.end for s in scope.spans("unit_word"))


def _by_place(tokens: Sequence[Token], size: int) -> int | None:
    words = [token.text for token in tokens]
    if any(pair in FIRST_TIME for pair in pairwise(words)):
        return None
    if len(words) == 1 and words[0] in LETTERS:
        place = ORDINALS[words[0]]
        return place if place <= size else None
    if len(words) > 5:
        return None
    if LAST & set(words):
        return size
    places = {ORDINALS[w] for w in words if w in ORDINALS and w not in LETTERS}
    if len(places) == 1:
        place = places.pop()
        return place if place <= size else None
    return None


def _by_meaning(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    said = _meaning(tokens)
    offered = [_meaning(tokenise(option)) for option in options]
    if "unsure" in said and not any("unsure" in option for option in offered):
        return None
    if "unsure" in said:
        said = {"unsure"}
    if any(one in said and other in said for one, other in CONTRARY):
        return None
    scores = [
        len(said & option) - MISSING * len(option - said) - 0.05 * len(said - option)
        if said & option
        else -1.0
        for option in offered
    ]
    if said == {"yes"} and sum("yes" in option for option in offered) != 1:
        return None
    best = max(scores, default=-1.0)
    if best <= -1.0 or sum(score > best - CLEAR for score in scores) != 1:
        return None
    return scores.index(best) + 1


def _by_words(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The option whose own words these are."""
    said = [token.text for token in tokens]
    exact = [
        number
        for number, option in enumerate(options, start=1)
        if [token.text for token in tokenise(option)] == said
    ]
    return exact[0] if len(exact) == 1 else None


def choice(text: str, options: Sequence[str]) -> int | None:
    """The number of the chosen option from 1 on, None where it cannot be told."""
    tokens = tokenise(text)
    if not tokens or not options:
        return None
    exact = _by_words(tokens, options)
    if exact is not None:
        return exact
    scope = Scope(tokens, text_concepts(text))
    number = _by_number(scope, len(options))
    if number is not False:
        return number
    if any(token.asks for token in tokens) and len(tokens) > 2:
        return None
    return (
        _by_place(tokens, len(options))
        or _by_meaning(_now_only(scope), options)
        or _plain_no(scope, options)
    )


def _now_only(scope: Scope) -> Sequence[Token]:
    """What is said of now, where earlier is told apart: "at first flat, now all the time"."""
    past = scope.spans("then_cue")
    cues = [c for c in scope.spans("now_cue") if past and c.start > past[0].start]
    if cues and cues[-1].end < len(scope.tokens):
        return scope.tokens[cues[-1].end :]
    return scope.tokens


def _plain_no(scope: Scope, options: Sequence[str]) -> int | None:
    """ "no change" to a question whose one option is a bare no."""
    bare = [n for n, option in enumerate(options, start=1) if option.strip().casefold() == "no"]
    taken_back = any(token.text in ("si", "yes") for token in scope.tokens[1:])
    unsure = taken_back or bool(scope.spans("yn_unsure"))
    said = scope.tokens[0].text in ("no", "nope", "nah") and not unsure
    return bare[0] if len(bare) == 1 and said else None
