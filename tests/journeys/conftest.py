"""Whole stories on a virtual clock: production code, Twilio's client, the stand-in's phones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from monitor.models import CheckIn, Episode, WorkItem
from monitor.simulation import Clockwork
from notifications.models import Page, Responder
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.phones import NotAsExpected
from notifications.simulator.signature import HEADER
from patients.models import Procedure
from tests.world import NOW, World, make_world


class Lines(Clockwork):
    """A clock whose calls go through the web server's views: what they say is TwiML."""

    def deliver(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        path = urlsplit(url).path
        if not path.startswith(("/twilio/call", "/twilio/bridge")):
            return super().deliver(url, params, headers)
        with time_machine.travel(self.now, tick=False):
            answer = Client().post(
                url.removeprefix("http://testserver"),
                urlencode(params),
                content_type="application/x-www-form-urlencoded",
                headers={HEADER: headers[HEADER]},
            )
        return answer.status_code, answer.content.decode()


@dataclass
class Story:
    """A world in time. Phones are the stand-in's; nobody may get a text unexpected."""

    world: World
    clock: Clockwork
    stand_in: Simulator
    patient_number: str = "+12015550123"
    procedure: Procedure | None = None

    @property
    def now(self) -> datetime:
        return self.clock.now

    def register(self, **changes: Any) -> Episode:
        """Register a patient now, with a procedure an hour ago unless said otherwise."""
        changes.setdefault("performed_at", self.now - timedelta(hours=1))
        self.procedure = self.world.register(now=self.now, **changes)
        self.clock.work()
        return Episode.objects.get(procedure=self.procedure)

    def until(self, moment: datetime) -> None:
        self.clock.advance(moment)

    def after(self, **length: float) -> None:
        self.clock.after(**length)

    def phone(self, number: str | None = None) -> Any:
        return self.stand_in.phone(number or self.patient_number)

    def says(self, words: str, number: str | None = None) -> None:
        """The patient types; everything that follows at once has then happened."""
        self.phone(number).send(words, to=self.world.clinic.phone)
        self.clock.work()

    def hears(self, containing: str, number: str | None = None) -> str:
        """The next text on the phone must hold these words; returns it whole."""
        body: str = self.phone(number).expect_sms(containing=containing).body
        return body

    def responder(self, place: int) -> Responder:
        """On call this week, next in turn, and the lead."""
        return list(Responder.objects.filter(team=self.world.team).order_by("pk"))[place]

    def replies(self, responder: Responder, words: str) -> None:
        self.phone(responder.phone).send(words, to=self.world.clinic.phone)
        self.clock.work()

    def follow(self, **changes: Any) -> Episode:
        """Register a patient and take in the welcome and the advice."""
        episode = self.register(**changes)
        number = episode.patient.phone
        self.hears("we will text you", number)
        self.after(minutes=6)
        self.hears("acetaminophen", number)
        return episode

    def asks(self, episode: Episode, key: str = "d1") -> CheckIn:
        """Go to a check-in; its opening and first question are on the phone."""
        check_in = episode.check_ins.get(key=key)
        self.until(check_in.planned_for)
        self.hears("reply with a number", episode.patient.phone)
        check_in.refresh_from_db()
        return check_in

    def well(self, episode: Episode) -> None:
        """Answer every question of the open check-in with "nothing to report"."""
        self.tells(episode)

    def tells(self, episode: Episode, **answers: int) -> None:
        """Answer the open check-in to its end; what is not given is nothing to report."""
        answers = {"pain_score": 2, **answers}
        for _question in range(30):
            episode.refresh_from_db()
            question = episode.conversation["open"]
            if question is None:
                return
            self.says(str(answers.get(question, 1)), episode.patient.phone)
            self.hears("", episode.patient.phone)
        raise AssertionError("The check-in never ends.")

    def no_text(self, *numbers: str) -> None:
        """Nothing more has come to these phones, the patient's where none is named."""
        for number in numbers or (self.patient_number,):
            self.phone(number).expect_nothing()

    def ignore(self, *numbers: str) -> list[str]:
        """Let whatever came to these phones be; returns the bodies of what was unexpected."""
        bodies = []
        for number in numbers or (self.patient_number,):
            while True:
                try:
                    bodies.append(self.phone(number).expect_sms().body)
                except NotAsExpected:
                    break
        return bodies

    def team(self) -> tuple[str, ...]:
        """The phones of everybody who can be paged at the first clinic."""
        return tuple(
            Responder.objects.filter(team=self.world.team)
            .order_by("pk")
            .values_list("phone", flat=True)
        )

    def fault(self, kind: Kind, to: str = "", **details: Any) -> None:
        """Let something go wrong at the provider or on the way."""
        self.stand_in.add_fault(Fault(kind, to, **details))

    def page(self) -> Page:
        """The one page that there is."""
        return Page.objects.get()

    def paged(self, place: int) -> Page:
        """A page is on this responder's phone; returns the one that it names."""
        body = self.hears("Spinewatch", self.responder(place).phone)
        reference = body.split("ref ")[1].split(".")[0].split(" ")[0]
        return Page.objects.get(reference=reference)

    def work(self) -> list[str]:
        """The kinds of open work, oldest first."""
        items = WorkItem.objects.filter(closed_at__isnull=True).order_by("opened_at")
        return [item.kind for item in items]


@pytest.fixture
def story(transactional_db: None, settings: Settings) -> Iterator[Story]:
    """Ends by failing on any text that the test did not expect."""
    world = make_world()
    clock = Lines(NOW)
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        clock=clock.read,
        deliver=clock.deliver,
    ) as stand_in:
        settings.TWILIO_API_BASE_URL = stand_in.base_url
        clock.settle = stand_in.settle
        for line in (world.line, world.other_line):
            stand_in.add_number(line.sender.number, sms_url="/twilio/text")
        yield Story(world, clock, stand_in)
        stand_in.assert_no_unexpected()
