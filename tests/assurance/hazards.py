"""The hazard log: what can harm a patient, what holds it, and the tests that show it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from monitor.protocol.vocabulary import RED_FLAGS
from tests.assurance.facts import protocols
from tests.assurance.nodes import ROOT

DATA = ROOT / "docs/hazards.toml"
PAGE = ROOT / "docs/safety.md"

SEVERITY = ("", "minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOOD = ("", "very low", "low", "medium", "high", "very high")
# By likelihood, then severity: the matrix of the guidance to DCB0129.
MATRIX = (
    (),
    (0, 1, 1, 2, 2, 3),
    (0, 1, 2, 2, 3, 4),
    (0, 2, 2, 3, 3, 4),
    (0, 2, 3, 3, 4, 5),
    (0, 3, 4, 4, 5, 5),
)


@dataclass(frozen=True)
class Control:
    """What holds a hazard, the red flags that it covers, and the tests that show it."""

    what: str
    tests: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hazard:
    """One hazard; `before` and `after` its controls are severity and likelihood, 1 to 5.

    `open` is what must still be done before a patient depends on it.
    """

    id: str
    group: str
    hazard: str
    causes: tuple[str, ...]
    effect: str
    before: tuple[int, int]
    after: tuple[int, int]
    invariants: tuple[int, ...]
    controls: tuple[Control, ...]
    note: str = ""
    open: str = ""


def risk(judged: tuple[int, int]) -> int:
    """The risk of severity and likelihood, 1 to 5."""
    severity, likelihood = judged
    return MATRIX[likelihood][severity]


def read() -> tuple[Mapping[int, str], tuple[Hazard, ...]]:
    """The invariants by number, and the hazards in their order."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    hazards = tuple(
        Hazard(
            **{
                **{
                    key: tuple(value) if isinstance(value, list) else value
                    for key, value in one.items()
                },
                "controls": tuple(
                    Control(part["what"], tuple(part["tests"]), tuple(part.get("flags", ())))
                    for part in one["controls"]
                ),
            }
        )
        for one in content["hazards"]
    )
    return {int(number): what for number, what in content["invariants"].items()}, hazards


def red_flags() -> set[str]:
    """Whatever pages in any protocol: findings, facts that page alone, rows of the table."""
    flags = set(RED_FLAGS)
    for protocol in protocols():
        for rule in protocol.rules:
            if rule.level.pages:
                flags.add(rule.row)
                if rule.when.lone_fact is not None:
                    flags.add(rule.when.lone_fact)
    return flags


_HEAD = """\
# Safety case

Written by `python -m tests.assurance` from `docs/hazards.toml`; tests hold it current, hold
that every test named here exists, and that every red flag of every protocol is covered by a
control.

## What this is

The hazard log of Spinewatch as software, in the manner of DCB0129 (clinical risk management
in the manufacture of health IT) and ISO 14971: what can harm a patient, why, how badly and
how likely, what is done about it, and how one can see that it is done. It is the
manufacturer's part. **It is not a clinical safety approval.** A clinic that deploys it names
a clinical safety officer, adds its own hazards (its rota, its phones, its staff: DCB0160),
judges the residual risks, and signs the protocols off.

Scope: follow-up by text after six spinal procedures, from registration to the last check-in;
triage by rules; paging of the on-call team; the worklist. Outside: the procedure itself, the
care that follows a page, the networks and the phones.

It fails a patient in three ways: **nobody asks**, **nobody hears**, **nobody acts**. The
first three groups are these; the others are the rules, the system and the people behind them.

## How it is judged

Severity is the worst credible effect on a patient, likelihood how often it would come about
in a year of a clinic, before and after the controls. The judgement is the engineers' own,
made without data from use; a clinic judges again. The risk follows from the matrix of the
guidance to DCB0129.
"""

_RISKS = """\
1 and 2 are acceptable; 3 is tolerable where more cannot reasonably be done. 4 is **not
accepted**: what must still be done before a patient depends on it stands below. 5 is never
accepted.
"""


def page() -> str:
    """docs/safety.md, whole."""
    invariants, hazards = read()
    lines = [_HEAD, *_matrix(), "", _RISKS, *_summary(hazards)]
    for group, members in groupby(hazards, key=lambda one: one.group):
        lines += [f"## {group}", ""]
        for one in members:
            lines += _hazard(one)
    lines += [*_invariants(invariants, hazards), *_flags(hazards), ""]
    return "\n".join(lines)


def _matrix() -> Iterator[str]:
    yield f"| likelihood | {' | '.join(SEVERITY[1:])} |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for likelihood in range(5, 0, -1):
        cells = " | ".join(str(risk((severity, likelihood))) for severity in range(1, 6))
        yield f"| {LIKELIHOOD[likelihood]} | {cells} |"


def _summary(hazards: tuple[Hazard, ...]) -> Iterator[str]:
    yield "## All hazards"
    yield ""
    yield "| | hazard | before | after |"
    yield "| --- | --- | --- | --- |"
    for one in hazards:
        yield f"| {one.id} | {one.hazard} | {risk(one.before)} | {risk(one.after)} |"
    yield ""
    yield "Not accepted yet, and what must be done before a patient depends on it:"
    yield ""
    for one in hazards:
        if risk(one.after) >= 4:
            yield f"- **{one.id}** {one.hazard}. {one.open}."
    yield ""
    left = [one.id for one in hazards if risk(one.after) == 3]
    yield f"Tolerable, because more cannot reasonably be done in software: {', '.join(left)}."
    yield ""


def _hazard(one: Hazard) -> Iterator[str]:
    yield f"### {one.id} {one.hazard}"
    yield ""
    yield f"- Causes: {'; '.join(one.causes)}."
    yield f"- Effect: {one.effect}."
    for when, judged in (("Before", one.before), ("After", one.after)):
        severity, likelihood = judged
        yield (
            f"- {when} controls: {SEVERITY[severity]}, {LIKELIHOOD[likelihood]} likelihood: "
            f"risk {risk(judged)}."
        )
    if one.invariants:
        yield f"- Must always hold: {', '.join(str(number) for number in one.invariants)}."
    if one.note:
        yield f"- {one.note}."
    if one.open:
        yield f"- **Still to be done:** {one.open}."
    yield ""
    yield "| control | shown by |"
    yield "| --- | --- |"
    for control in one.controls:
        covers = ", ".join(f"`{flag}`" for flag in control.flags)
        what = f"{control.what}. Covers {covers}" if covers else control.what
        yield f"| {what} | {'<br>'.join(f'`{name}`' for name in control.tests)} |"
    yield ""


def _invariants(invariants: Mapping[int, str], hazards: tuple[Hazard, ...]) -> Iterator[str]:
    yield "## What must always hold"
    yield ""
    yield "| | | hazards |"
    yield "| --- | --- | --- |"
    for number, what in invariants.items():
        held = [one.id for one in hazards if number in one.invariants]
        yield f"| {number} | {what} | {', '.join(held)} |"
    yield ""


def _flags(hazards: tuple[Hazard, ...]) -> Iterator[str]:
    yield "## Red flags"
    yield ""
    yield "| red flag | hazards whose controls cover it |"
    yield "| --- | --- |"
    for flag in sorted(red_flags()):
        covering = [
            one.id for one in hazards if any(flag in control.flags for control in one.controls)
        ]
        yield f"| `{flag}` | {', '.join(covering)} |"
