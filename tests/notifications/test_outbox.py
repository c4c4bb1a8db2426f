"""Texts go out once: whatever the provider answers, whoever dies, however many are at it."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django.fixtures import Settings

from monitor.engines import free_port
from notifications import optouts, outbox, senders, settling, signals, ways
from notifications.gateways.base import NotSent, StatusUpdate
from notifications.models import DeliveryReport, Message, OptOut
from notifications.simulator import Kind
from tests.notifications.conftest import OUTSIDER, PHONE, Post, fresh, outcomes

State = Message.State


def test_a_text_is_put_inside_the_transaction_that_causes_it(post: Post) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.put(
            sender=post.sender,
            stream="text",
            to=PHONE,
            body="a",
            key="a",
            now=post.now,
            expires_in=timedelta(hours=1),
        )


def test_the_same_key_is_the_same_text(post: Post) -> None:
    first = post.put("one", key="k")
    assert post.put("two", key="k").pk == first.pk
    assert Message.objects.get().body == "one"


def test_a_text_is_accepted_delivered_and_told_of(post: Post) -> None:
    message = post.put()
    assert outbox.deliver(message.pk, now=post.now)
    message = fresh(message)
    assert (message.state, message.attempts_made) == (State.ACCEPTED, 1)
    assert outcomes(message) == ["accepted"]
    assert post.arrived() == ["How is the pain?"]
    assert fresh(message).state == State.DELIVERED
    assert post.settled == [State.ACCEPTED, State.DELIVERED]
    [request] = post.stand_in.sent()
    assert request.form["StatusCallback"] == [f"http://testserver/twilio/status?m={message.pk}"]
    assert request.form["ValidityPeriod"] == ["3600"]
    assert post.arrived(OUTSIDER) == []


def test_a_text_is_sent_when_it_is_due_and_once(post: Post) -> None:
    message = post.put(due_at=post.now + timedelta(minutes=5))
    assert not outbox.deliver(message.pk, now=post.now)
    assert post.sweep()["claimed"] == 0
    post.later(minutes=5)
    assert post.sweep()["claimed"] == 1
    assert not outbox.deliver(message.pk, now=post.now)
    assert post.sweep()["claimed"] == 0
    assert post.arrived() == ["How is the pain?"]


def test_the_oldest_goes_first_and_each_stream_by_itself(post: Post) -> None:
    post.put("second", due_at=post.now - timedelta(seconds=1))
    post.put("first", due_at=post.now - timedelta(seconds=2))
    post.page("page", to=OUTSIDER)
    assert outbox.sweep("text", now=post.now, limit=1)["claimed"] == 1
    assert post.arrived() == ["first"]
    post.sweep()
    assert post.arrived() == ["first", "second"]
    assert post.arrived(OUTSIDER) == []
    post.sweep("page")
    assert post.arrived(OUTSIDER) == ["page"]


def test_no_transaction_is_open_while_the_provider_is_called(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = post.put()
    open_then: list[bool] = []
    real = senders.gateway_for

    def watched(sender: Any) -> Any:
        open_then.append(connection.in_atomic_block)
        return real(sender)

    monkeypatch.setattr(ways, "gateway_for", watched)
    outbox.deliver(message.pk, now=post.now)
    assert open_then == [False]


def test_any_number_of_sweeps_send_each_text_once(post: Post) -> None:
    for place in range(12):
        post.put(f"text {place:02}")
    start = threading.Barrier(4)

    def sweep() -> None:
        start.wait()
        try:
            post.sweep()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(post.arrived()) == [f"text {place:02}" for place in range(12)]
    assert set(Message.objects.values_list("attempts_made", flat=True)) == {1}


def test_an_expired_text_fails_and_is_told_of(post: Post) -> None:
    page = post.page(expires_in=timedelta(minutes=5))
    post.later(minutes=5)
    post.sweep("page")
    assert (fresh(page).state, fresh(page).problem) == (State.FAILED, "expired")
    assert post.settled == [State.FAILED]
    assert post.arrived() == []


def test_an_opt_out_is_asked_for_when_sending(post: Post) -> None:
    late = post.put("check-in")
    last = post.put("You will get no more texts.", despite_opt_out=True)
    elsewhere = post.put("other clinic", sender=post.other)
    optouts.opt_out(post.sender, PHONE, source="words", now=post.now)
    page = post.page()
    Message.objects.filter(pk=late.pk).update(state=State.CREATED, settled_at=None)
    post.sweep()
    post.sweep("page")
    assert (fresh(late).state, fresh(late).problem) == (State.FAILED, "opted_out")
    assert (fresh(page).state, fresh(page).problem) == (State.FAILED, "opted_out")
    assert {fresh(last).state, fresh(elsewhere).state} == {State.ACCEPTED}


def test_a_refusal_for_an_opt_out_is_kept_as_one(post: Post) -> None:
    message = post.put()
    post.fault(Kind.REFUSED, code=21610, times=1)
    post.sweep()
    message = fresh(message)
    assert (message.state, message.problem, message.error_code) == (
        State.FAILED,
        "opted_out",
        21610,
    )
    assert "phone" in message.advice
    assert OptOut.objects.get().source == "provider"
    assert optouts.opted_out(post.sender, PHONE)
    assert not optouts.opted_out(post.other, PHONE)
    assert not optouts.opted_out(post.sender, OUTSIDER)


@pytest.mark.parametrize(
    ("code", "problem"),
    [(21211, "invalid_number"), (21612, "configuration"), (30003, "unreachable")],
)
def test_a_refusal_names_the_problem(post: Post, code: int, problem: str) -> None:
    message = post.put()
    post.fault(Kind.REFUSED, code=code, times=1)
    post.sweep()
    message = fresh(message)
    assert (message.state, message.problem) == (State.FAILED, problem)
    assert message.advice
    assert post.settled == [State.FAILED]


def test_without_an_account_a_text_fails_with_advice(post: Post, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    message = post.put()
    post.sweep()
    assert (fresh(message).state, fresh(message).problem) == (State.FAILED, "configuration")


@pytest.mark.parametrize("stream", ["page", "text"])
def test_a_throttled_text_backs_off_and_is_sent(post: Post, stream: str) -> None:
    message = post.put(stream=stream)
    post.fault(Kind.HTTP_429, times=2)
    post.sweep(stream)
    first = fresh(message).due_at
    assert fresh(message).state == State.CREATED
    assert first > post.now
    assert post.sweep(stream)["claimed"] == 0
    post.work(stream, minutes=1)
    assert outcomes(message) == ["throttled", "throttled", "accepted"]
    assert not fresh(message).possible_duplicate
    assert post.arrived() == ["How is the pain?"]


def test_a_provider_out_of_reach_costs_no_text_and_no_page_more_than_its_ladder(
    post: Post, settings: Settings
) -> None:
    text, page = post.put(), post.page()
    reached = settings.TWILIO_API_BASE_URL
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"
    for _ in range(12):
        post.sweep()
        post.sweep("page")
        post.later(seconds=5)
    assert set(outcomes(text)) == set(outcomes(page)) == {"not_sent"}
    assert len(outcomes(page)) > len(outcomes(text))
    settings.TWILIO_API_BASE_URL = reached
    post.work("page", seconds=16)
    assert fresh(page).state == State.ACCEPTED
    post.work(minutes=6)
    assert post.arrived() == ["Ref K7QD. Reply 27.", "How is the pain?"]


def test_a_provider_that_stays_away_fails_the_text_on_time(
    post: Post, settings: Settings
) -> None:
    message = post.put(expires_in=timedelta(minutes=2))
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"
    post.work(minutes=2, seconds=10)
    assert (fresh(message).state, fresh(message).problem) == (State.FAILED, "expired")
    assert fresh(message).settled_at == message.expires_at


@pytest.mark.parametrize("stream", ["page", "text"])
@pytest.mark.parametrize("kind", [Kind.HTTP_500_AFTER_ACCEPTING, Kind.SILENT_AFTER_ACCEPTING])
def test_a_text_that_was_accepted_without_our_hearing_is_found_and_not_doubled(
    post: Post, kind: Kind, stream: str
) -> None:
    message = post.put(stream=stream)
    post.fault(kind, times=1, seconds=1)
    post.sweep(stream)
    assert outcomes(message) == ["ambiguous"]
    post.work(stream, minutes=1)
    assert outcomes(message) == ["found"]
    assert post.arrived() == ["How is the pain?"]
    assert fresh(message).state == State.DELIVERED
    assert not fresh(message).possible_duplicate


@pytest.mark.parametrize("stream", ["page", "text"])
@pytest.mark.parametrize("kind", [Kind.HTTP_500, Kind.HTTP_503, Kind.SILENT_BEFORE_ACCEPTING])
def test_a_text_that_was_not_accepted_is_asked_for_twice_and_sent_again(
    post: Post, kind: Kind, stream: str
) -> None:
    message = post.put(stream=stream)
    post.fault(kind, times=1, seconds=1)
    post.sweep(stream)
    assert outcomes(message) == ["ambiguous"]
    post.sweep(stream)
    assert outcomes(message) == ["ambiguous"]
    post.work(stream, minutes=1)
    assert outcomes(message) == ["ambiguous", "accepted"]
    assert fresh(message).possible_duplicate
    assert post.arrived() == ["How is the pain?"]


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("stream", ["page", "text"])
@pytest.mark.parametrize("after_sending", [False, True])
def test_a_process_that_dies_while_sending_neither_loses_nor_doubles_the_text(
    post: Post, monkeypatch: pytest.MonkeyPatch, *, after_sending: bool, stream: str
) -> None:
    message = post.put(stream=stream)
    real = senders.gateway_for

    class Dying:
        def __init__(self, sender: Any) -> None:
            self.gateway = real(sender)

        def send(self, text: Any) -> None:
            if after_sending:
                self.gateway.send(text)
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(ways, "gateway_for", Dying)
        outbox.deliver(message.pk, now=post.now)
    assert fresh(message).state == State.SENDING
    post.sweep(stream)
    assert outcomes(message) == ["running"]
    died = post.now
    while fresh(message).provider_sid is None:
        post.later(seconds=5)
        post.sweep(stream)
    assert post.arrived() == ["How is the pain?"]
    if stream == "page":
        assert post.now - died < timedelta(seconds=60)
    assert outcomes(message) == (["found"] if after_sending else ["ambiguous", "accepted"])


def test_a_page_goes_out_again_when_the_provider_can_not_be_asked(
    post: Post, settings: Settings
) -> None:
    page, text = post.page(), post.put()
    post.fault(Kind.SILENT_AFTER_ACCEPTING, times=2, seconds=1)
    post.sweep("page")
    post.sweep()
    reached = settings.TWILIO_API_BASE_URL
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"
    for _ in range(6):
        post.sweep("page")
        post.sweep()
        post.later(seconds=5)
    settings.TWILIO_API_BASE_URL = reached
    post.work("page", minutes=1)
    post.work(minutes=1)
    assert fresh(page).possible_duplicate
    assert not fresh(text).possible_duplicate
    assert sorted(post.arrived()) == [
        "How is the pain?",
        "Ref K7QD. Reply 27.",
        "Ref K7QD. Reply 27.",
    ]


def test_a_text_whose_fate_is_never_known_goes_to_a_human(
    post: Post, settings: Settings
) -> None:
    message = post.put(expires_in=timedelta(minutes=5))
    post.fault(Kind.SILENT_AFTER_ACCEPTING, times=1, seconds=1)
    post.sweep()
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"
    post.work(minutes=6)
    assert (fresh(message).state, fresh(message).problem) == (State.FAILED, "unclear")
    assert "phone" in fresh(message).advice
    assert outcomes(message) == ["ambiguous"]


def test_another_texts_copy_at_the_provider_is_not_taken_for_this_one(post: Post) -> None:
    first = post.put("Same words.", key="first")
    post.sweep()
    second = post.put("Same words.", key="second")
    post.fault(Kind.HTTP_500, times=1)
    post.sweep()
    post.work(minutes=1)
    assert fresh(first).provider_sid != fresh(second).provider_sid
    assert post.arrived() == ["Same words.", "Same words."]


def test_a_text_without_a_report_is_asked_for(post: Post) -> None:
    message = post.put()
    post.fault(Kind.LOST_CALLBACKS)
    post.sweep()
    assert post.arrived() == ["How is the pain?"]
    assert post.sweep()["polled"] == 0
    assert fresh(message).state == State.ACCEPTED
    post.later(minutes=2)
    assert post.sweep()["polled"] == 1
    assert fresh(message).state == State.DELIVERED


def test_a_text_that_is_never_reported_on_did_not_arrive(post: Post) -> None:
    message = post.put()
    post.fault(Kind.STUCK)
    post.sweep()
    post.stand_in.settle()
    polled = 0
    while fresh(message).state == State.ACCEPTED:
        post.later(seconds=30)
        polled += post.sweep()["polled"]
    assert (fresh(message).state, fresh(message).problem) == (
        State.UNDELIVERED,
        "no_report",
    )
    assert timedelta(hours=1) < post.now - message.created_at < timedelta(hours=2)
    assert polled < 12


def test_a_text_on_which_the_program_fails_stops_no_other(post: Post) -> None:
    poison = post.put("poison", expires_in=timedelta(seconds=1))
    due = post.put("fine", due_at=post.now + timedelta(seconds=2))

    def break_on(sender: Any, *, message: Message, **_: Any) -> None:
        if message.pk == poison.pk:
            raise RuntimeError(message.body)

    signals.message_settled.connect(break_on)
    post.later(seconds=2)
    post.sweep()
    assert post.arrived() == ["fine"]
    assert fresh(due).state == State.DELIVERED
    assert fresh(poison).state == State.CREATED
    signals.message_settled.disconnect(break_on)
    post.work(minutes=2)
    assert fresh(poison).problem == "expired"


def test_what_is_taken_back_is_not_sent(post: Post) -> None:
    post.put("waiting", ref="episode:1")
    other = post.put("other", ref="episode:2")
    assert outbox.cancel(ref="episode:1", now=post.now) == 1
    assert outbox.cancel(ref="episode:1", now=post.now) == 0
    post.sweep()
    assert post.arrived() == ["other"]
    assert outbox.cancel(ref="episode:2", now=post.now) == 0
    assert fresh(other).state == State.DELIVERED


def test_what_is_taken_back_while_it_is_sent_is_not_sent_again(post: Post) -> None:
    message = post.put(ref="episode:1")
    post.fault(Kind.HTTP_500, times=1)
    post.sweep()
    assert outbox.cancel(ref="episode:1", now=post.now) == 0
    post.work(minutes=1)
    assert fresh(message).state == State.CANCELLED
    assert post.arrived() == []


def test_a_sweep_takes_up_no_more_than_its_lease_allows(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox.SWEEP, Message.Stream.TEXT, 0.5)
    for place in range(10):
        post.put(f"text {place}")
    post.fault(Kind.SILENT_BEFORE_ACCEPTING, seconds=1)
    began = time.monotonic()
    claimed = post.sweep()["claimed"]
    assert 1 <= claimed <= 3
    assert time.monotonic() - began < 3
    assert Message.objects.filter(state=State.CREATED).count() == 10 - claimed


def test_a_report_that_comes_before_the_answer_finds_its_text(post: Post) -> None:
    message = post.put()
    Message.objects.update(state=State.SENDING, lease_until=post.now, attempts_made=1)
    early = StatusUpdate("SM1", "delivered", None, str(message.pk))
    assert settling.settle(early, now=post.now)
    assert (fresh(message).state, fresh(message).provider_sid) == (State.DELIVERED, "SM1")
    settling.accepted(
        message, sid="SM1", status="queued", outcome="accepted", segments=1, now=post.now
    )
    assert fresh(message).state == State.DELIVERED
    assert post.settled == [State.DELIVERED]


def test_a_report_on_a_strangers_text_is_kept_and_changes_nothing(post: Post) -> None:
    message = post.put()
    for claimed in ("", "not an id", "00000000-0000-0000-0000-000000000000"):
        assert not settling.settle(
            StatusUpdate("SM9", "delivered", None, claimed), now=post.now
        )
    assert fresh(message).state == State.CREATED
    assert DeliveryReport.objects.get().message is None


def test_a_slow_answer_to_a_given_up_attempt_changes_no_later_one(post: Post) -> None:
    message = post.put()
    Message.objects.update(state=State.SENDING, lease_until=post.now, attempts_made=2)
    slow = fresh(message)
    slow.attempts_made = 1
    settling.again(slow, NotSent(None, ""), due_at=post.now, now=post.now)
    assert fresh(message).state == State.SENDING
