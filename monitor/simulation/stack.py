"""One follow-up on the whole production code: PostgreSQL, Twilio's client, and a stand-in.

Whoever uses it has seen to a database of its own (monitor.simulation.database): it writes a
clinic and a patient. Texts go to the stand-in, which has an account of its own; nothing reaches
Twilio.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from monitor import worklist
from monitor.conversation import State
from monitor.models import Alert, Assessment, CheckIn, ClinicLine, Episode, WorkItem
from monitor.opening import hours_of
from monitor.simulation.clockwork import Clockwork
from monitor.simulation.people import Person
from monitor.simulation.play import Called, Event, Talk, Task, in_order
from monitor.timetable import ClinicHours
from notifications.models import (
    Inbound,
    Layer,
    LayerMember,
    Message,
    Page,
    PageEvent,
    Responder,
    Rung,
    Sender,
    Team,
)
from notifications.oncall import paging
from notifications.simulator import Fault, Kind, Simulator
from patients.models import Clinic, Membership
from patients.registration import Registration, register

PATIENT = {"US": "+12015550123", "GB": "+447400000123", "AU": "+61491570123"}
ACCOUNT, TOKEN = "AC" + "5" * 32, "0" * 32
EXPLAINED = timedelta(minutes=30)
"""From the procedure to the registration at the desk."""

Outage = tuple[datetime, datetime]


def build(clinic: Clinic) -> ClinicLine:
    """Save the clinic, with a number, two people on a weekly rota, and a lead above them."""
    clinic.save()
    sender = Sender.objects.create(name=clinic.name, number=clinic.phone)
    team = Team.objects.create(name="On call", time_zone=clinic.time_zone, sender=sender)
    people = []
    for place, name in enumerate(("First", "Second", "Lead")):
        user = get_user_model().objects.create_user(username=f"simulated-{name.lower()}")
        Membership.objects.create(user=user, clinic=clinic, role=Membership.Role.ON_CALL)
        phone = f"{clinic.phone[:-2]}{place + 11}"
        people.append(
            Responder.objects.create(
                team=team, user=user, name=name, phone=phone, lead=place == 2
            )
        )
    layer = Layer.objects.create(
        team=team, name="Week", starts_on=date(2020, 1, 6), handover_at=time(8), days=7
    )
    for place, responder in enumerate(people[:2]):
        LayerMember.objects.create(layer=layer, responder=responder, position=place)
    Rung.objects.create(team=team, position=0, target=Rung.Target.LAYER, layer=layer)
    Rung.objects.create(
        team=team, position=1, target=Rung.Target.RESPONDER, responder=people[2]
    )
    Rung.objects.create(team=team, position=2, target=Rung.Target.EVERYONE)
    return ClinicLine.objects.create(clinic=clinic, sender=sender, team=team)


class Stack:
    """A stage (monitor.simulation.play.Stage) for one patient, on rows."""

    def __init__(
        self, line: ClinicLine, person: Person, stand_in: Simulator, clock: Clockwork
    ) -> None:
        self.line, self.person, self.clock, self.stand_in = line, person, clock, stand_in
        self.outages: list[tuple[datetime, bool]] = []
        self.nurse = line.team.responder_set.order_by("pk")[0].user
        self.phone = PATIENT[line.clinic.country]
        procedure = register(
            _registration(person, self.phone),
            clinic=line.clinic,
            by=self.nurse,
            now=clock.now,
            accept_warnings=True,
        )
        self.episode = Episode.objects.get(procedure=procedure)
        clock.work()

    @property
    def now(self) -> datetime:
        return self.clock.now

    def suffer(self, outages: Sequence[Outage]) -> None:
        """The provider answers nothing in these times."""
        self.outages = sorted(
            [(since, True) for since, _ in outages] + [(until, False) for _, until in outages]
        )

    def hours(self) -> ClinicHours:
        return hours_of(self.line.clinic, now=self.now)

    def next_due(self) -> datetime | None:
        turns = [at for at, _down in self.outages[:1]]
        return min([*turns, *filter(None, [self.clock.next_due()])], default=None)

    def advance(self, to: datetime) -> None:
        while self.outages and self.outages[0][0] <= to:
            at, down = self.outages.pop(0)
            self.clock.advance(at)
            if down:
                self.stand_in.add_fault(Fault(Kind.HTTP_503))
            else:
                self.stand_in.faults.clear()
        self.clock.advance(to)
        self.clock.work()

    def talk(self) -> Talk | None:
        self.episode.refresh_from_db()
        if not self.episode.conversation:
            return None
        state = State.from_json(self.episode.conversation)
        if state.check_in is None or state.open is None:
            return None
        sent = self.episode.check_ins.filter(key=state.check_in, state=CheckIn.State.SENT)
        if not sent.exists():
            return None
        since = self.episode.conversed_at or self.episode.began_at
        return Talk(state.check_in, state.open, len(state.answers), since)

    def pages(self) -> list[Called]:
        found = []
        for page in Page.objects.exclude(state=Page.State.CLOSED):
            calls = PageEvent.objects.filter(
                page=page,
                kind__in=(PageEvent.Kind.OPENED, PageEvent.Kind.CLIMBED, PageEvent.Kind.RAISED),
            ).order_by("-at")
            found.append(
                Called(page.pk, page.opened_at, len(calls), calls[0].at, page.acknowledged_at)
            )
        return found

    def tasks(self) -> list[Task]:
        open_items = WorkItem.objects.filter(closed_at=None, page=None)
        return [Task(item.pk, item.kind, item.opened_at) for item in open_items]

    def hear(self, words: str) -> None:
        self.stand_in.phone(self.phone).send(words, to=self.line.sender.number)
        self.clock.work()

    def take(self, page: Any) -> None:
        called = Page.objects.get(pk=page)
        paging.acknowledge(called, self._responder, via="web", now=self.now)
        self.clock.work()

    def close(self, page: Any, *, reached: bool) -> None:
        outcome = Page.Outcome.ADVISED if reached else Page.Outcome.NOT_REACHED
        paging.close(Page.objects.get(pk=page), self._responder, outcome=outcome, now=self.now)
        self.clock.work()

    def finish(self, task: Any, *, reached: bool | None) -> None:
        outcomes = {
            True: WorkItem.Outcome.REACHED,
            False: WorkItem.Outcome.NOT_REACHED,
            None: WorkItem.Outcome.DONE,
        }
        item = WorkItem.objects.get(pk=task)
        worklist.close(item, outcome=outcomes[reached], note="", user=self.nurse, now=self.now)
        self.clock.work()

    @property
    def _responder(self) -> Responder:
        found: Responder = self.line.team.responder_set.order_by("pk")[0]
        return found

    def events(self) -> list[Event]:
        """The story, from the rows."""
        return in_order(
            [
                *self._texts(),
                *self._assessed(),
                *self._pages(),
                *self._work(),
                *(
                    Event(one.ended_at, "check-in", f"{one.key} {one.state}")
                    for one in self.episode.check_ins.exclude(ended_at=None)
                    if one.ended_at is not None
                ),
            ]
        )

    def _texts(self) -> Iterator[Event]:
        for heard in Inbound.objects.filter(from_number=self.phone):
            yield Event(heard.received_at, "heard", heard.body)
        for text in Message.objects.filter(to=self.phone).exclude(accepted_at=None):
            if text.accepted_at is not None:
                yield Event(text.accepted_at, "sent", text.body)
        for text in Message.objects.filter(to=self.phone, state__in=Message.LOST):
            yield Event(text.created_at, "lost", f"{text.problem}: {text.body}")

    def _assessed(self) -> Iterator[Event]:
        for one in Assessment.objects.filter(episode=self.episode).order_by("pk"):
            yield Event(one.at, "assessed", f"{one.get_level_display()} {one.score}")

    def _pages(self) -> Iterator[Event]:
        flags = set(Alert.objects.filter(episode=self.episode).values_list("page", flat=True))
        for page in Page.objects.all():
            level, calls = "", 0
            for event in PageEvent.objects.filter(page=page).order_by("pk"):
                match event.kind:
                    case PageEvent.Kind.OPENED:
                        calls, level = 1, _level_at(page, event)
                        kind = "flag" if page.pk in flags else "work"
                        yield Event(event.at, "page", f"{level} {kind}")
                    case PageEvent.Kind.CLIMBED | PageEvent.Kind.RAISED:
                        calls += 1
                        level = event.detail if event.kind == PageEvent.Kind.RAISED else level
                        yield Event(event.at, "page", f"{level} call {calls}")
                    case PageEvent.Kind.ACKNOWLEDGED:
                        yield Event(event.at, "taken", level)
                    case PageEvent.Kind.CLOSED:
                        yield Event(event.at, "closed", event.detail.split()[0])

    def _work(self) -> Iterator[Event]:
        for item in WorkItem.objects.all():
            yield Event(item.opened_at, "work", f"{item.kind}: {item.why}")
            if item.closed_by_id is not None and item.closed_at is not None:
                yield Event(item.closed_at, "done", f"{item.kind}: {item.outcome}")


def _level_at(page: Page, opened: PageEvent) -> str:
    """The level that a page opened with: the present one, unless it was raised since."""
    raised = PageEvent.objects.filter(page=page, kind=PageEvent.Kind.RAISED).exists()
    first = Alert.objects.filter(page=page, assessment__isnull=False).first()
    if raised and first is not None and first.assessment is not None:
        return first.assessment.get_level_display()
    return page.level


@contextmanager
def staged(
    clinic: Clinic, person: Person, *, outages: Sequence[Outage] = ()
) -> Iterator[Stack]:
    """A stage in this process's database, with a stand-in for as long as it lasts."""
    line = build(clinic)
    clock = Clockwork(person.performed_at + EXPLAINED)
    before = (
        settings.TWILIO_API_BASE_URL,
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
    )
    with Simulator(
        account_sid=ACCOUNT, auth_token=TOKEN, clock=clock.read, deliver=clock.deliver
    ) as stand_in:
        settings.TWILIO_API_BASE_URL = stand_in.base_url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        clock.settle = stand_in.settle
        stand_in.add_number(line.sender.number, sms_url="/twilio/text")
        try:
            stack = Stack(line, person, stand_in, clock)
            stack.suffer(outages)
            yield stack
        finally:
            (
                settings.TWILIO_API_BASE_URL,
                settings.TWILIO_ACCOUNT_SID,
                settings.TWILIO_AUTH_TOKEN,
            ) = before


def _registration(person: Person, phone: str) -> Registration:
    return Registration(
        given_name="Simulated",
        family_name="Patient",
        born_on=date(1960, 1, 1),
        phone=phone,
        language=person.language,
        anticoagulant="anticoagulant" in person.risks,
        diabetes="diabetes" in person.risks,
        immune_problem="immune" in person.risks,
        kind=person.kind,
        region=person.region,
        side="left",
        levels=["C5/6" if person.region == "cervical" else "L4/5"],
        performed_at=person.performed_at,
        clinician="Simulated",
        steroid=person.steroid,
        drugs="",
        baseline_pain=person.baseline_pain,
        consent_given_at=person.performed_at - timedelta(hours=1),
        consent_how="written",
    )
