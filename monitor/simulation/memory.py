"""One follow-up without rows: the production decisions, and lists where rows would be.

What is decided (timetable, silence, conversation, reading, triage, escalation, deadlines, what
a text makes humans do) is the production code, called as the verbs call it. What is written
here is only the keeping of state that models and SQL do otherwise. A test plays the same
patients here and on the whole stack and compares the stories (tests/monitor/simulation).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor import conversation, protocol
from monitor.conversation import Recorded, Reply, State
from monitor.episodes import AFTERCARE_AFTER
from monitor.levels import Level
from monitor.opening import hours_of
from monitor.protocol.segments import measure
from monitor.reading import OpenQuestion, read
from monitor.simulation.memory_check_ins import OPEN, CheckIn, Steps
from monitor.simulation.memory_desk import Desk
from monitor.simulation.people import Person
from monitor.simulation.play import Called, Event, Talk, Task
from monitor.texts import news_of, work_of
from monitor.timetable import ClinicHours, plan, welcome_at
from monitor.triage import Context, Past, conditions
from patients.models import Clinic
from patients.phone import spoken


class Memory:
    """A stage (monitor.simulation.play.Stage) for one patient of one clinic."""

    def __init__(self, person: Person, clinic: Clinic, *, now: datetime) -> None:
        self.person = person
        self.clinic = clinic
        self.now = now
        self.protocol = protocol.latest(person.kind)
        self.state = State()
        self.conversed_at = now
        self.branch_due_at: datetime | None = None
        self.check_ins: dict[str, CheckIn] = {}
        self.between: list[Past] = []
        self.events: list[Event] = []
        self.segments = self.sent = 0
        self._waiting: list[tuple[datetime, str]] = []
        self.heard = 0
        self.desk = Desk(self)
        self.steps = Steps(self)
        self.risks = person.risks | {
            name
            for name, present in (
                ("cervical", person.region == "cervical"),
                ("blood_patch", person.kind == "blood_patch"),
                ("steroid", person.steroid),
            )
            if present
        }
        self._begin()

    # --- What a stage is asked for ---

    def hours(self) -> ClinicHours:
        return hours_of(self.clinic, now=self.now)

    def next_due(self) -> datetime | None:
        moments = [
            self.branch_due_at,
            *(one.due_at for one in self.check_ins.values()),
            *(at for at, _text in self._waiting),
            *self.desk.moments(),
        ]
        return min((at for at in moments if at is not None), default=None)

    def advance(self, to: datetime) -> None:
        while (due := self.next_due()) is not None and due <= to:
            self.now = max(self.now, due)
            self._work()
        self.now = max(self.now, to)

    def talk(self) -> Talk | None:
        key, question = self.state.check_in, self.state.open
        if key is None or question is None or self.check_ins[key].state != "sent":
            return None
        return Talk(key, question, len(self.state.answers), self.conversed_at)

    def hear(self, words: str) -> None:
        self.heard += 1
        self.tell("heard", words)
        before = self.state
        about = conversation.asked(before, words)
        context = self.context(before.check_in)
        reading = read(
            words,
            hours_since=context.hours_since,
            procedure=context.procedure,
            lang=self.person.language,
            question=self._question(about),
        )
        heard = conversation.Heard(
            reading=reading,
            text_id=str(self.heard),
            hours_since=context.hours_since,
            about=about,
            words=words,
        )
        step = conversation.advance(before, heard, self.protocol, context, now=self.now)
        late_key = before.closed if step.recorded else None
        check_in = self.check_ins.get(before.check_in or late_key or "")
        news = self._assessed(step, check_in)
        said = {one.code: one.words for one in reading.reasons}
        found = {code: said.get(code, "") for code in reading.findings}
        self._keep(check_in, step.recorded, found, context.hours_since)
        self.say(step.replies)
        self.desk.hand_over(step, work_of(step, news=news, shared=False, media=False))
        if step.assessment is not None and step.assessment.level.pages:
            self.desk.raise_alert(step.assessment)
        self._move_on(step, check_in)

    # --- The verbs' bookkeeping ---

    def tell(self, kind: str, detail: str) -> None:
        """Add to the story."""
        self.events.append(Event(self.now, kind, detail))

    def _begin(self) -> None:
        self._extend()
        at = welcome_at(performed_at=self.person.performed_at, hours=self.hours(), now=self.now)
        for key, wait in (("welcome", timedelta()), (self.protocol.aftercare, AFTERCARE_AFTER)):
            self._waiting += [(at + wait, body) for body in self._bodies([Reply("text", key)])]
        self._work()

    def _work(self) -> None:
        if self.branch_due_at is not None and self.branch_due_at <= self.now:
            self._lapse()
        self.desk.climb()
        while due := [
            one
            for one in self.check_ins.values()
            if one.due_at is not None and one.due_at <= self.now
        ]:
            for check_in in sorted(due, key=lambda one: one.due_at or self.now):
                self.steps.take(check_in)
        self.desk.overdue()
        ready = [text for text in self._waiting if text[0] <= self.now]
        self._waiting = [text for text in self._waiting if text[0] > self.now]
        for _at, body in ready:
            self._sent(body)

    def _extend(self) -> None:
        past = self._history(None)
        dues = plan(
            self.protocol,
            performed_at=self.person.performed_at,
            hours=self.hours(),
            risk=self.risks
            | conditions(self.protocol, past, settings=self.clinic.protocol_settings),
            now=self.now,
        )
        for due in dues:
            if due.key not in self.check_ins:
                self.check_ins[due.key] = CheckIn(
                    due.key, due.due_at, due.expires_at, due_at=due.due_at
                )

    def _history(self, before: str | None) -> tuple[Past, ...]:
        past = [
            Past(
                one.key,
                self._since(one.planned_for),
                one.answers,
                one.level or Level.ROUTINE,
                one.said,
            )
            for one in self.check_ins.values()
            if one.key != before and (one.answers or one.level is not None)
        ]
        return tuple(sorted([*past, *self.between], key=lambda one: one.hours_since))

    def _since(self, at: datetime) -> float:
        return (at - self.person.performed_at).total_seconds() / 3600

    def context(self, key: str | None) -> Context:
        """What triage needs to know beside the answers."""
        return Context(
            procedure=self.person.kind,
            hours_since=self._since(self.now),
            check_in=key,
            risks=self.risks,
            baseline_pain=self.person.baseline_pain,
            history=self._history(key),
            settings=self.clinic.protocol_settings,
        )

    def _question(self, code: str | None) -> OpenQuestion | None:
        if code is None:
            return None
        asked = self.protocol.questions[code]
        return OpenQuestion(code=asked.code, kind=asked.kind, options=asked.options)

    def _bodies(self, replies: Sequence[Reply]) -> tuple[str, ...]:
        return conversation.messages(
            self.protocol,
            replies,
            lang=self.person.language,
            values={
                "clinic": self.clinic.name,
                "phone": spoken(self.clinic.phone),
                "emergency": self.clinic.emergency_number,
            },
        )

    def say(self, replies: Sequence[Reply]) -> None:
        """Texts of the protocol go out."""
        for body in self._bodies(replies):
            self._sent(body)

    def _sent(self, body: str) -> None:
        self.sent += 1
        self.segments += measure(body).segments
        self.tell("sent", body)

    def _assessed(self, step: conversation.Step, check_in: CheckIn | None) -> str:
        if step.assessment is None:
            return ""
        assessed = step.assessment
        planned_for = check_in.planned_for if check_in else self.now
        known = any(item.opened_at >= planned_for for item in self.desk.items)
        told = set(check_in.rules) if check_in else set()
        news = news_of(step, told=told, known=known)
        self.tell("assessed", f"{assessed.level.code} {assessed.score}")
        if check_in is not None:
            check_in.rules |= {reason.rule for reason in assessed.reasons}
            check_in.level = max(check_in.level or Level.ROUTINE, assessed.level)
        return news

    def _keep(
        self,
        check_in: CheckIn | None,
        recorded: Sequence[Recorded],
        found: dict[str, str],
        hours: float,
    ) -> None:
        if check_in is not None:
            check_in.answers |= {one.question: float(one.value) for one in recorded}
            check_in.said |= found
        elif found:
            self.between.append(Past("", hours, {}, said=found))

    def _move_on(self, step: conversation.Step, check_in: CheckIn | None) -> None:
        self.state, self.conversed_at = step.state, self.now
        if step.branch_due is not None:
            self.branch_due_at = self.now + step.branch_due
        if check_in is None:
            return
        check_in.begun = True
        if step.done == check_in.key:
            if check_in.state in OPEN:
                self.end(check_in, "answered")
                self._extend()
            self.desk.settle(("silent", "missed"))

    def end(self, check_in: CheckIn, state: str) -> None:
        """A check-in ends."""
        check_in.end(state)
        self.tell("check-in", f"{check_in.key} {state}")

    def contacted(self, about: str | None) -> None:
        """Somebody has spoken with the patient."""
        for one in self.check_ins.values():
            if one.state == "sent" or (one.key == about and one.state in OPEN):
                self.end(one, "reached")
        self.desk.settle(("silent", "missed"))
        if about is not None:
            self.desk.settle(("call", "opted_out"), about=about)

    def _lapse(self) -> None:
        key = self.state.check_in
        step = conversation.advance(
            self.state,
            conversation.BranchLapsed(),
            self.protocol,
            self.context(key),
            now=self.now,
        )
        self.branch_due_at = None
        self.state = step.state
        check_in = self.check_ins.get(key or "")
        self._assessed(step, check_in)
        if step.assessment is not None and step.assessment.level.pages:
            self.desk.raise_alert(step.assessment)
        for work in step.work:
            self.desk.add(work.kind, work.why, about=key, level=Level.URGENT)
        self.say(step.replies)

    # --- Passed on to the desk ---

    def pages(self) -> Sequence[Called]:
        return self.desk.called()

    def tasks(self) -> Sequence[Task]:
        return self.desk.tasks()

    def take(self, page: Any) -> None:
        self.desk.take(page)

    def close(self, page: Any, *, reached: bool) -> None:
        self.desk.close(page, reached=reached)

    def finish(self, task: Any, *, reached: bool | None) -> None:
        self.desk.finish(task, reached=reached)
