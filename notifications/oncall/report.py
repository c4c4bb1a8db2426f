"""Who is on call now, next and on a day: one answer for the page, the JSON and the command."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from notifications.models import Layer, Team
from notifications.oncall import coverage, directory, escalation, ladder, roll_call, rota
from notifications.oncall.rotation import instant

# To say since when somebody has a line; a longer shift is said to begin there.
_BACK = timedelta(days=35)
# A ladder is climbed within hours; this is how far the preview can look.
_LONGEST_CLIMB = timedelta(days=2)


@dataclass(frozen=True)
class LineReport:
    """One line: who has it, who has it after that, and who has it in the course of the day."""

    line: Layer
    now: rota.Shift
    next: rota.Shift | None
    day: list[rota.Shift]


@dataclass(frozen=True)
class Report:
    """Every line of a team at a moment."""

    roster: directory.Roster
    at: datetime
    lines: list[LineReport]

    def unready(self) -> list[tuple[str, str]]:
        """(name, why) of who is on the rota and not ready to be on call, as things are now."""
        found = roll_call.of_team(self.roster.team)
        return sorted(
            (self.roster.people[key].name, found[key].problems[0])
            for key in roll_call.on_rota(self.roster.team)
            if not found[key].ready
        )

    def name(self, shift: rota.Shift | None) -> str:
        """Whose shift it is; "" for nobody's."""
        if shift is None or shift.person is None:
            return ""
        return self.roster.people[shift.person].name

    def to_json(self) -> dict[str, Any]:
        """Plain data; times are in the team's zone, with their offset."""
        return {
            "team": self.roster.team.name,
            "time_zone": self.roster.team.time_zone,
            "at": self._wall(self.at),
            "not_ready": [{"name": name, "why": why} for name, why in self.unready()],
            "lines": [
                {
                    "line": one.line.name,
                    "now": self._shift(one.now),
                    "next": self._shift(one.next),
                    "day": [self._shift(shift) for shift in one.day],
                }
                for one in self.lines
            ],
        }

    def _shift(self, shift: rota.Shift | None) -> dict[str, Any] | None:
        if shift is None:
            return None
        return {
            "name": self.name(shift) or None,
            "why": shift.why.value,
            "layer": self.roster.layers[shift.layer].name,
            "starts_at": self._wall(shift.starts_at),
            "ends_at": self._wall(shift.ends_at),
        }

    def _wall(self, at: datetime) -> str:
        return at.astimezone(self.roster.zone).isoformat(timespec="seconds")


def who(team: Team, *, at: datetime) -> Report:
    """Who has each line of a team at a moment, next, and on that moment's day."""
    start, end = at - _BACK, at + coverage.HORIZON
    roster = directory.roster(team, start=start, end=end)
    today = at.astimezone(roster.zone).date()
    midnights = [
        instant(datetime.combine(today + timedelta(days=days), time(0)), roster.zone)
        for days in (0, 1)
    ]
    lines = []
    for key in roster.lines:
        found = rota.line_shifts(roster.line(key), start=start, end=end)
        now = next(one for one in found if one.starts_at <= at < one.ends_at)
        later = (one for one in found if one.starts_at >= now.ends_at)
        after = next(
            (one for one in later if one.person is not None and one.person != now.person), None
        )
        day = [
            one for one in found if one.starts_at < midnights[1] and one.ends_at > midnights[0]
        ]
        lines.append(LineReport(roster.layers[key], now, after, day))
    return Report(roster, at, lines)


def ladder_at(
    team: Team, *, level: str, at: datetime
) -> tuple[directory.Roster, list[ladder.Rung]]:
    """Whom a page of a level would call if it opened at a moment, rung by rung."""
    roster = directory.roster(team, start=at, end=at + _LONGEST_CLIMB)

    def who_at(moment: datetime) -> escalation.Who:
        return roster.who(at=moment)

    return roster, ladder.preview(directory.policy(team), level, who_at, at=at)
