"""The conversation's state and what may happen to it; plain data, stored as JSON."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from typing import Protocol as Structure

from monitor.levels import Level
from monitor.protocol.model import Answer
from monitor.triage.assess import Assessment
from monitor.triage.facts import ReadingLike

VERSION = 1

N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Span:
    """A finding and the words that it was read from."""

    code: str
    words: str


@dataclass(frozen=True)
class Said:
    """What the patient wrote during one check-in beside answers, gathered: a ReadingLike."""

    level: Level = Level.ROUTINE
    score: int = 0
    findings: tuple[str, ...] = ()
    reasons: tuple[Span, ...] = ()
    pain_score: int | None = None
    temperature_c: float | None = None
    glucose_mg_dl: float | None = None
    understood: bool = True

    def plus(self, reading: ReadingLike, *, answered: Container[str] = ()) -> "Said":
        """Both together; each part is the worse of the two.

        A number that was stored as the answer to `answered` is left to the answer, so that a
        correction can replace it.
        """
        pain = None if "pain_score" in answered else reading.pain_score
        glucose = None if "blood_sugar" in answered else reading.glucose_mg_dl
        known = {(reason.code, reason.words) for reason in self.reasons}
        spans = [Span(reason.code, reason.words) for reason in reading.reasons]
        added = [span for span in dict.fromkeys(spans) if (span.code, span.words) not in known]
        return Said(
            level=max(self.level, reading.level),
            score=max(self.score, reading.score),
            findings=tuple(dict.fromkeys([*self.findings, *reading.findings])),
            reasons=(*self.reasons, *added),
            pain_score=_larger(self.pain_score, pain),
            temperature_c=_larger(self.temperature_c, reading.temperature_c),
            glucose_mg_dl=_larger(self.glucose_mg_dl, glucose),
            understood=self.understood and reading.understood,
        )


@dataclass(frozen=True)
class Plain(Said):
    """A reading that is nothing but the answer to the open question."""

    intent: str = "answer"
    answer: Answer | None = None
    numbered: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class State:
    """Where a conversation stands.

    `check_in` is the running check-in, `closed` the last finished one, whose `answers` are
    kept so that they can still be corrected. `open` is the question that waits for its answer,
    `last` the one answered before it. `reasked` counts the replies that did not answer the open
    question, `auto_replies` the automatic replies in a row without progress, the last at
    `replied_at`. `told` holds the rules that a safety text was sent for. `affirmed` is the
    question about a red flag that was answered "yes" where that is not enough. `lapsed`: a
    reported problem was left unexplained for too long.
    """

    check_in: str | None = None
    closed: str | None = None
    open: str | None = None
    pending: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    last: str | None = None
    said: Said = field(default_factory=Said)
    reasked: int = 0
    auto_replies: int = 0
    told: frozenset[str] = frozenset()
    replied_at: datetime | None = None
    affirmed: str | None = None
    lapsed: bool = False
    opted_out: bool = False

    def to_json(self) -> dict[str, Any]:
        """The state as JSON data, with the version of its shape."""
        data = asdict(self)
        data["told"] = sorted(self.told)
        if self.replied_at is not None:
            data["replied_at"] = self.replied_at.isoformat()
        data["said"]["level"] = self.said.level.code
        return {"version": VERSION, **data}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read what `to_json` wrote; ValueError for another version.

        A field that was not there yet takes its default.
        """
        if data.get("version") != VERSION:
            raise ValueError(f"conversation state of version {data.get('version')!r}")
        values = {**cls().to_json(), **data}
        del values["version"]
        said = dict(values["said"])
        spans = tuple(Span(**span) for span in said["reasons"])
        said |= {"level": Level.parse(said["level"]), "reasons": spans}
        said["findings"] = tuple(said["findings"])
        replied = values["replied_at"]
        values |= {
            "said": Said(**said),
            "pending": tuple(values["pending"]),
            "told": frozenset(values["told"]),
            "replied_at": datetime.fromisoformat(replied) if replied is not None else None,
        }
        return cls(**values)


class HeardReading(ReadingLike, Structure):
    """What a conversation needs of monitor.reading.Reading beside what triage needs."""

    @property
    def intent(self) -> str: ...
    @property
    def answer(self) -> bool | int | float | None: ...
    @property
    def numbered(self) -> Sequence[tuple[int, str]]: ...


@dataclass(frozen=True)
class Opened:
    """A check-in was sent: its opening and first question go out."""

    check_in: str


@dataclass(frozen=True)
class Heard:
    """A text came in and was read.

    `about` is the question that it was read as an answer to: `monitor.conversation.asked(state,
    text)`. It differs from the open question when the text corrects the last answer. `words` is
    the text itself, kept with the answer.
    """

    reading: HeardReading
    text_id: str
    hours_since: float
    about: str | None = None
    words: str = ""


@dataclass(frozen=True)
class BranchLapsed:
    """The time to explain a reported problem is over."""


Event = Opened | Heard | BranchLapsed


@dataclass(frozen=True)
class Reply:
    """What to send now: `kind` is "question" (key is its code) or "text" (key of the texts)."""

    kind: str
    key: str


@dataclass(frozen=True)
class Recorded:
    """An answer to store; `corrected` when it replaces an earlier one."""

    question: str
    value: Answer
    words: str
    corrected: bool = False


@dataclass(frozen=True)
class Work:
    """A task for a human: read, question, wrong_person, help, call or unanswered."""

    kind: str
    why: str


@dataclass(frozen=True)
class Step:
    """What follows from an event. Replies are in the order of sending, the safety text first.

    `consent` is "opt_out", "opt_in" or None; `done` the check-in that has just been finished,
    which one broken off by an opt-out or a wrong number is not;
    `branch_due` says after how long BranchLapsed must be given.
    """

    state: State
    replies: tuple[Reply, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    assessment: Assessment | None = None
    consent: str | None = None
    work: tuple[Work, ...] = ()
    done: str | None = None
    branch_due: timedelta | None = None


def _larger(one: N | None, other: N | None) -> N | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
