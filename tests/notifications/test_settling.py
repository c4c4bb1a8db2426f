"""Reports may come in any order, twice, or not at all: the end is the same."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import settling
from notifications.gateways.base import RANK, StatusUpdate
from notifications.models import DeliveryReport, Message, Sender
from tests.world import NOW

State = Message.State

reports = st.lists(
    st.sampled_from([*RANK, "receiving", ""]).map(
        lambda status: StatusUpdate(
            sid="SM1",
            status=status,
            error_code=30003 if status in ("failed", "undelivered") else None,
            message_id="",
        )
    ),
    min_size=1,
    max_size=12,
)


def sent_message() -> Message:
    sender = Sender.objects.create(name="Harbor", number="+12125550100")
    return Message.objects.create(
        sender=sender,
        stream=Message.Stream.TEXT,
        to="+12015550123",
        body="How is the pain?",
        key="k",
        state=State.SENDING,
        lease_until=NOW,
        due_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        created_at=NOW,
        attempts_made=1,
        provider_sid="SM1",
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(reports)
def test_the_end_is_the_highest_rank_whatever_the_order(updates: list[StatusUpdate]) -> None:
    highest = max(RANK.get(update.status, 0) for update in updates)
    with transaction.atomic():
        message = sent_message()
        ranks = []
        for update in updates:
            settling.settle(update, now=NOW)
            message.refresh_from_db()
            ranks.append(RANK.get(message.provider_status, 0))
        assert ranks == sorted(ranks)
        assert ranks[-1] == highest
        if highest >= 6:
            assert message.state in (State.DELIVERED, State.RELAYED)
            assert message.problem == ""
        elif highest == 5:
            assert message.state in Message.LOST
            assert message.advice
        elif highest:
            assert message.state == State.ACCEPTED
        assert (message.settled_at is not None) == (highest >= 5)
        kept = DeliveryReport.objects.filter(message=message).count()
        assert kept == len({(update.status, update.error_code) for update in updates})
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_text_that_was_lost_and_then_arrived_has_no_problem_left() -> None:
    message = sent_message()
    for status, code in (("undelivered", 30003), ("delivered", None), ("sent", None)):
        settling.settle(StatusUpdate("SM1", status, code, ""), now=NOW)
    message.refresh_from_db()
    assert (message.state, message.problem, message.error_code) == (State.DELIVERED, "", None)


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_report_of_a_second_copy_does_not_speak_for_the_first() -> None:
    message = sent_message()
    settling.settle(StatusUpdate("SM2", "undelivered", 30003, str(message.pk)), now=NOW)
    message.refresh_from_db()
    assert message.state == State.SENDING
    assert DeliveryReport.objects.get().provider_sid == "SM2"


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_an_accepted_text_is_accepted_under_a_status_nobody_knows_yet() -> None:
    message = sent_message()
    settling.accepted(message, sid="SM1", status="pondering", outcome="accepted", now=NOW)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED
