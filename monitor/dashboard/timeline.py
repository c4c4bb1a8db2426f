"""One patient's story, newest first, from everything that is known of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from monitor import access, episodes, signoffs
from monitor.dashboard import wording
from monitor.disposition import Offer, first_report, offers
from monitor.models import (
    Answer,
    Assessment,
    CheckIn,
    Episode,
    SignOff,
    TextRead,
    WorkItem,
)
from monitor.protocol import Protocol
from notifications.models import Message, PageEvent
from patients.models import Consent, Patient

CLOCKS_RUN = timedelta(hours=48)
"""How long after an assessment the time left for its options is counted down."""


@dataclass(frozen=True)
class Entry:
    """Something that happened. `kind` names the template that shows `of` and `more`."""

    at: datetime
    kind: str
    of: Any
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"dashboard/timeline/{self.kind}.html"


@dataclass(frozen=True)
class Story:
    """The follow-ups of a patient, what is to come, and what has been, newest first.

    `signed` has the sign-off of each follow-up's own version, where there is one.
    """

    episodes: list[Episode]
    signed: Mapping[Any, SignOff]
    to_come: list[CheckIn]
    entries: list[Entry]


def read(user: Any, patient: Patient, *, now: datetime) -> Story:
    """Everything of one patient, through the user's doors; a fixed number of queries."""
    mine = list(
        access.episodes(user)
        .filter(patient=patient)
        .select_related("procedure", "clinic", "patient")
        .prefetch_related("check_ins")
        .order_by("-began_at")
    )
    check_ins = [one for episode in mine for one in _own(episode)]
    entries = [
        *(Entry(one.procedure.performed_at, "procedure", one) for one in mine),
        *_ended(mine),
        *_check_ins(check_ins),
        *_texts(user, mine, now=now),
        *_sent(mine),
        *_pages(user, mine),
        *_work(user, mine),
        *_consents(patient),
    ]
    in_force = signoffs.in_force([patient.clinic])
    versions = {one.pk: (one.clinic_id, one.protocol, one.protocol_digest) for one in mine}
    return Story(
        episodes=mine,
        signed={pk: in_force[key] for pk, key in versions.items() if key in in_force},
        to_come=sorted(
            (one for one in check_ins if one.state == CheckIn.State.PLANNED),
            key=lambda one: one.planned_for,
        ),
        entries=sorted(entries, key=_order)[::-1],
    )


def _order(entry: Entry) -> tuple[datetime, bool]:
    """What was sent in answer stands after what it answers, at the same moment too."""
    return entry.at, entry.kind == "sent"


def _own(episode: Episode) -> Iterator[CheckIn]:
    """The episode's check-ins, knowing their episode without a query each."""
    for check_in in episode.check_ins.all():
        check_in.episode = episode
        yield check_in


def _ended(mine: list[Episode]) -> Iterator[Entry]:
    for episode in mine:
        if episode.ended_at is not None:
            yield Entry(episode.ended_at, "ended", episode)


def _check_ins(check_ins: list[CheckIn]) -> Iterator[Entry]:
    for one in check_ins:
        if one.state != CheckIn.State.PLANNED:
            yield Entry(one.ended_at or one.sent_at or one.planned_for, "check_in", one)


def _texts(user: Any, mine: list[Episode], *, now: datetime) -> Iterator[Entry]:
    """What the patient wrote, with what was understood and what came of it."""
    answers: dict[Any, list[dict[str, Any]]] = {}
    by_episode = {episode.pk: episodes.protocol_of(episode) for episode in mine}
    for given in Answer.objects.filter(episode__in=mine):
        rules = by_episode[given.episode_id]
        answers.setdefault(given.inbound_id, []).append(
            {
                "question": wording.question(rules, given.question),
                "answer": wording.answer(rules, given.question, given.value),
                "correction": given.correction,
            }
        )
    assessed: dict[Any, list[dict[str, Any]]] = {}
    found = (
        access.assessments(user)
        .filter(episode__in=mine)
        .select_related("episode__procedure", "episode__clinic")
        .order_by("at")
    )
    for one in found:
        offered = options(by_episode[one.episode_id], one, among=list(found))
        running = one.at > now - CLOCKS_RUN
        shown = {"of": one, "options": offered, "running": running}
        if one.inbound_id is None:
            yield Entry(one.at, "assessment", one, {"assessments": [shown]})
        else:
            assessed.setdefault(one.inbound_id, []).append(shown)
    for read_text in TextRead.objects.filter(episode__in=mine).select_related("inbound"):
        key = read_text.inbound_id
        yield Entry(
            read_text.inbound.received_at,
            "text",
            read_text,
            {"answers": answers.get(key, []), "assessments": assessed.get(key, [])},
        )


def options(
    rules: Protocol, assessment: Assessment, *, among: Sequence[Assessment]
) -> list[Offer]:
    """What the sources offer the clinician for an assessment, and until when.

    `among` are the assessments of the same follow-up, from which it is known when a symptom was
    first reported.
    """
    episode = assessment.episode
    return offers(
        rules,
        assessment.shown,
        found_at=assessment.at,
        reported_at=first_report(
            [one["code"] for one in assessment.reasons],
            found_at=assessment.at,
            earlier=[
                (one.at, {reason["code"]: reason["level"] for reason in one.reasons})
                for one in among
                if one.episode_id == assessment.episode_id
            ],
        ),
        performed_at=episode.procedure.performed_at,
        zone=episode.clinic.zone,
    )


def _sent(mine: list[Episode]) -> Iterator[Entry]:
    refs = [episodes.ref(episode) for episode in mine]
    sent = Message.objects.filter(ref__in=refs, stream=Message.Stream.TEXT)
    for message in sent.order_by("created_at", "due_at", "key"):
        yield Entry(
            message.accepted_at or message.created_at,
            "sent",
            message,
            {"lost": message.state in Message.LOST},
        )


def _pages(user: Any, mine: list[Episode]) -> Iterator[Entry]:
    alerts = (
        access.alerts(user)
        .filter(episode__in=mine)
        .select_related("page__acknowledged_by", "page__closed_by")
        .prefetch_related(
            Prefetch(
                "page__pageevent_set", PageEvent.objects.select_related("responder", "message")
            )
        )
    )
    for alert in alerts:
        yield Entry(
            alert.opened_at, "page", alert.page, {"events": alert.page.pageevent_set.all()}
        )


def _work(user: Any, mine: list[Episode]) -> Iterator[Entry]:
    work = (
        access.work(user)
        .filter(episode__in=mine)
        .select_related("owner", "closed_by", "inbound")
    )
    for item in work:
        yield Entry(
            item.closed_at or item.opened_at,
            "work",
            item,
            {"open": item.closed_at is None, "body": _unread(item)},
        )


def _unread(item: WorkItem) -> str:
    """A text that the program failed on: it stands nowhere else in the story."""
    if item.kind != WorkItem.Kind.SET_ASIDE or item.inbound is None:
        return ""
    return item.inbound.body


def _consents(patient: Patient) -> Iterator[Entry]:
    for consent in Consent.objects.filter(patient=patient).select_related("recorded_by"):
        yield Entry(consent.given_at, "consent", consent)
        if consent.withdrawn_at is not None:
            yield Entry(consent.withdrawn_at, "withdrawn", consent)
