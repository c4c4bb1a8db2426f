"""Which of the offered options a text chooses: by number, by place, by words or by meaning."""

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.reading.amounts import by_amount, by_hour
from monitor.reading.answer_scope import answer_scope, word
from monitor.reading.counted import of_a_thing
from monitor.reading.meaning import by_concepts, by_nearness, shared_words
from monitor.reading.normalise import Token, tokenise
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current
from monitor.reading.wording import (
    by_part_of_wording,
    by_phrase,
    by_whole_wording,
    named_beside,
    ruled_out,
)
from monitor.reading.yes_no import yes_no

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "primera": 1, "primero": 1, "segunda": 2, "segundo": 2, "tercera": 3, "primer": 1,
    "tercero": 3, "cuarta": 4, "cuarto": 4, "quinta": 5, "quinto": 5, "sexta": 6, "septima": 7,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "top": 1, "1era": 1, "1a": 1, "2a": 2, "3a": 3,
    "tercer": 3, "frist": 1, "secon": 2, "thrid": 3,
}  # fmt: skip
LETTERS = "abcdefgh"
LAST = frozenset(("last", "ultima", "ultimo", "final", "bottom", "lowest"))
LAST_BUT_ONE = frozenset(("penultima", "penultimo", "penultimate"))
NEXT_TO_LAST = (("but", "one"), ("to", "last"), ("before", "last"), ("antes", "de"))
MIDDLE = frozenset(("middle", "medio", "centro", "center", "centre"))
# What may follow a place in the list: "the second one", and not "the first time".
AFTER_PLACE = frozenset(
    """one option opcion answer choice pls please por thanks gracias de on in line box ones
    from up down i y creo xfa porfa for una uno si sorry think and thats
    thing""".split()
)
# A number after these is the option's: "la 4", "option 3".
NAMING = frozenset(
    "option opcion number numero num no nr opt answer choice respuesta la # el".split()
)
OF_A_CLOCK = frozenset(("las", "at", "since", "until", "hasta", "till", "til", "from", "by"))
# "number too", as voice-to-text writes it.
SOUNDS = {
    "won": 1,
    "to": 2,
    "too": 2,
    "tu": 2,
    "for": 4,
    "fore": 4,
    "ate": 8,
    "tree": 3,
    "free": 3,
}
JOINING = frozenset(("or", "o", "between", "entre", "also", "tambien"))
ASKING = frozenset("what which when how why who que cual cuando como quien where donde".split())
FIRST_PERSON = re.compile(r"\w{3,}[^\W\daeiou]o")
HAVING = frozenset("tengo siento noto veo creo nuevo mucho tanto dolor cambio".split())
SINCE = frozenset(("desde", "since"))
# Beside the harmless option these take back something of it.
TAKING_BACK = frozenset(
    """except excepto salvo but pero aunque although though until poco poquito hardly barely
    apenas almost casi nearly menos unless however sino each every spreading worse peor again
    usually used""".split()
)
TURN_OF_TIME = frozenset("now today again ahora hoy ahorita".split())
DISTANCES = frozenset(
    "cuadras cuadra blocks block steps pasos miles mile metros meters feet yards".split()
)
SHORT = 4
# A longer text tells a story; what it is nearest to is no answer.
LONGEST = 16
# From here on a number among words is an age, a reading or a dose, and no option's.
OLD = 12
PLACED = 6


def _named(scope: Scope) -> list[int]:
    """The numbers that are called an option's number."""
    found = {n.start: n for n in numbers(scope.tokens)}
    named: list[int] = []
    for index, (one, other) in enumerate(pairwise(scope.tokens), start=1):
        number = found.get(index)
        if one.text not in NAMING:
            continue
        if number is not None and number.value == int(number.value):
            bare_no = one.text in ("no", "num", "nr") and index > 1
            if not _counted(scope, number) and not bare_no:
                named.append(int(number.value))
        elif other.text in SOUNDS and one.text in ("number", "option"):
            named.append(SOUNDS[other.text])
    return named


def _by_name(scope: Scope, size: int) -> int | bool | None:
    named = set(_named(scope))
    joined = bool(JOINING & {token.text for token in scope.tokens})
    if len(named) != 1 or joined or scope.spans("correction") or scope.spans("now_cue"):
        return False
    value = named.pop()
    return value if 1 <= value <= size else None


def _by_number(scope: Scope, size: int) -> int | bool | None:
    """The option's number; False where the text names none, None where it is undecidable."""
    found = [n for n in numbers(scope.tokens) if n.value == int(n.value)]
    plain = [n for n in found if not _counted(scope, n)]
    if not plain:
        return False
    held = {n.value for n in current(scope, plain) if not _denied(scope, n)}
    words = {token.text for token in scope.tokens}
    if len(held) == 1 and not JOINING & words:
        value = held.pop()
        if value == 0:
            return False
        return int(value) if 1 <= value <= size else None
    if len(held) > 1:
        return None
    return False if not held else None


def _denied(scope: Scope, number: Number) -> bool:
    """ "not 2": the option that the patient rules out."""
    before = scope.tokens[number.start - 1] if number.start else None
    after = scope.tokens[number.end] if number.end < len(scope.tokens) else None
    ruled = before is not None and before.text in ("not", "isnt") and number.figures
    said_no = after is not None and after.text == "no" and not after.after_break
    return (ruled and not scope.tokens[number.start].after_break) or (
        said_no and number.end + 1 < len(scope.tokens)
    )


def _counted(scope: Scope, number: Number) -> bool:
    """Whether it counts something or tells the hour, and so is no option's number."""
    before = scope.tokens[number.start - 1].text if number.start else ""
    after = scope.tokens[number.end] if number.end < len(scope.tokens) else None
    spelled = not number.figures and (
        (number.value == 1 and len(scope.tokens) > 1)
        or (after is not None and not after.after_break and after.text == "of")
        or (len(scope.tokens) > SHORT and number.start > 1 and before not in NAMING)
    )
    if after is not None and after.text in ("st", "nd", "rd", "th"):
        return number.end + 1 < len(scope.tokens) and (
            scope.tokens[number.end + 1].text not in AFTER_PLACE
        )
    unit = any(s.start == number.end for s in scope.spans("unit_word"))
    unit = unit or (not number.figures and of_a_thing(scope, number))
    ratio = before == "/" or (after is not None and after.text == "/")
    aged = number.value >= OLD and len(scope.tokens) > 2
    return spelled or unit or ratio or aged or before in OF_A_CLOCK


def _lettered(options: Sequence[str]) -> bool:
    return all(
        option[:1].casefold() == LETTERS[place] and option[1:2] in (")", ".", ":")
        for place, option in enumerate(options[: len(LETTERS)])
    )


def _by_place(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    words = [token.text for token in tokens]
    size = len(options)
    if len(words) == 1 and len(words[0]) == 1 and words[0] in LETTERS and _lettered(options):
        place = LETTERS.index(words[0]) + 1
        return place if place <= size else None
    if len(words) > PLACED:
        return None
    pairs = set(pairwise(words))
    counted = [(ORDINALS.get(one), other) for one, other in pairwise(words)]
    back = [n for n, other in counted if n is not None and other in LAST]
    if back:
        # "second last"
        return size - back[0] + 1 if 1 < back[0] <= size else None
    if LAST_BUT_ONE & set(words) or (pairs & set(NEXT_TO_LAST) and LAST & set(words)):
        return size - 1 if size > 1 else None
    places = {
        found
        for index, word in enumerate(words)
        if (found := _place(word, size)) is not None
        and (index + 1 == len(words) or words[index + 1] in AFTER_PLACE)
    }
    if len(places) == 1:
        chosen = places.pop()
        return chosen if chosen <= size else None
    return None


def _place(word: str, size: int) -> int | None:
    if word in LAST:
        return size
    return ORDINALS.get(word)


def _in_the_middle(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """ "la de en medio" of an odd number of options; 0 where none is meant."""
    words = [token.text for token in tokens]
    meant = MIDDLE & set(words) and ({"one", "la", "el", "option"} & set(words))
    if not meant or len(words) > PLACED:
        return 0
    return len(options) // 2 + 1 if len(options) % 2 else None


def _by_words(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The option whose own words these are."""
    said = [token.text for token in tokens]
    exact = [
        number
        for number, option in enumerate(options, start=1)
        if [token.text for token in tokenise(option)] == said
    ]
    return exact[0] if len(exact) == 1 else None


def _by_yes_or_no(scope: Scope, options: Sequence[str]) -> int | None:
    """Where one option is a bare yes and one a bare no: which of the two was said."""
    bare = [option.strip(" .!").casefold() for option in options]
    value = yes_no(scope)
    yes = [n for n, option in enumerate(bare, start=1) if option in ("yes", "sí", "si")]
    no = [n for n, option in enumerate(bare, start=1) if option == "no"]
    if value is None or len(yes) != 1 or len(no) != 1:
        return None
    return yes[0] if value else no[0]


def choice(text: str, options: Sequence[str]) -> int | None:
    """The number of the chosen option from 1 on, None where it cannot be told."""
    tokens = tokenise(text)
    if not tokens or not options:
        return None
    exact = _by_words(tokens, options)
    if exact is not None:
        return exact
    scope = answer_scope(text)
    corrected = _after_correction(text, scope, options)
    if corrected is not None:
        return corrected
    named = _by_name(scope, len(options))
    if named is not False:
        return named
    amount = by_hour(scope, options) or by_amount(text, options)
    if amount is not None:
        return amount
    number = _by_number(scope, len(options))
    if number is not False:
        return number
    phrase = by_phrase(tokens, options)
    if phrase is not None:
        return None if _doubtful(scope, phrase, options) else phrase
    asks = any(token.asks for token in tokens) or tokens[0].text in ASKING - {"como", "cuando"}
    if (asks and len(tokens) > 2) or shared_words(tokens, options):
        return None
    said = _by_what_is_said(text, scope, options)
    return None if said is not None and _doubtful(scope, said, options) else said


def _after_correction(text: str, scope: Scope, options: Sequence[str]) -> int | None:
    """ "left, no sorry right": what stands after the words that take the first back."""
    cues = [cue for cue in scope.spans("correction") if 0 < cue.start]
    if not cues or cues[-1].end >= len(scope.tokens):
        return None
    return choice(text[scope.tokens[cues[-1].end].start :], options)


def _doubtful(scope: Scope, chosen: int, options: Sequence[str]) -> bool:
    """Whether something in the text speaks against a choice that is not the gravest.

    "No puedo esperar" has the words of "Puedo esperar"; "no blood" leaves two options open;
    "drops yesterday, today I can't hold it" names another option too.
    """
    if chosen == len(options):
        return False
    said = _now_only(scope)
    if said == scope.tokens and _tells_two_times(scope):
        return True
    own = {token.text for token in tokenise(options[chosen - 1])}
    if chosen == 1 and TAKING_BACK & {token.text for token in said} - own:
        return True
    if chosen == 1 and any(token.text in DISTANCES and n for n, token in enumerate(said)):
        return True
    return ruled_out(said, chosen, options) or named_beside(said, chosen, options)


def _tells_two_times(scope: Scope) -> bool:
    """ "faded yesterday but it's creeping again", "slow then, now nothing at all"."""
    past = [s for s in scope.spans("then_cue") if word(scope, s.start - 1) not in SINCE]
    turned = any(
        place > 1 and token.text in TURN_OF_TIME and (token.after_break or place > 2)
        for place, token in enumerate(scope.tokens)
    )
    whatever = {"matter", "whether", "importa"} & {token.text for token in scope.tokens}
    return bool(whatever) or (bool(past) and len(scope.tokens) > SHORT) or turned


def _by_what_is_said(text: str, scope: Scope, options: Sequence[str]) -> int | None:
    middle = _in_the_middle(scope.tokens, options)
    if middle != 0:
        return middle
    place = _by_place(scope.tokens, options)
    if place is not None:
        return place
    said = _now_only(scope)
    sure = not scope.spans("yn_unsure")
    worded = by_whole_wording(said, options) if sure else None
    if worded is not None:
        return worded
    meant: int | None = by_concepts(said, options)
    if meant and _fails(said) and _of_option_denies(options[meant - 1]):
        return None
    past = [s for s in scope.spans("then_cue") if word(scope, s.start - 1) not in SINCE]
    if not meant and sure and not past:
        meant = by_part_of_wording(said, options) or meant
    if meant == 0:
        meant = _by_yes_or_no(scope, options) or _plain_no(scope, options)
        if meant is None and len(scope.tokens) <= LONGEST and not _says_little(scope):
            return by_nearness(text, options)
    return meant or _plain_no(scope, options)


def _fails(tokens: Sequence[Token]) -> bool:
    """ "No levanto el pie": what the patient does not do is no denial of a symptom."""
    if len(tokens) < 2 or tokens[0].text != "no" or tokens[1].after_break:
        return False
    verb = tokens[1].text
    return FIRST_PERSON.fullmatch(verb) is not None and verb not in HAVING


def _of_option_denies(option: str) -> bool:
    """Whether an option is the one where nothing is wrong: "No weakness"."""
    first = tokenise(option)[:1]
    return bool(first) and first[0].text in ("no", "none", "sin", "ninguno", "ninguna")


def _says_little(scope: Scope) -> bool:
    """Whether there is nothing in it but yes, no, a degree or doubt."""
    if scope.spans("yn_unsure") or sum(len(token.text) for token in scope.tokens) < SHORT:
        return True
    covered = {
        index
        for name in ("yn_yes", "yn_no", "yn_some")
        for span in scope.spans(name)
        for index in range(span.start, span.end)
    }
    return len(covered) == len(scope.tokens)


def _now_only(scope: Scope) -> Sequence[Token]:
    """What is said of now, where earlier is told apart: "at first flat, now all the time"."""
    words = [token.text for token in scope.tokens]
    if words[-1] in ("si", "yes") and "no" in words[1:-1]:
        # "much worse no, worse yes"
        return scope.tokens[words.index("no", 1) + 1 : -1]
    past = scope.spans("then_cue")
    cues = [c for c in scope.spans("now_cue") if past and c.start > past[0].start]
    if cues and cues[-1].end < len(scope.tokens):
        return scope.tokens[cues[-1].end :]
    breaks = [i for i, token in enumerate(scope.tokens) if i and token.after_break]
    if breaks and past and words[past[0].start] == "was" and past[-1].end <= breaks[-1]:
        # "was the left, it's moved to the right"
        return scope.tokens[breaks[-1] :]
    return scope.tokens


def _plain_no(scope: Scope, options: Sequence[str]) -> int | None:
    """ "no change" to a question whose one option is a bare no."""
    bare = [n for n, option in enumerate(options, start=1) if option.strip().casefold() == "no"]
    taken_back = any(token.text in ("si", "yes") for token in scope.tokens[1:])
    unsure = taken_back or bool(scope.spans("yn_unsure"))
    said = scope.tokens[0].text in ("no", "nope", "nah") and not unsure
    return bare[0] if len(bare) == 1 and said else None
