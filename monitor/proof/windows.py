"""The hours that stand for all hours.

A rule and a meaning of the reader's words count from `since` until just before `until`, and
conditions know no hours (monitor.protocol.vocabulary.NUMBERS). So between two neighbouring
bounds the same rules count, and the bound itself, which belongs to the window it begins, stands
for all hours of that window.
"""

from collections.abc import Iterable, Iterator, Mapping

from monitor.protocol.model import Protocol, Rule
from monitor.triage.facts import hold


def vectors(protocol: Protocol) -> Iterator[dict[str, float]]:
    """The settings as shipped, all at their least, and all at their most.

    Bounds are monotone in their setting and the loader keeps them in order at both ends, so
    between the ends windows only move and none appears or vanishes.
    """
    yield {code: one.default for code, one in protocol.settings.items()}
    yield {code: one.least for code, one in protocol.settings.items()}
    yield {code: one.most for code, one in protocol.settings.items()}


def hours(
    protocol: Protocol, settings: Mapping[str, float], rules: Iterable[Rule]
) -> tuple[float, ...]:
    """One hour for each window of these rules and of what the reader's words mean."""
    bounds = {0.0}
    for rule in rules:
        bounds |= {hold(rule.since, settings), hold(rule.until, settings)}
    for heard in protocol.heard:
        bounds |= {hold(heard.since, settings), hold(heard.until, settings)}
    return tuple(sorted(bounds - {float("inf")}))
