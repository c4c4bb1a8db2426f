"""A clinic in the middle of its day, for the staff pages: something of every kind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor import checkins, worklist
from monitor.levels import Level
from monitor.models import Alert, Answer, Assessment, CheckIn, Episode, TextRead, WorkItem
from notifications.models import Inbound, Incident, Message, Page, Responder
from notifications.oncall import incidents, paging
from tests.world import World

WORDS = "pain is ok but i cant feel it when i wipe"
FLAG = {
    "rule": "R3",
    "code": "saddle_numbness",
    "level": "emergency",
    "words": "cant feel it when i wipe",
    "why": "Numb where one sits or wipes: cauda equina until shown otherwise",
    "source": "S1",
}


@dataclass(frozen=True)
class Scene:
    """The rows that tests point at."""

    flagged: Episode
    page: Page
    taken: Page
    item: WorkItem
    missed: WorkItem
    silent: Episode
    responder: Responder
    incident: Incident


def follow(
    world: World, given: str, family: str, *, days: float, now: datetime, n: int
) -> Episode:
    """Somebody whose procedure was some days ago, registered then."""
    then = now - timedelta(days=days)
    procedure = world.register(
        now=then + timedelta(hours=1),
        given_name=given,
        family_name=family,
        born_on=date(1950 + n, 3, 1 + n % 27),
        phone=f"(201) 555-{1000 + n}",
        performed_at=then,
        record_number=f"HB-{20000 + n}",
    )
    return Episode.objects.select_related("clinic", "patient").get(procedure=procedure)


def hear(episode: Episode, body: str, *, at: datetime, words: str = "") -> Inbound:
    """A text of the patient, read, with `words` as the span that a finding was read from."""
    inbound = Inbound.objects.create(
        sender=episode.clinic.line.sender,
        provider_sid=f"SM{episode.pk.hex}{int(at.timestamp()) % 10**6:06d}",
        from_number=episode.patient.phone,
        body=body,
        received_at=at,
        handled_at=at,
        due_at=at,
        **({"to_number": episode.clinic.line.sender.number} if _has_to_number() else {}),
    )
    start = body.find(words) if words else 0
    reasons = [{"code": "found", "words": words, "start": start, "end": start + len(words)}]
    TextRead.objects.create(
        inbound=inbound,
        clinic=episode.clinic,
        episode=episode,
        at=at,
        level=Level.EMERGENCY if words else Level.ROUTINE,
        score=95 if words else 0,
        intent="report",
        language="en",
        reasons=reasons if words else [],
        understood=True,
    )
    return inbound


def _has_to_number() -> bool:
    return any(field.name == "to_number" for field in Inbound._meta.get_fields())


def assess(episode: Episode, inbound: Inbound, *, at: datetime) -> Assessment:
    return Assessment.objects.create(
        episode=episode,
        inbound=inbound,
        at=at,
        protocol=episode.protocol,
        protocol_digest=episode.protocol_digest,
        level=Level.EMERGENCY,
        score=97,
        reasons=[FLAG],
        told=["emergency"],
        shown=["neuro_exam"],
    )


def flag(episode: Episode, *, at: datetime) -> Page:
    """The patient writes of a red flag, and the on-call team is paged."""
    inbound = hear(episode, WORDS, at=at, words=FLAG["words"])
    stored = assess(episode, inbound, at=at)
    page = paging.open_page(episode.clinic.line.team, level="emergency", now=at)
    Alert.objects.create(
        episode=episode, page=page, assessment=stored, codes=["saddle_numbness"], opened_at=at
    )
    return page


def settle_texts(*, at: datetime) -> None:
    """Every text that is due has arrived."""
    for number, message in enumerate(Message.objects.filter(state="created", due_at__lte=at)):
        message.state = Message.State.DELIVERED
        message.provider_sid = f"SM{number:032d}"
        message.accepted_at = message.settled_at = message.due_at
        message.save()


def answer_day_one(episode: Episode, *, at: datetime) -> None:
    """The first check-in was sent and answered in full."""
    check_in = episode.check_ins.get(key="d1")
    inbound = hear(episode, "1 no 2 no 3 4", at=at)
    for question, value in (("screen", 1.0), ("limb_weakness", 1.0), ("pain_score", 4.0)):
        Answer.objects.create(
            episode=episode,
            check_in=check_in,
            inbound=inbound,
            question=question,
            value=value,
            at=at,
        )
    checkins.answered(episode, check_in, now=at)


def make_scene(world: World, *, now: datetime) -> Scene:
    responder = Responder.objects.get(team=world.team, name="Dr. Chen")
    flagged = follow(world, "Ruth", "Adler", days=1.1, now=now, n=1)
    page = flag(flagged, at=now - timedelta(minutes=2))
    second = follow(world, "Omar", "Haddad", days=6, now=now, n=2)
    taken = flag(second, at=now - timedelta(minutes=9))
    paging.acknowledge(taken, responder, via="sms", now=now - timedelta(minutes=7))
    silent = follow(world, "Grace", "Lindqvist", days=2, now=now, n=3)
    first = silent.check_ins.get(key="d1")
    first.state, first.ended_at, first.due_at = CheckIn.State.MISSED, now, None
    first.save()
    missed = worklist.add(
        worklist.Kind.MISSED,
        clinic=world.clinic,
        episode=silent,
        check_in=first,
        why="NOT CONTACTED THE DAY AFTER: a failure of the follow-up. Phone now.",
        score=100,
        now=now - timedelta(minutes=30),
    )
    asking = follow(world, "Tom", "Becker", days=3, now=now, n=4)
    answer_day_one(asking, at=now - timedelta(days=2))
    question = hear(asking, "can i take the ibuprofen again?", at=now - timedelta(minutes=12))
    item = worklist.add(
        worklist.Kind.QUESTION,
        clinic=world.clinic,
        episode=asking,
        inbound=question,
        why="A question that no rule answers.",
        now=now - timedelta(minutes=12),
    )
    CheckIn.objects.filter(due_at__lt=now).update(due_at=now + timedelta(hours=2))
    settle_texts(at=now)
    incidents.note(
        Incident.Kind.CHANNEL,
        team=world.team,
        responder=responder,
        detail="voice: busy",
        page=page,
        now=now - timedelta(minutes=1),
    )
    return Scene(flagged, page, taken, item, missed, silent, responder, Incident.objects.get())


def stranger(world: World, *, now: datetime) -> WorkItem:
    """A text from a number that no patient has."""
    return worklist.add(
        worklist.Kind.UNKNOWN_NUMBER,
        clinic=world.clinic,
        why="From a number that no patient has: find out who it is.",
        now=now,
    )


def without_relief(episode: Episode) -> None:
    """The usual pain is the same after three weeks."""
    check_in = episode.check_ins.create(
        key="d21",
        planned_for=episode.procedure.performed_at + timedelta(days=21),
        expires_at=episode.procedure.performed_at + timedelta(days=25),
    )
    for question, value in (("relief", 3.0), ("pain_score", 5.0), ("pgic", 4.0)):
        Answer.objects.create(
            episode=episode,
            check_in=check_in,
            question=question,
            value=value,
            at=check_in.planned_for,
        )
