"""Which offered option has the words that a text uses, by their stems."""

import re
from collections.abc import Sequence
from functools import lru_cache

from monitor.reading.normalise import Token, tokenise

STOP = frozenset(
    """a an the of to in on at and or for with from it its is are was be been im i me my mine
    we you your that this they them there theres just so very quite like id ive think guess say
    do does did has have having had will would as by up please pls thanks thank again
    already yeah ok okay kind kinda sort really actually now today doctor doc nurse maam sir hun
    stuff thing when if while than too also us he she about what which all am get got can
    un una el la los las de del en y o con por que se me mi lo le al su es esta estoy son era
    ha he muy como pues creo tengo siento gracias favor ya cuando donde para nos hoy ahora
    eso esto asi uno bueno doctora señora option""".replace("ñ", "n").split()
)
NEGATING = frozenset(
    """no not never none nothing without isnt arent wasnt dont doesnt didnt cant cannot couldnt
    wont havent hasnt nor neither nope nah sin nunca ni nada ningun ninguno ninguna jamas
    tampoco""".split()
)
AFFIRMING = frozenset("yes yep yup si".split())
NOT, YES = "(not)", "(yes)"
# Degrees and places that stand in many answers: one of these alone chooses nothing.
WEAK = frozenset(
    """bit little much more less few some lot back place time day side part back pain dolor
    poco poquito mucho mas menos algo lado lugar parte dia vez tiempo sleep walk leg
    before after ante despue other otro take hour""".split()
)
# Beside an option's words these may turn what they say.
TURNING = frozenset(
    """gone go stop less better worse different half almost nearly hardly barely except until
    other but pero casi menos mejor peor fuera quit quito paso salvo excepto apenas before
    antes wife husband mother daughter son esposa esposo mama hija hijo yesterday ayer anoche
    first sometime maybe perhap quiza tal unless away fade improve clear heal either
    ambo both dunno sure idea duda know seguro segura desaparecio should could might new nuevo
    nueva mild severe bad fuerte leve slight""".split()
)
IRREGULAR = {
    "slept": "sleep", "woke": "wake", "woken": "wake", "awoke": "wake", "fell": "fall",
    "fallen": "fall", "felt": "feel", "kept": "keep", "went": "go", "gone": "go",
    "goes": "go", "swollen": "swell", "swelled": "swell", "gave": "give", "given": "give",
    "forgot": "forget", "forgotten": "forget", "ate": "eat", "eaten": "eat", "bled": "bleed",
    "stood": "stand", "lay": "lie", "lying": "lie", "lies": "lie", "sat": "sit",
    "took": "take", "taken": "take", "came": "come", "leant": "lean", "drank": "drink",
    "duermo": "dorm", "durmio": "dorm", "dormi": "dorm", "duele": "dol", "olvide": "olvid",
    "dobla": "dobl", "lost": "lose", "hotter": "hot", "wetter": "wet", "redder": "red",
    "redness": "red", "numbness": "numb", "weakness": "weak", "stiffness": "stiff",
    "bruising": "bruis", "bruise": "bruis", "bruises": "bruis", "oozy": "ooz",
}  # fmt: skip
ENDING = re.compile(
    r"(?:ingly|iendo|ando|ing|edly|ed|ly|ness|es|s|e|ado|ada|ados|adas|os|as|o|a)$"
)
SHORTEST = 3
SLIPPING = 5
HALF = 0.5


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The word without its ending, English and Spanish alike; no linguist's stem."""
    known = IRREGULAR.get(word)
    if known is not None:
        return ENDING.sub("", known) if len(known) > SHORTEST + 1 else known
    shorter = ENDING.sub("", word)
    if len(shorter) > SHORTEST and shorter[-1] == shorter[-2]:
        shorter = shorter[:-1]
    return shorter if len(shorter) >= SHORTEST else word


DEGREES = frozenset(stem(word) for word in "some little few lot poco poquito".split())
WEAK_STEMS = frozenset(stem(word) for word in WEAK)
TURNING_STEMS = frozenset(stem(word) for word in TURNING)


def _content(tokens: Sequence[Token]) -> frozenset[str]:
    """The stems of the words that tell something, with one mark for any denial."""
    said: set[str] = set()
    for index, token in enumerate(tokens):
        if token.text in NEGATING:
            said.add(NOT)
        elif token.text in AFFIRMING and (index == 0 or len(tokens) == 1):
            said.add(YES)
        elif token.text not in STOP and token.text[0].isalnum():
            said.add(stem(token.text))
    return frozenset(said)


@lru_cache(maxsize=1024)
def _of_option(option: str) -> frozenset[str]:
    return _content(tokenise(option))


def _slip(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing, doubled or swapped in a long word."""
    if min(len(one), len(other)) < SLIPPING or one[0] != other[0]:
        return False
    if len(one) == len(other):
        wrong = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        swapped = len(wrong) == 2 and one[wrong[0]] == other[wrong[1]]
        return len(wrong) == 1 or (swapped and one[wrong[1]] == other[wrong[0]])
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def _corrected(said: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """The stems with a slip of an option's word put right, where it can only be that one."""
    result = set()
    for word in said:
        near = [k for k in known if _slip(word, k)] if word not in known else []
        result.add(near[0] if len(near) == 1 else word)
    return frozenset(result)


def _said_and_offered(
    tokens: Sequence[Token], options: Sequence[str]
) -> tuple[frozenset[str], list[frozenset[str]]]:
    offered = [_of_option(option) for option in options]
    return _corrected(_content(tokens), frozenset().union(*offered)), offered


def by_whole_wording(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The one option that has every telling word of the text; None where there is none."""
    said, offered = _said_and_offered(tokens, options)
    telling = said - {NOT, YES}
    if not telling or telling <= WEAK_STEMS - DEGREES:
        return None
    fitting = [n for n, o in enumerate(offered, start=1) if said <= o]
    same = [n for n in fitting if offered[n - 1] == said]
    chosen = same if len(same) == 1 else fitting
    if len(chosen) != 1 or (NOT in offered[chosen[0] - 1]) != (NOT in said):
        return None
    return chosen[0]


def by_phrase(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The one option in which the text's words stand one after another: "as usual"."""
    said = [token.text for token in tokens]
    telling = _content(tokens) - {NOT, YES}
    if len(said) < 2 or not telling or telling <= WEAK_STEMS:
        return None
    found = []
    for number, option in enumerate(options, start=1):
        words = [token.text for token in tokenise(option)]
        at = [i for i in range(len(words)) if words[i : i + len(said)] == said]
        if at and not NEGATING & (set(words) - set(said)):
            found.append(number)
    return found[0] if len(found) == 1 else None


def by_part_of_wording(tokens: Sequence[Token], options: Sequence[str]) -> int | None:
    """The one option that alone has some of the text's words, where nothing speaks against it.

    At least half of the telling words must be that option's, and none of the others one that
    may turn the sense ("gone", "almost", another person).
    """
    said, offered = _said_and_offered(tokens, options)
    own: set[int] = set()
    for word in said - {NOT, YES} - WEAK_STEMS:
        having = [n for n, option in enumerate(offered, start=1) if word in option]
        if len(having) == 1:
            own.add(having[0])
    if len(own) != 1:
        return None
    chosen = own.pop()
    option = offered[chosen - 1]
    strange = said - option
    if (NOT in option) != (NOT in said) or strange & (TURNING_STEMS | {YES}):
        return None
    telling = said - {NOT}
    return chosen if len(telling & option) >= HALF * len(telling) else None


def _denied_words(tokens: Sequence[Token]) -> frozenset[str]:
    """The stems that a denial in the same clause stands right before or little further."""
    denied: set[str] = set()
    for index, token in enumerate(tokens):
        if token.text not in NEGATING:
            continue
        for other in tokens[index + 1 : index + 1 + DENYING]:
            if other.after_break:
                break
            if other.text not in STOP:
                denied.add(stem(other.text))
    return frozenset(denied)


def ruled_out(tokens: Sequence[Token], chosen: int, options: Sequence[str]) -> bool:
    """Whether the text denies the chosen option's own words, or nothing but one of three.

    "Not so normal" denies "normal"; "no blood" leaves "dry" and "red" open.
    """
    denied = _denied_words(tokens)
    option = _of_option(options[chosen - 1])
    if denied & option - WEAK_STEMS and NOT not in option:
        return True
    said = _content(tokens) - {NOT, YES}
    if NOT in option and NOT not in _content(tokens) and not said - option:
        # "Leaking" is not "No leak".
        return True
    if not denied or said - denied or len(options) < 3 or denied & option:
        return False
    others = [_of_option(o) for n, o in enumerate(options, start=1) if n != chosen]
    return sum(bool(denied & other - WEAK_STEMS) for other in others) == 1


def named_beside(tokens: Sequence[Token], chosen: int, options: Sequence[str]) -> bool:
    """Whether the text has a telling word that a graver option alone has, not denied."""
    said, offered = _said_and_offered(tokens, options)
    for number, option in enumerate(offered[chosen:], start=chosen + 1):
        others = frozenset().union(*(o for n, o in enumerate(offered, start=1) if n != number))
        alone = (said & option) - others - WEAK_STEMS - {NOT, YES} - _denied_words(tokens)
        at_once = {t.text for t in tokenise(options[number - 1])} & AT_ONCE
        if alone or at_once & {t.text for t in tokens}:
            return True
    return False


DENYING = 3
AT_ONCE = frozenset(("now", "ya"))
