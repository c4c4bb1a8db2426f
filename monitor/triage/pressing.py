"""Which of what the clinician is shown belongs to the gravest findings. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from monitor.levels import Level
from monitor.protocol.model import Protocol
from monitor.triage.assess import SHOWN_BESIDE_RULES


def pressing(
    protocol: Protocol, shown: Iterable[str], reasons: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """Of the disposition codes `shown`, those of the findings at the highest level.

    `reasons` have "rule" and "level", as an assessment keeps them. Two urgent symptoms are an
    emergency together, so it is the level of the findings themselves that counts. A code that
    no reason accounts for is kept: nothing is put aside without knowing what it is for.
    """
    rules = {rule.id: rule.show for rule in protocol.rules}
    codes = {**SHOWN_BESIDE_RULES, **rules}
    levels: dict[str, Level] = {}
    highest = Level.ROUTINE
    for reason in reasons:
        level = Level.parse(reason["level"])
        if reason["rule"] in rules:
            highest = max(highest, level)
        if code := codes.get(reason["rule"]):
            levels[code] = max(level, levels.get(code, Level.ROUTINE))
    return frozenset(code for code in shown if levels.get(code, highest) >= highest)
