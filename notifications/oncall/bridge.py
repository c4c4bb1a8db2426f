"""Calling a patient through the clinic's number: first the clinician's phone, then the other.

The patient sees the clinic's number and the clinician's stays unknown; the number that is
dialled is on no screen but the page's own, and in no log.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from notifications import outbox, settling, signals
from notifications.gateways import twilio_voice
from notifications.models import Channel, Message, Page, PageEvent, Responder
from notifications.oncall import calls, paging, spoken

# A call that could not be made by then is not made: the clinician has dialled by hand.
_LIFE = timedelta(minutes=3)
_PATIENT_RINGS_SECONDS = 40


def ask_for(page: Page, responder: Responder, *, number: str, now: datetime) -> Message:
    """Have the responder's phone called, and behind it `number` (in E.164).

    A second wish within the same minute is the same call. ValueError as for `acknowledge`,
    and for a drill, which is about nobody.
    """
    paging.must_be_of_the_team(page, responder)
    if page.drill:
        raise ValueError("a drill is about nobody")
    with transaction.atomic():
        page = paging.lock(page)
        key = f"bridge:{page.pk}:{responder.pk}:{now:%Y%m%d%H%M}"
        known = Message.objects.filter(key=key).first()
        if known is not None:
            return known
        message = outbox.put(
            sender=page.team.sender,
            stream=Message.Stream.PAGE,
            channel=Channel.BRIDGE,
            to=responder.phone,
            body=number,
            key=key,
            ref=f"{calls.ref(page)}:bridge",
            now=now,
            expires_in=_LIFE,
        )
        calls.record(
            page, PageEvent.Kind.BRIDGED, now=now, responder=responder, message=message
        )
    return message


def document(message_id: str, *, called: str, key_at: str) -> str | None:
    """What the clinician's phone is told first; None where there is no such call."""
    event = _event(message_id, called=called)
    if event is None:
        return None
    words = spoken.bridge(reference=event.page.reference)
    return twilio_voice.ask(words, action=key_at, farewell=spoken.NO_KEY)


def connect(
    message_id: str,
    *,
    sid: str,
    called: str,
    digits: str,
    key_at: str,
    done_at: str,
    now: datetime,
) -> str | None:
    """After a key: the right one dials the patient, any other asks again."""
    event = _event(message_id, called=called)
    if event is None or event.message is None:
        return None
    if digits != spoken.CONNECT_KEY:
        return document(message_id, called=called, key_at=key_at)
    settling.settle(twilio_voice.key_pressed(sid, message_id=message_id), now=now)
    return twilio_voice.connect(
        spoken.CONNECTING,
        number=event.message.body,
        caller_id=event.page.team.sender.number,
        action=done_at,
        seconds=_PATIENT_RINGS_SECONDS,
    )


def ended(
    message_id: str, *, called: str, said: str, seconds: str, now: datetime
) -> str | None:
    """The patient's leg is over: noted with Twilio's word for it and how long it took."""
    event = _event(message_id, called=called)
    if event is None:
        return None
    detail = said[:20] + (f", {int(seconds)} s" if seconds.isdecimal() else "")
    known = PageEvent.objects.filter(
        message=event.message, kind=PageEvent.Kind.PATIENT_CALL, detail=detail
    )
    if not known.exists():
        _note(event, detail=detail, now=now)
    return twilio_voice.say(spoken.NOT_CONNECTED if said != "completed" else "Goodbye.")


@receiver(signals.message_settled, dispatch_uid="notifications.oncall.bridge")
def not_made(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """The clinician's own phone was not reached, so that nobody was."""
    if message.channel != Channel.BRIDGE or message.state not in Message.LOST:
        return
    event = PageEvent.objects.filter(message=message, kind=PageEvent.Kind.BRIDGED).first()
    if event is not None:
        _note(event, detail=f"not made: {message.problem}", now=now)


def _note(event: PageEvent, *, detail: str, now: datetime) -> None:
    calls.record(
        event.page,
        PageEvent.Kind.PATIENT_CALL,
        now=now,
        responder=event.responder,
        message=event.message,
        detail=detail,
    )


def _event(message_id: str, *, called: str) -> PageEvent | None:
    return calls.by_message(message_id, (PageEvent.Kind.BRIDGED,), called=called)
