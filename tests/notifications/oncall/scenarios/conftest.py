"""Stories of pages, told with the phones of those who are called.

Production code, Twilio's own client over HTTP, its stand-in's phones and lines, and every
webhook through the views with its signature checked. Time is virtual: `after` goes from one
moment at which something is due to the next. A text or a call that a story does not expect
fails it.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from notifications import inbox, outbox
from notifications.models import (
    ContactMethod,
    Incident,
    Message,
    NotificationRule,
    Page,
    PageEvent,
    Responder,
    Team,
)
from notifications.oncall import paging
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.phones import IncomingCall, Phone
from tests.notifications.oncall.scenarios.receivers import (
    MailServer,
    PagerDutyService,
    Receiver,
    listening,
)
from tests.world import NOW, World, make_world

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, so").decode()
BASE = "http://testserver"
_NEXT = """
    SELECT LEAST(
        (SELECT min(due_at) FROM notifications_page WHERE due_at IS NOT NULL),
        (SELECT min(due_at) FROM notifications_message WHERE state IN ('created', 'accepted')),
        (SELECT min(lease_until) FROM notifications_message WHERE state = 'sending')
    )
"""


class Person:
    """A responder and their phone."""

    def __init__(self, shift: "Shift", responder: Responder) -> None:
        self.shift = shift
        self.responder = responder

    @property
    def phone(self) -> Phone:
        return self.shift.stand_in.phone(self.responder.phone)

    def by(self, *ways: tuple[str, int] | tuple[str, int, str], **addresses: str) -> "Person":
        """Personal rules: (channel, seconds[, level]); the phone unless another is named."""
        for channel, delay, *level in ways:
            address = addresses.get(channel, self.responder.phone)
            contact, _new = ContactMethod.objects.get_or_create(
                responder=self.responder, channel=channel, address=address
            )
            NotificationRule.objects.create(
                contact=contact, delay=delay, level=level[0] if level else ""
            )
        return self

    def hears(self, *words: str) -> str:
        """The next text holds these words."""
        body: str = self.phone.expect_sms(containing=words).body
        return body

    def says(self, words: str) -> None:
        """Send a text to the clinic's number."""
        self.phone.send(words, to=self.shift.team.sender.number)
        self.shift.work()

    def rings(self) -> IncomingCall:
        """The phone rings."""
        return self.phone.expect_call()

    def press(self, key: str) -> str:
        """Pick up the call that rings, press a key, and hear what is said then."""
        call = self.rings().answer()
        before = call.heard
        call.press(key)
        self.shift.work()
        return call.heard.removeprefix(before).strip()

    def silence(self) -> None:
        """No text and no call that was not expected."""
        self.phone.expect_nothing()


class Shift:
    """A team on duty: Chen has the rota, Okafor is the lead, Novak is on the last rung."""

    def __init__(self, world: World, stand_in: Simulator, client: Client) -> None:
        self.world, self.stand_in, self.client = world, stand_in, client
        self.now = NOW
        self.chen, self.novak, self.okafor = (
            Person(self, Responder.objects.get(team=world.team, name=f"Dr. {name}"))
            for name in ("Chen", "Novak", "Okafor")
        )

    @property
    def team(self) -> Team:
        return self.world.team

    def fault(self, kind: Kind, who: Person | None = None, **how: Any) -> None:
        to = who.responder.phone if who else ""
        self.stand_in.add_fault(Fault(kind, to, **how))

    def opens(self, level: str = "emergency", *, now: bool = True) -> Page:
        """A page opens, and whatever is to be done at once is done (unless `now` is False)."""
        with transaction.atomic():
            page = paging.open_page(self.team, level=level, now=self.now)
        if now:
            self.work()
        return page

    def work(self) -> None:
        """Do everything that is due, until nothing is."""
        for _round in range(60):
            self.stand_in.settle()
            done = [
                inbox.sweep(now=self.now),
                paging.sweep(now=self.now),
                outbox.sweep("page", now=self.now),
                outbox.sweep("relay", now=self.now),
            ]
            if not any(sum(counts.values()) for counts in done):
                return
        raise AssertionError(f"It never ends: {done}")

    def after(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass, doing on the way whatever falls due."""
        end = self.now + timedelta(minutes=minutes, seconds=seconds)
        while (due := self._next()) is not None and due <= end:
            self.now = max(self.now, due)
            self.work()
        self.now = end

    def _next(self) -> datetime | None:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT)
            moment: datetime | None = cursor.fetchone()[0]
        return moment

    def network(self, path: str, **form: str) -> int:
        """A signed webhook of the stand-in's account, with these fields; the status."""
        account = {"AccountSid": self.stand_in.account.sid}
        return self.stand_in.webhooks.post(f"{BASE}/{path}", account | form).status

    def deliver(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str]:
        """Take a webhook to the views, at the virtual time."""
        with time_machine.travel(self.now, tick=False):
            answer = self.client.post(
                url.removeprefix(BASE),
                urlencode(params),
                content_type="application/x-www-form-urlencoded",
                headers={"X-Twilio-Signature": headers["X-Twilio-Signature"]},
            )
        return answer.status_code, answer.content.decode()


def fresh(page: Page) -> Page:
    return Page.objects.select_related("acknowledged_by", "closed_by").get(pk=page.pk)


def holder(page: Page) -> str:
    """Who has a page, by name; "" for nobody."""
    has_it = fresh(page).acknowledged_by
    return has_it.name if has_it else ""


def story_of(page: Page) -> list[str]:
    """The page's timeline: what, who, and by which channel; without what changed nothing."""
    events = (
        PageEvent.objects.filter(page=page)
        .exclude(kind=PageEvent.Kind.REPORTED)
        .select_related("responder", "message")
    )
    return [
        " ".join(
            part
            for part in (
                event.kind,
                event.responder.name.removeprefix("Dr. ") if event.responder else "",
                event.message.channel if event.message else "",
            )
            if part
        )
        for event in events
    ]


def incidents() -> list[str]:
    """What staff are shown: who, and what failed."""
    rows = Incident.objects.select_related("responder").order_by("opened_at", "pk")
    return [
        f"{row.responder.name.removeprefix('Dr. ')}: {row.detail}"
        if row.responder
        else row.detail
        for row in rows
    ]


def messages(page: Page, channel: str) -> list[Message]:
    return list(
        Message.objects.filter(ref__startswith=f"page:{page.pk}", channel=channel).order_by(
            "created_at"
        )
    )


@pytest.fixture
def shift(db: None, settings: Settings) -> Iterator[Shift]:
    world = make_world()
    client = Client(enforce_csrf_checks=True)
    holder: list[Shift] = []
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        clock=lambda: holder[0].now,
        deliver=lambda *request: holder[0].deliver(*request),
    ) as stand_in:
        settings.TWILIO_API_BASE_URL = stand_in.base_url
        settings.TWILIO_TIMEOUT_SECONDS = 1.0
        for line in (world.line, world.other_line):
            stand_in.add_number(line.sender.number, sms_url=f"{BASE}/twilio/text")
        holder.append(Shift(world, stand_in, client))
        yield holder[0]
        stand_in.assert_no_unexpected()


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 2.0
        settings.DEFAULT_FROM_EMAIL = "pages@spinewatch.example"
        yield server


@pytest.fixture
def pagerduty(settings: Settings, shift: Shift) -> Iterator[PagerDutyService]:
    """The team's service at PagerDuty; Chen is known there."""
    with listening(PagerDutyService("a secret of PagerDuty's subscription")) as service:
        settings.PAGERDUTY_EVENTS_URL = f"{service.url}/v2/enqueue"
        ContactMethod.objects.create(
            team=shift.team, channel="pagerduty", address="R" * 32, secret=service.secret
        )
        shift.chen.responder.pagerduty_user = "PCHEN11"
        shift.chen.responder.save()
        yield service


@pytest.fixture
def hook(shift: Shift) -> Iterator[Receiver]:
    """A receiver of the team's signed webhooks."""
    with listening(Receiver(status=204)) as receiver:
        ContactMethod.objects.create(
            team=shift.team, channel="webhook", address=f"{receiver.url}/spine", secret=SECRET
        )
        yield receiver
