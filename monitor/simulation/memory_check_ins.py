"""Check-ins of one follow-up in memory, step by step; see monitor.simulation.memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from monitor import conversation
from monitor.checkins import handed_over_as, missed_because
from monitor.levels import Level
from monitor.opening import hours_of
from monitor.silence import Silence
from monitor.timetable import Due, HandOver, Shift, late, next_sendable

if TYPE_CHECKING:
    from monitor.simulation.memory import Memory

OPEN = ("planned", "sent")


@dataclass
class CheckIn:
    """As monitor.models.CheckIn, and what was answered and said in it."""

    key: str
    planned_for: datetime
    expires_at: datetime
    due_at: datetime | None
    state: str = "planned"
    step: str = "send"
    sent_at: datetime | None = None
    begun: bool = False
    answers: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    level: Level | None = None

    def end(self, state: str) -> None:
        self.state, self.due_at = state, None


class Steps:
    """What falls due of a check-in, as monitor.checkins does it."""

    def __init__(self, story: "Memory") -> None:
        self.story = story

    def take(self, check_in: CheckIn) -> None:
        """Take the step that is due."""
        steps = {
            "send": self._send,
            "remind": self._remind,
            "hand_over": self._hand_over,
            "chase": self._chase,
            "miss": self._miss,
        }
        steps[check_in.step](check_in)

    def _silence(self, check_in: CheckIn) -> Silence:
        return Silence(
            self.story.protocol.check_in(check_in.key),
            planned_for=check_in.planned_for,
            sent_at=check_in.sent_at,
            performed_at=self.story.person.performed_at,
            high_risk=self.story.protocol.is_high_risk(self.story.risks),
            hours=hours_of(self.story.clinic, now=check_in.planned_for),
        )

    def _next(self, check_in: CheckIn, step: str, at: datetime) -> None:
        check_in.step, check_in.due_at = step, max(at, self.story.now)

    def _send(self, check_in: CheckIn) -> None:
        if self.story.branch_due_at is not None and self.story.branch_due_at > self.story.now:
            check_in.due_at = self.story.branch_due_at
            return
        due = Due(check_in.key, check_in.planned_for, check_in.expires_at)
        match late(due, now=self.story.now, hours=self.story.hours()):
            case Shift(to=to):
                check_in.due_at = to
            case HandOver():
                self._hand_over(check_in)
            case _:
                self._open(check_in)

    def _open(self, check_in: CheckIn) -> None:
        step = conversation.advance(
            self.story.state,
            conversation.Opened(check_in.key),
            self.story.protocol,
            self.story.context(check_in.key),
            now=self.story.now,
        )
        self.story.say(step.replies)
        story = self.story
        story.state, story.conversed_at, story.branch_due_at = step.state, story.now, None
        check_in.state, check_in.sent_at = "sent", self.story.now
        self._next(check_in, "remind", self._silence(check_in).reminder_at)

    def _remind(self, check_in: CheckIn) -> None:
        silence = self._silence(check_in)
        morning = next_sendable(self.story.now, self.story.hours())
        if self.story.now < morning < silence.hand_over_at:
            check_in.due_at = morning
            return
        if morning == self.story.now:
            self._nudge(check_in, "reminder")
        self._next(check_in, "hand_over", silence.hand_over_at)

    def _nudge(self, check_in: CheckIn, key: str) -> None:
        if self.story.state.check_in == check_in.key:
            self.story.say(conversation.reminder(self.story.state, key))

    def _hand_over(self, check_in: CheckIn) -> None:
        high_risk = self.story.protocol.is_high_risk(self.story.risks)
        kind, why = handed_over_as(
            texted=True,
            sent=check_in.state != "planned",
            begun=check_in.begun,
            high_risk=high_risk,
        )
        self.story.desk.add(kind, why, about=check_in.key, same_day=high_risk)
        silence = self._silence(check_in)
        if silence.chaser_at is not None:
            self._next(check_in, "chase", silence.chaser_at)
        else:
            self._next(check_in, "miss", silence.missed_at)

    def _chase(self, check_in: CheckIn) -> None:
        now, zone = self.story.now, self.story.clinic.zone
        others = self.story.check_ins.values()
        coming = min(
            (one.planned_for for one in others if one.state == "planned"), default=None
        )
        asked_today = (
            coming is not None and coming.astimezone(zone).date() <= now.astimezone(zone).date()
        )
        if next_sendable(now, self.story.hours()) <= now and not asked_today:
            self._nudge(check_in, "chaser")
        self._next(check_in, "miss", self._silence(check_in).missed_at)

    def _miss(self, check_in: CheckIn) -> None:
        self.story.end(check_in, "missed")
        later = (
            one
            for one in self.story.check_ins.values()
            if one.planned_for > check_in.planned_for
        )
        if any(one.state in ("answered", "reached") for one in later):
            return
        why, score = missed_because(check_in.key, begun=check_in.begun)
        self.story.desk.add("missed", why, about=check_in.key, score=score)
