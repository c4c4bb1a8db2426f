"""In which order somebody is reached: personal rules, as decisions without rows or a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """Use a contact (by its id) so many seconds after a call; `level` "" is any level."""

    contact: int
    delay: int
    level: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A contact's turn, so long after the call."""

    contact: int
    after: timedelta


def turns(rules: Sequence[Rule], *, level: str) -> tuple[Turn, ...]:
    """Whose turn is when, at a level; the first is always now.

    Rules of the level come before those of any level for the same contact, and a contact has
    one turn. A person whose shortest delay is ten minutes would be called when the page has
    climbed past them: so the first turn is at once, and the others keep their distance.
    """
    chosen: dict[int, int] = {}
    for rule in sorted(rules, key=lambda rule: rule.level != level):
        if rule.level in ("", level):
            chosen.setdefault(rule.contact, rule.delay)
    if not chosen:
        return ()
    first = min(chosen.values())
    # sorted() is stable: of two that come together, the rule written first goes first.
    ordered = sorted(chosen.items(), key=lambda item: item[1])
    return tuple(Turn(contact, timedelta(seconds=delay - first)) for contact, delay in ordered)
