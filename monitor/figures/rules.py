"""What came of the pages that each rule raised: how often it was right. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.figures.rates import Share
from monitor.levels import Level

NEEDED_CARE = frozenset({"seen", "emergency_care", "imaging"})
"""Outcomes of a page that say that the patient had to be seen, sent or scanned."""
FALSE_ALARM = "false_alarm"
NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Fired:
    """That a page was out while an assessment with these reasons was made.

    `outcome` is the page's, "" while it is open; `reasons` are as assessments store them.
    """

    page: Any
    outcome: str
    reasons: Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class Rule:
    """A rule and what it found, with its pages by outcome.

    `judged` are those closed with an outcome that tells whether the flag was real: all but
    "not reached".
    """

    rule: str
    code: str
    pages: int
    judged: int
    needed_care: int
    false_alarms: int
    not_reached: int
    open: int

    @property
    def predictive(self) -> Share:
        """Of the judged pages, those whose patient needed care: the predictive value."""
        return Share(self.needed_care, self.judged)

    @property
    def false(self) -> Share:
        """Of the judged pages, those that were false alarms."""
        return Share(self.false_alarms, self.judged)


def tally(fired: Iterable[Fired]) -> list[Rule]:
    """Each rule that paged, those with most pages first; a page counts once for a rule."""
    outcomes: dict[tuple[str, str], dict[Any, str]] = {}
    for one in fired:
        for reason in one.reasons:
            if Level.parse(reason["level"]).pages:
                key = (reason["rule"], reason["code"])
                outcomes.setdefault(key, {})[one.page] = one.outcome
    rules = [_rule(*key, list(found.values())) for key, found in outcomes.items()]
    return sorted(rules, key=lambda rule: (-rule.pages, rule.rule, rule.code))


def _rule(rule: str, code: str, outcomes: list[str]) -> Rule:
    open_, not_reached = outcomes.count(""), outcomes.count(NOT_REACHED)
    return Rule(
        rule,
        code,
        pages=len(outcomes),
        judged=len(outcomes) - open_ - not_reached,
        needed_care=sum(outcome in NEEDED_CARE for outcome in outcomes),
        false_alarms=outcomes.count(FALSE_ALARM),
        not_reached=not_reached,
        open=open_,
    )
