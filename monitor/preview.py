"""What a registration will send, and when, before anything is saved."""

from dataclasses import dataclass
from datetime import datetime

from monitor import versions
from monitor.conversation import Reply, Said, messages, remaining
from monitor.episodes import AFTERCARE_AFTER, risks_of, values_of
from monitor.models import ClinicLine
from monitor.opening import hours_of
from monitor.protocol import Protocol
from monitor.timetable import plan, welcome_at
from monitor.triage import Context
from notifications import optouts
from patients.models import Procedure


@dataclass(frozen=True)
class Planned:
    """A text to come: `key` is "welcome", "aftercare" or a check-in's, `due_at` is in UTC.

    `late` says that its time is over: staff are asked to phone instead.
    """

    key: str
    due_at: datetime
    bodies: tuple[str, ...]
    late: bool = False


def texts(procedure: Procedure, *, now: datetime) -> tuple[Planned, ...]:
    """Every text that is certain, in order: welcome, advice, and how each check-in opens.

    Works on rows that are not saved. What follows in a check-in depends on the answers.
    """
    clinic = procedure.patient.clinic
    protocol = versions.chosen(clinic, procedure.kind)
    hours = hours_of(clinic, now=now)
    first = welcome_at(performed_at=procedure.performed_at, hours=hours, now=now)
    planned = [
        Planned("welcome", first, _bodies(procedure, protocol, "welcome")),
        Planned(
            "aftercare",
            first + AFTERCARE_AFTER,
            _bodies(procedure, protocol, protocol.aftercare),
        ),
    ]
    for due in plan(
        protocol,
        performed_at=procedure.performed_at,
        hours=hours,
        risk=risks_of(procedure),
        now=now,
    ):
        question = _first_question(procedure, protocol, due.key)
        bodies = _bodies(procedure, protocol, f"opening_{due.key}", question=question)
        planned.append(Planned(due.key, due.due_at, bodies, late=due.expires_at <= now))
    return tuple(planned)


def stopped(procedure: Procedure) -> bool:
    """Whether the phone wants no texts from the clinic's number: then none goes out."""
    person = procedure.patient
    line = ClinicLine.objects.select_related("sender").filter(clinic=person.clinic).first()
    return line is not None and optouts.opted_out(line.sender, person.phone)


def _first_question(procedure: Procedure, protocol: Protocol, key: str) -> str:
    context = Context(
        procedure=procedure.kind,
        hours_since=24.0 * protocol.check_in(key).day,
        check_in=key,
        risks=risks_of(procedure),
        baseline_pain=procedure.baseline_pain,
        settings=procedure.patient.clinic.protocol_settings,
    )
    plan_ = protocol.check_in(key)
    return remaining(protocol, plan_, answers={}, said=Said(), context=context)[0]


def _bodies(
    procedure: Procedure, protocol: Protocol, key: str, *, question: str | None = None
) -> tuple[str, ...]:
    replies = [Reply("text", key)]
    if question is not None:
        replies.append(Reply("question", question))
    patient = procedure.patient
    return messages(protocol, replies, lang=patient.language, values=values_of(patient.clinic))
