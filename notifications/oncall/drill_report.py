"""How a drill went: seconds from its beginning, for the page, the command and machines."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from notifications.models import Drill, Message, Page, PageEvent
from notifications.oncall import calls, drilling


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a drill, in seconds from its beginning; None for what did not happen.

    `heard` is when the network says that it arrived; by telephone, when a key was pressed.
    """

    rung: int
    name: str
    channel: str
    called: float
    accepted: float | None
    heard: float | None
    lost: str


@dataclass(frozen=True, slots=True)
class Report:
    """A drill that has begun. `result` is "running", "acknowledged", "yielded" or "nobody"."""

    reference: str
    team: str
    started_at: datetime
    by_hand: bool
    put_off: int
    result: str
    acknowledged: float | None
    by: str
    via: str
    calls: tuple[Call, ...]

    @property
    def rungs(self) -> list[tuple[int, float]]:
        """(rung from 1, seconds until it was called), in order."""
        first: dict[int, float] = {}
        for call in self.calls:
            first[call.rung] = min(first.get(call.rung, call.called), call.called)
        return sorted(first.items())

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        rungs = [{"rung": rung, "called": seconds} for rung, seconds in self.rungs]
        return {**asdict(self), "started_at": self.started_at.isoformat(), "rungs": rungs}


def of(drill: Drill) -> Report:
    """What is known of a drill by now. ValueError for one that has not begun."""
    page, began = drill.page, drill.started_at
    if page is None or began is None:
        raise ValueError("a drill that is planned has no report")
    taken = PageEvent.objects.filter(page=page, kind=PageEvent.Kind.ACKNOWLEDGED).first()
    made = (
        PageEvent.objects.filter(page=page, kind__in=calls.CALLS, message__isnull=False)
        .exclude(message__state=Message.State.CANCELLED)
        .select_related("responder", "message")
    )
    return Report(
        reference=page.reference,
        team=drill.team.name,
        started_at=began,
        by_hand=drill.asked_by_id is not None,
        put_off=drill.put_off,
        result=_result(page),
        acknowledged=(taken.at - began).total_seconds() if taken else None,
        by=taken.responder.name if taken and taken.responder else "",
        via=taken.detail if taken else "",
        calls=tuple(_call(event, event.message, began) for event in made if event.message),
    )


def past(team: Any, *, limit: int = 24) -> list[Report]:
    """The last drills of a team that have begun, the newest first."""
    begun = Drill.objects.filter(team=team, page__isnull=False)
    return [of(one) for one in begun.select_related("page", "team")[:limit]]


def _result(page: Page) -> str:
    if page.state != Page.State.CLOSED:
        return "running"
    if page.closed_by_id is not None:
        return "acknowledged"
    return "yielded" if page.note == drilling.YIELDED else "nobody"


def _call(event: PageEvent, message: Message, began: datetime) -> Call:
    heard = message.settled_at if message.state == Message.State.DELIVERED else None
    return Call(
        rung=int(event.detail.removeprefix("rung ") or 0),
        name=event.responder.name if event.responder else "",
        channel=message.channel,
        called=(message.due_at - began).total_seconds()
        if message.accepted_at is None
        else (event.at - began).total_seconds(),
        accepted=_after(message.accepted_at, began),
        heard=_after(heard, began),
        lost=message.problem if message.state in Message.LOST else "",
    )


def _after(at: datetime | None, began: datetime) -> float | None:
    return (at - began).total_seconds() if at is not None else None
