"""Every red flag pages, at every check-in, with every modifier; every fact has one outcome.

That one flag pages alone is walked here on the whole of `assess`; that nothing beside it can
lower the level is what monitor.proof.symptoms proves.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from monitor.conversation.state import Said
from monitor.levels import Level
from monitor.proof.theorem import Refuted, Theorem, Walk
from monitor.proof.windows import hours, vectors
from monitor.protocol.model import Protocol, Question
from monitor.protocol.reach import asked_facts, producible
from monitor.protocol.vocabulary import RED_FLAGS, RISKS
from monitor.triage.assess import assess
from monitor.triage.facts import Context, hold

Case = Callable[[Walk, Protocol, Context], None]

NUMB_EXPECTED_HOURS = 12.0
"""Numbness in the patient's words is no red flag before (clinical README)."""

TABLE_FLAGS: frozenset[str] = RED_FLAGS | {
    "stroke_signs",
    "headache_bad",
    "headache_worst",
    "site_leak",
    "high_sugar_symptoms",
    "sexual_dysfunction",
    "sugar_high",
    "pain_severe",
}
"""Facts that must page: the reader's red flags, and rows of the rule table that page alone."""


def prove_outcomes(protocol: Protocol) -> Theorem:
    """Walk every fact at every hour: exactly one rule says what it means alone."""
    walk = Walk("every fact has exactly one outcome of its own at every hour")
    try:
        for settings in vectors(protocol):
            for hour in hours(protocol, settings, protocol.rules):
                for fact in sorted(producible(protocol)):
                    alone = [
                        rule.id
                        for rule in protocol.rules
                        if rule.when.lone_fact == fact
                        and hold(rule.since, settings) <= hour < hold(rule.until, settings)
                    ]
                    walk.check(len(alone) == 1, f"{fact} at {hour:g} h:", alone)
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def prove_flags(protocol: Protocol) -> Iterator[Theorem]:
    """Walk every red flag, answered or in the patient's words, alone, in every context."""
    yield _prove(protocol, Walk("every red flag in words pages"), _heard)
    yield _prove(protocol, Walk("every red flag in an answer pages"), _answered)


def _prove(protocol: Protocol, walk: Walk, one: Case) -> Theorem:
    try:
        for settings in vectors(protocol):
            for hour in hours(protocol, settings, protocol.rules):
                for risks in _all(sorted(RISKS)):
                    context = Context(protocol.procedure, hour, risks=risks, settings=settings)
                    one(walk, protocol, context)
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def _heard(walk: Walk, protocol: Protocol, context: Context) -> None:
    """The reader's finding pages even if the reader itself called it routine."""
    for finding in sorted(RED_FLAGS):
        if finding == "limb_numbness" and context.hours_since < NUMB_EXPECTED_HOURS:
            continue
        said = Said(level=Level.ROUTINE, findings=(finding,))
        found = assess(protocol, answers={}, readings=(said,), context=context)
        walk.check(found.level.pages, finding, _where(context), found.level.code)


def _answered(walk: Walk, protocol: Protocol, context: Context) -> None:
    flags = TABLE_FLAGS & asked_facts(protocol)
    for question in protocol.questions.values():
        for number, fact in _options(question):
            if fact in flags:
                answers = {question.code: number}
                found = assess(protocol, answers=answers, context=context)
                walk.check(found.level.pages, question.code, number, _where(context))


def _options(question: Question) -> list[tuple[int, str]]:
    return [
        (number, choice.fact)
        for number, choice in enumerate(question.choices, 1)
        if choice.fact is not None
    ]


def _where(context: Context) -> str:
    return f"at {context.hours_since:g} h with {', '.join(sorted(context.risks)) or 'no risk'}:"


def _all(items: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(items) + 1):
        yield from (frozenset(chosen) for chosen in combinations(items, size))
