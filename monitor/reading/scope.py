"""Whether a finding that a text names is there: denied, gone, old, another's, supposed, quoted.

After ConText and NegEx: a cue before or after the mention, with words that end its reach.
Nothing here needs punctuation, because patients leave it out; where it is there it helps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from monitor.reading.findings import Mention
from monitor.reading.lexicon import Concepts, Span
from monitor.reading.normalise import Token

DETERMINER_REACH = 4
VERB_REACH = 7
LIST_GAP = 4
AFTER_REACH = 12
NEAR_AFTER = 3
BEFORE_REACH = 12
OLD_REACH = 9
HYPOTHETICAL_REACH = 9
QUOTED_REACH = 14
# After "no" or "not" these make it something else: "no better", "not only", "not sure".
NOT_A_DENIAL = frozenset(
    """improvement improved better change different relief let less longer wonder doubt end good
    ok right sense sleep idea clue only just sure stop where way use help matter great normal
    mejor mejoria cambio alivio solo puedo puede aguanto soporto hallo quiero""".split()
)
# However far a denial reaches, it never reaches past these.
CONTRARY = frozenset("but pero sino except though although however aunque".split())
THINKING = frozenset("think believe say feel have got had creo tengo tenido have ve".split())
NEGATIVE = frozenset(
    """no not cant cannot couldnt unable ni nada nothing sin dont doesnt didnt havent hasnt wont
    nunca never zero nobody isnt barely hardly apenas""".split()
)


class Status(Enum):
    """What the text says about a finding that it names."""

    PRESENT = "present"
    DENIED = "denied"
    GONE = "gone"
    OLD = "old"
    OTHER = "another person's"
    SUPPOSED = "supposed"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Scope:
    """A text laid out for asking what stands around a mention."""

    tokens: Sequence[Token]
    found: Concepts

    def spans(self, concept: str) -> Sequence[Span]:
        """Where the concept stands."""
        return self.found.get(concept, ())

    def between(self, concept: str, start: int, end: int) -> Sequence[Span]:
        """The concept's spans that lie wholly from token `start` up to `end`."""
        return [s for s in self.spans(concept) if start <= s.start and s.end <= end]

    def covers(self, concept: str, index: int) -> bool:
        """Whether the token belongs to the concept."""
        return any(s.start <= index < s.end for s in self.spans(concept))

    def broken(self, start: int, end: int) -> bool:
        """Whether punctuation stands before any of the tokens from `start` up to `end`."""
        return any(token.after_break for token in self.tokens[start:end])


def _reaches(scope: Scope, cue: Span, mention: Mention, reach: int, *, verb: bool) -> bool:
    """Whether a denial's reach is not ended by the words between it and the mention."""
    gap = range(cue.end, mention.span.start)
    if len(gap) > reach or scope.broken(cue.end, mention.span.start + 1):
        return False
    words = [scope.tokens[i].text for i in gap]
    if CONTRARY & set(words):
        return False
    if words and words[0] in NOT_A_DENIAL and words[0] not in THINKING:
        return False
    thinking = verb and bool(THINKING & set(words[:3]))
    strange = 0
    for index in gap:
        if scope.covers("neg_stop", index) and not thinking:
            return False
        if scope.covers("intensifier", index):
            continue
        if scope.covers("subject", index) and not verb and not thinking:
            return False
        strange += 1
    return strange <= 2


def _is_pure(scope: Scope, cue: Span) -> bool:
    """Whether the cue is a denial here, not a part of "not gone" or "no better"."""
    for concept in ("not_resolved", "no_better", "cant_idiom", "not_better", "strict_cant"):
        if any(s.start <= cue.start and cue.end < s.end for s in scope.spans(concept)):
            return False
    return cue.end >= len(scope.tokens) or scope.tokens[cue.end].text not in NOT_A_DENIAL


def _said_yes(scope: Scope, mention: Mention) -> bool:
    """ "dolor insoportable SI", "fever yes"."""
    index = mention.span.end
    if index >= len(scope.tokens) or scope.tokens[index].text not in (
        "yes",
        "si",
        "yep",
        "yeah",
    ):
        return False
    return index + 1 == len(scope.tokens) or scope.tokens[index + 1].after_break


def _denied_before(scope: Scope, mention: Mention, others: Sequence[Mention]) -> bool:
    if scope.tokens[mention.span.start].text in NEGATIVE:
        # Two denials in a row make one, in lay English as in Spanish: "no me sale ni gota".
        return False
    for concept, reach in (("neg_det", DETERMINER_REACH), ("neg_verb", VERB_REACH)):
        for cue in scope.spans(concept):
            if cue.end > mention.span.start or not _is_pure(scope, cue):
                continue
            # A denial is used up by the first finding that it meets; lists go on from there.
            if any(
                cue.end <= o.span.start and o.span.end <= mention.span.start for o in others
            ):
                continue
            if _reaches(scope, cue, mention, reach, verb=concept == "neg_verb"):
                return True
    return False


def _denied_inside(scope: Scope, mention: Mention) -> bool:
    """ "calf is not swollen": the denial stands between the parts of the finding."""
    for cue in (*scope.spans("neg_det"), *scope.spans("neg_verb")):
        inside = mention.span.start < cue.start and cue.end <= mention.span.end
        apart = not any(cue.overlaps(part) for part in mention.parts)
        if inside and apart and _is_pure(scope, cue):
            following = [p for p in mention.parts if p.start >= cue.end]
            if following and min(p.start for p in following) - cue.end <= 3:
                return True
    return False


def _taken_back(scope: Scope, mention: Mention) -> bool:
    """ "I pressed yes to fever, should be no"."""
    return bool(scope.between("deny_later", mention.span.end, len(scope.tokens)))


def _listed_after(scope: Scope, mention: Mention, denied: Sequence[Mention]) -> bool:
    """Whether it goes on a list of denials: "no fever, chills or numbness"."""
    for earlier in denied:
        gap = range(earlier.span.end, mention.span.start)
        if len(gap) > LIST_GAP:
            continue
        words = [scope.covers("or_word", i) or scope.covers("intensifier", i) for i in gap]
        joined = any(scope.tokens[i].text in ("or", "nor", "ni", "o") for i in gap)
        if all(words) and (mention.noun or joined):
            if not any(scope.covers("neg_stop", i) for i in gap):
                return True
    return False


def _denied_after(scope: Scope, mention: Mention) -> bool:
    """ "fever? no", "numbness none", "calentura no"."""
    at = mention.span.end
    for skip in (0, 1, 2):
        index = at + skip
        cue = next((s for s in scope.spans("no_word") if s.start == index), None)
        if cue is None or cue.end > len(scope.tokens):
            continue
        if skip and not all(scope.covers("intensifier", i) for i in range(at, index)):
            continue
        ends = cue.end == len(scope.tokens) or scope.tokens[cue.end].after_break
        asked = scope.tokens[index - 1].asks
        has_verb = cue.end < len(scope.tokens) and scope.tokens[cue.end].text in (
            "tengo",
            "hay",
        )
        if (ends or asked or has_verb) and not (scope.tokens[index].after_break and not asked):
            return True
    return False


def _still(scope: Scope, mention: Mention) -> bool:
    low, high = mention.span.start - 3, mention.span.end + 3
    words = {token.text for token in scope.tokens[max(0, low) : high]}
    return bool(words & {"still", "sigue", "sigo", "todavia", "siguen", "again", "keeps"})


def _other_trouble(scope: Scope, start: int, end: int) -> bool:
    """Whether another part or pain is named in between, which is what has gone instead."""
    return any(
        scope.between(concept, start, end)
        for concept in ("pain", "back", "headache", "site", "limb", "fever_word", "sugar")
    )


def _gone(scope: Scope, mention: Mention) -> bool:
    """A resolved symptom: it was, and words after it say that it is over."""
    if mention.code == "self_harm" or _still(scope, mention):
        return False
    reach = mention.span.end + AFTER_REACH
    if mention.code == "postural_headache" and scope.between(
        "lying", mention.span.start, reach
    ):
        # That it goes when lying down is what makes it one.
        return False
    start, end = mention.span.end, mention.span.end + AFTER_REACH
    window = max(0, mention.span.start - 6)
    past = bool(scope.between("past_cue", window, end))
    for cue in scope.between("resolved", start, end + 6):
        if any(s.overlaps(cue) for s in scope.spans("not_resolved")):
            continue
        if any(s.overlaps(cue) for s in scope.spans("new_cue")):
            continue
        if mention.code == "urinary_retention" and scope.tokens[cue.start].text == "nothing":
            # "Nothing since six" is what a full bladder says.
            continue
        gap = cue.start - start
        if gap > (AFTER_REACH if past else NEAR_AFTER):
            continue
        if not past and any(t.text in ("but", "pero") for t in scope.tokens[start : cue.start]):
            continue
        if not _other_trouble(scope, start, cue.start):
            return True
    return any(
        cue.end <= mention.span.start <= cue.end + 3
        and scope.tokens[cue.start].text in ("used", "no", "did")
        and not scope.broken(cue.end, mention.span.start + 1)
        for cue in scope.spans("resolved")
    )


def _old(scope: Scope, mention: Mention) -> bool:
    """Unchanged since before the procedure; "no lo tenía antes" is the contrary."""
    low, high = max(0, mention.span.start - OLD_REACH), mention.span.end + OLD_REACH
    fresh = (*scope.between("new_cue", low, high), *scope.between("worse", low, high))
    old = [
        cue
        for cue in scope.between("old_cue", low, high)
        if not any(new.start < cue.start and new.overlaps(cue) for new in fresh)
    ]
    return bool(old) and not any(not any(n.overlaps(o) for o in old) for n in fresh)


def _others(scope: Scope, mention: Mention) -> bool:
    """Whether it is said of someone who is plainly not the patient."""
    low = max(0, mention.span.start - BEFORE_REACH)
    own = {"i", "im", "ive", "my", "me", "yo", "tengo", "mi", "estoy", "siento", "ando"}

    def apart(cue: Span) -> bool:
        if any(
            t.text in ("like", "as", "como")
            for t in scope.tokens[max(0, cue.start - 2) : cue.start]
        ):
            return False
        words = [t.text for t in scope.tokens[cue.end : mention.span.start]]
        stops = any(w in ("but", "pero") for w in words)
        return not stops and not (own & set(words))

    if any(apart(cue) for cue in scope.between("other_strong", low, mention.span.end)):
        return True
    kin = [cue for cue in scope.between("other_kin", low, mention.span.start) if apart(cue)]
    if not kin:
        return False
    rest = len(scope.tokens)
    return bool(scope.between("self_fine", mention.span.end, rest)) or any(
        t.text in ("hers", "mine") for t in scope.tokens
    )


def _settled_between(scope: Scope, start: int, end: int) -> bool:
    """Whether a warning was answered ("Neither. All fine") before the words in question."""
    return any(scope.between(name, start, end) for name in ("blanket_no", "self_fine")) or any(
        scope.tokens[s.start].after_break for s in scope.between("ok_word", start, end)
    )


def _supposed(scope: Scope, mention: Mention) -> bool:
    """ "if I get a fever", "por si se me duerme": nothing that is there now."""
    low = max(0, mention.span.start - HYPOTHETICAL_REACH)
    for cue in scope.between("hypo_cue", low, mention.span.start + 1):
        if any(s.overlaps(cue) for s in scope.spans("not_hypo")):
            continue
        if _settled_between(scope, cue.end, mention.span.start):
            continue
        following = range(cue.end, min(cue.end + 2, len(scope.tokens)))
        if scope.tokens[cue.end - 1].text in ("if", "si") and any(
            scope.covers("if_action", i) for i in following
        ):
            continue
        if not any(
            scope.tokens[i].text in ("but", "pero", "so", "and", "y", "because")
            for i in range(cue.end, mention.span.start)
        ):
            return True
    return False


def _quoted(scope: Scope, mention: Mention) -> bool:
    """A warning repeated from the leaflet: supposed as well, or denied in what follows."""
    low = max(0, mention.span.start - QUOTED_REACH)
    cues = scope.between("quoted_cue", low, mention.span.start)
    if not any(not _settled_between(scope, cue.end, mention.span.start) for cue in cues):
        return False
    rest = scope.between("no_word", mention.span.end, len(scope.tokens))
    denials = [*rest, *scope.between("blanket_no", mention.span.end, len(scope.tokens))]
    return bool(denials) or bool(
        scope.between("self_fine", mention.span.end, len(scope.tokens))
    )


def _status(
    scope: Scope, mention: Mention, others: Sequence[Mention], denied: Sequence[Mention]
) -> Status:
    if _others(scope, mention):
        return Status.OTHER
    if _quoted(scope, mention):
        return Status.QUOTED
    if mention.code not in ("postural_headache", "self_harm") and _supposed(scope, mention):
        return Status.SUPPOSED
    if not mention.parts:
        # A reading says itself whether it is high; timing has chosen the one that holds.
        return Status.PRESENT
    if _said_yes(scope, mention):
        return Status.PRESENT
    if _denied_before(scope, mention, others) or _denied_inside(scope, mention):
        return Status.DENIED
    if _denied_after(scope, mention) or _taken_back(scope, mention):
        return Status.DENIED
    if _listed_after(scope, mention, denied):
        return Status.DENIED
    if _gone(scope, mention):
        return Status.GONE
    old = mention.code != "self_harm" and _old(scope, mention)
    return Status.OLD if old else Status.PRESENT


def judge(scope: Scope, found: Sequence[Mention]) -> list[tuple[Mention, Status]]:
    """What the text says about each mention, in its order."""
    judged: list[tuple[Mention, Status]] = []
    for mention in found:
        others = [m for m in found if m.span.end <= mention.span.start]
        denied = [m for m, status in judged if status is Status.DENIED]
        judged.append((mention, _status(scope, mention, others, denied)))
    return judged
