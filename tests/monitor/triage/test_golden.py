"""Every row of the rule table: level, what the patient is told, what the clinician is shown."""

import pytest

from monitor.levels import Level
from monitor.protocol import ProtocolError, latest, load, names
from monitor.triage import Context, assess
from tests.monitor.readings import Written
from tests.monitor.triage.golden import ALL, CASES, UNALARMING, Case

ROWS = [(one, procedure) for one in CASES for procedure in one.procedures]


@pytest.mark.parametrize(("one", "procedure"), ROWS, ids=str)
def test_rule_fires_with_its_level_text_and_disposition(one: Case, procedure: str) -> None:
    context = Context(
        procedure,
        one.hours,
        risks=one.risks,
        baseline_pain=one.baseline,
        history=one.history,
        settings=one.settings,
    )
    readings = [Written(findings=one.said)] if one.said else []
    found = assess(latest(procedure), answers=one.answers, readings=readings, context=context)
    fired = {reason.rule: reason for reason in found.reasons}
    assert one.rule in fired
    assert found.level is one.level
    assert (found.tell[0] if found.tell else None) == one.tell
    assert one.show in found.show
    assert fired[one.rule].source
    assert fired[one.rule].why


def test_every_rule_of_every_protocol_has_a_golden_case() -> None:
    rules = {rule.id for name in names() for rule in load(name).rules}
    assert rules - {one.rule for one in CASES} == set()


@pytest.mark.parametrize("procedure", ALL)
@pytest.mark.parametrize("hours", [24, 60, 168, 336, 504, 720, 2160])
def test_nothing_to_report_is_routine_without_a_reason(procedure: str, hours: float) -> None:
    everything = frozenset({"anticoagulant", "cervical", "diabetes", "immune"})
    context = Context(procedure, hours, risks=everything, baseline_pain=6)
    found = assess(latest(procedure), answers=UNALARMING, context=context)
    assert (found.level, found.score, found.reasons, found.tell) == (Level.ROUTINE, 0, (), ())


@pytest.mark.parametrize(
    ("celsius", "setting", "level"),
    [(38.0, 38.0, Level.URGENT), (37.9, 38.0, Level.ROUTINE), (37.6, 37.5, Level.URGENT)],
)
def test_measured_temperature_is_a_fever_from_the_clinic_s_cut_off(
    celsius: float, setting: float, level: Level
) -> None:
    context = Context("facet_joint", 30, settings={"fever_celsius": setting})
    reading = Written(temperature_c=celsius)
    found = assess(latest("facet_joint"), answers={}, readings=[reading], context=context)
    assert found.level is level


def test_override_outside_its_bounds_is_refused_on_entry_and_held_in_use() -> None:
    protocol = latest("facet_joint")
    setting = protocol.settings["severe_pain_score"]
    assert setting.check(7) == 7
    with pytest.raises(ProtocolError, match="severe_pain_score = 10 is outside 7 to 9"):
        setting.check(10)
    values = protocol.values({"severe_pain_score": 10, "forgotten": 1})
    assert values["severe_pain_score"] == 9
    assert "forgotten" not in values


def test_reading_s_level_and_score_are_floors() -> None:
    context = Context("facet_joint", 30)
    reading = Written(level=Level.URGENT, score=70, findings=("severe_pain",))
    found = assess(latest("facet_joint"), answers={}, readings=[reading], context=context)
    assert (found.level, found.score) == (Level.URGENT, 70)
    unread = Written(understood=False)
    found = assess(latest("facet_joint"), answers={}, readings=[unread], context=context)
    assert found.level is Level.REVIEW
    assert [reason.rule for reason in found.reasons] == ["free_text.not_understood"]


def test_one_symptom_said_and_answered_is_not_two() -> None:
    context = Context("facet_joint", 30)
    reading = Written(level=Level.URGENT, findings=("severe_pain",))
    found = assess(
        latest("facet_joint"),
        answers={"worse_pain": 3, "pain_score": 9},
        readings=[reading],
        context=context,
    )
    assert found.level is Level.URGENT
