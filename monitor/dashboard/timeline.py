"""One patient's story, newest first, from everything that is known of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q

from monitor import access, episodes, signoffs
from monitor.dashboard import wording
from monitor.dashboard.exchange import folded
from monitor.disposition import Offer, first_report, offers
from monitor.models import (
    Answer,
    Assessment,
    Change,
    CheckIn,
    Episode,
    Note,
    SignOff,
    TextRead,
    WorkItem,
)
from monitor.protocol import Protocol
from notifications.models import Message, Page, PageAmendment, PageEvent
from patients.models import Consent, Patient

CLOCKS_RUN = timedelta(hours=48)
"""How long after an assessment the time left for its options is counted down."""
# Texts beside a piece of work: what it is about, without scrolling.
THREAD = 6
# Texts further apart are not one talk.
ONE_TALK = timedelta(hours=12)
CLOSING = timedelta(minutes=5)


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

    @property
    def open_pages(self) -> list[Entry]:
        """What the on-call team has not closed yet."""
        pages = [entry for entry in self.entries if entry.kind == "page"]
        return [entry for entry in pages if entry.of.state != Page.State.CLOSED]


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
    changed = list(
        Change.objects.filter(episode__in=mine).select_related("by", "check_in").order_by("pk")
    )
    entries = [
        *(Entry(one.procedure.performed_at, "procedure", one) for one in mine),
        *_ended(mine),
        *_check_ins(check_ins),
        *_texts(user, mine, now=now),
        *_sent(mine, changed),
        *_changes(changed),
        *_notes(mine),
        *_pages(user, mine),
        *_amended(mine),
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
        entries=[
            *folded(
                sorted(entries, key=_order), quiet=_quiet, together=_together, fold=_exchange
            )
        ][::-1],
    )


def _quiet(entry: Entry) -> bool:
    """Whether a text is part of asking and answering, and nobody need look at it."""
    if entry.kind == "sent":
        return not entry.more["lost"] and entry.more["by"] is None
    if entry.kind != "text":
        return False
    levels = [one["of"].level for one in entry.more["assessments"]]
    harmless = entry.of.understood and not entry.of.reasons and not entry.of.inbound.media
    return harmless and not entry.more["corrected"] and not any([entry.of.level, *levels])


def _together(one: Entry, next_: Entry) -> bool:
    return next_.at - one.at < ONE_TALK


def _exchange(run: Sequence[Entry]) -> Entry:
    answers = [one for entry in run if entry.kind == "text" for one in entry.more["answers"]]
    return Entry(run[-1].at, "exchange", None, {"entries": run, "answers": answers})


def _order(entry: Entry) -> tuple[datetime, bool]:
    """What was sent in answer stands after what it answers, at the same moment too.

    A check-in that was answered comes after its last text, which is on its way a little longer.
    """
    answered = entry.kind == "check_in" and entry.of.state == CheckIn.State.ANSWERED
    return entry.at + (CLOSING if answered else timedelta()), entry.kind == "sent"


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
        if one.state == CheckIn.State.PLANNED:
            yield Entry(one.planned_for, "planned", one)
        else:
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
        .select_related("episode__procedure", "episode__clinic", "correction__by")
        .order_by("at", "correction__pk")
    )
    for one in found:
        offered = options(by_episode[one.episode_id], one, among=list(found))
        running = one.at > now - CLOCKS_RUN
        shown = {
            "of": one,
            "options": offered,
            "running": running,
            "correction": getattr(one, "correction", None),
        }
        if one.inbound_id is None:
            yield Entry(one.at, "assessment", one, {"assessments": [shown]})
        else:
            assessed.setdefault(one.inbound_id, []).append(shown)
    for read_text in TextRead.objects.filter(episode__in=mine).select_related("inbound"):
        key = read_text.inbound_id
        made = assessed.get(key, [])
        yield Entry(
            read_text.inbound.received_at,
            "text",
            read_text,
            {
                "answers": answers.get(key, []),
                "assessments": made,
                "corrected": any(one["correction"] for one in made),
            },
        )


@dataclass(frozen=True)
class Line:
    """One text of a thread: `side` is "theirs" or "ours"; `state` is our text's delivery."""

    at: datetime
    side: str
    body: str
    state: str = ""
    lost: bool = False
    reasons: Sequence[Mapping[str, Any]] = ()


def thread(episode: Episode) -> list[Line]:
    """The newest texts of a follow-up, oldest first."""
    theirs = TextRead.objects.filter(episode=episode).select_related("inbound")
    ours = Message.objects.filter(ref=episodes.ref(episode), stream=Message.Stream.TEXT)
    sent = ours.exclude(state=Message.State.CANCELLED).order_by("-created_at", "-key")
    lines = [
        *(
            Line(one.inbound.received_at, "theirs", one.inbound.body, reasons=one.reasons)
            for one in theirs.order_by("-at", "-pk")[:THREAD]
        ),
        *(
            Line(
                one.accepted_at or one.due_at,
                "ours",
                one.body,
                state=one.get_state_display(),
                lost=one.state in Message.LOST,
            )
            for one in sent[:THREAD]
        ),
    ]
    return sorted(lines, key=lambda line: (line.at, line.side == "ours"))[-THREAD:]


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


def _sent(mine: list[Episode], changed: list[Change]) -> Iterator[Entry]:
    writers = {one.after: one.by for one in changed if one.what == Change.What.TEXTED}
    refs = [episodes.ref(episode) for episode in mine]
    sent = Message.objects.filter(ref__in=refs, stream=Message.Stream.TEXT)
    for message in sent.order_by("created_at", "due_at", "key"):
        yield Entry(
            message.accepted_at or message.created_at,
            "sent",
            message,
            {"lost": message.state in Message.LOST, "by": writers.get(message.key)},
        )


def _changes(changed: list[Change]) -> Iterator[Entry]:
    """What staff changed; an ending and a text have entries of their own."""
    shown = set(Change.What.values) - {Change.What.ENDED, Change.What.TEXTED}
    for one in changed:
        if one.what in shown:
            yield Entry(one.at, "change", one, {"before": _moment(one.before)})


def _moment(stored: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stored)
    except ValueError:
        return None


def _notes(mine: list[Episode]) -> Iterator[Entry]:
    for note in Note.objects.filter(episode__in=mine).select_related("by", "item"):
        yield Entry(note.at, "note", note)


def _pages(user: Any, mine: list[Episode]) -> Iterator[Entry]:
    alerts = (
        access.alerts(user)
        .filter(episode__in=mine)
        .select_related("page__acknowledged_by", "page__closed_by")
        .prefetch_related(
            Prefetch(
                "page__pageevent_set", PageEvent.objects.select_related("responder", "message")
            ),
            "page__amendments__responder",
        )
    )
    for alert in alerts:
        yield Entry(
            alert.opened_at, "page", alert.page, {"events": alert.page.pageevent_set.all()}
        )


def _amended(mine: list[Episode]) -> Iterator[Entry]:
    """Outcomes of pages that were corrected, those of work past its deadline too."""
    about = Q(page__alert__episode__in=mine) | Q(page__workitem__episode__in=mine)
    for one in PageAmendment.objects.filter(about).select_related("page", "responder"):
        yield Entry(one.at, "amended", one)


def _work(user: Any, mine: list[Episode]) -> Iterator[Entry]:
    work = (
        access.work(user)
        .filter(episode__in=mine)
        .select_related("owner", "closed_by", "inbound", "page")
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
