"""A page by telephone: what is heard, and what a key does."""

from datetime import datetime

from notifications import settling
from notifications.gateways import twilio_voice
from notifications.models import Page, PageEvent, Responder
from notifications.oncall import calls, check_calls, handing_on, paging, spoken
from notifications.oncall.paging import Done
from notifications.oncall.spoken import Key


def document(message_id: str, *, called: str, key_at: str) -> str | None:
    """What somebody hears who picks up; None where there is no such call.

    `called` is the number that the provider says it called, `key_at` where keys go.
    """
    call = _call(message_id, called=called)
    if call is None or call.responder is None:
        return check_calls.document(message_id, called=called, key_at=key_at)
    page = call.page
    if page.state == Page.State.CLOSED or not call.responder.active:
        return twilio_voice.say(spoken.DRILL_OVER if page.drill else spoken.CALL_OVER)
    if page.acknowledged_by not in (None, call.responder):
        name = page.acknowledged_by.name if page.acknowledged_by else ""
        return twilio_voice.say(spoken.taken_by(reference=page.reference, name=name))
    words = spoken.page(
        level="drill" if page.drill else page.level,
        reference=page.reference,
        team=page.team.name,
        climb=page.climbs,
    )
    return twilio_voice.ask(words, action=key_at, farewell=spoken.NO_KEY)


def press(
    message_id: str, *, sid: str, called: str, digits: str, key_at: str, now: datetime
) -> str | None:
    """Do what a key says, and say what was done; None where there is no such call.

    A key means that the call was heard, whatever the network says of it later.
    """
    call = _call(message_id, called=called)
    if call is None or call.responder is None:
        return check_calls.press(
            message_id, sid=sid, called=called, digits=digits, key_at=key_at, now=now
        )
    settling.settle(twilio_voice.key_pressed(sid, message_id=message_id), now=now)
    key, page, responder = spoken.meaning(digits), call.page, call.responder
    if key is Key.REPEAT or not responder.active:
        return document(message_id, called=called, key_at=key_at)
    if key is Key.TAKE:
        result = paging.acknowledge(page, responder, via="key press", now=now)
    else:
        result = handing_on.pass_on(page, responder, via="key press", now=now)
    return twilio_voice.say(_words(result, responder, now=now))


def _words(result: paging.Result, responder: Responder, *, now: datetime) -> str:
    page = result.page
    if page.drill and result.done is not Done.PASSED_ON:
        taken = result.done is Done.TAKEN
        return spoken.DRILL_TAKEN if taken else spoken.DRILL_OVER
    if result.done is Done.PASSED_ON:
        return spoken.passed_on(reference=page.reference)
    if result.done is Done.TOO_LATE:
        return spoken.closed_by(reference=page.reference, name=result.by.name)
    if result.by != responder or page.due_at is None:
        return spoken.taken_by(reference=page.reference, name=result.by.name)
    minutes = max(1, round((page.due_at - now).total_seconds() / 60))
    return spoken.taken(reference=page.reference, minutes=minutes)


def _call(message_id: str, *, called: str) -> PageEvent | None:
    return calls.by_message(message_id, calls.CALLS, called=called)
