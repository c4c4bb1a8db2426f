"""One text to one reading: rules first, then models that add to them and doubt them."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.levels import Level
from monitor.reading import foreign, model
from monitor.reading.answers import answer_to, numbered_answers
from monitor.reading.counted import counts_something
from monitor.reading.evidence import Evidence, gather, settle
from monitor.reading.findings import Mention
from monitor.reading.grading import (
    EMERGENCY,
    RED_FLAGS,
    finding_level,
    findings_level,
    score,
)
from monitor.reading.intent import intent
from monitor.reading.language import (
    READ_IN_FULL,
    UNDETERMINED,
    language,
)
from monitor.reading.model import Belief
from monitor.reading.numerals import numbers
from monitor.reading.plain import says_no_more
from monitor.reading.scope import Scope
from monitor.reading.sentences import clauses, sentences
from monitor.reading.types import OpenQuestion, Reading, Reason

LONGEST = 4000
# Chosen on the validation texts (docs/reading.md). A rule's red flag pages unless the models,
# which know how often such rules are right, believe in it less than RULED_AT; then a human
# reads the text. Where no rule found one, the models page from PAGE_AT on. A text is closed
# only below DOUBT_AT, and below EMERGENCY_DOUBT_AT for each emergency; with a harmless sign
# that a rule knows from ROUTINE_AT on, without one from CLOSE_AT on.
PAGE_AT = 0.5
RULED_AT = 0.05
DOUBT_AT = 0.2
EMERGENCY_DOUBT_AT = 0.03
ROUTINE_AT = 0.7
CLOSE_AT = 0.92
# Of figures alone the models would page for whatever was written often beside a severe pain.
SEVERE_FROM, HIGHEST_SCORE = 8, 10
# Longer than this, an answer to the open question may hold something else as well.
BARE_ANSWER = 3
# From here on the model may say what a text is for, where no rule does.
INTENT_AT = 0.6


def _reasons(text: str, scope: Scope, kept: Sequence[Mention]) -> tuple[Reason, ...]:
    reasons = []
    for mention in kept:
        start = scope.tokens[mention.span.start].start
        end = scope.tokens[mention.span.end - 1].end
        reasons.append(Reason(mention.code, text[start:end], start, end, mention.why))
    return tuple(reasons)


def _unexplained(evidence: Evidence, kept: Sequence[Mention]) -> bool:
    """Whether a word of alarm stands outside everything that the rules could place."""
    placed = [m.span for m in (*kept, *evidence.set_aside)]
    for name in (
        "ok_word",
        "better",
        "blanket_no",
        "no_better",
        "idiom",
        "can_pee",
        "resolved",
        "opt_out",
    ):
        placed += evidence.scope.spans(name)
    return any(
        not any(span.overlaps(other) for other in placed)
        for span in evidence.scope.spans("alarm_word")
    )


def _harmless(evidence: Evidence, kept: Sequence[Mention]) -> bool:
    """Whether something in the text says positively that all is well or as expected."""
    signs = (
        "ok_word",
        "blanket_no",
        "better",
        "thanks",
        "opt_in",
        "no_word",
        "idiom",
    )
    if evidence.scope.spans("not_better") and not any(m.code == "improved" for m in kept):
        return bool(evidence.denied)
    measured = evidence.pain_score is not None or evidence.glucose_mg_dl is not None
    return (
        bool(kept or evidence.denied or evidence.set_aside or measured)
        or any(evidence.scope.spans(name) for name in signs)
        or any(
            token.text in ("\U0001f44d", "\U0001f44c", "❤") for token in evidence.scope.tokens
        )
    )


def _is_bare_number(scope: Scope) -> bool:
    return bool(scope.tokens) and all(token.is_number for token in scope.tokens)


def _may_be_severe(evidence: Evidence) -> bool:
    """Whether a figure from 8 to 10 is left that nothing explains: "espasmos de 10"."""
    scope = evidence.scope
    return evidence.pain_score is None and any(
        SEVERE_FROM <= number.value <= HIGHEST_SCORE
        and number.figures
        and not counts_something(scope, number)
        for number in numbers(scope.tokens)
    )


def _is_no_score(scope: Scope) -> bool:
    """Whether it is figures alone, none of them a severe pain: a page's code, a time."""
    return _is_bare_number(scope) and not any(
        SEVERE_FROM <= number.value <= HIGHEST_SCORE for number in numbers(scope.tokens)
    )


def _believe(text: str, *, hours_since: float, lang: str | None) -> tuple[Evidence, Belief]:
    evidence = gather(text, hours_since=hours_since, lang=lang)
    scope = evidence.scope
    return evidence, model.believe(scope.tokens, scope.found, evidence.marks)


def read(
    text: str,
    *,
    hours_since: float,
    procedure: str,
    lang: str | None = None,
    question: OpenQuestion | None = None,
) -> Reading:
    """Read one text of a patient; never raises, whatever the text.

    `hours_since` counts from the procedure, whose code is `procedure`. `lang` is the
    patient's language where it is known; `question` is the one that is open.
    """
    text = text[:LONGEST]
    evidence, belief = _believe(text, hours_since=hours_since, lang=lang)
    whole = conclude(
        text, evidence, belief, hours_since=hours_since, lang=lang, question=question
    )
    before = _before_a_red_flag(text, whole, hours_since=hours_since, lang=lang)
    return whole if before is None else _raised(whole, before, hours_since=hours_since)


def _before_a_red_flag(
    text: str, whole: Reading, *, hours_since: float, lang: str | None
) -> Reading | None:
    """What stands before a last sentence that pages by itself, read without it.

    The models weigh a text as a whole: a further red flag must not outshine a graver one.
    """
    places = sentences(text)
    if whole.level is Level.EMERGENCY or len(places) < 2:
        return None
    start, end = places[-1]
    evidence, belief = _believe(text[start:end], hours_since=hours_since, lang=lang)
    last = conclude(text[start:end], evidence, belief, hours_since=hours_since, lang=lang)
    if not last.level.pages:
        return None
    earlier = read(text[: places[-2][1]], hours_since=hours_since, procedure="", lang=lang)
    return earlier if earlier.level > whole.level else None


def _raised(whole: Reading, earlier: Reading, *, hours_since: float) -> Reading:
    """The reading with what its earlier part says; places in the text are the same."""
    reasons = tuple(dict.fromkeys((*whole.reasons, *earlier.reasons)))
    findings = tuple(dict.fromkeys(reason.code for reason in reasons))
    return replace(
        whole,
        level=earlier.level,
        score=max(earlier.score, score(earlier.level, findings, hours_since=hours_since)),
        findings=findings,
        reasons=reasons,
        denied=tuple(code for code in whole.denied if code not in findings),
    )


def conclude(
    text: str,
    evidence: Evidence,
    belief: Belief,
    *,
    hours_since: float,
    lang: str | None = None,
    question: OpenQuestion | None = None,
) -> Reading:
    """The reading that follows from the rules' evidence and the models' belief."""
    scope = evidence.scope
    spoken = language(text, scope.tokens)
    found = settle(evidence, hours_since=hours_since)
    kept = _trusted(found, evidence, belief, hours_since=hours_since)
    abroad = foreign.reasons(text) if spoken not in READ_IN_FULL else ()
    reasons = (*_reasons(text, scope, kept), *abroad)
    paged = any(_pages(reason.code, hours_since=hours_since) for reason in reasons)
    if not paged and not _is_no_score(scope):
        reasons += _believed(text, belief, hours_since=hours_since, lang=lang)
    findings = tuple(dict.fromkeys(reason.code for reason in reasons))
    answer = answer_to(text, question, lang or spoken)
    doubted = len(kept) < len(found) or _doubts(belief, hours_since=hours_since)
    signed = _harmless(evidence, kept)
    sure = not doubted and belief.routine >= CLOSE_AT
    harmless = sure or (signed and not doubted and belief.routine >= ROUTINE_AT)
    what = _purpose(intent(scope, findings, harmless=signed or harmless), findings, belief)
    if what == "other" and answer is not None:
        what = "answer"
    bare = answer is not None and (len(scope.tokens) <= BARE_ANSWER or not doubted)
    clear = bare or (
        not doubted and _closable(evidence, kept, what, harmless=harmless, sure=sure)
    )
    understood = clear and spoken in (*READ_IN_FULL, UNDETERMINED)
    level = findings_level(findings, hours_since=hours_since)
    if not understood or what in ("question", "help", "wrong_person", "other"):
        level = max(level, Level.REVIEW)
    return Reading(
        level=level,
        score=score(level, findings, hours_since=hours_since),
        findings=findings,
        denied=tuple(code for code in evidence.denied if code not in findings),
        intent=what,
        lang=spoken,
        reasons=reasons,
        answer=answer,
        numbered=numbered_answers(text, scope.tokens),
        pain_score=evidence.pain_score,
        temperature_c=evidence.temperature_c,
        glucose_mg_dl=evidence.glucose_mg_dl,
        understood=understood,
    )


def _doubts(belief: Belief, *, hours_since: float) -> bool:
    """Whether the models see too much of a red flag in it for nobody to read it."""
    emergency = max(belief.flags[code] for code in EMERGENCY)
    return belief.page(hours_since=hours_since) >= DOUBT_AT or emergency >= EMERGENCY_DOUBT_AT


def _purpose(ruled: str, findings: Sequence[str], belief: Belief) -> str:
    """What the text is for: by the rules, and where they see nothing special by the model."""
    likely = max(belief.intents, key=lambda one: belief.intents[one])
    if ruled not in ("answer", "other", "symptom", "thanks"):
        return ruled
    if belief.intents[likely] < INTENT_AT:
        return ruled
    if RED_FLAGS.intersection(findings) and likely != "opt_out":
        return ruled
    return likely


def _pages(code: str, *, hours_since: float) -> bool:
    return finding_level(code, hours_since=hours_since).pages


def _trusted(
    found: Sequence[Mention], evidence: Evidence, belief: Belief, *, hours_since: float
) -> tuple[Mention, ...]:
    """The rules' findings without the red flags that the models hold surely harmless.

    Doubt needs something to be about: a text that says a red flag and no more pages.
    """
    believed = belief.page(hours_since=hours_since) >= RULED_AT
    if believed or says_no_more(evidence.scope, (*evidence.present, *evidence.set_aside)):
        return tuple(found)
    return tuple(m for m in found if not _pages(m.code, hours_since=hours_since))


def _believed(
    text: str, belief: Belief, *, hours_since: float, lang: str | None
) -> tuple[Reason, ...]:
    """The red flag that the models see where no rule did, on the clause that says it most."""
    if belief.page(hours_since=hours_since) < PAGE_AT or not text.strip():
        return ()
    code = belief.flag(hours_since=hours_since)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    alone = {
        place: _believe(text[slice(*place)], hours_since=hours_since, lang=lang)[1].flags[code]
        for place in clauses(text)
    }
    if alone and max(alone.values()) >= PAGE_AT:
        start, end = max(alone, key=lambda place: alone[place])
    return (Reason(code, text[start:end], start, end, "reads like a red flag"),)


def _closable(
    evidence: Evidence, kept: Sequence[Mention], intent: str, *, harmless: bool, sure: bool
) -> bool:
    """Whether an undoubted text is clearly understood: all of it is explained and harmless."""
    if intent in ("opt_out", "opt_in", "thanks"):
        return True
    if _may_be_severe(evidence):
        return False
    if _is_bare_number(evidence.scope) and not (kept or evidence.denied):
        return False
    return sure or (harmless and not _unexplained(evidence, kept))
