"""The pain score that an answer gives, 0 to 10."""

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.reading import measures
from monitor.reading.answer_scope import (
    answer_scope,
    asks,
    concluded,
    led_by,
    negated,
    own_words,
    plain,
    without_age,
    without_scale,
    word,
    words_of,
)
from monitor.reading.counted import (
    below_zero,
    counts_something,
    floor,
    not_felt,
    under,
    vague,
)
from monitor.reading.numerals import Number, numbers
from monitor.reading.scope import Scope
from monitor.reading.timing import current

PAIN_MAX = 10
FEW_WORDS = 8
SLIP_WORDS = 5
# A score of something else than the pain, where the pain has one of its own.
OTHER_SCORES = frozenset(
    """stiffness stiff numbness numb tingling itch itching tiredness tired fatigue anxiety worry
    nausea sleep mood stress energy weakness burning rigidez hormigueo cansancio ansiedad sueño
    nauseas animo estres picor comezon adormecimiento""".replace("ñ", "n").split()
)
CONTRARY = frozenset(
    """but pero except helps new different changed better change above number almost nearly casi
    barely until unless when if cuando hasta salvo excepto next after""".split()
)
NOT_GONE = frozenset("not no hasnt isnt wont never mostly way meds half still".split())
# "is 10 the worst?" asks about the scale.
END_OF_SCALE = frozenset("worst best peor mejor high highest bad good malo bueno".split())
EARLIER = frozenset("was from had were antes era de".split())
BY_DAY = frozenset("dia day days y and morning mornings manana tarde".split())
LAST_NIGHT = frozenset("last ayer anoche yesterday was era had tuve antes before".split())
TOP = (
    "top of the scale", "the top", "the max", "max", "maximum", "as bad as it gets", "highest",
    "the highest", "top marks", "top score", "worst possible", "maximo", "el maximo",
    "lo maximo", "la maxima", "tope", "a tope", "full whack", "top number", "the most",
    "el tope",
)  # fmt: skip
BOTTOM = ("bottom of the scale", "the bottom", "the minimum", "lowest", "minimo", "el minimo")
CHANGED = frozenset("worse better peor mejor higher lower more less mas menos up down".split())
CHANGE_REACH = 3
LEADING_NOW = 4
NOW = frozenset("now today tonight hoy ahora ahorita".split())
COMPARED = frozenset("antes before que than menos less was era".split())
MOVES = frozenset(
    """down up dropped fell from bajo baje bajando subio went came closer nearer cerca
    instead ya hasta""".split()
)
SITES = frozenset(
    """leg legs back hip hips knee knees foot feet neck arm arms buttock butt calf thigh
    shoulder
    pierna piernas espalda cintura cadera rodilla pie pies nalga brazo cuello muslo hombro
    pantorrilla lumbar""".split()
)
# "1 being the worst": the scale upside down.
TURNED_ROUND = re.compile(
    r"\b(?:1|0|one|zero|uno|cero)\s+(?:being|is|as|means|es|siendo|=)\s+(?:the |el |lo )?"
    r"(?:worst|peor|highest|most|mas|más)|"
    r"\b(?:10|ten|diez)\s+(?:being|is|as|means|es|siendo|=)\s+(?:the |el |lo )?"
    r"(?:best|mejor|good|no pain|sin dolor|nothing|nada|perfect)"
)
# "10 out of 10 for the nurses"; "what does 10 mean".
OF_SOMETHING_ELSE = re.compile(
    r"\b(?:out of (?:10|ten)|/ ?10|de (?:10|diez)) (?:for|to|para|a) "
    r"(?:the|your|el|la|las|los|su)\b|"
    r"^\W*(?:what|whats|qu[eé]) .*\b(?:mean|means|stand|significa|quiere decir)\b"
)
APPROXIMATELY = frozenset("about around like roughly como las la eso de".split())
LESS_OR_MORE = frozenset("more less over under above below mas menos good bad".split())
ROMAN = ("", "", "ii", "iii", "iv", "", "vi", "vii", "viii", "ix")
# From here on it is a year.
YEAR = 1900
HALVES = ("medio punto", "half a point", "medio", "a half", "half a one", "half")


def pain(text: str) -> float | None:
    """The score, as a rule whole; a range takes the higher end, and so do several sites."""
    text = plain(text)
    scope = answer_scope(text)
    if below_zero(text, scope):
        return None
    if [t.text for t in scope.tokens[:2]] == ["for", "out"]:
        # Voice-to-text writes "four out of ten" so.
        return 4
    found = numbers(scope.tokens, slips=len(scope.tokens) <= SLIP_WORDS)
    found = without_age(scope, without_scale(scope, found))
    found = [n for n in found if n.figures or n.value != 1 or not _points(scope, n)]
    found = [n for n in found if not (n.value >= YEAR and len(scope.tokens) > SLIP_WORDS)]
    meant = [n for n in found if not _ten_of(scope, n) and not counts_something(scope, n)]
    kept = [n for n in meant if not negated(scope, n) and not not_felt(scope, n)]
    if (
        TURNED_ROUND.search(text.casefold())
        or OF_SOMETHING_ELSE.search(text.casefold())
        or _only_before(scope, kept)
    ):
        return None
    if not kept or _none_now(scope, kept):
        return 0 if kept else (_in_words(scope) if not found else None)
    kept = _plain_ones(scope, kept)
    held = kept if len(kept) == 1 < len(meant) else _held(scope, kept)
    if not held or any(not 0 <= n.value <= PAIN_MAX for n in held):
        return None
    doubts = (vague, floor, under, _clock, _of_another_scale)
    if any(doubt(scope, n) for n in held for doubt in doubts):
        return None
    if asks(scope) and (len(scope.tokens) > SLIP_WORDS or END_OF_SCALE & set(words_of(scope))):
        return None
    if _ends_higher(scope, kept):
        held = [kept[-1]]
    value = max(n.value for n in held)
    if value < max(n.value for n in kept) and not _told_apart(scope, kept):
        return None
    return int(value) if value == int(value) else value


def _none_now(scope: Scope, kept: Sequence[Number]) -> bool:
    """ "anoche 5, ahora nada": the numbers are earlier ones, and now there is none."""
    none = [s for s in scope.spans("none_word") if s.end == len(scope.tokens)]
    return any(
        span.start == cue.end and all(n.end <= cue.start for n in kept)
        for span in none
        for cue in scope.spans("now_cue")
    )


def _points(scope: Scope, number: Number) -> bool:
    """ "the lower one", "one that hurts": a word for the thing, and no figure."""
    named = bool({"the", "that", "which", "this"} & set(led_by(scope, number, 3)))
    return named or word(scope, number.end) in (
        "that",
        "which",
        "that's",
        "side",
        "of",
        "thing",
    )


def _clock(scope: Scope, number: Number) -> bool:
    """An hour: "since about 8", "desde como las 8"."""
    before = [word(scope, number.start - back) for back in (1, 2, 3)]
    while before and before[0] in APPROXIMATELY:
        before = before[1:]
    return bool(before) and before[0] in ("since", "desde")


def _held(scope: Scope, kept: Sequence[Number]) -> list[Number]:
    middle = _between(scope, kept)
    if middle is not None:
        return [middle]
    words = {token.text for token in scope.tokens}
    by_night = bool(words & {"noche", "night", "nights"} and not words & LAST_NIGHT)
    if by_night and words & BY_DAY:
        # By night and by day are one answer, not an earlier one and today's.
        return list(kept)
    told = bool(scope.spans("then_cue") or scope.spans("correction"))
    if len(words & SITES) > 1 and not told:
        # "the leg's a 2 now but the back is 9"
        return list(kept)
    last = concluded(scope, own_words(scope, kept))
    if len(last) < len(kept):
        return last
    return current(scope, kept)


def _ten_of(scope: Scope, number: Number) -> bool:
    """The ten of "7 out of 10"."""
    before = word(scope, number.start - 1)
    if before == "the":
        before = word(scope, number.start - 2)
    return number.value == PAIN_MAX and before in measures.OF_TEN and number.start > 1


def _plain_ones(scope: Scope, kept: Sequence[Number]) -> list[Number]:
    """The numbers without the vague, the compared and the other complaints' ones, if any."""
    rest = list(kept)
    for aside in (_of_another_complaint, vague, _compared, floor, under):
        left = [n for n in rest if not aside(scope, n)]
        if left and (aside is not floor or max(left, key=_value).value >= _least(rest, left)):
            rest = left
    return rest


def _value(number: Number) -> float:
    return number.value


def _least(numbers_: Sequence[Number], without: Sequence[Number]) -> float:
    """The highest value among the numbers that are left out."""
    return max((n.value for n in numbers_ if n not in without), default=0)


def _only_before(scope: Scope, kept: Sequence[Number]) -> bool:
    """ "yesterday 4, today worse": the number is the earlier one, today's has none."""
    for place, token in enumerate(scope.tokens):
        if token.text not in NOW:
            continue
        before = [n for n in kept if n.end < place + token.after_break]
        later = [n for n in kept if n.start >= place]
        near = {word(scope, i) for i in range(place - 2, place + 1 + CHANGE_REACH)}
        if before and not later and near & CHANGED:
            return True
    return False


def _ends_higher(scope: Scope, kept: Sequence[Number]) -> bool:
    """ "started at 2, then 5, now 8": the last and highest, said to be now."""
    last = kept[-1]
    led = led_by(scope, last, LEADING_NOW)
    # "4 now down from 10": that now is the other number's.
    taken = {n.end for n in kept if n.end < len(scope.tokens)}
    taken = {end for end in taken if not scope.tokens[end].after_break}
    own = any(
        said in NOW and last.start - 1 - back not in taken for back, said in enumerate(led)
    )
    highest = all(n.value <= last.value for n in kept)
    return highest and own and not EARLIER & set(led) and 0 <= last.value <= PAIN_MAX


def _of_another_scale(scope: Scope, number: Number) -> bool:
    """ "3 out of 5", "7/100"."""
    after = [word(scope, number.end + i) for i in range(3)]
    size = after[1] if after[0] == "/" else after[2] if after[:2] == ["out", "of"] else ""
    return size.isdecimal() and int(size) not in (PAIN_MAX, number.value + 1)


def _told_apart(scope: Scope, kept: Sequence[Number]) -> bool:
    """Whether something says why a higher number does not count."""
    words = [token.text for token in scope.tokens]
    moved = bool(MOVES & set(words))
    cues = any(scope.spans(name) for name in ("then_cue", "correction"))
    between = {
        word(scope, i) for one, other in pairwise(kept) for i in range(one.end, other.start)
    }
    denied = bool({"not", "no"} & set(words))
    concluded_ = len(concluded(scope, own_words(scope, kept))) < len(kept)
    return moved or cues or denied or concluded_ or bool(between & {"to", "a", "then"})


def _of_another_complaint(scope: Scope, number: Number) -> bool:
    return word(scope, number.start - 1) in OTHER_SCORES


def _compared(scope: Scope, number: Number) -> bool:
    """ "more than a 4": a limit, and not the score itself."""
    if scope.tokens[number.start].after_break:
        return False
    words = [word(scope, number.start - back) for back in (1, 2, 3)]
    than = "than" in words[:2]
    return than and bool(LESS_OR_MORE & set(words))


def _between(scope: Scope, values: Sequence[Number]) -> Number | None:
    """ "more than a 4 less than a 6": the whole number between."""
    words = {token.text for token in scope.tokens}
    more, less = {"more", "over", "above", "mas"}, {"less", "under", "below", "menos"}
    if len(values) != 2 or not more & words or not less & words:
        return None
    low, high = sorted(n.value for n in values)
    value = high - 1 if high - low >= 2 else high
    return Number(value, values[0].start, values[-1].end, figures=False)


def _in_words(scope: Scope) -> float | None:
    words = [token.text for token in scope.tokens]
    said = " ".join(words)
    if said in HALVES or words[:2] in (["medio", "punto"], ["half", "point"]):
        return 0.5
    short = len(words) <= FEW_WORDS
    if short and any(f" {phrase} " in f" {said} " for phrase in TOP):
        return PAIN_MAX if not {"not", "no", "never", "near", "nearly"} & set(words) else None
    if short and any(f" {phrase} " in f" {said} " for phrase in BOTTOM):
        return 0
    none = scope.spans("none_word")
    if any(s.end - s.start == len(words) for s in none) and not CONTRARY & set(words):
        return 0
    if said and said in ROMAN:
        return ROMAN.index(said)
    hurting = [s for s in scope.spans("severe") if not any(s.overlaps(n) for n in none)]
    if none and not hurting and short:
        unchanged = scope.spans("no_better") and not scope.spans("better")
        return None if CONTRARY & set(words) or unchanged else 0
    if short and scope.spans("pain_gone") and not (CONTRARY | NOT_GONE) & set(words):
        return 0
    middle = any(t in ("middle", "halfway", "mitad", "midway") for t in words)
    if middle and not COMPARED & set(words):
        return PAIN_MAX // 2
    return None
