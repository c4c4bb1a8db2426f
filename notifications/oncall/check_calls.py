"""Verifications and weekly tests by telephone: what is heard, and what a key does."""

from datetime import datetime
from uuid import UUID

from notifications import settling
from notifications.gateways import twilio_voice
from notifications.models import ContactCheck
from notifications.oncall import check_texts, spoken, weekly_tests
from notifications.oncall.spoken import Key

Kind, State = ContactCheck.Kind, ContactCheck.State


def document(message_id: str, *, called: str, key_at: str) -> str | None:
    """What somebody hears who picks up; None where there is no such call."""
    check = _check(message_id, called=called)
    if check is None or check.message is None:
        return None
    if check.state != State.SENT:
        return twilio_voice.say(check_texts.OVER)
    if check.kind == Kind.VERIFY:
        return twilio_voice.say(check.message.body)
    return twilio_voice.ask(check.message.body, action=key_at, farewell=check_texts.NO_KEY)


def press(
    message_id: str, *, sid: str, called: str, digits: str, key_at: str, now: datetime
) -> str | None:
    """Do what a key says, and say what was done; None where there is no such call."""
    check = _check(message_id, called=called)
    if check is None or check.kind != Kind.TEST:
        return None
    settling.settle(twilio_voice.key_pressed(sid, message_id=message_id), now=now)
    if spoken.meaning(digits) is not Key.TAKE:
        return document(message_id, called=called, key_at=key_at)
    done = weekly_tests.answer(check, how="key press", now=now)
    return twilio_voice.say(check_texts.TEST_HEARD if done else check_texts.OVER)


def _check(message_id: str, *, called: str) -> ContactCheck | None:
    try:
        key = UUID(message_id)
    except ValueError:
        return None
    return (
        ContactCheck.objects.filter(message=key, message__to=called)
        .select_related("message", "contact__responder")
        .first()
    )
