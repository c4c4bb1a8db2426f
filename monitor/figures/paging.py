"""How the on-call team answered: acknowledged, the patient reached, and how soon. Pure."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.figures.rates import Share, Times, times
from monitor.figures.rules import FALSE_ALARM, NOT_REACHED

# Vanderbilt's ALERTS: 95 % acknowledged (Clin Chem 2010;56:417). NUH's CRR-HMS: a median of
# 2 minutes (AJCP 2011;136:30).
WANTED_ACKNOWLEDGED = 0.95
WANTED_MEDIAN = timedelta(minutes=2)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Paged:
    """A page as it went; `hour` is that of its opening on the clinic's clock.

    `acknowledged_at` and `by` are of the first acknowledgement. `contact_at` is when somebody
    first had spoken with the patient; `wanted` is whether anybody had to: a page that was no
    false alarm, about a patient.
    """

    level: str
    opened_at: datetime
    hour: int
    acknowledged_at: datetime | None
    by: str
    contact_at: datetime | None
    wanted: bool
    outcome: str
    turn: int = 0


@dataclass(frozen=True)
class Answering:
    """Figures of some pages. `again` is how many opened again after somebody had them.

    `false` is how many were false alarms, of those closed with an outcome that tells it.
    """

    pages: int
    acknowledged: Share
    to_acknowledge: Times
    contacted: Share
    to_contact: Times
    again: int
    false: Share

    @property
    def enough_acknowledged(self) -> bool | None:
        """Whether the wanted share was acknowledged; None of too few."""
        rate = self.acknowledged.rate
        return None if self.acknowledged.few or rate is None else rate >= WANTED_ACKNOWLEDGED

    @property
    def soon_enough(self) -> bool | None:
        """Whether the median is under the wanted one; None of too few."""
        median = self.to_acknowledge.median
        return None if self.to_acknowledge.few or median is None else median < WANTED_MEDIAN


def answering(rows: Sequence[Paged]) -> Answering:
    """How these pages were answered."""
    acknowledged = [
        row.acknowledged_at - row.opened_at for row in rows if row.acknowledged_at is not None
    ]
    wanted = [row for row in rows if row.wanted]
    contacts = [row.contact_at - row.opened_at for row in wanted if row.contact_at is not None]
    return Answering(
        pages=len(rows),
        acknowledged=Share(len(acknowledged), len(rows)),
        to_acknowledge=times(acknowledged),
        contacted=Share(len(contacts), len(wanted)),
        to_contact=times(contacts),
        again=sum(row.turn > 0 for row in rows),
        false=Share(
            sum(row.outcome == FALSE_ALARM for row in rows),
            sum(row.outcome not in ("", NOT_REACHED) for row in rows),
        ),
    )


def grouped(rows: Iterable[Paged], by: Callable[[Paged], Key]) -> dict[Key, Answering]:
    """How they were answered by level, hour or person, in the order of the groups."""
    found: dict[Key, list[Paged]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    # Keys of one grouping are of one type, and ordered.
    return {key: answering(found[key]) for key in sorted(found, key=lambda key: (key,))}
