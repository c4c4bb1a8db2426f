"""When nobody answers a check-in: reminded, phoned, chased, and missed in the end. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from monitor.protocol.model import CheckInPlan
from monitor.timetable import ClinicHours, evening_of, next_sendable

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Silence:
    """The moments of one check-in that stays unanswered, each in UTC.

    `planned_for` is when it was due, `sent_at` when it went out (None: it did not).
    """

    check_in: CheckInPlan
    planned_for: datetime
    sent_at: datetime | None
    performed_at: datetime
    high_risk: bool
    hours: ClinicHours

    @property
    def reminder_at(self) -> datetime:
        """When it is reminded of.

        At night that waits for the morning, or comes in the evening where staff are to phone
        before the morning.
        """
        sent_at = self.sent_at or self.planned_for
        at = sent_at + self.check_in.reminder_after
        morning = next_sendable(at, self.hours)
        if self.hand_over_at >= morning:
            return morning
        return max(evening_of(at, self.hours), sent_at)

    @property
    def hand_over_at(self) -> datetime:
        """When staff are to phone; a patient at high risk while it is still day."""
        if not self.high_risk:
            return self.planned_for + self.check_in.hand_over_after
        at = self.planned_for + self.check_in.high_risk_hand_over_after
        if next_sendable(at, self.hours) <= at:
            return at
        return max(evening_of(at, self.hours), self.planned_for)

    @property
    def chaser_at(self) -> datetime | None:
        """When a second text follows; None where the protocol has none, or nothing was sent.

        So long after the procedure, but a day after the check-in at the soonest. In the
        morning it waits for the end of the quiet hours; in the evening it comes before them,
        because the next morning is past the day on which it must still be answered.
        """
        if self.check_in.chaser_after is None or self.sent_at is None:
            return None
        wanted = self.performed_at.astimezone(UTC) + self.check_in.chaser_after
        at = max(wanted, self.planned_for + A_DAY)
        return min(next_sendable(at, self.hours), evening_of(at, self.hours))

    @property
    def missed_at(self) -> datetime:
        """From when on it counts as missed."""
        at = self.planned_for + self.check_in.missed_after
        if self.check_in.missed_by_day is None:
            return at
        day = self.planned_for.astimezone(self.hours.zone).date()
        days = self.check_in.missed_by_day - self.check_in.day + 1
        return min(at, self.hours.at(day + timedelta(days=days), time()))
