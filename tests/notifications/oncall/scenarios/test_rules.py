"""Personal rules: several ways at once or in turn, by level, and what fails is followed."""

from notifications import optouts
from notifications.models import ContactMethod, Incident, Page, Responder
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.conftest import (
    Shift,
    fresh,
    holder,
    incidents,
    messages,
    story_of,
)

SECOND_PHONE = "+12125550119"


def test_without_rules_a_text_goes_to_the_phone(shift: Shift) -> None:
    shift.opens()
    shift.chen.hears("EMERGENCY")


def test_two_ways_at_once(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 0))
    page = shift.opens()
    shift.chen.hears("EMERGENCY")
    shift.chen.rings()
    assert story_of(page)[1:3] == ["paged Chen sms", "paged Chen voice"]


def test_in_turn_and_the_rest_is_taken_back_by_the_acknowledgement(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 60), ("email", 120), email="chen@harbor.example")
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.after(seconds=59)
    shift.chen.silence()
    shift.after(seconds=1)
    shift.chen.rings()
    shift.chen.says(str(page.code))
    shift.chen.hears("You have")
    shift.after(minutes=10)
    assert [row.state for row in messages(page, "email")] == ["cancelled"]


def test_rules_by_level(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 0, "emergency"))
    urgent = shift.opens("urgent")
    shift.chen.hears("URGENT", urgent.reference)
    shift.chen.silence()
    emergency = shift.opens()
    shift.chen.hears("EMERGENCY", emergency.reference)
    shift.chen.rings()


def test_the_first_way_is_at_once_whatever_its_delay(shift: Shift) -> None:
    shift.chen.by(("sms", 900), ("voice", 960))
    shift.opens()
    shift.chen.hears("EMERGENCY")
    shift.after(seconds=60)
    shift.chen.rings()


def test_two_phones_and_a_reply_from_either(shift: Shift) -> None:
    shift.chen.by(("sms", 0), sms=SECOND_PHONE)
    page = shift.opens()
    second = shift.stand_in.phone(SECOND_PHONE)
    second.expect_sms(containing="EMERGENCY").reply(str(page.code))
    shift.work()
    assert holder(page) == "Dr. Chen"
    second.expect_sms(containing="You have")


def test_a_way_that_is_switched_off_is_not_used(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 0))
    ContactMethod.objects.filter(channel="voice").update(active=False)
    shift.opens()
    shift.chen.hears("EMERGENCY")


def test_a_text_that_is_not_delivered_is_followed_by_the_call_within_seconds(
    shift: Shift,
) -> None:
    shift.chen.by(("sms", 0), ("voice", 240))
    shift.fault(Kind.UNDELIVERED, shift.chen, code=30003)
    began = shift.now
    page = shift.opens()
    call = shift.chen.rings()
    assert shift.now == began
    assert story_of(page) == [
        "opened",
        "paged Chen sms",
        "planned Chen voice",
        "accepted Chen sms",
        "lost Chen sms",
        "hurried Chen voice",
        "accepted Chen voice",
    ]
    assert incidents() == ["Chen: sms: unreachable"]
    # The rung is not over: its call still rings.
    assert fresh(page).rung == 0
    call.ignore()
    shift.work()
    shift.okafor.hears("call 2")


def test_21610_is_followed_by_the_call_and_remembered(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 240))
    shift.fault(Kind.REFUSED, shift.chen, code=21610, times=1)
    shift.opens()
    shift.chen.rings().ignore()
    shift.work()
    shift.okafor.hears("call 2")
    assert optouts.opted_out(shift.team.sender, shift.chen.responder.phone)
    assert "Chen: sms: opted_out" in incidents()
    # The next page does not try the text at the network again.
    shift.opens()
    shift.chen.rings()


def test_stop_loses_the_texts_and_not_the_calls(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 240))
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says("STOP")
    shift.chen.phone.expect_sms(containing="unsubscribed")
    call = shift.chen.rings()
    assert set(incidents()) == {"Chen: opted out of texts", "Chen: sms: opted out"}
    call.press("4")
    assert holder(page) == "Dr. Chen"


def test_the_provider_is_down_for_texts_only(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 240))
    shift.fault(Kind.HTTP_503, shift.chen, times=1)
    page = shift.opens()
    # The call does not wait until the text has been given up.
    shift.chen.rings().press("4")
    shift.work()
    assert holder(page) == "Dr. Chen"
    shift.after(minutes=2)
    shift.chen.silence()


def test_the_same_failure_again_counts_up_one_incident(shift: Shift) -> None:
    shift.fault(Kind.UNDELIVERED, shift.chen)
    for _ in range(3):
        shift.opens()
    shift.okafor.hears("call 2")
    shift.okafor.hears("call 2")
    shift.okafor.hears("call 2")
    [row] = Incident.objects.all()
    assert (row.times, row.detail) == (3, "sms: unreachable")


def test_an_empty_rung_is_skipped_at_once_and_alarmed(shift: Shift) -> None:
    Responder.objects.filter(pk=shift.chen.responder.pk).update(active=False)
    shift.opens()
    shift.okafor.hears("EMERGENCY")
    assert incidents() == ["rung 1"]


def test_planned_ways_go_on_when_the_page_climbs(shift: Shift) -> None:
    shift.chen.by(("sms", 0), ("voice", 360))
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    shift.after(minutes=1)
    assert "You have" in shift.chen.press("4")
    shift.okafor.hears("Dr. Chen has")
    assert fresh(page).state == Page.State.ACKNOWLEDGED


def test_the_last_rung_repeats_by_everybodys_rules(shift: Shift) -> None:
    shift.novak.by(("voice", 0))
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.after(minutes=5)
    shift.okafor.hears("call 2")
    for nth in (3, 4):
        shift.after(minutes=5)
        shift.chen.hears(f"call {nth}")
        shift.okafor.hears(f"call {nth}")
        shift.novak.rings().ignore()
        shift.work()
    assert fresh(page).climbs == 3


def test_rules_that_change_meanwhile_hold_from_the_next_rung_on(shift: Shift) -> None:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.okafor.by(("voice", 0))
    shift.after(minutes=5)
    shift.okafor.press("4")
    assert holder(page) == "Dr. Okafor"
    shift.chen.hears("Dr. Okafor has")


def test_a_rung_of_several_people(shift: Shift) -> None:
    shift.team.rung_set.get(position=0).people.add(shift.novak.responder)
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.novak.hears("Reply")
    shift.novak.says(str(page.code))
    shift.novak.hears("You have")
    shift.chen.hears("Dr. Novak has")


def test_of_several_people_one_who_is_left_is_enough(shift: Shift) -> None:
    shift.team.rung_set.get(position=0).people.add(shift.novak.responder)
    Responder.objects.filter(pk=shift.chen.responder.pk).update(active=False)
    shift.opens()
    shift.novak.hears("Reply")
    assert not incidents()
