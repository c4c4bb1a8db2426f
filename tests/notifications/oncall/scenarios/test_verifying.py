"""A channel is verified by using it: codes and links as they arrive on phones and elsewhere."""

import re
from datetime import timedelta

import pytest

from notifications.models import ContactCheck, ContactMethod, Incident, NotificationRule
from notifications.oncall import roll_call, verifying
from notifications.oncall.swapping import NotPossible
from notifications.oncall.verifying import Entered
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.chores import look, run
from tests.notifications.oncall.scenarios.conftest import Person, Shift, holder
from tests.notifications.oncall.scenarios.receivers import MailServer, Receiver, listening


def new(who: Person, channel: str, address: str = "") -> ContactMethod:
    """A channel of somebody who had none."""
    ContactMethod.objects.filter(responder=who.responder).delete()
    address = address or who.responder.phone
    return verifying.add(who.responder, channel=channel, address=address)


def ask(shift: Shift, contact: ContactMethod) -> None:
    verifying.ask(contact, now=shift.now)
    run(shift)


def code_in(words: str) -> str:
    found = re.search(r"\b(\d{6})\b", words)
    assert found, words
    return found[1]


def test_by_a_code_in_a_text(shift: Shift) -> None:
    contact = new(shift.chen, "sms")
    ask(shift, contact)
    body = shift.chen.hears("your code is")
    assert "ref " not in body and len(body) <= 160
    assert verifying.enter(contact, "000 000", now=shift.now) is Entered.WRONG
    assert verifying.enter(contact, code_in(body), now=shift.now) is Entered.VERIFIED
    contact.refresh_from_db()
    assert contact.verified and roll_call.of(shift.chen.responder).channels == ("sms",)
    # Used up.
    assert verifying.enter(contact, code_in(body), now=shift.now) is Entered.OVER


def test_by_a_code_that_is_spoken(shift: Shift) -> None:
    contact = new(shift.chen, "voice")
    ask(shift, contact)
    heard = shift.chen.rings().answer().heard
    assert "This is no page" in heard
    digits = re.findall(r"(?:\d, ){5}\d", heard)
    assert len(digits) == 3 and len(set(digits)) == 1
    assert verifying.enter(contact, digits[0], now=shift.now) is Entered.VERIFIED
    # The text to the phone in the record stays the first, and the call comes behind it.
    rules = NotificationRule.objects.filter(contact__responder=shift.chen.responder)
    assert [(rule.contact.channel, rule.delay) for rule in rules] == [("sms", 0), ("voice", 60)]
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.after(seconds=61)
    shift.chen.rings().press("4")
    assert holder(page) == "Dr. Chen"


def test_by_a_code_in_an_email(shift: Shift, mail: MailServer) -> None:
    contact = new(shift.chen, "email", "chen@harbor.example")
    ask(shift, contact)
    [text] = mail.texts()
    assert verifying.enter(contact, code_in(text), now=shift.now) is Entered.VERIFIED


def test_by_a_link_where_no_code_is_typed(shift: Shift) -> None:
    with listening(Receiver(status=200)) as hook:
        contact = new(shift.chen, "apprise", hook.url.replace("http://", "json://"))
        ask(shift, contact)
        [sent] = hook.events()
    found = re.search(r"/channels/confirm/([\w-]+)", sent["message"])
    assert found
    check = verifying.by_link(found[1], now=shift.now)
    assert check is not None and verifying.follow(check, now=shift.now)
    assert not verifying.follow(check, now=shift.now)
    assert verifying.by_link(found[1], now=shift.now) is None
    contact.refresh_from_db()
    assert contact.verified


def test_a_code_that_is_typed_in_opens_no_link(shift: Shift) -> None:
    ask(shift, new(shift.chen, "sms"))
    code = code_in(shift.chen.hears("your code is"))
    assert verifying.by_link(code, now=shift.now) is None


def test_a_code_expires_and_wrong_ones_use_it_up(shift: Shift) -> None:
    contact = new(shift.chen, "sms")
    ask(shift, contact)
    code = code_in(shift.chen.hears("your code is"))
    late = shift.now + verifying.LIVES
    assert verifying.enter(contact, code, now=late) is Entered.OVER
    wrong = "111111" if code != "111111" else "222222"
    said = [verifying.enter(contact, wrong, now=shift.now) for _ in range(5)]
    assert said == [Entered.WRONG] * 4 + [Entered.OVER]
    assert verifying.enter(contact, code, now=shift.now) is Entered.OVER
    contact.refresh_from_db()
    assert not contact.verified


def test_a_code_is_not_sent_for_ever(shift: Shift) -> None:
    contact = new(shift.chen, "sms")
    codes = []
    for _ in range(verifying.SENT_A_DAY):
        ask(shift, contact)
        codes.append(code_in(shift.chen.hears("your code is")))
        with pytest.raises(NotPossible, match="Wait a minute"):
            verifying.ask(contact, now=shift.now)
        shift.now += verifying.SENT_AGAIN_AFTER
    with pytest.raises(NotPossible, match="Too many codes"):
        verifying.ask(contact, now=shift.now)
    # Only the last one counts.
    assert verifying.enter(contact, codes[0], now=shift.now) is Entered.WRONG
    assert verifying.enter(contact, codes[-1], now=shift.now) is Entered.VERIFIED
    shift.now += timedelta(days=1)
    ask(shift, contact)
    shift.chen.hears("your code is")


def test_a_code_for_another_address_verifies_nothing(shift: Shift) -> None:
    contact = new(shift.chen, "sms")
    ask(shift, contact)
    code = code_in(shift.chen.hears("your code is"))
    contact.address = "+12125550188"
    contact.save()
    assert verifying.enter(contact, code, now=shift.now) is Entered.OVER


def test_stop_is_told_at_once_and_start_undoes_it(shift: Shift) -> None:
    look(shift)
    shift.chen.says("STOP")
    shift.chen.phone.expect_sms(containing="unsubscribed")
    run(shift)
    shift.okafor.hears("Dr. Chen refuses texts (STOP)")
    assert roll_call.of(shift.chen.responder).ready is False
    shift.now += timedelta(minutes=5)
    look(shift)
    shift.okafor.hears("Dr. Chen is on the rota and not ready")
    kinds = {row.kind for row in Incident.objects.filter(closed_at=None)}
    assert kinds == {"stopped", "unready"}
    # Pages follow the other verified channel at once; the text is not even tried.
    page = shift.opens()
    shift.chen.rings().press("4")
    shift.work()
    assert holder(page) == "Dr. Chen"
    shift.chen.says("START")
    shift.chen.phone.expect_sms(containing="re-subscribed")
    look(shift)
    assert roll_call.of(shift.chen.responder).ready
    open_kinds = Incident.objects.filter(closed_at=None).values_list("kind", flat=True)
    assert not {"stopped", "unready"} & set(open_kinds)
    shift.chen.silence()
    shift.okafor.silence()


def test_21610_is_the_same_incident(shift: Shift) -> None:
    shift.fault(Kind.REFUSED, shift.chen, code=21610, times=1)
    shift.opens()
    run(shift)
    shift.okafor.hears("Spinewatch EMERGENCY")
    shift.okafor.hears("Dr. Chen refuses texts (STOP)")
    assert Incident.objects.filter(
        kind="stopped", responder=shift.chen.responder, closed_at=None
    ).exists()
    assert ContactCheck.objects.count() == 0
