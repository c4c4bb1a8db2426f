"""Every protocol is proved, and a proof that should fail does, with a small counter-example."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monitor.levels import Level
from monitor.management.commands import prove as command
from monitor.proof import Theorem, prove
from monitor.proof.flags import prove_flags, prove_outcomes
from monitor.proof.numbers import prove_numbers
from monitor.proof.pairs import prove_pairs
from monitor.proof.paths import prove_paths
from monitor.proof.symptoms import prove_settling, prove_symptoms
from monitor.protocol import Protocol, Rule, load, names
from monitor.protocol.condition import Condition
from monitor.protocol.model import Derived
from monitor.triage.assess import POINTS

GOOD = load("epidural_steroid.v1")


@pytest.mark.parametrize("name", names())
def test_protocol_is_proved(name: str) -> None:
    theorems = list(prove(load(name)))
    assert [one.claim for one in theorems if not one.holds] == []
    assert sum(one.cases for one in theorems) > 100_000


def changed(protocol: Protocol, rule: str, **changes: object) -> Protocol:
    """The protocol with one rule changed."""
    rules = tuple(
        replace(one, **changes) if one.id == rule else one  # type: ignore[arg-type]
        for one in protocol.rules
    )
    assert rules != protocol.rules
    return replace(protocol, rules=rules)


def without(protocol: Protocol, rule: str) -> Protocol:
    """The protocol without one rule."""
    return replace(protocol, rules=tuple(one for one in protocol.rules if one.id != rule))


def switched_off(rule: Rule, fact: str) -> Condition:
    """The rule's condition, but off as soon as the fact is true."""
    when = rule.when
    return replace(
        when,
        facts=when.facts | {fact},
        holds=lambda facts, numbers: when.holds(facts, numbers) and fact not in facts,
    )


def asking(order: Callable[[list[str]], list[str]]) -> Protocol:
    """The protocol with the first check-in's questions in another order."""
    first, *rest = GOOD.check_ins
    plan = replace(first, questions=tuple(order(list(first.questions))))
    return replace(GOOD, check_ins=(plan, *rest))


def refutation(theorems: list[Theorem]) -> str:
    """The counter-example of the one theorem that does not hold."""
    found = [one.counter_example for one in theorems if one.counter_example is not None]
    assert len(found) == 1
    return found[0]


def test_red_flag_that_does_not_page_is_found() -> None:
    weak = changed(GOOD, "chest_symptoms.any", level=Level.REVIEW)
    found = [one.counter_example for one in prove_flags(weak)]
    assert found == [
        "chest_symptoms at 0 h with no risk: review",
        "chest_symptoms 2 at 0 h with no risk:",
    ]


def test_symptom_that_lowers_a_level_is_found_with_the_fewest_facts() -> None:
    fever = next(rule for rule in GOOD.rules if rule.id == "fever.any")
    hidden = changed(GOOD, "fever.any", when=switched_off(fever, "site_soreness"))
    assert refutation([prove_symptoms(hidden)]) == (
        "fever at 0 h with no modifier: + site_soreness"
    )


def test_worse_option_that_lowers_a_level_is_found() -> None:
    weak = changed(GOOD, "limb_weakness.new", level=Level.REVIEW)
    found = refutation([prove_symptoms(weak)])
    assert found.startswith("limb_weakness_fading at 12 h")
    assert found.endswith("limb_weakness_fading -> limb_weakness")


def test_two_answers_that_hide_each_other_are_found() -> None:
    fever = next(rule for rule in GOOD.rules if rule.id == "fever.any")
    hidden = changed(GOOD, "fever.any", when=switched_off(fever, "site_soreness"))
    assert refutation([prove_pairs(hidden)]).startswith(
        "('fever', 2) and ('injection_site', 2)"
    )


def test_fact_that_more_pain_takes_away_is_found() -> None:
    mild = Condition(
        "mild",
        frozenset(),
        frozenset({"pain_score"}),
        frozenset(),
        lambda facts, numbers: numbers.get("pain_score", 11.0) < 4,
    )
    odd = replace(GOOD, derived=(*GOOD.derived, Derived("pain_mild", mild)))
    assert "pain_score 4 with baseline None takes away pain_mild" in refutation(
        [prove_numbers(odd)]
    )


def test_gap_is_found() -> None:
    found = refutation([prove_outcomes(without(GOOD, "headache.constant.two_weeks"))])
    assert found == "headache_constant at 312 h: []"


def test_score_that_falls_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POINTS, Level.URGENT, 0)
    assert "[" in refutation([prove_settling(GOOD)])


def test_danger_asked_too_late_is_found() -> None:
    last = asking(lambda codes: [*(c for c in codes if c != "limb_weakness"), "limb_weakness"])
    assert "limb_weakness is asked too late" in refutation(list(prove_paths(last)))


def test_flag_that_cannot_be_reported_is_found() -> None:
    silent = asking(lambda codes: [code for code in codes if code != "fever"])
    assert "cannot report ['fever']" in refutation(list(prove_paths(silent)))


def test_command_prints_cases_and_passes() -> None:
    out = StringIO()
    call_command("prove", "lumbar_puncture.v1", stdout=out)
    assert "proved" in out.getvalue()
    assert "cases in" in out.getvalue()
    assert "REFUTED" not in out.getvalue()


def test_command_fails_with_the_counter_example(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = changed(GOOD, "chest_symptoms.any", level=Level.REVIEW)
    monkeypatch.setattr(command, "load", lambda name: weak)
    monkeypatch.setattr(command, "prove", prove_flags)
    out = StringIO()
    with pytest.raises(CommandError, match="2 refuted"):
        call_command("prove", "epidural_steroid.v1", stdout=out)
    assert "chest_symptoms at 0 h with no risk: review" in out.getvalue()


def test_command_refuses_an_unknown_protocol() -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("prove", "knee.v1", stdout=StringIO())
