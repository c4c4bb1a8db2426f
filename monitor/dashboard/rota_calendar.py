"""A rota as a calendar of days: what each layer has, and who is really on call. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from notifications.oncall import directory, rota
from notifications.oncall.rota import Shift, Why
from notifications.oncall.rotation import instant

WEEKS = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """A part of a day: from when to when, who, and a word where that needs one.

    `until` is the end of the shift of `layer`, for an address: on the day on which it begins,
    or on today for one that runs, where it may still be swapped; else "".
    """

    span: str
    who: str
    note: str
    layer: int
    until: str = ""

    @property
    def nobody(self) -> bool:
        return not self.who


@dataclass(frozen=True)
class Row:
    """What one layer has on a day."""

    name: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Day:
    """A day of the calendar. `final` is who is really on call; `gap` whether nobody is."""

    day: date
    today: bool
    final: list[Piece]
    layers: list[Row]
    gap: bool


def weeks(roster: directory.Roster, line: int, *, now: datetime) -> list[list[Day]]:
    """Four weeks of a line, from the Monday of this one on; none where all are empty.

    The layers are listed where there is more than one; a single layer is its own answer.
    """
    today = now.astimezone(roster.zone).date()
    monday = today - today.weekday() * _DAY
    days = [monday + number * _DAY for number in range(7 * WEEKS)]
    start, end = bounds(roster, now=now)
    plans = roster.line(line)
    final = rota.line_shifts(plans, start=start, end=end)
    if roster.layers[line].gaps_allowed and not any(one.person for one in final):
        return []
    layers = [(plan.key, rota.shifts(plan, start=start, end=end)) for plan in plans]
    found = [
        Day(
            day=day,
            today=day == today,
            final=pieces(final, day, roster, since=now),
            layers=[
                Row(roster.layers[key].name, pieces(shifts, day, roster, quiet=True))
                for key, shifts in layers
                if len(layers) > 1
            ],
            gap=_has_gap(final, day, roster, line),
        )
        for day in days
    ]
    return [found[place : place + 7] for place in range(0, len(found), 7)]


def bounds(roster: directory.Roster, *, now: datetime) -> tuple[datetime, datetime]:
    """The instants between which the calendar lies."""
    return span(roster.zone, now=now)


def span(zone: ZoneInfo, *, now: datetime) -> tuple[datetime, datetime]:
    """The same, of a zone alone."""
    today = now.astimezone(zone).date()
    monday = today - today.weekday() * _DAY
    return midnight(monday, zone), midnight(monday + 7 * WEEKS * _DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, in UTC."""
    return instant(datetime.combine(day, time(0)), zone)


def pieces(
    shifts: Sequence[Shift],
    day: date,
    roster: directory.Roster,
    *,
    quiet: bool = False,
    since: datetime | None = None,
) -> list[Piece]:
    """The parts of a day, in order; with `quiet`, without those that nobody should have.

    Since `since` shifts may be swapped; None where they are only shown.
    """
    start, end = midnight(day, roster.zone), midnight(day + _DAY, roster.zone)
    found = []
    for shift in shifts:
        if shift.ends_at <= start or shift.starts_at >= end:
            continue
        if quiet and shift.why is Why.CLOSED:
            continue
        who = "" if shift.person is None else roster.people[shift.person].name
        words = _span(shift, start, end, roster.zone)
        until = _until(shift, start, end, since) if since is not None and who else ""
        found.append(Piece(words, who, note(shift.why), shift.layer, until))
    return found


def _until(shift: Shift, start: datetime, end: datetime, since: datetime) -> str:
    """Its end as the calendar shows it; "" on days that it only goes on."""
    first_seen = max(shift.starts_at, since)
    if not start <= first_seen < end or shift.ends_at <= since:
        return ""
    return shift.ends_at.isoformat()


def note(why: Why) -> str:
    """A word on why somebody, or nobody, has a shift; "" where it is simply their turn."""
    return {
        Why.TURN: "",
        Why.OVERRIDE: _("override"),
        Why.COVER: _("covers time off"),
        Why.CLOSED: _("no layer has these hours"),
        Why.NOT_BEGUN: _("no turn is planned"),
        Why.ALL_AWAY: _("everybody is away"),
        Why.LEFT: _("whose turn it is has left the team"),
    }[why]


def _span(shift: Shift, start: datetime, end: datetime, zone: ZoneInfo) -> str:
    begins, ends = shift.starts_at > start, shift.ends_at < end
    first, last = (f"{at.astimezone(zone):%H:%M}" for at in (shift.starts_at, shift.ends_at))
    if begins and ends:
        return f"{first}–{last}"
    if begins:
        return _("from %(time)s") % {"time": first}
    return _("until %(time)s") % {"time": last} if ends else _("all day")


def _has_gap(final: Sequence[Shift], day: date, roster: directory.Roster, line: int) -> bool:
    if roster.layers[line].gaps_allowed:
        return False
    start, end = midnight(day, roster.zone), midnight(day + _DAY, roster.zone)
    return any(
        shift.person is None and shift.starts_at < end and shift.ends_at > start
        for shift in final
    )
