"""Every rule is a sentence that names its answers, its hours, its level and what raises it."""

import re

import pytest

from monitor.protocol import Protocol, Rule, load, names
from monitor.protocol.sentences import asked, due, needed, phrase, sentence, silence

PROTOCOLS = [load(name) for name in names()]
ESI = load("epidural_steroid.v1")

SENTENCES = [
    (
        "limb_weakness.new",
        "If limb weakness is “Yes, new or worse” or in words, at any time: emergency.",
    ),
    (
        "limb_weakness.fading.expected",
        "If limb weakness is “Yes, but wearing off since my visit”, before hour 12 (setting "
        "fading_weakness_hours): routine.",
    ),
    (
        "limb_numbness.fading.week",
        "If limb numbness is “Yes, but fading since my visit” or limb numbness in words before "
        "hour 12 (setting fading_weakness_hours), from hour 144 (d7) until hour 192: review. "
        "With a blood thinner, a blood patch, a cervical level, diabetes or an immune problem: "
        "urgent.",
    ),
    (
        "incontinence.as_before.once",
        "If incontinence is “Yes, as before my visit” and not at an earlier check-in "
        "incontinence is “Yes, as before my visit”, at any time: review.",
    ),
    (
        "injection_site.with_fever",
        "If (fever is “Yes” or in words) and (injection site is “Hot, red or swollen” or site "
        "infection in words; or injection site is “Leaking or pus”), at any time: emergency.",
    ),
    (
        "pain_score.severe.score",
        "If the pain score is at least 7 points of 10 (setting severe_pain_score) and the rise "
        "of pain above the baseline is at least 2 points of 10 (setting pain_rise_points), at "
        "any time: urgent. With a blood thinner, a blood patch, a cervical level, diabetes or "
        "an immune problem: emergency.",
    ),
    ("blood_sugar.unchecked", "If blood sugar is “0”, at any time: routine."),
    ("self_harm.any", "If self harm in words, at any time: emergency."),
]


def rule(protocol: Protocol, code: str) -> Rule:
    return next(one for one in protocol.rules if one.id == code)


@pytest.mark.parametrize(("code", "expected"), SENTENCES)
def test_sentence(code: str, expected: str) -> None:
    values = ESI.values({"severe_pain_score": 7})
    assert sentence(ESI, rule(ESI, code), values) == expected


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda one: one.name)
def test_every_rule_and_condition_can_be_said(protocol: Protocol) -> None:
    values = protocol.values({})
    for one in protocol.rules:
        said = sentence(protocol, one, values)
        assert one.level.code in said
        assert (one.raised_by == frozenset()) or "With " in said or one.level == 3
        assert not re.search(r"[a-z]_[a-z]", re.sub(r"\(setting \w+\)", "", said)), said
    for question in protocol.questions.values():
        if question.ask_when is not None:
            assert "_" not in phrase(protocol, question.ask_when, values)
    for plan in protocol.check_ins:
        assert f"day {plan.day}" in due(plan)
        assert "missed after" in silence(plan)
        assert ("one more text 48 h after the procedure" in silence(plan)) == (plan.key == "d1")
        assert bool(needed(protocol, plan)) == (plan.needed_if is not None)


def test_question_without_its_menu() -> None:
    assert asked(ESI, ESI.questions["limb_weakness"]) == "Are your legs or arms weak"
    assert asked(ESI, ESI.questions["relief"]) == "Since your visit, is your usual pain"
    assert asked(ESI, ESI.questions["pain_score"]).startswith("Rate your pain now")
