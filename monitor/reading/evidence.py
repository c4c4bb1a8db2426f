"""What the rules make of a text: what it names, and what it says of that."""

from dataclasses import dataclass

from monitor.reading import measures
from monitor.reading.findings import Mention, fine_rules, mentions, rules
from monitor.reading.grading import FLARE_HOURS, RED_FLAGS
from monitor.reading.language import active_languages
from monitor.reading.lexicon import Span, concepts
from monitor.reading.normalise import tokenise
from monitor.reading.scope import Scope, Status, judge

MODERATE_SCORE = 6
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


def settle(evidence: Evidence, *, hours_since: float) -> tuple[Mention, ...]:
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


def gather(text: str, *, hours_since: float, lang: str | None = None) -> Evidence:
    """What the rules make of a text in English or Spanish."""
    tokens = tokenise(text)
    scope = Scope(tokens, concepts(tokens, active_languages(tokens, lang)))
    return _gather(scope, hours_since=hours_since)
