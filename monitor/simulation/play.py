"""A patient and staff in time: one way to play them, on rows or in memory.

A stage is where the follow-up itself happens: `stack.Stack` is the whole production code on
PostgreSQL with Twilio's stand-in, `memory.Memory` the same decisions without rows. Here is only
what people do: reply, take a page, phone, work through a list.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from typing import Protocol as Structure

from monitor.simulation.people import Person
from monitor.simulation.staff import Staff
from monitor.timetable import ClinicHours

AT_MOST = timedelta(days=130)
"""After the procedure; the last check-in ends before."""


@dataclass(frozen=True)
class Event:
    """Something that happened, as the story tells it."""

    at: datetime
    kind: str
    detail: str


KINDS = "heard assessed check-in page taken closed work done sent lost".split()
"""In the order in which one follows from the other at one moment."""


def in_order(events: Iterable[Event]) -> list[Event]:
    """A story as it is told."""
    return sorted(events, key=lambda one: (one.at, KINDS.index(one.kind), one.detail))


@dataclass(frozen=True)
class Talk:
    """The question that is open: of which check-in, how many were answered, since when."""

    check_in: str
    question: str
    answered: int
    since: datetime


@dataclass(frozen=True)
class Called:
    """A page that is not closed: how often it called, and who stands where."""

    id: Any
    opened_at: datetime
    calls: int
    called_at: datetime
    taken_at: datetime | None


@dataclass(frozen=True)
class Task:
    """A piece of work that is open and that nobody was paged for."""

    id: Any
    kind: str
    opened_at: datetime


class Stage(Structure):
    """What people can see and do of one follow-up."""

    @property
    def now(self) -> datetime: ...
    def next_due(self) -> datetime | None: ...
    def advance(self, to: datetime) -> None: ...
    def hours(self) -> ClinicHours: ...
    def talk(self) -> Talk | None: ...
    def pages(self) -> Sequence[Called]: ...
    def tasks(self) -> Sequence[Task]: ...
    def hear(self, words: str) -> None: ...
    def take(self, page: Any) -> None: ...
    def close(self, page: Any, *, reached: bool) -> None: ...
    def finish(self, task: Any, *, reached: bool | None) -> None: ...


PHONED = frozenset(
    {"silent", "missed", "call", "unanswered", "undelivered", "opted_out", "set_aside"}
)
"""Work that is done by phoning the patient."""

Act = tuple[datetime, int, Callable[[], None]]


@dataclass
class Company:
    """The patient and the staff of one story."""

    person: Person
    staff: Staff
    texted: int = 0
    numbers: dict[object, int] = field(default_factory=dict)
    """Pages and tasks in the order in which they were first seen."""

    def play(self, stage: Stage) -> None:
        """Live through the follow-up until nothing is left to happen."""
        end = self.person.performed_at + AT_MOST
        while True:
            act = min(self._acts(stage), key=lambda one: one[:2], default=None)
            due = stage.next_due()
            moments = [at for at in (act and act[0], due) if at is not None]
            if not moments or min(moments) > end:
                return
            if act is not None and (due is None or act[0] < due or stage.now >= act[0]):
                stage.advance(max(act[0], stage.now))
                act[2]()
                stage.advance(stage.now)
            else:
                stage.advance(min(moments))

    def _acts(self, stage: Stage) -> Iterator[Act]:
        yield from self._patient(stage)
        yield from self._on_call(stage)
        yield from self._desk(stage)

    def _patient(self, stage: Stage) -> Iterator[Act]:
        if self.texted < len(self.person.texts):
            after, words = self.person.texts[self.texted]
            yield self.person.performed_at + after, 0, partial(self._write, stage, words)
        talk = stage.talk()
        if talk is None:
            return
        wait = self.person.replies_after(talk.check_in, answered=talk.answered)
        if wait is not None:
            says = self.person.says(talk.check_in, talk.question)
            yield talk.since + wait, 1, partial(stage.hear, says)

    def _write(self, stage: Stage, words: str) -> None:
        self.texted += 1
        stage.hear(words)

    def _on_call(self, stage: Stage) -> Iterator[Act]:
        for page in sorted(stage.pages(), key=lambda one: one.opened_at):
            number = self._number(page.id)
            if page.taken_at is None:
                wait = self.staff.takes_after(number, page.calls)
                if wait is not None:
                    yield page.called_at + wait, 2, partial(stage.take, page.id)
                continue
            reached = self.staff.reaches("page", number)
            at = page.taken_at + self.staff.calls_after(number, page.calls)
            yield (
                at,
                2,
                partial(stage.close, page.id, reached=reached),
            )

    def _desk(self, stage: Stage) -> Iterator[Act]:
        for task in sorted(stage.tasks(), key=lambda one: (one.opened_at, one.kind)):
            number = self._number(task.id)
            reached = self.staff.reaches("task", number) if task.kind in PHONED else None
            at = self.staff.desk_at(task.opened_at, stage.hours(), number)
            yield (
                at,
                3,
                partial(stage.finish, task.id, reached=reached),
            )

    def _number(self, thing: object) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))
