"""What was suspected and where the patient was sent for it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from monitor.figures.rates import Share
from monitor.figures.rules import NEEDED_CARE

SENT = ("emergency_care", "imaging", "seen")


@dataclass(frozen=True)
class Flagged:
    """A page about a follow-up: the findings that it was for and its outcome, "" while open."""

    episode: Any
    codes: Iterable[str]
    outcome: str


@dataclass(frozen=True)
class Complication:
    """Follow-ups with a finding whose patient needed care for it, by the most that was done."""

    code: str
    follow_ups: Share
    emergency_care: int
    imaging: int
    seen: int


def complications(pages: Iterable[Flagged], *, of: int) -> list[Complication]:
    """By finding, of `of` follow-ups; the most frequent first. A follow-up counts once."""
    found: dict[str, dict[Any, str]] = {}
    for page in pages:
        if page.outcome in NEEDED_CARE:
            for code in page.codes:
                most = found.setdefault(code, {})
                known = most.get(page.episode, page.outcome)
                most[page.episode] = min(known, page.outcome, key=SENT.index)
    rows = [
        Complication(
            code,
            Share(len(most), of),
            *(sum(outcome == sent for outcome in most.values()) for sent in SENT),
        )
        for code, most in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.follow_ups.n, row.code))


def needing_care(pages: Iterable[Flagged], *, of: int) -> Share:
    """Follow-ups with at least one page whose patient needed care, whatever for."""
    return Share(len({page.episode for page in pages if page.outcome in NEEDED_CARE}), of)
