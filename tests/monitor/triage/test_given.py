"""What an assessment was made of survives as JSON, and gives the same assessment again."""

import json

import pytest

from monitor.levels import Level
from monitor.protocol import latest
from monitor.triage import Context, Given, Past, again, assess
from tests.monitor.readings import Written
from tests.monitor.triage.golden import CASES


def test_every_golden_assessment_is_made_again_exactly() -> None:
    for one in CASES:
        for procedure in one.procedures:
            protocol = latest(procedure)
            first = assess(
                protocol,
                answers=one.answers,
                readings=[Written(findings=one.said)] if one.said else [],
                context=Context(
                    procedure,
                    one.hours,
                    check_in="d7",
                    risks=one.risks,
                    baseline_pain=one.baseline,
                    history=one.history,
                    settings=one.settings,
                ),
                lapsed=one.hours > 300,
            )
            kept = json.loads(json.dumps(first.given.to_json()))
            assert again(protocol, Given.from_json(kept)) == first


def test_all_that_a_reading_and_the_past_give_is_kept() -> None:
    protocol = latest("epidural_steroid")
    past = Past("d1", 24.5, {"pain_score": 3.0, "headache": 2.0}, Level.REVIEW)
    reading = Written(
        level=Level.URGENT,
        score=61,
        findings=("fever",),
        pain_score=8,
        temperature_c=38.4,
        glucose_mg_dl=311.5,
        understood=False,
    )
    context = Context(
        "epidural_steroid",
        170.25,
        risks=frozenset({"diabetes", "anticoagulant"}),
        history=(past,),
        settings={"severe_pain_score": 9},
    )
    first = assess(
        protocol, answers={"headache": 3, "screen": True}, readings=[reading], context=context
    )
    kept = Given.from_json(json.loads(json.dumps(first.given.to_json())))
    assert kept.context == context
    assert list(kept.answers) == ["headache", "screen"]
    assert again(protocol, kept) == first


@pytest.mark.parametrize("data", [{}, {"version": 2}])
def test_what_was_not_kept_is_refused(data: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="of version"):
        Given.from_json(data)
