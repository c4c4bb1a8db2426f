"""Seed facts, and the rules, words, cut-offs and tests that carry them."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.protocol import Protocol, Rule, load, names
from tests.assurance.nodes import ROOT
from tests.monitor.triage.golden import CASES

DATA = ROOT / "docs/facts.toml"
PAGE = ROOT / "docs/traceability.md"
GOLDEN = (
    "tests/monitor/triage/test_golden.py::test_rule_fires_with_its_level_text_and_disposition"
)


@dataclass(frozen=True)
class Fact:
    """One fact. `shown` and `told` are "code: words that stand there"."""

    id: str
    fact: str
    seeds: tuple[str, ...]
    rules: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    note: str = ""
    why: str = ""

    @property
    def carried(self) -> bool:
        """Whether something in the protocols holds it, or a reason says why nothing does."""
        return bool(self.rules or self.shown or self.told or self.why)


def read() -> tuple[Mapping[str, str], tuple[Fact, ...]]:
    """The sources by short name, and the facts in their order."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    facts = (
        Fact(
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in one.items()
            }
        )
        for one in content["facts"]
    )
    return content["sources"], tuple(facts)


def protocols() -> tuple[Protocol, ...]:
    """The latest state of every version there is."""
    return tuple(load(name) for name in names())


def rules() -> dict[str, dict[str, Rule]]:
    """Every rule by its id, and under it by the protocols that have it."""
    found: dict[str, dict[str, Rule]] = {}
    for protocol in protocols():
        for rule in protocol.rules:
            found.setdefault(rule.id, {})[protocol.name] = rule
    return found


def sources_of(rule: Rule) -> tuple[str, ...]:
    """The short names of a rule's sources."""
    return tuple(name.strip() for name in rule.source.split(";"))


def page() -> str:
    """docs/traceability.md, whole."""
    sources, facts = read()
    return "\n".join([*_head(sources), *_facts(facts), *_rules(facts), ""])


def _head(sources: Mapping[str, str]) -> Iterator[str]:
    yield "# From source to rule to test"
    yield ""
    yield "Written by `python -m tests.assurance` from `docs/facts.toml` and the protocols; a"
    yield "test holds it current. Every fact of the five seed documents has a row: what carries"
    yield "it and the test that shows it, or why it is not one. A golden case is an assessment"
    yield "(answers, hour, procedure, risks: level, what is told, what is shown) of"
    yield f"`{GOLDEN}`."
    yield ""
    yield "| source | what it is |"
    yield "| --- | --- |"
    for name, what in sources.items():
        yield f"| {name} | {what} |"
    yield ""


def _facts(facts: tuple[Fact, ...]) -> Iterator[str]:
    cases = Counter(one.rule for one in CASES)
    yield "## Facts"
    yield ""
    yield "| fact | source | rules | shown, told, cut-offs | tests | remark |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in facts:
        words = [
            *(f"shown {_code(part)}" for part in one.shown),
            *(f"told {_code(part)}" for part in one.told),
            *(f"setting `{name}`" for name in one.settings),
        ]
        golden = sum(cases[rule] for rule in one.rules)
        tests = [f"`{name}`" for name in one.tests]
        if golden:
            tests.insert(0, f"{golden} golden case{'s' if golden > 1 else ''}")
        if one.shown or one.told or one.settings:
            tests.append("`test_what_a_fact_names_is_there`")
        remark = f"Not a rule: {one.why}." if one.why else f"{one.note}." if one.note else ""
        cells = (
            f"**{one.id}** {one.fact}",
            ", ".join(one.seeds),
            ", ".join(f"`{rule}`" for rule in one.rules),
            "; ".join(words),
            ", ".join(tests),
            remark,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _code(part: str) -> str:
    code, _, words = part.partition(": ")
    return f"`{code}` “{words}”"


def _rules(facts: tuple[Fact, ...]) -> Iterator[str]:
    cases = Counter(one.rule for one in CASES)
    yield "## Rules"
    yield ""
    yield "Every rule of every protocol with its sources. A rule without a seed fact stands on"
    yield "outside sources (O-), or is this project's own proposal (DESIGN)."
    yield ""
    yield "| rule | level | protocols | sources | seed facts | golden cases |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for code, by_protocol in sorted(rules().items()):
        rule = next(iter(by_protocol.values()))
        where = sorted(name.partition(".")[0] for name in by_protocol)
        carries = [one.id for one in facts if code in one.rules]
        cells = (
            f"`{code}`",
            rule.level.code,
            "all" if len(by_protocol) == len(names()) else ", ".join(where),
            rule.source,
            ", ".join(carries),
            str(cases[code]),
        )
        yield f"| {' | '.join(cells)} |"
