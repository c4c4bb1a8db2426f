"""A rota as other programs see it: the shifts behind a calendar link."""

from datetime import datetime, timedelta

from notifications.models import Responder, Team
from notifications.oncall import calendar_write, directory, rota

BACK = timedelta(days=14)
AHEAD = timedelta(days=180)


def export(team: Team, *, responder: Responder | None = None, now: datetime) -> bytes:
    """Who really has each line, from two weeks ago for half a year; or one person's part.

    Where nobody has a line the whole rota says so. Names of staff are all that is in it.
    """
    start, end = now - BACK, now + AHEAD
    roster = directory.roster(team, start=start, end=end)
    events = []
    for key in roster.lines:
        line = roster.layers[key]
        for shift in rota.line_shifts(roster.line(key), start=start, end=end):
            if responder is not None and shift.person != responder.pk:
                continue
            if shift.person is None and line.gaps_allowed:
                continue
            events.append(
                calendar_write.Event(
                    uid=f"{team.pk}-{key}-{shift.starts_at:%Y%m%dT%H%M%SZ}@spinewatch",
                    summary=_summary(roster, shift, line.name),
                    starts_at=shift.starts_at,
                    ends_at=shift.ends_at,
                )
            )
    name = f"{team.name}: {responder.name}" if responder is not None else team.name
    return calendar_write.write(name, events, now=now)


def _summary(roster: directory.Roster, shift: rota.Shift, line: str) -> str:
    who = "NOBODY" if shift.person is None else roster.people[shift.person].name
    return f"{who}, on call ({line})"
