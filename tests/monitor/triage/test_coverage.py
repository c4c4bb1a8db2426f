"""Nothing of the rule table is left out of the golden assessments, and each modifier counts."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from monitor.levels import Level
from monitor.protocol import Protocol, latest
from monitor.protocol.vocabulary import RISKS
from monitor.triage import Context, assess
from tests.monitor.triage.golden import ALL, CASES, UNALARMING
from tests.monitor.triage.golden.case import D1, D14, D21, NOT_EBP

CLOSE = 0.2
"""Hours: a case that stands at the edge of a window."""


@pytest.mark.parametrize("procedure", ALL)
def test_every_option_that_states_something_has_a_golden_case(procedure: str) -> None:
    given = {
        (code, value)
        for one in CASES
        if procedure in one.procedures
        for code, value in one.answers.items()
    }
    missing = [
        (code, number)
        for code in asked(latest(procedure))
        for number, choice in enumerate(latest(procedure).questions[code].choices, 1)
        if choice.fact is not None and (code, number) not in given
    ]
    assert missing == []


@pytest.mark.parametrize("procedure", ALL)
def test_every_option_that_states_nothing_is_routine(procedure: str) -> None:
    protocol = latest(procedure)
    for code in asked(protocol):
        for number, choice in enumerate(protocol.questions[code].choices, 1):
            if choice.fact is None:
                answers = {**UNALARMING, code: number}
                context = Context(procedure, D14, risks=RISKS, baseline_pain=6)
                found = assess(protocol, answers=answers, context=context)
                assert (found.level, found.reasons) == (Level.ROUTINE, ()), (code, number)


@pytest.mark.parametrize("procedure", ALL)
def test_every_edge_of_every_window_has_a_case_on_both_sides(procedure: str) -> None:
    hours: dict[str, list[float]] = {}
    for one in CASES:
        if procedure in one.procedures and not one.settings:
            hours.setdefault(one.rule, []).append(one.hours)
    missing = [
        (rule, edge)
        for rule, edge, ends in windows(latest(procedure))
        if not any(
            (edge - CLOSE <= hour < edge) if ends else hour == edge
            for hour in hours.get(rule, [])
        )
    ]
    assert missing == []


def windows(protocol: Protocol) -> Iterator[tuple[str, float, bool]]:
    """Each rule with the hours that it begins or ends at, and whether it ends there."""
    settings = protocol.values({})

    def hour(bound: float | str) -> float:
        return settings[bound] if isinstance(bound, str) else bound

    for rule in protocol.rules:
        since, until = hour(rule.since), hour(rule.until)
        if since == until:
            # Empty until a clinic makes room for it.
            continue
        if 0 < since:
            yield rule.id, since, False
        if until < float("inf"):
            yield rule.id, until, True


def asked(protocol: Protocol) -> list[str]:
    """The questions of all check-ins, each once."""
    return list(dict.fromkeys(code for plan in protocol.check_ins for code in plan.questions))


RAISED: list[tuple[Mapping[str, int], float, Level, Level]] = [
    ({"pain_score": 9}, D1, Level.URGENT, Level.EMERGENCY),
    ({"pain_score": 7}, D1, Level.ROUTINE, Level.REVIEW),
    ({"pain_score": 7}, 100, Level.REVIEW, Level.URGENT),
    ({"pain_score": 7}, D14, Level.URGENT, Level.EMERGENCY),
    ({"pain_score": 7}, D21, Level.REVIEW, Level.URGENT),
    ({"worse_pain": 2}, D1, Level.ROUTINE, Level.REVIEW),
    ({"worse_pain": 2}, D14, Level.REVIEW, Level.URGENT),
    ({"worse_pain": 3}, D1, Level.URGENT, Level.EMERGENCY),
    ({"limb_numbness": 3}, D14, Level.REVIEW, Level.URGENT),
    ({"limb_numbness": 2}, D1, Level.URGENT, Level.EMERGENCY),
    ({"fever": 2}, D1, Level.URGENT, Level.EMERGENCY),
]


@pytest.mark.parametrize("risk", sorted(RISKS))
@pytest.mark.parametrize("procedure", NOT_EBP)
@pytest.mark.parametrize(("answers", "hours", "without", "with_risk"), RAISED, ids=str)
def test_each_modifier_raises_pain_numbness_and_fever_by_one_level(
    answers: Mapping[str, int],
    hours: float,
    without: Level,
    with_risk: Level,
    procedure: str,
    risk: str,
) -> None:
    def level(*risks: str) -> Level:
        context = Context(procedure, hours, risks=frozenset(risks), baseline_pain=5)
        return assess(latest(procedure), answers=answers, context=context).level

    assert (level(), level(risk)) == (without, with_risk)
    patched = Context("blood_patch", hours, baseline_pain=5)
    assert assess(latest("blood_patch"), answers=answers, context=patched).level is with_risk
    # Two modifiers raise no further than one.
    assert level(*RISKS) is with_risk


NOT_RAISED: list[tuple[Mapping[str, int], Level]] = [
    ({"limb_weakness": 3}, Level.URGENT),
    ({"sexual_dysfunction": 2}, Level.URGENT),
    ({"meningism": 2}, Level.URGENT),
    ({"leg_swelling": 2}, Level.URGENT),
    ({"injection_site": 3}, Level.URGENT),
    ({"injection_site": 2}, Level.ROUTINE),
    ({"allergic_reaction": 2}, Level.URGENT),
    ({"headache": 2}, Level.REVIEW),
    ({"fainting": 2}, Level.REVIEW),
    ({"incontinence": 3}, Level.REVIEW),
]


@pytest.mark.parametrize(("answers", "level"), NOT_RAISED, ids=str)
def test_modifiers_raise_nothing_else(answers: Mapping[str, int], level: Level) -> None:
    context = Context("facet_joint", D1, risks=RISKS - {"blood_patch"}, baseline_pain=5)
    assert assess(latest("facet_joint"), answers=answers, context=context).level is level


URGENT_ALONE: Mapping[str, Mapping[str, int]] = {
    "numbness": {"limb_numbness": 2},
    "sexual function": {"sexual_dysfunction": 2},
    "pain": {"worse_pain": 3},
    "fever": {"fever": 2},
    "stiff neck": {"meningism": 2},
    "headache": {"headache": 2, "headache_severity": 2},
    "leg": {"leg_swelling": 2},
    "site": {"injection_site": 4},
    "allergy": {"allergic_reaction": 2},
    "sugar": {"blood_sugar": 301},
}


@pytest.mark.parametrize("pair", list(combinations(URGENT_ALONE, 2)), ids=" and ".join)
def test_two_urgent_answers_are_an_emergency(pair: tuple[str, str]) -> None:
    protocol, context = latest("nerve_root_block"), Context("nerve_root_block", D1)
    one, other = (URGENT_ALONE[name] for name in pair)
    for answers in (one, other):
        found = assess(protocol, answers=answers, context=context)
        assert found.level is Level.URGENT
    found = assess(protocol, answers={**one, **other}, context=context)
    assert found.level is Level.EMERGENCY
    assert found.tell[0] == "emergency"
