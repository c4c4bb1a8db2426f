"""A team's rota, looked through for what is wrong with it in the time to come."""

from dataclasses import dataclass
from datetime import datetime

from notifications.models import Team
from notifications.oncall import coverage, directory, rota
from notifications.oncall.coverage import Trouble


@dataclass(frozen=True)
class Survey:
    """What was looked at and what was found, in the order of time.

    `lines` has who really has each line, by its key. `troubles` hold no gap that is meant.
    """

    roster: directory.Roster
    lines: dict[int, list[rota.Shift]]
    troubles: list[Trouble]

    @property
    def gaps(self) -> list[Trouble]:
        return [trouble for trouble in self.troubles if trouble.kind is coverage.Kind.GAP]


def take(team: Team, *, now: datetime) -> Survey:
    """Look through the time from now to the horizon."""
    start, end = now, now + coverage.HORIZON
    roster = directory.roster(team, start=start, end=end)
    lines = {
        key: rota.line_shifts(roster.line(key), start=start, end=end) for key in roster.lines
    }
    troubles = coverage.twice(lines)
    for key, shifts in lines.items():
        if not roster.layers[key].gaps_allowed:
            troubles += coverage.gaps(key, shifts)
    for plan in roster.plans.values():
        troubles += coverage.overlaps(plan, start=start, end=end)
        troubles += coverage.away(plan, rota.shifts(plan, start=start, end=end))
    return Survey(roster, lines, sorted(troubles, key=lambda one: (one.starts_at, one.kind)))
