"""A post office for the tests of messages: two senders, their phones, and the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from notifications import outbox, signals
from notifications.models import Attempt, Message, Sender
from notifications.simulator import Fault, Kind, Simulator
from tests.world import NOW

PHONE = "+12015550123"
OUTSIDER = "+12015550199"
NUMBER = "+12125550100"
OTHER_NUMBER = "+12125550200"
SILENT = (Kind.SILENT_AFTER_ACCEPTING, Kind.SILENT_BEFORE_ACCEPTING)


@dataclass
class Post:
    """`now` is the virtual time. Webhooks go through Django's test client at that time."""

    sender: Sender
    other: Sender
    stand_in: Simulator
    clock: list[datetime]
    settings: Settings
    settled: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock[0]

    def later(self, **length: float) -> datetime:
        self.clock[0] += timedelta(**length)
        return self.now

    def put(self, body: str = "How is the pain?", **changes: Any) -> Message:
        values: dict[str, Any] = {
            "sender": self.sender,
            "stream": Message.Stream.TEXT,
            "to": PHONE,
            "body": body,
            "key": f"key of {body}",
            "now": self.now,
            "expires_in": timedelta(hours=1),
            **changes,
        }
        with transaction.atomic():
            return outbox.put(**values)

    def page(self, body: str = "Ref K7QD. Reply 27.", **changes: Any) -> Message:
        return self.put(body, stream=Message.Stream.PAGE, **changes)

    def sweep(self, stream: str = Message.Stream.TEXT) -> dict[str, int]:
        return outbox.sweep(stream, now=self.now)

    def work(self, stream: str = Message.Stream.TEXT, **length: float) -> None:
        """Sweep every five seconds for a while."""
        end = self.now + timedelta(**length)
        while self.now < end:
            self.sweep(stream)
            self.later(seconds=5)

    def fault(self, kind: Kind, **how: Any) -> Fault:
        if kind in SILENT:
            # Only who waits for nothing gives up soon: an answer may be late on a busy machine.
            self.settings.TWILIO_TIMEOUT_SECONDS = 0.3
        return self.stand_in.add_fault(Fault(kind, **how))

    def arrived(self, number: str = PHONE) -> list[str]:
        self.stand_in.settle()
        return self.stand_in.phone(number).texts()


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def outcomes(message: Message) -> list[str]:
    attempts = Attempt.objects.filter(message=message).order_by("number")
    return [attempt.outcome for attempt in attempts]


def through(client: Client, clock: list[datetime]) -> Callable[..., tuple[int, str]]:
    """Takes the stand-in's webhooks to Django, at the virtual time."""

    def deliver(
        url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        with time_machine.travel(clock[0], tick=False):
            answer = client.post(
                url.removeprefix("http://testserver"),
                urlencode(params),
                content_type="application/x-www-form-urlencoded",
                headers={"X-Twilio-Signature": headers["X-Twilio-Signature"]},
            )
        return answer.status_code, answer.content.decode()

    return deliver


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else hears the signals: this package is tested without those above it."""
    for signal in (signals.text_received, signals.text_set_aside, signals.message_settled):
        monkeypatch.setattr(signal, "receivers", [])


@pytest.fixture
def post(transactional_db: None, settings: Settings, alone: None) -> Iterator[Post]:
    clock = [NOW]
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        clock=lambda: clock[0],
        deliver=through(Client(enforce_csrf_checks=True), clock),
    ) as stand_in:
        settings.TWILIO_API_BASE_URL = stand_in.base_url
        for number in (NUMBER, OTHER_NUMBER):
            stand_in.add_number(number, sms_url=f"{settings.PUBLIC_BASE_URL}/twilio/text")
        office = Post(
            sender=Sender.objects.create(name="Harbor", number=NUMBER),
            other=Sender.objects.create(name="Fenwick", number=OTHER_NUMBER),
            stand_in=stand_in,
            clock=clock,
            settings=settings,
        )

        def note(sender: Any, *, message: Message, **_: Any) -> None:
            office.settled.append(message.state)

        signals.message_settled.connect(note, weak=False)
        yield office
