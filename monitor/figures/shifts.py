"""Pages per shift: what each turn on call brought, by line and person. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """Somebody had a line from `starts_at` until just before `ends_at`; "" is nobody."""

    line: str
    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Duty:
    """A person's turns on a line, their pages, and the most in one of them."""

    line: str
    person: str
    shifts: int
    length: timedelta
    pages: int
    most: int

    @property
    def a_shift(self) -> float:
        """Pages for each shift, on average."""
        return self.pages / self.shifts

    @property
    def a_day(self) -> float:
        """Pages for each 24 hours on call."""
        return self.pages / (self.length / DAY)


def duties(turns: Iterable[Turn], opened: Sequence[datetime]) -> list[Duty]:
    """How many pages opened in whose turns; `opened` are their moments, in order."""
    found: dict[tuple[str, str], list[tuple[Turn, int]]] = {}
    for turn in turns:
        pages = bisect_left(opened, turn.ends_at) - bisect_left(opened, turn.starts_at)
        found.setdefault((turn.line, turn.person), []).append((turn, pages))
    return [
        Duty(
            *key,
            shifts=len(held),
            length=sum((turn.ends_at - turn.starts_at for turn, _ in held), timedelta()),
            pages=sum(pages for _, pages in held),
            most=max(pages for _, pages in held),
        )
        for key, held in sorted(found.items())
    ]
