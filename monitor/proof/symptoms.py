"""Nothing lowers an assessment: walked symptom by symptom, and over how symptoms join.

`assess` groups the rules that fire by symptom, takes each symptom's highest level, and settles
level and score from these alone. So it is enough that (1) `settle` never falls when one
symptom's level rises, and (2) no symptom's level falls when the patient reports a further fact,
or a worse option of the same question. For (2) a symptom's level depends only on the facts that
its rules name: all their subsets are walked, with all risks and earlier facts that they name.
Of the sets of risks that no condition names and that raise the same rules, one is walked.
Facts that follow from numbers are walked like any other, which includes every combination that
numbers can give and more.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from monitor.levels import Level
from monitor.proof.theorem import Refuted, Theorem, Walk
from monitor.proof.windows import hours, vectors
from monitor.protocol.model import Protocol, Rule
from monitor.protocol.vocabulary import RISKS
from monitor.triage.assess import applies, raised, settle
from monitor.triage.facts import Picture, derive


def prove_settling(protocol: Protocol) -> Theorem:
    """Walk every way to spread symptoms over the levels; their order does not matter."""
    walk = Walk("a symptom that gets worse never lowers level or score")
    symptoms = len({rule.symptom for rule in protocol.rules}) + 2
    try:
        for counts in _spreads(symptoms):
            before = settle(_levels(counts))
            for level in (Level.ROUTINE, Level.REVIEW, Level.URGENT):
                if counts[level]:
                    worse = list(counts)
                    worse[level] -= 1
                    worse[level + 1] += 1
                    after = settle(_levels(worse))
                    walk.check(_at_least(after, before), counts, "->", worse, before, after)
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def prove_symptoms(protocol: Protocol) -> Theorem:
    """Walk every set of facts of every symptom, in every window, with every modifier."""
    walk = Walk("no further fact and no worse option lowers the level of any symptom")
    try:
        for symptom in sorted({rule.symptom for rule in protocol.rules}):
            rules = [rule for rule in protocol.rules if rule.symptom == symptom]
            for settings in vectors(protocol) if _movable(rules) else [next(vectors(protocol))]:
                for hour in hours(protocol, settings, rules):
                    _walk_symptom(walk, protocol, rules, {**settings, "hours": hour})
    except Refuted as error:
        return walk.refuted(error)
    return walk.proved()


def _walk_symptom(
    walk: Walk, protocol: Protocol, rules: Sequence[Rule], numbers: Mapping[str, float]
) -> None:
    named = {fact for rule in rules for fact in rule.when.facts}
    named |= _sources(protocol, named)
    past = sorted(fact for fact in named if fact.startswith("earlier."))
    risks = sorted(RISKS & (named | {risk for rule in rules for risk in rule.raised_by}))
    facts = sorted(named - set(past) - RISKS)
    steps = _replacements(protocol, facts)
    for context in _contexts(past, risks, rules):
        level: dict[frozenset[str], Level] = {}
        for chosen in _subsets(facts):
            seen = Picture(derive(protocol, chosen | context, numbers), numbers, {})
            fired = [raised(rule, seen.facts) for rule in rules if applies(rule, seen)]
            level[chosen] = max(fired, default=Level.ROUTINE)
        for chosen, before in level.items():
            for fact in facts:
                if fact not in chosen:
                    after = level[chosen | {fact}]
                    walk.check(after >= before, _say(chosen, context, numbers), "+", fact)
            for mild, worse in steps:
                if mild in chosen and worse not in chosen:
                    after = level[chosen - {mild} | {worse}]
                    walk.check(
                        after >= before, _say(chosen, context, numbers), mild, "->", worse
                    )


def _contexts(
    past: Sequence[str], risks: Sequence[str], rules: Sequence[Rule]
) -> Iterator[frozenset[str]]:
    named = {fact for rule in rules for fact in rule.when.facts}
    groups = {rule.raised_by for rule in rules}
    seen = set()
    for context in _subsets([*past, *risks]):
        raising = frozenset(group for group in groups if not group.isdisjoint(context))
        if (context & named, raising) not in seen:
            seen.add((context & named, raising))
            yield context


def _movable(rules: Sequence[Rule]) -> bool:
    return any(isinstance(bound, str) for rule in rules for bound in (rule.since, rule.until))


def _sources(protocol: Protocol, named: set[str]) -> set[str]:
    """Facts that state a named one: worse options of its question, and what it follows from."""
    siblings = {
        fact
        for question in protocol.questions.values()
        if named & set(question.findings)
        for fact in question.findings
    }
    return siblings | {
        fact for one in protocol.derived if one.fact in named for fact in one.when.facts
    }


def _replacements(protocol: Protocol, facts: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of options of one question, the milder first."""
    ranked = [
        (choice.fact, choice.rank, question.code)
        for question in protocol.questions.values()
        for choice in question.choices
        if choice.fact in facts
    ]
    return [
        (mild, worse)
        for mild, low, one in ranked
        for worse, high, other in ranked
        if mild and worse and one == other and low < high
    ]


def _subsets(items: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(items) + 1):
        yield from (frozenset(chosen) for chosen in combinations(items, size))


def _spreads(symptoms: int) -> Iterator[list[int]]:
    for emergency in range(symptoms + 1):
        for urgent in range(symptoms + 1 - emergency):
            for review in range(symptoms + 1 - emergency - urgent):
                yield [symptoms - emergency - urgent - review, review, urgent, emergency]


def _levels(counts: Sequence[int]) -> dict[str, Level]:
    spread = [level for level in Level for _ in range(counts[level])]
    return {str(number): level for number, level in enumerate(spread)}


def _at_least(after: tuple[Level, int], before: tuple[Level, int]) -> bool:
    return after[0] >= before[0] and after[1] >= before[1]


def _say(chosen: frozenset[str], context: frozenset[str], numbers: Mapping[str, float]) -> str:
    facts = ", ".join(sorted(chosen)) or "nothing"
    given = ", ".join(sorted(context)) or "no modifier"
    return f"{facts} at {numbers['hours']:g} h with {given}:"
