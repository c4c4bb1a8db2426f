"""What leaves the building about a page: read whole, in every form that it takes.

A red flag of a real journey goes through every channel there is, with failures on the way;
then everything that the stand-ins received and every line that was logged is searched for
the patient's name, phone and date of birth, and for the words of the red flag.
"""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote_plus

import pytest
from pytest_django.fixtures import Settings

from monitor.models import Episode
from notifications.models import ContactMethod, Incident, NotificationRule, PageEvent
from notifications.oncall import bridge, handing_on, paging
from notifications.simulator import Fault, Kind
from notifications.simulator.phones import NotAsExpected
from tests.journeys.conftest import Story
from tests.notifications.oncall.scenarios.receivers import (
    MailServer,
    PagerDutyService,
    Receiver,
    listening,
)

FLAG = "my legs are so weak I can't stand up"
# Whatever would say whom a page is about, or what is the matter.
SYMPTOMS = (
    *("weak", "legs", "stand", "numb", "cauda", "bladder", "spine injection", "epidural"),
    *("flag", "symptom", "saddle", "lumbar", "patient's"),
)


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Every line of every logger, at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    root.removeHandler(handler)


class Outside:
    """The systems that hear of pages."""

    def __init__(self, mail: MailServer, pagerduty: PagerDutyService, hook: Receiver) -> None:
        self.mail, self.pagerduty, self.hook = mail, pagerduty, hook

    def everything(self) -> list[str]:
        requests = [*self.pagerduty.requests, *self.hook.requests]
        return [
            *self.mail.texts(),
            *(f"{request.path} {dict(request.headers)}" for request in requests),
            *(request.body.decode() for request in requests),
        ]


@pytest.fixture
def outside(settings: Settings) -> Iterator[Outside]:
    with (
        MailServer() as mail,
        listening(PagerDutyService("a secret of its own")) as pagerduty,
        listening(Receiver(status=204)) as hook,
    ):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        settings.PAGERDUTY_EVENTS_URL = f"{pagerduty.url}/v2/enqueue"
        yield Outside(mail, pagerduty, hook)


def connect(story: Story, outside: Outside) -> None:
    """Every channel for the first on call; PagerDuty, a webhook and a chat for the team."""
    chen, team = story.responder(0), story.world.team
    json_url = outside.hook.url.replace("http://", "json://")
    for channel, address, delay in (
        ("sms", chen.phone, 0),
        ("voice", chen.phone, 0),
        ("email", "chen@harbor.example", 0),
        ("apprise", f"{json_url}/chen", 0),
    ):
        contact, _new = ContactMethod.objects.get_or_create(
            responder=chen, channel=channel, address=address
        )
        NotificationRule.objects.create(contact=contact, delay=delay)
    for channel, address in (
        ("pagerduty", "R" * 32),
        ("webhook", f"{outside.hook.url}/hook"),
        ("apprise", f"{json_url}/team"),
        ("email", "desk@harbor.example"),
    ):
        ContactMethod.objects.create(
            team=team, channel=channel, address=address, secret="s" * 24
        )


def play(story: Story, outside: Outside) -> Episode:
    """A red flag that is lost, called, taken, passed on, noted, bridged and closed."""
    episode = story.follow()
    connect(story, outside)
    for kind in (Kind.HTTP_500, Kind.UNDELIVERED):
        story.stand_in.add_fault(Fault(kind, story.responder(0).phone, times=1))
    outside.pagerduty.answers = [500]
    story.says(FLAG)
    story.hears("ER")
    page = story.page()
    story.after(seconds=30)
    chen, novak = story.responder(0), story.responder(1)
    story.after(minutes=6)
    story.phone(chen.phone).expect_call().answer().press("4")
    story.clock.work()
    handing_on.write_note(page, chen, "Says her legs are weak, called Ruth", now=story.now)
    bridge.ask_for(page, chen, number=episode.patient.phone, now=story.now)
    story.clock.work()
    story.phone(chen.phone).expect_call().answer().press("9").hang_up()
    story.after(minutes=16)
    handing_on.pass_on(page, chen, to=novak, via="web", now=story.now)
    story.clock.work()
    paging.close(
        page, novak, outcome="emergency_care", note="Ruth Adler to the ER", now=story.now
    )
    story.clock.work()
    return episode


def test_no_name_no_phone_no_birthday_and_no_symptom(
    story: Story, outside: Outside, logs: io.StringIO
) -> None:
    episode = play(story, outside)
    patient = episode.patient
    forbidden = [
        *(patient.given_name, patient.family_name, patient.phone, patient.phone[2:]),
        *("1957-06-02", "06/02/1957", "2 June 1957", "(201) 555-0123", "555-0123"),
        *SYMPTOMS,
        FLAG,
    ]
    requests = [
        " ".join(f"{name}={value}" for name, values in one.form.items() for value in values)
        for one in story.stand_in.sent()
        # Ending a call names nobody.
        if one.form.get("To", [""])[0] != patient.phone
    ]
    callbacks = [one.url for one in story.stand_in.delivered()]
    kinds = {
        "what Twilio was told": requests,
        "addresses of webhooks": callbacks,
        "what calls say": [one.body for one in story.stand_in.delivered() if one.body],
        "other systems": outside.everything(),
        "the timeline": [event.entry for event in PageEvent.objects.all()],
        "incidents": [row.detail for row in Incident.objects.all()],
        "the log": logs.getvalue().splitlines(),
    }
    for name, texts in kinds.items():
        assert texts, f"nothing to read of {name}"
        for text in texts:
            read = f"{text}\n{unquote_plus(text)}".casefold()
            for word in forbidden:
                assert word.casefold() not in read, f"{word!r} in {name}: {text[:200]}"
    # The net has no holes: all four ways and both events were really there.
    assert {event["event_action"] for event in outside.pagerduty.events()} >= {
        "trigger",
        "acknowledge",
        "resolve",
    }
    assert len(outside.mail.mails) >= 2
    assert any(
        json.loads(one.body).get("type") == "page.closed" for one in outside.hook.requests
    )
    hang_up_everywhere(story)


def hang_up_everywhere(story: Story) -> None:
    """Take whatever texts and calls have come, so that none is unexpected."""
    story.ignore(*story.team(), story.patient_number)
    for number in story.team():
        with suppress(NotAsExpected):
            while True:
                story.phone(number).expect_call()


def test_only_the_carrier_is_told_the_number_that_it_dials(story: Story) -> None:
    episode = story.follow()
    story.says(FLAG)
    story.hears("ER")
    page = story.paged(0)
    chen = story.responder(0)
    bridge.ask_for(page, chen, number=episode.patient.phone, now=story.now)
    story.clock.work()
    call = story.phone(chen.phone).expect_call().answer().press("1")
    story.phone().expect_call().answer().hang_up()
    said = [one.body for one in story.stand_in.delivered() if "<Response>" in one.body]
    dialled = [body for body in said if episode.patient.phone in body]
    assert len(dialled) == 1
    assert dialled[0].count(episode.patient.phone) == 1
    assert f"<Number>{episode.patient.phone}</Number>" in dialled[0]
    assert episode.patient.phone not in call.heard
