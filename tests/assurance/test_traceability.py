"""No seed fact without what carries it, no rule without a source, no name without its thing."""

import pytest

from tests.assurance.facts import PAGE, Fact, page, protocols, read, rules, sources_of
from tests.assurance.nodes import missing
from tests.monitor.triage.golden import CASES

SOURCES, FACTS = read()
RULES = rules()
SEEDS = set(SOURCES)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.assurance`"


def test_every_fact_is_carried_or_says_why_not() -> None:
    assert [one.id for one in FACTS if not one.carried] == []
    assert len({one.id for one in FACTS}) == len(FACTS)
    for section in "abcdefgh":
        assert any(one.id.startswith(f"1{section}.") for one in FACTS)


def test_a_fact_without_a_rule_says_why_or_is_said_to_somebody() -> None:
    silent = [one for one in FACTS if not one.rules and not one.why]
    assert [one.id for one in silent if not (one.told or one.shown)] == []


@pytest.mark.parametrize("fact", FACTS, ids=lambda one: one.id)
def test_what_a_fact_names_is_there(fact: Fact) -> None:
    assert set(fact.seeds) <= SEEDS
    for code in fact.rules:
        assert code in RULES
        stand_on = {name for rule in RULES[code].values() for name in sources_of(rule)}
        assert stand_on & set(fact.seeds), f"{code} does not name {fact.seeds}"
    for part in fact.shown:
        code, _, words = part.partition(": ")
        options = protocols()[0].disposition(code)
        assert any(words in f"{one.text} {one.within or ''}" for one in options), part
    for part in fact.told:
        code, _, words = part.partition(": ")
        assert any(words in one.texts["en"].get(code, "") for one in protocols()), part
    for code in fact.settings:
        assert all(code in one.settings for one in protocols())


def test_every_rule_of_every_protocol_has_a_listed_source() -> None:
    for protocol in protocols():
        for rule in protocol.rules:
            assert sources_of(rule)
            assert set(sources_of(rule)) <= protocol.sources.keys()


def test_every_rule_that_names_a_seed_carries_a_fact_of_it() -> None:
    carried = {(code, seed) for one in FACTS for code in one.rules for seed in one.seeds}
    missing = []
    for code, by_protocol in RULES.items():
        named = {name for rule in by_protocol.values() for name in sources_of(rule)} & SEEDS
        if named and not any((code, seed) in carried for seed in named):
            missing.append((code, sorted(named)))
    assert missing == []


def test_every_seed_is_used() -> None:
    assert {seed for one in FACTS for seed in one.seeds} == SEEDS


def test_every_rule_that_a_fact_names_has_a_golden_case() -> None:
    cases = {one.rule for one in CASES}
    assert {code for one in FACTS for code in one.rules} - cases == set()


def test_every_test_that_a_fact_names_is_there(request: pytest.FixtureRequest) -> None:
    named = {name for one in FACTS for name in one.tests}
    assert missing(named, request.session) == set()
