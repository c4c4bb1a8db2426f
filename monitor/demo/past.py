"""Live through three weeks of a made-up clinic, with the production code."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import worklist
from monitor.conversation import State
from monitor.episodes import protocol_of
from monitor.models import ClinicLine, Episode, WorkItem
from monitor.simulation import Clockwork
from notifications.models import Page
from patients.models import Clinic, Procedure
from patients.registration import Registration, register

PEOPLE = Path(__file__).with_name("patients.toml")
TICK = timedelta(minutes=10)
TICK_WHILE_PAGING = timedelta(minutes=2)
AT_THE_DESK = timedelta(minutes=30)
# People answer after a while; some of the newest check-ins are still to be answered.
ANSWERS_AFTER = timedelta(minutes=25)
STAFF_TAKE = timedelta(minutes=40)
ACKNOWLEDGES_AFTER = timedelta(minutes=3)
DECIDES_AFTER = timedelta(minutes=9)
# What came in the last hours is left for the visitor: work to do, and a page in hand.
LEFT_OPEN = timedelta(hours=3)
DECIDED_BEFORE = timedelta(minutes=25)
ANSWERED_LAST = timedelta(minutes=6)
# Sent to emergency care, for an MRI; advised, seen.
DECISIONS: dict[str, tuple[int, ...]] = {
    Page.Level.EMERGENCY: (3, 4, 2),
    Page.Level.URGENT: (1, 2, 1, 1),
}

Send = Callable[[str, str, str], object]


@dataclass(frozen=True)
class Person:
    """A made-up patient; see patients.toml."""

    name: str
    born: date
    days: int
    at: int
    kind: str
    language: str
    region: str
    side: str
    pain: list[int]
    risks: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    last: bool = False


def people() -> list[Person]:
    """Everybody in patients.toml."""
    data = tomllib.loads(PEOPLE.read_text())
    return [Person(**{**data["defaults"], **person}) for person in data["patient"]]


class Past:
    """`send(from, to, body)` types a text on one of the stand-in's phones."""

    def __init__(self, line: ClinicLine, *, clock: Clockwork, send: Send, by: Any) -> None:
        self.line = line
        self.clock = clock
        self.send = send
        self.by = by
        self.known: dict[Any, Person] = {}
        self.said: set[tuple[Any, str | None]] = set()

    def live(self, *, until: datetime) -> Iterator[datetime]:
        """Everything from the first procedure until now; yields the time, day by day."""
        waiting = sorted(
            ((self._performed_at(person, until), person) for person in people()),
            key=lambda pair: pair[0],
        )
        day = self.clock.now.date()
        while self.clock.now < until:
            while waiting and waiting[0][0] + AT_THE_DESK <= self.clock.now:
                performed_at, person = waiting.pop(0)
                self._register(person, performed_at, number=len(self.known))
            talking = self._patients_answer(until=until)
            paging = self._clinicians_act(until=until)
            working = self._staff_work(until=until)
            to = self.clock.now + (TICK_WHILE_PAGING if paging else TICK)
            if not (talking or paging or working):
                # Nobody has anything to do before something falls due or somebody comes.
                coming = waiting[0][0] + AT_THE_DESK if waiting else until
                to = max(to, min(self.clock.next_due() or until, coming))
            self.clock.advance(min(to, until))
            if self.clock.now.date() != day:
                day = self.clock.now.date()
                yield self.clock.now

    def _performed_at(self, person: Person, until: datetime) -> datetime:
        zone = ZoneInfo(self.line.clinic.time_zone)
        day = until.astimezone(zone).date() - timedelta(days=person.days)
        performed_at = datetime.combine(day, time(person.at), zone)
        # Early in the day, today's procedures are still to come: they were yesterday's last.
        return min(performed_at, until - timedelta(hours=1))

    def _register(self, person: Person, performed_at: datetime, *, number: int) -> None:
        given, _, family = person.name.partition(" ")
        steroid = person.kind in ("epidural_steroid", "nerve_root_block", "facet_joint")
        procedure = register(
            Registration(
                given_name=given,
                family_name=family,
                born_on=person.born,
                phone=f"+1201555{number + 100:04d}",
                language=person.language,
                anticoagulant="anticoagulant" in person.risks,
                diabetes="diabetes" in person.risks,
                kind=person.kind,
                region=person.region,
                side=person.side,
                levels=["C6/7" if person.region == "cervical" else "L4/5"],
                performed_at=performed_at,
                clinician="Dr. Chen",
                steroid=steroid,
                drugs="dexamethasone 10 mg" if steroid else "",
                baseline_pain=person.pain[0] + 2,
                consent_given_at=performed_at - timedelta(hours=1),
                consent_how="written",
            ),
            clinic=self.line.clinic,
            by=self.by,
            now=self.clock.now,
            accept_warnings=True,
        )
        self.known[Episode.objects.get(procedure=procedure).pk] = person

    def _patients_answer(self, *, until: datetime) -> bool:
        """Answer what was asked; whether somebody is about to."""
        talk = False
        talking = Episode.objects.filter(
            pk__in=list(self.known), conversed_at__lte=self.clock.now - timedelta(minutes=1)
        ).select_related("patient")
        for episode in talking:
            state = State.from_json(episode.conversation) if episode.conversation else State()
            person = self.known[episode.pk]
            if state.open is None or state.check_in in person.silent:
                continue
            talk = True
            if person.last and self.clock.now < until - ANSWERED_LAST:
                continue
            begun = bool(state.answers) or state.reasked > 0
            if (
                not begun
                and (episode.conversed_at or episode.began_at) > self.clock.now - ANSWERS_AFTER
            ):
                continue
            words = self._words(person, episode, state, begun=begun)
            if words:
                self.send(episode.patient.phone, self.line.sender.number, words)
                self.clock.work()
        return talk

    def _words(self, person: Person, episode: Episode, state: State, *, begun: bool) -> str:
        said = person.says.get(state.check_in or "")
        occasion = (episode.pk, state.check_in)
        if said and not begun and occasion not in self.said:
            self.said.add(occasion)
            return said
        question = protocol_of(episode).questions[state.open or ""]
        if question.kind == "pain_0_10":
            place = {"d1": 0, "d3": 0, "d7": 1}.get(state.check_in or "", 2)
            return str(person.pain[place])
        if question.kind == "number":
            return "140"
        return "1"

    def _clinicians_act(self, *, until: datetime) -> bool:
        """Acknowledge and decide; whether a page is still on its way."""
        now = self.clock.now
        unclosed = list(Page.objects.exclude(state=Page.State.CLOSED))
        for page in unclosed:
            responder = page.team.responder_set.order_by("pk").first()
            if responder is None:
                continue
            if page.state == Page.State.OPEN and page.opened_at <= now - ACKNOWLEDGES_AFTER:
                self.send(responder.phone, page.team.sender.number, str(page.code))
            elif (
                page.state != Page.State.OPEN
                and page.opened_at <= now - DECIDES_AFTER
                and page.opened_at < until - DECIDED_BEFORE
            ):
                self.send(
                    responder.phone, page.team.sender.number, f"{page.code} {_decision(page)}"
                )
        return bool(unclosed)

    def _staff_work(self, *, until: datetime) -> bool:
        """Close what has waited for a while; whether there is any left."""
        left = WorkItem.objects.filter(closed_at__isnull=True, opened_at__lt=until - LEFT_OPEN)
        taken = [item for item in left if item.opened_at <= self.clock.now - STAFF_TAKE]
        for item in taken:
            outcome = (
                WorkItem.Outcome.REACHED
                if item.kind in (worklist.Kind.SILENT, worklist.Kind.CALL, worklist.Kind.MISSED)
                else WorkItem.Outcome.DONE
            )
            worklist.close(
                item, outcome=outcome, note="Spoken with.", user=self.by, now=self.clock.now
            )
        return len(taken) < len(left)


def _decision(page: Page) -> int:
    """What came of a page, by the number that a responder replies: not of all the same."""
    closed = Page.objects.filter(state=Page.State.CLOSED, level=page.level).count()
    decisions = DECISIONS[page.level]
    return decisions[closed % len(decisions)]


def is_loaded() -> bool:
    """Whether the demo's clinic is there already."""
    return Clinic.objects.filter(slug="harbor").exists()


def newest() -> datetime | None:
    """When the newest made-up procedure was registered."""
    latest = (
        Procedure.objects.filter(patient__clinic__slug="harbor")
        .order_by("-registered_at")
        .first()
    )
    return latest.registered_at if latest else None
