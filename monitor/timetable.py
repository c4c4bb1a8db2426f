"""When check-ins are due, and what becomes of late ones; zones, DST and holidays.

Wall times are those of the clinic's zone. A wall time that a DST night skips is moved on by the
skipped hour; of one that comes twice the first is meant. All results are in UTC.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.protocol.model import CheckInPlan, Protocol

WELCOME_AFTER = timedelta(hours=1)
"""The patient is home or on the way (DESIGN)."""

LONGEST_SHIFT = 3
"""Days that a check-in may wait for an open day; after that it goes out on its own (DESIGN)."""

LAST_HOUR = timedelta(hours=1)
"""Before the quiet hours, for what has to reach the patient on that day (DESIGN)."""

_YEAR = 366


@dataclass(frozen=True)
class ClinicHours:
    """A clinic's week. Weekdays count from Monday = 0; `closed_on` are holidays.

    No scheduled text is sent from `quiet_from` until `quiet_until`. ValueError when the hours
    contradict themselves.
    """

    zone: ZoneInfo
    opens: time = time(9)
    closes: time = time(17)
    check_in_at: time = time(10)
    quiet_from: time = time(20)
    quiet_until: time = time(9)
    closed_on: frozenset[date] = frozenset()
    open_weekdays: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise ValueError("the clinic must open before it closes")
        if not self.open_weekdays or not self.open_weekdays <= frozenset(range(7)):
            raise ValueError("open_weekdays must name weekdays from 0 to 6, at least one")
        if not self.quiet_until < self.quiet_from:
            raise ValueError("quiet hours must end in the morning and begin in the evening")
        if not self.quiet_until <= self.check_in_at < self.quiet_from:
            raise ValueError("check-ins must go out outside the quiet hours")

    def is_open(self, day: date) -> bool:
        """Whether the clinic works on that local day."""
        return day.weekday() in self.open_weekdays and day not in self.closed_on

    def at(self, day: date, wall: time) -> datetime:
        """The moment of a wall time, in UTC."""
        return datetime.combine(day, wall, self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Due:
    """A check-in's moment; from `expires_at` on it is no longer sent. Both in UTC."""

    key: str
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Send:
    """Send it now."""


@dataclass(frozen=True)
class Shift:
    """Send it later: it is night there."""

    to: datetime


@dataclass(frozen=True)
class HandOver:
    """Too late for a text: a human phones."""

    why: str


def plan(
    protocol: Protocol,
    *,
    performed_at: datetime,
    hours: ClinicHours,
    risk: Set[str],
    now: datetime,
) -> tuple[Due, ...]:
    """The check-ins of a follow-up, in order.

    `risk` holds the patient's risks, the clinic's choices ("long_follow_up") and the course so
    far (`monitor.triage.conditions`); call again after each check-in, since an extra one may
    have become needed. Each is due on its calendar day in the clinic's zone, at the clinic's
    hour. The first, and every `any_day` one, goes out on weekends and holidays too, because
    safety comes first; the others wait for the next day that the clinic is open, at most 3
    days, so that someone is there to answer. One that should have gone out before `now` (a late
    registration) is due at once where it has not expired; one that has expired is still listed,
    so that `late` hands it to staff.
    """
    conditions = frozenset(risk) | protocol.always
    dues = [
        _due(check_in, performed_at, hours, now)
        for check_in in protocol.check_ins
        if check_in.needed(conditions)
    ]
    return tuple(sorted(dues, key=lambda due: due.due_at))


def welcome_at(*, performed_at: datetime, hours: ClinicHours, now: datetime) -> datetime:
    """When the welcome goes out: an hour after the procedure, not before now, not at night."""
    return next_sendable(max(now, performed_at.astimezone(UTC) + WELCOME_AFTER), hours)


def next_sendable(at: datetime, hours: ClinicHours) -> datetime:
    """The first moment from `at` on that is not in the quiet hours."""
    local = at.astimezone(hours.zone)
    wall = local.time().replace(fold=0)
    if hours.quiet_until <= wall < hours.quiet_from:
        return at.astimezone(UTC)
    day = local.date() if wall < hours.quiet_until else local.date() + timedelta(days=1)
    return hours.at(day, hours.quiet_until)


def late(due: Due, *, now: datetime, hours: ClinicHours) -> Send | Shift | HandOver:
    """What becomes of a check-in that was not sent when it was due; it is never dropped.

    Before it expires it is sent, at night it waits for the morning, and afterwards, or when the
    morning is too late, a human phones instead.
    """
    if now >= due.expires_at:
        return HandOver(
            f"{due.key} could not be sent before {due.expires_at:%Y-%m-%d %H:%M} UTC"
        )
    sendable = next_sendable(max(now, due.due_at), hours)
    if sendable >= due.expires_at:
        return HandOver(f"{due.key} would only go out after it has expired")
    return Send() if sendable <= now else Shift(sendable)


def evening_of(at: datetime, hours: ClinicHours) -> datetime:
    """The last hour of that local day in which a patient is still texted or phoned."""
    return hours.at(at.astimezone(hours.zone).date(), hours.quiet_from) - LAST_HOUR


def same_day_deadline(at: datetime, hours: ClinicHours, within: timedelta) -> datetime:
    """When the clinic closes on that day; on a closed day or later, `within` from `at` on.

    At night it counts from the morning.
    """
    day = at.astimezone(hours.zone).date()
    closes = hours.at(day, hours.closes)
    if hours.is_open(day) and at + within <= closes:
        return closes
    return next_sendable(at, hours) + within


def business_deadline(at: datetime, hours: ClinicHours, within: timedelta) -> datetime:
    """When `within` of open clinic time has passed since `at`, in UTC.

    Friday 16:00 with 4 hours, in a clinic that closes at 17:00, is Monday 12:00. ValueError
    when the clinic has no such time within a year.
    """
    left = within
    day = at.astimezone(hours.zone).date()
    for _ in range(_YEAR):
        if hours.is_open(day):
            start = max(hours.at(day, hours.opens), at.astimezone(UTC))
            end = hours.at(day, hours.closes)
            if start + left <= end:
                return start + left
            left -= max(end - start, timedelta(0))
        day += timedelta(days=1)
    raise ValueError("the clinic is not open long enough within a year")


def _due(
    check_in: CheckInPlan, performed_at: datetime, hours: ClinicHours, now: datetime
) -> Due:
    day = performed_at.astimezone(hours.zone).date() + timedelta(days=check_in.day)
    if not check_in.any_day:
        day = _open_day(day, hours)
    due_at = hours.at(day, hours.check_in_at)
    if check_in.window is not None:
        due_at = _inside(check_in.window, day, performed_at, hours)
    expires_at = due_at + check_in.send_within
    if due_at < now < expires_at:
        due_at = min(next_sendable(now, hours), expires_at)
    return Due(check_in.key, due_at, expires_at)


def _inside(
    window: tuple[timedelta, timedelta], day: date, performed_at: datetime, hours: ClinicHours
) -> datetime:
    """The clinic's hour on the day or the day before it, whichever is inside the window.

    Where neither is (a procedure at night), the nearest moment of the window on that day, while
    the clinic is open and the patient awake.
    """
    # In UTC first: adding to a wall time would count the hour that a DST night has not.
    earliest, latest = (performed_at.astimezone(UTC) + bound for bound in window)
    usual = hours.at(day, hours.check_in_at)
    for candidate in (hours.at(day - timedelta(days=1), hours.check_in_at), usual):
        if earliest <= candidate <= latest:
            return candidate
    wanted = min(max(usual, earliest), latest, max(hours.at(day, hours.closes), usual))
    return next_sendable(wanted, hours)


def _open_day(day: date, hours: ClinicHours) -> date:
    for shift in range(LONGEST_SHIFT + 1):
        candidate = day + timedelta(days=shift)
        if hours.is_open(candidate):
            return candidate
    return day
