"""Any two answers together are at least as bad as each alone: the whole of `assess`.

monitor.proof.symptoms proves more from the parts; this walk checks that the whole is made of
them. Answers that state the same facts are assessed alike, so one stands for each.
"""

from collections.abc import Mapping
from itertools import combinations

from monitor.levels import Level
from monitor.proof.theorem import Refuted, Theorem, Walk
from monitor.protocol.model import Answer, Protocol, Question
from monitor.protocol.vocabulary import RISKS
from monitor.triage.assess import assess
from monitor.triage.facts import Context

Scored = tuple[Level, int]


def prove_pairs(protocol: Protocol) -> Theorem:
    """Walk all pairs of answers in each window of the course, with no risk and with all."""
    walk = Walk("any two answers together are at least as bad as each alone")
    try:
        for hour in protocol.windows.values():
            for risks in (frozenset[str](), RISKS):
                context = Context(protocol.procedure, hour, risks=risks, baseline_pain=5)
                _walk(walk, protocol, context)
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def _walk(walk: Walk, protocol: Protocol, context: Context) -> None:
    asked = {code for plan in protocol.check_ins for code in plan.questions}
    given = [
        (code, answer) for code in sorted(asked) for answer in telling(protocol.questions[code])
    ]
    alone = {one: _scored(protocol, dict([one]), context) for one in given}
    for one, other in combinations(given, 2):
        if one[0] != other[0]:
            level, score = _scored(protocol, dict([one, other]), context)
            least = (max(alone[one][0], alone[other][0]), max(alone[one][1], alone[other][1]))
            walk.check(
                level >= least[0] and score >= least[1],
                f"{one} and {other} at {context.hours_since:g} h: {level.code} {score}, alone",
                least,
            )


def telling(question: Question) -> list[Answer]:
    """One answer for each thing that the question can tell, "nothing to report" left out."""
    if question.kind == "pain_0_10":
        return [6, 7, 8, 10]
    if question.kind == "number":
        return [0.0, 200.0, 290.0, 500.0]
    return [number for number, choice in enumerate(question.choices, 1) if choice.fact]


def _scored(protocol: Protocol, answers: Mapping[str, Answer], context: Context) -> Scored:
    found = assess(protocol, answers=answers, context=context)
    return found.level, found.score
