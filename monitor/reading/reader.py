"""One text to one reading: rules first, then a small model that doubts them."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.levels import Level
from monitor.reading import foreign, measures, model
from monitor.reading.answers import answer_to, numbered_answers
from monitor.reading.findings import Mention, fine_rules, mentions, rules
from monitor.reading.grading import (
    FLARE_HOURS,
    RED_FLAGS,
    findings_level,
    score,
)
from monitor.reading.intent import intent
from monitor.reading.language import (
    READ_IN_FULL,
    UNDETERMINED,
    active_languages,
    language,
)
from monitor.reading.lexicon import Span, concepts
from monitor.reading.normalise import tokenise
from monitor.reading.scope import Scope, Status, judge
from monitor.reading.types import OpenQuestion, Reading, Reason

LONGEST = 4000
MODERATE_SCORE = 6
# Set by cross-validation on the corpus (docs/reading.md): where the model pages by itself,
# and where its doubt keeps a text from being closed.
PAGE_AT = 0.77
PAGE_AT_HARMLESS = 0.82
DOUBT_AT = 0.2
ROUTINE_AT = 0.4
HEADACHES = ("mild_headache", "postural_headache")
# A finding that says more makes the lesser one beside it superfluous.
IMPLIED = {
    "mild_headache": {"postural_headache", "meningism", "vision_loss"},
    "worse_pain": {"severe_pain"},
    "pain_flare": {"severe_pain", "worse_pain"},
    "limb_numbness": {"saddle_numbness"},
    "no_relief": {"improved", "worse_pain", "pain_flare"},
    "site_soreness": {"site_infection"},
    "flushing": {"allergic_reaction", "fever"},
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules made of a text."""

    scope: Scope
    present: tuple[Mention, ...]
    denied: tuple[str, ...]
    set_aside: tuple[Mention, ...]
    marks: tuple[str, ...]
    pain_score: int | None
    temperature_c: float | None
    glucose_mg_dl: float | None


def _temperature(scope: Scope) -> tuple[list[Mention], list[str], float | None]:
    found = measures.temperatures(scope)
    if not found:
        return [], [], None
    hottest = max(found, key=lambda r: r.value)
    span = Span(hottest.start, hottest.end)
    if hottest.value >= measures.FEVER_C:
        why = f"{hottest.value} C is a fever"
        return [Mention("fever", why, span, noun=False)], [], hottest.value
    return [], ["fever"], hottest.value


def _glucose(scope: Scope) -> tuple[list[Mention], float | None]:
    found = measures.glucose(scope)
    if not found:
        return [], None
    worst = max(found, key=lambda r: r.value)
    if worst.value <= measures.HIGH_MG_DL:
        return [], worst.value
    why = f"{worst.value:.0f} mg/dL is high"
    mention = Mention("high_blood_sugar", why, Span(worst.start, worst.end), noun=False)
    return [mention], worst.value


def _pain(scope: Scope, *, hours_since: float) -> tuple[list[Mention], int | None]:
    held, past = measures.pain_scores(scope)
    if not held:
        return [], None
    worst = max(held, key=lambda r: r.value)
    before = max((r.value for r in past), default=None)
    span = Span(worst.start, worst.end)
    value = int(worst.value + 0.5)
    if value >= measures.SEVERE_SCORE:
        return [Mention("severe_pain", f"pain {value} of 10", span, noun=False)], value
    if before is not None and before < worst.value:
        code = "pain_flare" if hours_since < FLARE_HOURS else "worse_pain"
        return [Mention(code, "pain score went up", span, noun=False)], value
    if (before is not None and before > worst.value) or value <= 1:
        return [Mention("improved", "pain score is low or went down", span, noun=False)], value
    return [], value


def _outweighed(mention: Mention, *, pain: int | None, sugar: float | None) -> bool:
    """A stated reading outweighs the adjective: "pain wont stop but its only a 4"."""
    if mention.code == "high_blood_sugar":
        return sugar is not None and sugar <= measures.HIGH_MG_DL
    return mention.code == "severe_pain" and pain is not None and pain <= MODERATE_SCORE


def _gather(scope: Scope, *, hours_since: float) -> Evidence:
    judged = judge(scope, mentions(scope.tokens, scope.found, rules()))
    hot, cool, celsius = _temperature(scope)
    sweet, sugar = _glucose(scope)
    aching, pain_now = _pain(scope, hours_since=hours_since)
    judged += judge(scope, [*hot, *sweet, *aching])
    present = [
        m
        for m, status in judged
        if status is Status.PRESENT and not _outweighed(m, pain=pain_now, sugar=sugar)
    ]
    fine = [
        m
        for m, status in judge(scope, mentions(scope.tokens, scope.found, fine_rules()))
        if status in (Status.PRESENT, Status.OLD, Status.GONE)
    ]
    denied = [m.code for m, s in judged if s in (Status.DENIED, Status.QUOTED, Status.GONE)]
    denied += [m.code for m in fine] + cool
    codes = {m.code for m in present}
    listed = [code for code in dict.fromkeys(denied) if code not in codes]
    if "mild_headache" in listed and "postural_headache" not in codes:
        listed.append("postural_headache")
    aside = tuple(m for m, s in judged if s is not Status.PRESENT) + tuple(fine)
    return Evidence(
        scope,
        tuple(present),
        tuple(dict.fromkeys(listed)),
        aside,
        tuple(f"{m.code}:{status.value}" for m, status in judged),
        pain_now,
        celsius,
        sugar,
    )


def _renamed(mention: Mention, *, hours_since: float, feverish: bool) -> Mention:
    """Early growing pain is a flare; with a fever it never is."""
    if mention.code == "worse_pain" and hours_since < FLARE_HOURS and not feverish:
        return Mention("pain_flare", mention.why, mention.span, mention.noun)
    return mention


def _settle(evidence: Evidence, *, hours_since: float) -> tuple[Mention, ...]:
    """The findings that stay once the greater has swallowed the lesser."""
    feverish = any(m.code == "fever" for m in evidence.present)
    named = [_renamed(m, hours_since=hours_since, feverish=feverish) for m in evidence.present]
    codes = {m.code for m in named}
    keep = [m for m in named if not IMPLIED.get(m.code, set()) & codes]
    return tuple(
        m
        for m in keep
        if not (
            m.code in ("improved", "no_relief", "worse_pain", "pain_flare", "limb_numbness")
            and any(
                m.span.within(o.span) and m.code != o.code for o in keep if o.code in RED_FLAGS
            )
            and m.code != "limb_numbness"
        )
    )


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


def gather(text: str, *, hours_since: float, lang: str | None = None) -> Evidence:
    """What the rules make of a text in English or Spanish."""
    tokens = tokenise(text)
    scope = Scope(tokens, concepts(tokens, active_languages(tokens, lang)))
    return _gather(scope, hours_since=hours_since)


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
    evidence = gather(text, hours_since=hours_since, lang=lang)
    belief = model.believe(evidence.scope.tokens, evidence.scope.found, evidence.marks)
    return conclude(
        text, evidence, belief, hours_since=hours_since, lang=lang, question=question
    )


def conclude(
    text: str,
    evidence: Evidence,
    belief: model.Belief,
    *,
    hours_since: float,
    lang: str | None = None,
    question: OpenQuestion | None = None,
) -> Reading:
    """The reading that follows from the rules' evidence and the model's belief."""
    scope = evidence.scope
    spoken = language(text, scope.tokens)
    kept = _settle(evidence, hours_since=hours_since)
    abroad = foreign.reasons(text) if spoken not in READ_IN_FULL else ()
    reasons = (*_reasons(text, scope, kept), *abroad)
    if not any(reason.code in RED_FLAGS for reason in reasons):
        reasons += _believed(text, evidence, belief)
    findings = tuple(dict.fromkeys(reason.code for reason in reasons))
    answer = answer_to(text, question, lang or spoken)
    harmless = _harmless(evidence, kept)
    what = intent(scope, findings, harmless=harmless)
    if what == "other" and answer is not None:
        what = "answer"
    clear = answer is not None or _closable(evidence, kept, belief, what, harmless=harmless)
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


def _believed(text: str, evidence: Evidence, belief: model.Belief) -> tuple[Reason, ...]:
    """The red flag that the model sees where no rule did, on the whole text."""
    limit = PAGE_AT_HARMLESS if evidence.denied or evidence.set_aside else PAGE_AT
    if belief.page < limit or not text.strip():
        return ()
    code = max(belief.flags, key=lambda flag: belief.flags[flag])
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    return (Reason(code, text[start:end], start, end, "reads like a red flag"),)


def _closable(
    evidence: Evidence,
    kept: Sequence[Mention],
    belief: model.Belief,
    intent: str,
    *,
    harmless: bool,
) -> bool:
    """Whether it is clearly understood: explained by rules and not doubted by the model."""
    if intent in ("opt_out", "opt_in", "thanks"):
        # A single word of these has nothing beside it to doubt.
        return len(evidence.scope.tokens) == 1 or belief.page < DOUBT_AT
    if _is_bare_number(evidence.scope) and not (kept or evidence.denied):
        return False
    doubted = belief.page >= DOUBT_AT or belief.routine < ROUTINE_AT
    return harmless and not doubted and not _unexplained(evidence, kept)
