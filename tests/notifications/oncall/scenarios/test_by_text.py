"""Texts: how they are answered, and what the network does to them."""

from datetime import timedelta

import pytest

from notifications import inbox
from notifications.gateways.base import InboundText
from notifications.models import Page
from notifications.oncall import paging
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.conftest import (
    Shift,
    fresh,
    holder,
    incidents,
    messages,
    story_of,
)


@pytest.mark.parametrize(
    "words",
    ["{code}", "ack {code}", "{code} ack", " #{code} ", '"ack{code}"', "ACK", "ok.", "a"],
)
def test_is_taken_by_the_code_or_a_bare_word(words: str, shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says(words.format(code=page.code))
    # The reply names what was taken.
    shift.chen.hears("You have EMERGENCY", page.reference)
    assert holder(page) == "Dr. Chen"


def test_a_bare_word_with_two_pages_open_takes_neither(shift: Shift) -> None:
    one, two = shift.opens(), shift.opens()
    for _ in range(2):
        shift.chen.hears("Reply")
    shift.chen.says("ack")
    shift.chen.hears("Not understood", one.reference, two.reference)
    assert (holder(one), holder(two)) == ("", "")
    shift.chen.says(str(two.code))
    shift.chen.hears("You have", two.reference)
    assert (holder(one), holder(two)) == ("", "Dr. Chen")


def test_the_second_is_told_who_has_it(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    shift.chen.says(str(page.code))
    shift.chen.hears("You have")
    shift.okafor.hears("Dr. Chen has")
    shift.okafor.says(str(page.code))
    shift.okafor.hears("Dr. Chen has")
    assert holder(page) == "Dr. Chen"


def test_the_code_of_an_old_page_takes_no_new_one(shift: Shift) -> None:
    old = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says(f"{old.code} 1")
    shift.chen.hears("closed with 1")
    shift.after(minutes=5)
    shift.chen.says(str(old.code))
    shift.chen.hears(f"{old.reference} is closed by Dr. Chen")
    # Codes are given again: then it means the page that is open.
    new = shift.opens()
    assert new.code == old.code
    shift.chen.hears("Reply", new.reference)
    shift.chen.says(str(new.code))
    shift.chen.hears("You have", new.reference)


def test_a_text_that_was_written_before_the_page_opened_is_the_same_code(
    shift: Shift,
) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says(str(page.code + 1))
    shift.chen.hears("Not understood")
    assert holder(page) == ""


def test_the_same_webhook_twice_acknowledges_once(shift: Shift) -> None:
    page = shift.opens()
    shift.fault(Kind.DUPLICATE_INBOUND, shift.chen)
    shift.chen.hears("Reply")
    shift.chen.says(str(page.code))
    shift.chen.hears("You have")
    assert story_of(page).count("acknowledged Chen") == 1


def test_a_reply_that_no_webhook_brought_is_fetched(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    inbox.store(
        InboundText(
            sid="SM" + "7" * 32,
            account_sid=shift.stand_in.account.sid,
            messaging_service_sid="",
            from_number=shift.chen.responder.phone,
            to=shift.team.sender.number,
            body=str(page.code),
            media=(),
            opt_out_type="",
        ),
        now=shift.now,
    )
    shift.work()
    shift.chen.hears("You have")


def test_a_stranger_takes_nothing(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    other = shift.world.other_line.team.responder_set.first()
    assert other is not None
    for number in (other.phone, "+12015550166"):
        shift.stand_in.phone(number).send(str(page.code), to=shift.team.sender.number)
        shift.work()
        # Whoever reads patients' texts may answer them.
        for body in shift.stand_in.phone(number).texts():
            assert "You have" not in body
            shift.stand_in.phone(number).expect_sms()
    assert holder(page) == ""


def test_two_machines_that_answer_each_other_come_to_an_end(shift: Shift) -> None:
    shift.opens()
    shift.chen.hears("Reply")
    for _ in range(5):
        shift.chen.says("I am driving")
        shift.chen.hears("Not understood")
    shift.chen.says("I am driving")
    shift.chen.silence()


def test_nobody_is_called_any_more_once_somebody_has_it(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says("ok")
    shift.chen.hears("You have")
    shift.after(minutes=14, seconds=59)
    for person in (shift.chen, shift.novak, shift.okafor):
        person.silence()
    shift.after(seconds=1)
    # No outcome in time: it climbs again, and whoever had it is reminded.
    shift.chen.hears("no outcome yet")
    shift.okafor.hears("call 2")
    assert holder(page) == ""


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("{code} 1", "advised"),
        ("{code} 3, ambulance", "emergency_care"),
        ("{code} MRI", "imaging"),
        ("{code} 4", "imaging"),
        ("{code} not reached", "not_reached"),
        ("{code} 6, a test of the phone", "false_alarm"),
    ],
)
def test_outcomes(reply: str, outcome: str, shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says("ok")
    shift.chen.hears("You have")
    shift.chen.says(reply.format(code=page.code))
    shift.chen.hears("is closed with")
    assert (fresh(page).state, fresh(page).outcome) == ("closed", outcome)


@pytest.mark.parametrize("code", [30003, 30006, 30007, 30008])
def test_undelivered_climbs_within_seconds(code: int, shift: Shift) -> None:
    shift.fault(Kind.UNDELIVERED, shift.chen, code=code)
    began = shift.now
    shift.opens()
    shift.okafor.hears("call 2")
    assert shift.now == began


def test_429_is_waited_for(shift: Shift) -> None:
    shift.fault(Kind.HTTP_429, shift.chen, times=2)
    page = shift.opens()
    shift.chen.silence()
    shift.after(seconds=20)
    shift.chen.hears("Reply", page.reference)
    assert len(messages(page, "sms")) == 1


@pytest.mark.parametrize("kind", [Kind.HTTP_500, Kind.SILENT_BEFORE_ACCEPTING])
def test_what_was_not_taken_on_is_sent_again(kind: Kind, shift: Shift) -> None:
    shift.fault(kind, shift.chen, times=1, seconds=0)
    page = shift.opens()
    shift.after(seconds=30)
    shift.chen.hears("Reply", page.reference)
    assert fresh(page).rung == 0


@pytest.mark.parametrize("kind", [Kind.SILENT_AFTER_ACCEPTING, Kind.HTTP_500_AFTER_ACCEPTING])
def test_what_was_taken_on_without_an_answer_goes_out_once(kind: Kind, shift: Shift) -> None:
    shift.fault(kind, shift.chen, times=1, seconds=0)
    page = shift.opens()
    shift.after(seconds=30)
    shift.chen.hears("Reply", page.reference)
    [row] = messages(page, "sms")
    assert (row.state, row.possible_duplicate) == ("delivered", False)


def test_lost_reports_are_asked_for(shift: Shift) -> None:
    shift.fault(Kind.LOST_CALLBACKS, shift.chen)
    shift.fault(Kind.UNDELIVERED, shift.chen, code=30003)
    shift.opens()
    shift.okafor.silence()
    shift.after(seconds=20)
    shift.okafor.hears("call 2")


def test_reports_in_any_order_and_number_change_nothing(shift: Shift) -> None:
    for kind in (Kind.OUT_OF_ORDER_CALLBACKS, Kind.DUPLICATE_CALLBACKS):
        shift.fault(kind, shift.chen)
    page = shift.opens()
    shift.chen.hears("Reply")
    assert story_of(page).count("delivered Chen sms") == 1
    assert "lost Chen sms" not in story_of(page)


def test_an_outage_of_three_minutes_is_caught_up_with_one_text(shift: Shift) -> None:
    shift.fault(Kind.HTTP_503)
    page = shift.opens()
    shift.after(minutes=3)
    shift.stand_in.faults.clear()
    shift.after(minutes=1)
    shift.chen.hears("Reply", page.reference)
    shift.chen.silence()
    assert incidents() == ["Chen: sms: not sent at once"]


def test_many_pages_do_not_keep_an_emergency_waiting(shift: Shift) -> None:
    for _ in range(12):
        shift.opens("urgent", now=False)
    page = shift.opens("emergency", now=False)
    shift.work()
    bodies = shift.chen.phone.texts()
    assert any(page.reference in body for body in bodies)
    for _ in range(13):
        shift.chen.hears("Reply")


def test_a_policy_that_changes_meanwhile_does_not_change_an_open_page(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.team.rung_set.filter(position=1).update(position=7)
    shift.team.rung_set.update(emergency_delay=3600)
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    assert fresh(page).due_at == shift.now + timedelta(minutes=5)


def test_an_acknowledgement_in_the_second_of_the_next_rung(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.now += timedelta(minutes=5)
    # The reply is handled first, then the sweep that was due.
    shift.chen.says(str(page.code))
    shift.chen.hears("You have")
    shift.okafor.silence()
    assert paging.sweep(now=shift.now) == {"climbed": 0, "failed": 0}
    assert fresh(page).state == Page.State.ACKNOWLEDGED


def test_never_across_teams(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    other = shift.world.other_line.team
    with pytest.raises(ValueError, match="active responder"):
        paging.acknowledge(page, other.responder_set.all()[0], via="web", now=shift.now)
    assert holder(page) == ""
