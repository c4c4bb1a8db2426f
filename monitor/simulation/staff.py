"""Made-up staff: who takes a page and when, and when the desk gets to its work.

The numbers are DESIGN: no source says how fast a clinic of this kind answers. Nothing is drawn
while a story runs, so that the same patient meets the same staff in every way of playing it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from monitor.timetable import ClinicHours, business_deadline

TAKES = 0.8
"""Share of calls that are taken before the next rung is due."""
REACHES = 0.9
"""Share of phone calls in which the patient is reached."""
TAKES_AFTER = timedelta(minutes=3)
CALLS_AFTER = timedelta(minutes=6)
DESK_AFTER = timedelta(minutes=50)
"""Of opening hours."""


@dataclass(frozen=True)
class Staff:
    """The on-call team and the desk, towards the patient of this seed."""

    seed: int

    def takes_after(self, page: int, call: int) -> timedelta | None:
        """How long after the nth call of a page somebody takes it; None: nobody does."""
        dice = self._dice("take", page, call)
        if dice.random() >= TAKES:
            return None
        return timedelta(seconds=round(TAKES_AFTER.total_seconds() * dice.uniform(0.3, 1.6)))

    def calls_after(self, page: int, call: int) -> timedelta:
        """How long after taking it the patient is phoned, and the page is closed."""
        dice = self._dice("call", page, call)
        return timedelta(seconds=round(CALLS_AFTER.total_seconds() * dice.uniform(0.3, 2.0)))

    def reaches(self, what: str, number: int) -> bool:
        """Whether the patient answers that call."""
        return self._dice("reach", what, number).random() < REACHES

    def desk_at(self, opened_at: datetime, hours: ClinicHours, number: int) -> datetime:
        """When the desk does a piece of work, in opening hours."""
        share = self._dice("desk", number).uniform(0.2, 3.0)
        within = timedelta(seconds=round(DESK_AFTER.total_seconds() * share))
        return business_deadline(opened_at, hours, within)

    def _dice(self, *what: object) -> Random:
        return Random(f"{self.seed} {what}")  # noqa: S311 - people are made up, nothing is secret
