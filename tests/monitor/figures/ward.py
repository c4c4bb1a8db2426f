"""Follow-ups and pages with what is counted of them written down."""

from datetime import datetime, timedelta
from typing import Any

from monitor.models import Alert, Answer, Assessment, CheckIn, Episode, WorkItem
from notifications.models import Message, Page, Responder
from notifications.oncall import paging
from patients.models import Clinic
from tests.world import NOW, World

SADDLE = {
    "rule": "saddle_numbness.new",
    "code": "saddle_numbness",
    "level": "emergency",
    "words": "numb",
    "why": "Numb where one sits",
    "source": "S1",
}


def follow(world: World, n: int, *, elsewhere: bool = False, **changes: Any) -> Episode:
    """Somebody whose procedure was ten days before NOW unless said otherwise."""
    then = changes.pop("performed_at", NOW - timedelta(days=10))
    changes.setdefault(
        "phone", f"07400 {123400 + n}" if elsewhere else f"(201) 555-{1000 + n:04d}"
    )
    register = world.register_elsewhere if elsewhere else world.register
    procedure = register(
        now=then + timedelta(hours=1), performed_at=then, given_name=f"Ada{n}", **changes
    )
    return Episode.objects.select_related("clinic", "patient").get(procedure=procedure)


def contact(
    episode: Episode,
    key: str,
    state: CheckIn.State,
    *,
    replied: timedelta | None = None,
    texted: bool = True,
) -> CheckIn:
    """How a check-in went."""
    one = episode.check_ins.get(key=key)
    one.state = state
    one.due_at = None
    one.sent_at = one.planned_for if texted else None
    one.first_reply_at = None if replied is None else one.planned_for + replied
    one.ended_at = None if state in CheckIn.OPEN else one.planned_for + timedelta(hours=4)
    one.save()
    return one


def answer(episode: Episode, key: str, **answers: float) -> None:
    check_in = episode.check_ins.get(key=key)
    for question, value in answers.items():
        Answer.objects.create(
            episode=episode,
            check_in=check_in,
            question=question,
            value=value,
            at=check_in.planned_for,
        )


def flag(
    episode: Episode,
    *,
    at: datetime,
    level: str = "emergency",
    reasons: list[dict[str, str]] | None = None,
) -> Page:
    """A red flag that was assessed and paged."""
    reasons = [SADDLE] if reasons is None else reasons
    page = paging.open_page(episode.clinic.line.team, level=level, now=at)
    Alert.objects.create(
        episode=episode,
        page=page,
        assessment=assess(episode, reasons, at=at),
        codes=sorted({one["code"] for one in reasons}),
        opened_at=at,
    )
    return page


def assess(episode: Episode, reasons: list[dict[str, str]], *, at: datetime) -> Assessment:
    return Assessment.objects.create(
        episode=episode,
        at=at,
        protocol=episode.protocol,
        protocol_digest=episode.protocol_digest,
        level=3,
        score=97,
        reasons=reasons,
    )


def late_work(episode: Episode | None, clinic: Clinic, *, at: datetime, kind: str) -> Page:
    """A piece of work whose deadline had passed, and its page."""
    page = paging.open_page(clinic.line.team, level="urgent", now=at)
    WorkItem.objects.create(
        clinic=clinic, episode=episode, kind=kind, opened_at=at, deadline=at, page=page
    )
    return page


def take(page: Page, name: str, *, after: float) -> None:
    """Somebody acknowledges, so many minutes after the page opened."""
    paging.acknowledge(
        page, _person(page, name), via="web", now=page.opened_at + timedelta(minutes=after)
    )


def close(page: Page, name: str, outcome: str, *, after: float) -> None:
    paging.close(
        page,
        _person(page, name),
        outcome=outcome,
        note="because",
        now=page.opened_at + timedelta(minutes=after),
    )


def _person(page: Page, name: str) -> Responder:
    return Responder.objects.get(team=page.team, name=f"Dr. {name}")


def text(
    episode: Episode,
    n: int,
    state: Message.State,
    *,
    segments: int | None = 1,
    taken: bool = True,
) -> Message:
    """A text to the patient as the network had it."""
    return Message.objects.create(
        sender=episode.clinic.line.sender,
        stream=Message.Stream.TEXT,
        to=episode.patient.phone,
        body="How are you?",
        key=f"{episode.pk}:{n}",
        ref=f"episode:{episode.pk}",
        state=state,
        due_at=NOW,
        expires_at=NOW,
        created_at=NOW,
        provider_sid=f"SM{episode.pk.hex}{n}" if taken else None,
        accepted_at=NOW if taken else None,
        segments=segments,
    )
