"""A patient and the conversation, step by step; the state goes through JSON each time."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.conversation import (
    BranchLapsed,
    Event,
    Heard,
    Opened,
    State,
    Step,
    advance,
    asked,
)
from monitor.protocol import Answer, Protocol, latest
from monitor.triage import Context
from tests.monitor.readings import Written, answering

START = datetime(2026, 6, 3, 14, tzinfo=UTC)


@dataclass
class Talk:
    """One conversation; `now` moves on by a minute with each event."""

    procedure: str = "epidural_steroid"
    hours: float = 24.0
    risks: frozenset[str] = frozenset()
    settings: dict[str, float] = field(default_factory=dict)
    state: State = field(default_factory=State)
    now: datetime = START

    @property
    def protocol(self) -> Protocol:
        """The newest protocol of the procedure."""
        return latest(self.procedure)

    def open(self, check_in: str = "d1") -> Step:
        """A check-in goes out."""
        return self._advance(Opened(check_in))

    def lapse(self) -> Step:
        """The time for the branch is over."""
        return self._advance(BranchLapsed())

    def hear(self, reading: Written, text: str = "") -> Step:
        """A text comes in."""
        about = asked(self.state, text)
        return self._advance(Heard(reading, "1", self.hours, about=about, words=text))

    def answer(self, *values: Answer) -> Step:
        """Answers to the open question, one text each; the last step."""
        steps = [self.hear(answering(value), str(value)) for value in values]
        return steps[-1]

    def reach(self, code: str, *, screen: int = 2) -> None:
        """Answer without anything to report until the question is open."""
        self.open()
        self.answer(screen)
        while self.state.open not in {code, None}:
            self.answer(1 if self.state.open != "pain_score" else 0)
        assert self.state.open == code

    def _advance(self, event: Event) -> Step:
        self.now += timedelta(minutes=1)
        context = Context(
            self.procedure,
            self.hours,
            risks=self.risks,
            baseline_pain=5,
            settings=self.settings,
        )
        step = advance(self.state, event, self.protocol, context, now=self.now)
        self.state = State.from_json(json.loads(json.dumps(step.state.to_json())))
        assert self.state == step.state
        return step


def said(step: Step) -> list[str]:
    """The keys of the replies, in order."""
    return [reply.key for reply in step.replies]


def work(step: Step) -> list[str]:
    """The kinds of work."""
    return [one.kind for one in step.work]
