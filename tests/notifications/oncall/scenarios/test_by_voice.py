"""Calls: only a key press is an answer, and whatever else comes of one tries the next way."""

import pytest

from notifications import inbox
from notifications.models import Page, Responder
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.conftest import (
    Shift,
    fresh,
    holder,
    incidents,
    messages,
    story_of,
)


def test_key_4_takes_it_and_everybody_learns_who_has_it(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens()
    shift.after(minutes=5)
    shift.okafor.hears("EMERGENCY", "call 2")
    said = shift.chen.press("4")
    assert "You have" in said and "15 minutes" in said
    assert holder(page) == "Dr. Chen"
    shift.okafor.hears("Dr. Chen has", page.reference)
    assert "acknowledged Chen" in story_of(page)


def test_it_says_who_calls_and_how_urgent_it_is(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens("urgent")
    call = shift.chen.rings().answer()
    assert "Spinewatch, calling Harbor Spine Clinic on call" in call.heard
    assert "Urgent page" in call.heard
    assert ", ".join(page.reference) in call.heard
    call.hang_up()
    shift.work()
    # Who is alone on the rung and hears nothing is followed by the next.
    shift.okafor.hears("call 2")


def test_key_6_passes_it_on_at_once(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 60))
    page = shift.opens()
    assert "passed on" in shift.chen.press("6")
    shift.okafor.hears("call 2", page.reference)
    shift.after(minutes=2)
    # What was planned for the one who passed it on is not carried out.
    shift.chen.silence()
    assert fresh(page).state == Page.State.OPEN


def test_another_key_says_it_again(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens()
    call = shift.chen.rings().answer()
    for key in ("*", "1", "9"):
        call.press(key)
    assert call.heard.count("press 4") == 4
    call.press("4")
    assert holder(page) == "Dr. Chen"


def test_no_key_is_no_answer(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 120))
    page = shift.opens()
    shift.chen.rings().answer().say_nothing().say_nothing()
    shift.work()
    assert holder(page) == ""
    shift.chen.hears("Reply", page.reference)
    assert incidents() == ["Chen: voice: no key pressed"]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (Kind.BUSY, "busy"),
        (Kind.NO_ANSWER, "unanswered"),
        (Kind.VOICEMAIL, "voicemail"),
        (Kind.CALL_FAILED, "call failed"),
    ],
)
def test_what_is_not_heard_tries_the_next_way_at_once(
    kind: Kind, problem: str, shift: Shift
) -> None:
    shift.chen.by(("voice", 0), ("sms", 120))
    shift.fault(kind, shift.chen, times=1)
    page = shift.opens()
    shift.chen.rings()
    began = shift.now
    shift.work()
    shift.chen.hears("Reply", page.reference)
    assert shift.now == began
    assert incidents() == [f"Chen: voice: {problem}"]
    assert [row.problem for row in messages(page, "voice")] == [problem]
    assert holder(page) == ""


def test_a_voice_box_that_was_a_human_after_all_still_counts(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 120))
    page = shift.opens()
    call, [row] = shift.chen.rings(), messages(page, "voice")
    form = {"CallSid": call.sid, "CallStatus": "in-progress", "To": row.to}
    assert shift.network(f"twilio/call?m={row.pk}", AnsweredBy="machine_start", **form) == 200
    shift.work()
    shift.chen.hears("Reply")
    assert shift.network(f"twilio/call-key?m={row.pk}", Digits="4", **form) == 200
    assert holder(page) == "Dr. Chen"


def test_rejecting_a_call_is_busy(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    shift.opens()
    shift.chen.rings().reject()
    shift.work()
    shift.okafor.hears("call 2")
    assert incidents() == ["Chen: voice: busy"]


def test_a_call_that_is_picked_up_too_late_hears_who_has_it(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings()
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    # Picked up in the moment of the acknowledgement, before the ringing is ended.
    shift.okafor.phone.send(str(page.code), to=shift.team.sender.number)
    inbox.sweep(now=shift.now)
    call.answer()
    shift.work()
    shift.okafor.hears("You have")
    shift.chen.hears("Dr. Okafor has")
    assert "Dr. Okafor has" in call.heard
    assert call.status == "completed"


@pytest.mark.parametrize(("words", "said"), [("", "You have"), (" 1", "closed with")])
def test_no_phone_rings_on_and_none_is_blamed_once_somebody_has_it(
    words: str, said: str, shift: Shift
) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings()
    shift.after(seconds=10)
    shift.chen.says(f"{page.code}{words}")
    shift.chen.hears(said)
    assert call.status == "canceled"
    assert not incidents()
    assert story_of(page).count("lost Chen voice") == 1
    shift.after(minutes=1)
    shift.chen.silence()


@pytest.mark.parametrize("end", ["ignore", "reject"])
def test_what_is_not_picked_up_after_it_was_taken_is_no_incident(
    end: str, shift: Shift
) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings()
    shift.chen.phone.send(str(page.code), to=shift.team.sender.number)
    inbox.sweep(now=shift.now)
    getattr(call, end)()
    shift.work()
    shift.chen.hears("You have")
    assert not incidents()


def test_a_call_that_was_picked_up_is_not_cut(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings().answer()
    shift.chen.says(str(page.code))
    shift.chen.hears("You have")
    assert call.status == "in-progress"
    call.say_nothing().say_nothing()
    shift.work()
    assert not incidents()


def test_a_number_that_cannot_be_called_is_an_incident_whoever_has_the_page(
    shift: Shift,
) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call, [row] = shift.chen.rings(), messages(page, "voice")
    shift.chen.phone.send(str(page.code), to=shift.team.sender.number)
    inbox.sweep(now=shift.now)
    form = {"CallSid": call.sid, "CallStatus": "failed", "To": row.to}
    assert shift.network(f"twilio/call-status?m={row.pk}", **form) == 204
    assert incidents() == ["Chen: voice: call failed"]
    shift.work()
    shift.chen.hears("You have")


def test_a_key_pressed_after_somebody_else_took_it_names_them(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings().answer()
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    shift.okafor.says("ack")
    shift.okafor.hears("You have")
    shift.chen.hears("Dr. Okafor has")
    call.press("4")
    assert "Dr. Okafor has" in call.heard
    assert holder(page) == "Dr. Okafor"


def test_a_call_of_a_page_that_is_closed_says_so(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    call = shift.chen.rings()
    shift.chen.phone.send(f"{page.code} 1", to=shift.team.sender.number)
    inbox.sweep(now=shift.now)
    call.answer()
    assert "nothing that is still open" in call.heard


def test_of_two_who_press_at_once_one_has_it(shift: Shift) -> None:
    for person in (shift.chen, shift.novak, shift.okafor):
        person.by(("voice", 0))
    page = shift.opens()
    shift.chen.rings().reject()
    shift.work()
    shift.okafor.rings().reject()
    shift.work()
    ringing = [person.rings().answer() for person in (shift.chen, shift.novak, shift.okafor)]
    for call in ringing:
        call.press("4")
    assert holder(page) == "Dr. Chen"
    assert ["You have" in call.heard for call in ringing] == [True, False, False]
    assert all("Dr. Chen has" in call.heard for call in ringing[1:])
    shift.work()
    for person in (shift.novak, shift.okafor):
        person.hears("Dr. Chen has")


def test_a_key_of_somebody_who_left_takes_nothing(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens()
    call = shift.chen.rings().answer()
    Responder.objects.filter(pk=shift.chen.responder.pk).update(active=False)
    call.press("4")
    assert "nothing that is still open" in call.heard
    assert holder(page) == ""


def test_lost_reports_are_asked_for(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 240))
    shift.fault(Kind.LOST_CALLBACKS, shift.chen)
    page = shift.opens()
    shift.chen.rings().ignore()
    shift.work()
    assert len(messages(page, "sms")) == 1
    shift.chen.silence()
    shift.after(seconds=20)
    shift.chen.hears("Reply")
    assert incidents() == ["Chen: voice: unanswered"]


def test_reports_that_come_twice_and_late_change_nothing(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("sms", 240))
    shift.fault(Kind.DUPLICATE_CALLBACKS, shift.chen)
    shift.fault(Kind.LATE_CALLBACKS, shift.chen, seconds=3)
    page = shift.opens()
    call = shift.chen.rings().answer()
    call.press("4")
    shift.work()
    assert holder(page) == "Dr. Chen"
    assert [row.state for row in messages(page, "voice")] == ["delivered"]
    assert not incidents()
    assert story_of(page).count("delivered Chen voice") == 1


@pytest.mark.parametrize("kind", [Kind.HTTP_500_AFTER_ACCEPTING, Kind.SILENT_AFTER_ACCEPTING])
def test_a_call_whose_answer_was_lost_is_found_and_not_made_twice(
    kind: Kind, shift: Shift
) -> None:
    shift.chen.by(("voice", 0))
    shift.fault(kind, shift.chen, times=1, seconds=0)
    page = shift.opens()
    shift.after(seconds=10)
    assert len(shift.stand_in.account.calls) == 1
    [row] = messages(page, "voice")
    assert (row.state, row.possible_duplicate) == ("accepted", False)
    assert "You have" in shift.chen.press("4")


def test_calls_that_are_throttled_go_out_when_they_may(shift: Shift) -> None:
    shift.chen.by(("voice", 0), ("email", 200), email="chen@harbor.example")
    shift.fault(Kind.HTTP_429, shift.chen, times=1)
    page = shift.opens()
    assert incidents()[0] == "Chen: voice: not sent at once"
    shift.after(seconds=6)
    assert "You have" in shift.chen.press("4")
    assert holder(page) == "Dr. Chen"


def test_a_forged_call_is_refused(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens()
    [row] = messages(page, "voice")
    form = {"AccountSid": shift.stand_in.account.sid, "CallSid": "CA1", "Digits": "4"}
    for path in ("call", "call-key", "call-status", "bridge", "bridge-key", "bridge-done"):
        answer = shift.client.post(f"/twilio/{path}?m={row.pk}", form)
        assert answer.status_code == 403
    assert holder(page) == ""
    shift.chen.rings()


def test_a_call_to_another_number_or_of_another_message_is_unknown(shift: Shift) -> None:
    shift.chen.by(("voice", 0))
    page = shift.opens()
    [row] = messages(page, "voice")
    shift.chen.rings()
    to, made_up = shift.chen.responder.phone, "11111111-1111-4111-8111-111111111111"
    for path, message, called in (
        ("call-key", row.pk, shift.novak.responder.phone),
        ("call-key", made_up, to),
        ("call", "no-id", to),
        ("bridge-key", row.pk, to),
    ):
        form = {"CallSid": "CA" + "1" * 32, "CallStatus": "in-progress", "To": called}
        assert shift.network(f"twilio/{path}?m={message}", Digits="4", **form) == 404
    assert holder(page) == ""
