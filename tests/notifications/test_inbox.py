"""A text that came in is handled once, or a human reads it; STOP is obeyed in any case."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import inbox, outbox, signals
from notifications.gateways.base import InboundText
from notifications.models import Inbound, Message, OptOut, Page, Sender
from notifications.optouts import opt_out, opted_out
from tests.notifications.conftest import NUMBER, OTHER_NUMBER, OUTSIDER, PHONE
from tests.notifications.oncall.ward import open_page, person
from tests.world import NOW, World

SECRET = "I can't feel my legs"


class Failing(Exception):
    """What a reader raises."""


class Reader:
    """Hears the texts that are read; fails as often as it is told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.aside: list[str] = []
        self.failures = 0
        self.aside_failures = 0

    def read(self, sender: Any, *, inbound: Inbound, now: datetime, **_: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise Failing(inbound.body)
        self.heard.append(inbound.provider_sid)

    def set_aside(self, sender: Any, *, inbound: Inbound, now: datetime, **_: Any) -> None:
        if self.aside_failures:
            self.aside_failures -= 1
            raise Failing(inbound.body)
        self.aside.append(inbound.provider_sid)


@pytest.fixture
def reader(alone: None) -> Reader:
    reader = Reader()
    signals.text_received.connect(reader.read, weak=False)
    signals.text_set_aside.connect(reader.set_aside, weak=False)
    return reader


@pytest.fixture
def sender(db: None) -> Sender:
    Sender.objects.create(name="Fenwick", number=OTHER_NUMBER)
    return Sender.objects.create(name="Harbor", number=NUMBER)


def incoming(body: str = "fine", sid: str = "SM1", **changes: Any) -> InboundText:
    values: dict[str, Any] = {
        "sid": sid,
        "account_sid": "AC",
        "messaging_service_sid": "",
        "from_number": PHONE,
        "to": NUMBER,
        "body": body,
        "media": (),
        "opt_out_type": "",
        **changes,
    }
    return InboundText(**values)


def came(body: str, sid: str, *, now: datetime = NOW, **changes: Any) -> Inbound:
    """Store and handle, as the webhook does; a failure is left to the sweep."""
    inbound = inbox.store(incoming(body, sid, **changes), now=now)
    try:
        inbox.handle(inbound.pk, now=now)
    except Failing:
        pass
    inbound.refresh_from_db()
    return inbound


def test_a_text_is_stored_once_as_it_came(sender: Sender) -> None:
    text = incoming("7 🙂", media=(("https://x/1", "image/png"),))
    inbound = inbox.store(text, now=NOW)
    assert inbox.store(text, now=NOW + timedelta(hours=1)) == inbound
    inbound = Inbound.objects.get()
    assert (inbound.sender, inbound.from_number, inbound.body) == (sender, PHONE, "7 🙂")
    assert inbound.media == [["https://x/1", "image/png"]]
    assert inbound.received_at == NOW


@pytest.mark.usefixtures("sender")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    deliveries=st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    failures=st.integers(0, 2),
)
def test_any_number_of_deliveries_are_one_handling(
    reader: Reader, deliveries: list[str], failures: int
) -> None:
    Inbound.objects.all().delete()
    reader.heard.clear()
    reader.failures = failures
    for place, name in enumerate(deliveries):
        came("fine", f"SM{name}", now=NOW + timedelta(seconds=place))
    for minute in range(1, 5):
        inbox.sweep(now=NOW + timedelta(minutes=minute))
    assert sorted(reader.heard) == sorted({f"SM{name}" for name in deliveries})
    assert not Inbound.objects.filter(handled_at__isnull=True).exists()
    assert reader.aside == []


@pytest.mark.django_db(transaction=True)
def test_deliveries_at_the_same_time_are_one_handling(reader: Reader) -> None:
    Sender.objects.create(name="Harbor", number=NUMBER)
    start = threading.Barrier(5)
    handled: list[bool] = []

    def deliver() -> None:
        start.wait()
        try:
            inbound = inbox.store(incoming(), now=NOW)
            handled.append(inbox.handle(inbound.pk, now=NOW))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(handled) == [False, False, False, False, True]
    assert reader.heard == ["SM1"]
    assert Inbound.objects.count() == 1


@pytest.mark.usefixtures("sender")
def test_a_reader_that_fails_once_is_asked_again_later(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    reader.failures = 1
    inbound = came(SECRET, "SM1")
    assert (inbound.handled_at, inbound.attempts_made) == (None, 1)
    assert inbound.problem == "Failing"
    assert inbox.sweep(now=NOW) == {"handled": 0, "failed": 0}
    assert inbox.sweep(now=NOW + timedelta(seconds=5)) == {"handled": 1, "failed": 0}
    assert reader.heard == ["SM1"]
    assert SECRET not in caplog.text
    assert PHONE not in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.usefixtures("sender")
def test_after_three_failures_a_human_reads_it_once(reader: Reader) -> None:
    reader.failures = 100
    came(SECRET, "SM1")
    for minute in range(1, 6):
        inbox.sweep(now=NOW + timedelta(minutes=minute))
    inbound = Inbound.objects.get()
    assert (inbound.attempts_made, inbound.problem) == (3, "Failing")
    assert inbound.handled_at == NOW + timedelta(minutes=2)
    assert (reader.heard, reader.aside) == ([], ["SM1"])
    assert not inbox.handle(inbound.pk, now=NOW + timedelta(hours=1))


@pytest.mark.usefixtures("sender")
def test_a_text_that_can_not_even_be_set_aside_is_not_lost(reader: Reader) -> None:
    reader.failures, reader.aside_failures = 4, 1
    came(SECRET, "SM1")
    came("fine", "SM2", now=NOW)
    for minute in range(1, 6):
        inbox.sweep(now=NOW + timedelta(minutes=minute))
    assert "SM1" in reader.heard + reader.aside
    assert not Inbound.objects.filter(handled_at__isnull=True).exists()


@pytest.mark.usefixtures("sender")
def test_a_text_to_a_number_of_nobody_is_kept_and_set_aside(reader: Reader) -> None:
    inbound = came("STOP", "SM1", to=OUTSIDER)
    assert (inbound.sender, inbound.to_number) == (None, OUTSIDER)
    assert inbound.handled_at == NOW
    assert inbound.problem == inbox.NO_SENDER
    assert (reader.heard, reader.aside) == ([], ["SM1"])
    assert not OptOut.objects.exists()


def test_a_text_to_a_service_finds_its_sender(sender: Sender) -> None:
    sender.messaging_service_sid = "MG1"
    sender.save()
    inbound = inbox.store(incoming(to=OUTSIDER, messaging_service_sid="MG1"), now=NOW)
    assert inbound.sender == sender


def put(sender: Sender, to: str = PHONE, **changes: Any) -> Message:
    return outbox.put(
        sender=sender,
        stream=changes.pop("stream", "text"),
        to=to,
        body="How is the pain?",
        key=f"{sender.pk}{to}{changes}",
        now=NOW,
        expires_in=timedelta(hours=1),
        **changes,
    )


def test_stop_is_obeyed_at_once_and_start_undoes_it(sender: Sender, reader: Reader) -> None:
    other = Sender.objects.get(number=OTHER_NUMBER)
    waiting = put(sender)
    kept = [
        put(sender, OUTSIDER),
        put(other),
        put(sender, despite_opt_out=True),
    ]
    came("Stop.", "SM1")
    waiting.refresh_from_db()
    assert waiting.state == Message.State.CANCELLED
    assert Message.objects.filter(state=Message.State.CREATED).count() == len(kept)
    assert opted_out(sender, PHONE)
    assert not opted_out(other, PHONE)
    assert not opted_out(sender, OUTSIDER)
    came("yes", "SM2", now=NOW + timedelta(minutes=1))
    assert opted_out(sender, PHONE)
    came("START", "SM3", now=NOW + timedelta(minutes=2))
    assert not opted_out(sender, PHONE)
    # A keyword is read as any other text: words may hold a red flag for whoever reads.
    assert reader.heard == ["SM1", "SM2", "SM3"]


def test_stop_twice_is_one_opt_out(sender: Sender, reader: Reader) -> None:
    came("STOP", "SM1")
    came("stop", "SM2", now=NOW + timedelta(seconds=1))
    opt_out(sender, PHONE, source="words", now=NOW)
    assert OptOut.objects.get().source == "keyword"


def test_the_providers_own_word_counts_as_well(sender: Sender, reader: Reader) -> None:
    assert came("BASTA", "SM1", opt_out_type="STOP").keyword == "stop"
    assert opted_out(sender, PHONE)


def test_stop_is_obeyed_where_reading_fails(sender: Sender, reader: Reader) -> None:
    reader.failures = 100
    came("STOP", "SM1")
    assert opted_out(sender, PHONE)


def test_a_stop_that_is_tried_again_does_not_undo_a_later_start(
    sender: Sender, reader: Reader
) -> None:
    reader.failures = 1
    came("STOP", "SM1")
    came("START", "SM2", now=NOW + timedelta(seconds=2))
    inbox.sweep(now=NOW + timedelta(seconds=10))
    assert sorted(reader.heard) == ["SM1", "SM2"]
    assert not opted_out(sender, PHONE)


def test_a_responders_reply_is_taken_before_patients_texts_are_read(
    world: World, reader: Reader
) -> None:
    page = open_page(world.team)
    on_call = person(world.team, "Chen")
    number = world.line.sender.number
    came(f"{page.code}", "SM1", from_number=on_call.phone, to=number)
    page.refresh_from_db()
    assert (page.state, page.acknowledged_by) == (Page.State.ACKNOWLEDGED, on_call)
    assert reader.heard == []
    came(f"{page.code}", "SM2", from_number=on_call.phone, to=world.other_line.sender.number)
    came(f"{page.code}", "SM3", from_number=OUTSIDER, to=number)
    assert reader.heard == ["SM2", "SM3"]


@pytest.mark.usefixtures("sender")
def test_an_error_undoes_what_others_did_for_the_text(reader: Reader) -> None:
    later = Reader()

    def write(sender: Any, *, inbound: Inbound, **_: Any) -> None:
        assert inbound.sender is not None
        put(inbound.sender)

    signals.text_received.connect(write, weak=False)
    signals.text_received.connect(later.read, weak=False)
    later.failures = 1
    came("fine", "SM1")
    assert not Message.objects.exists()
    inbox.sweep(now=NOW + timedelta(seconds=5))
    assert Message.objects.count() == 1
