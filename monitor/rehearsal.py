"""One case through the running system, played from both ends: patient and clinicians.

Everything between the two phones is the real thing: database, broker, workers, web server
and Twilio's own client, talking to a stand-in. It has a clinic of its own, so that no
patient and no clinician on call is part of it.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import TypeVar

import requests
from django.contrib.auth import get_user_model
from django.db import transaction

from monitor import episodes
from monitor.models import Alert, Assessment, ClinicLine, Episode
from notifications.models import (
    Channel,
    Layer,
    LayerMember,
    Page,
    Responder,
    Rung,
    Sender,
    Team,
)
from notifications.oncall import verifying
from patients.models import Clinic, Procedure
from patients.registration import Registration, register

SLUG = "rehearsal"
NUMBER = "+12015550150"
PHONES = {"Dr. Lind": "+12015550151", "Dr. Mora": "+12015550152"}
WORDS = "pain is ok but i cant feel it when i wipe and my left leg keeps giving way"
# A rehearsal does not wait the five minutes that a real emergency gives the first rung.
CLIMB_AFTER_SECONDS = 8
STEP_SECONDS = 45.0
# The stand-in's dates have whole seconds.
CLOCK_SKEW = timedelta(seconds=1)

Found = TypeVar("Found")


@dataclass(frozen=True)
class Played:
    """One step that happened. `seconds` count from the patient's text, None before it."""

    step: str
    seconds: float | None
    detail: str


class Missing(RuntimeError):
    """A step did not happen in time; the message names it and says where to look."""


class Phones:
    """The stand-in's phones, over its control address."""

    def __init__(self, base_url: str) -> None:
        self._base = f"{base_url}/_simulator"
        self._http = requests.Session()
        self._http.trust_env = False

    def texts(self, number: str, *, since: datetime) -> list[str]:
        """What has arrived on a phone since then, oldest first."""
        answer = self._http.get(f"{self._base}/phones/{number}", timeout=5)
        answer.raise_for_status()
        return [
            message["body"]
            for message in answer.json()["messages"]
            if message["arrived"]
            and not message["from_it"]
            and datetime.fromisoformat(message["at"]) >= since - CLOCK_SKEW
        ]

    def send(self, number: str, body: str, *, to: str) -> None:
        answer = self._http.post(
            f"{self._base}/phones/{number}/send", json={"to": to, "body": body}, timeout=30
        )
        answer.raise_for_status()


@transaction.atomic
def ensure_clinic(*, real_sender: bool, now: datetime) -> ClinicLine:
    """The rehearsals' clinic, made on the first of them. It asks at any hour, as of now.

    `real_sender` False keeps its texts off every network: they go to the stand-in that
    the rehearsal itself runs.
    """
    clock = now.astimezone(UTC)
    clinic, _ = Clinic.objects.update_or_create(
        slug=SLUG,
        defaults={
            "name": "Rehearsal Clinic",
            "time_zone": "UTC",
            "phone": NUMBER,
            "country": "US",
            "opens": wall_time(0, 0),
            "closes": wall_time(23, 59),
            "open_weekdays": [0, 1, 2, 3, 4, 5, 6],
            "check_in_at": wall_time(clock.hour, clock.minute),
            "quiet_from": wall_time(23, 59, 59),
            "quiet_until": wall_time(0, 0),
        },
    )
    sender, _ = Sender.objects.update_or_create(
        number=NUMBER, defaults={"name": "Rehearsal", "rehearsal": not real_sender}
    )
    line = ClinicLine.objects.filter(clinic=clinic).select_related("team", "sender").first()
    line = line or _make_line(clinic, sender)
    for responder in Responder.objects.filter(team=line.team_id):
        make_ready(responder, now=now)
    return line


def _make_line(clinic: Clinic, sender: Sender) -> ClinicLine:
    team = Team.objects.create(
        name="Rehearsal on call", time_zone="UTC", sender=sender, drills=Team.Drills.NEVER
    )
    first, second = (
        Responder.objects.create(
            team=team,
            user=get_user_model().objects.create_user(f"rehearsal-{phone[-3:]}"),
            name=name,
            phone=phone,
            lead=phone == PHONES["Dr. Mora"],
        )
        for name, phone in PHONES.items()
    )
    layer = Layer.objects.create(
        team=team, name="Always", starts_on=date(2026, 1, 1), handover_at=wall_time(0, 0)
    )
    LayerMember.objects.create(layer=layer, responder=first, position=0)
    delays = {"emergency_delay": CLIMB_AFTER_SECONDS, "urgent_delay": CLIMB_AFTER_SECONDS}
    Rung.objects.create(team=team, position=0, target=Rung.Target.LAYER, layer=layer, **delays)
    Rung.objects.create(
        team=team, position=1, target=Rung.Target.RESPONDER, responder=second, **delays
    )
    Rung.objects.create(team=team, position=2, target=Rung.Target.EVERYONE, **delays)
    return ClinicLine.objects.create(clinic=clinic, sender=sender, team=team)


def make_ready(responder: Responder, *, now: datetime) -> None:
    """Made-up people are ready to be on call: two channels of their phone count as verified."""
    for channel in (Channel.SMS, Channel.VOICE):
        contact = verifying.add(responder, channel=channel, address=responder.phone)
        verifying.confirm(contact, now=now)


def end_earlier(*, now: datetime) -> None:
    """End what an earlier rehearsal left open, so that its phones are free."""
    left = Episode.objects.filter(clinic__slug=SLUG).exclude(state=Episode.State.ENDED)
    for episode in left:
        episodes.end(episode, why="The rehearsal is over.", now=now)


class Rehearsal:
    """`clock` is the wall clock; `pause` waits between looks."""

    def __init__(
        self,
        line: ClinicLine,
        phones: Phones,
        *,
        clock: Callable[[], datetime],
        pause: Callable[[], None] = lambda: time.sleep(0.1),
    ) -> None:
        self.line = line
        self.phones = phones
        self.clock = clock
        self.pause = pause
        self.began = clock()
        self.asked_at: datetime | None = None
        self.patient_phone = f"+120155501{secrets.randbelow(50):02d}"

    def play(self) -> Iterator[Played]:
        """The case, a step at a time. Missing at the first step that does not happen."""
        first, second = PHONES.values()
        episode = self._register()
        yield self._played("registered", f"follow-up {episode.reference} has begun")
        question = self._text(self.patient_phone, "1 None", "the next-day check-in")
        yield self._played("check-in arrived", question)
        self.asked_at = self.clock()
        self.phones.send(self.patient_phone, WORDS, to=NUMBER)
        yield self._played("patient answered", WORDS)
        assessed = self._until(lambda: self._assessment(episode), "the answer's assessment")
        codes = ", ".join(dict.fromkeys(reason["code"] for reason in assessed.reasons))
        yield self._played("read and scored", f"{assessed.get_level_display()}: {codes}")
        yield self._played(
            "safety text arrived", self._text(self.patient_phone, "nearest ER", "it")
        )
        page = self._until(lambda: self._page(episode), "a page")
        yield self._played("first rung paged", self._text(first, page.reference, "the page"))
        text = self._text(second, page.reference, "the next rung's page")
        yield self._played("not answered, next rung paged", text)
        self.phones.send(second, str(page.code), to=NUMBER)
        yield self._played("acknowledged by SMS", self._text(second, "advised", "the answer"))
        yield self._played("the others learn who has it", self._text(first, "Dr. Mora", "it"))
        self.phones.send(second, f"{page.code} 3", to=NUMBER)
        self._until(lambda: self._closed(page), "the outcome in the record")
        page.refresh_from_db()
        yield self._played("outcome recorded", page.get_outcome_display())

    def _played(self, step: str, detail: str) -> Played:
        seconds = (self.clock() - self.asked_at).total_seconds() if self.asked_at else None
        return Played(step, seconds, " ".join(detail.split()))

    def _register(self) -> Episode:
        now = self.clock()
        procedure = register(
            Registration(
                given_name=f"Rehearsal {now:%Y-%m-%d %H:%M:%S}",
                family_name="Made-up",
                born_on=date(1960, 1, 1),
                phone=self.patient_phone,
                kind=Procedure.Kind.EPIDURAL_STEROID,
                region=Procedure.Region.LUMBAR,
                side=Procedure.Side.LEFT,
                performed_at=now - timedelta(hours=24),
                clinician="Dr. Lind",
                steroid=True,
                baseline_pain=6,
                consent_given_at=now - timedelta(hours=25),
                consent_how="written",
            ),
            clinic=self.line.clinic,
            now=now,
        )
        return Episode.objects.get(procedure=procedure)

    def _text(self, number: str, containing: str, what: str) -> str:
        def arrived() -> str | None:
            texts = self.phones.texts(number, since=self.began)
            return next((text for text in reversed(texts) if containing in text), None)

        return self._until(arrived, f"{what} on the phone {number}")

    def _until(self, look: Callable[[], Found | None], what: str) -> Found:
        end = self.clock() + timedelta(seconds=STEP_SECONDS)
        while self.clock() < end:
            found = look()
            if found is not None:
                return found
            self.pause()
        raise Missing(
            f"Missing after {STEP_SECONDS:.0f} s: {what}. Are web, workers and beat running? "
            "Their logs say what went wrong; /health says what is overdue."
        )

    @staticmethod
    def _assessment(episode: Episode) -> Assessment | None:
        return Assessment.objects.filter(episode=episode).order_by("pk").last()

    @staticmethod
    def _page(episode: Episode) -> Page | None:
        alert = Alert.objects.filter(episode=episode).select_related("page").first()
        return alert.page if alert else None

    @staticmethod
    def _closed(page: Page) -> bool | None:
        return Page.objects.filter(pk=page.pk, state=Page.State.CLOSED).exists() or None
