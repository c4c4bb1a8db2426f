"""What can come true in a protocol at all: the facts of its questions, numbers and findings."""

from monitor.protocol.model import Protocol, Rule
from monitor.protocol.vocabulary import FINDINGS, RISKS

HIGHEST = {"pain_score": 10.0, "pain_rise": 10.0, "pain_up": 10.0, "blood_sugar": 1000.0}
"""The highest value that each number of a condition can take."""


def asked_facts(protocol: Protocol) -> frozenset[str]:
    """The facts that the check-ins' questions can state."""
    asked = {code for plan in protocol.check_ins for code in plan.questions}
    return frozenset(
        fact
        for code in asked
        if code in protocol.questions
        for fact in protocol.questions[code].findings
    )


def heard_facts(protocol: Protocol) -> frozenset[str]:
    """The facts that the reader's findings can state."""
    mapped = {heard.finding for heard in protocol.heard}
    return frozenset(heard.fact for heard in protocol.heard) | (FINDINGS - mapped)


def stated_facts(protocol: Protocol) -> frozenset[str]:
    """The facts that the patient can state, by an answer or in words."""
    return asked_facts(protocol) | heard_facts(protocol)


def known_facts(protocol: Protocol) -> frozenset[str]:
    """Every fact that the files define, whether this protocol asks for it or not."""
    stated = {fact for one in protocol.questions.values() for fact in one.findings}
    return heard_facts(protocol) | stated | {derived.fact for derived in protocol.derived}


def producible(protocol: Protocol) -> frozenset[str]:
    """Every fact that can come true in this protocol."""
    derived = {one.fact for one in protocol.derived}
    return asked_facts(protocol) | heard_facts(protocol) | derived


def could_fire(protocol: Protocol, rule: Rule, facts: frozenset[str]) -> bool:
    """Whether anything at all makes the rule fire, its hours aside."""
    numbers = {**protocol.values({}), **HIGHEST}
    now = facts | RISKS
    past = {f"earlier.{fact}" for fact in stated_facts(protocol)}
    return rule.when.holds(now, numbers) or rule.when.holds(now | past, numbers)
