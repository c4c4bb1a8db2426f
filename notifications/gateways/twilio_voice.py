"""Calls through Twilio: dialled by its own library, led by documents in TwiML.

Only a key press is an answer. A call that was picked up and ended without one, a machine, a
busy line and silence are all the same: nobody has heard it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from notifications.gateways.base import (
    Accepted,
    OutgoingText,
    Refused,
    RemoteMessage,
    StatusUpdate,
)
from notifications.gateways.twilio import Session, translated

# Shorter than most voice boxes wait, so that they are not reached in the first place.
RING_SECONDS = 25
# How long the line may be listened to before somebody is taken to be there.
DETECT_SECONDS = 5
KEY_SECONDS = 8
HEARD = "read"

# Twilio's words for a call, as statuses of RANK, and why nobody has heard it.
_STATUS = {
    "queued": ("queued", ""),
    "initiated": ("sending", ""),
    "ringing": ("sent", ""),
    "in-progress": ("sent", ""),
    "answered": ("sent", ""),
    "busy": ("undelivered", "busy"),
    "no-answer": ("undelivered", "unanswered"),
    "failed": ("failed", "call failed"),
    "canceled": ("canceled", "call ended"),
    "completed": ("undelivered", "no key pressed"),
}
_MACHINES = ("machine", "fax")


class TwilioCalls:
    """Calls from one number of an account. `base_url` sends everything to a stand-in."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        from_number: str,
        base_url: str = "",
        timeout_seconds: float = 10.0,
    ) -> None:
        http = TwilioHttpClient(timeout=timeout_seconds)
        http.session = Session(base_url)
        self._client = Client(account_sid, auth_token, http_client=http)
        self._from = from_number

    def send(self, text: OutgoingText) -> Accepted:
        with translated():
            call = self._client.calls.create(
                to=text.to,
                from_=self._from,
                url=text.document,
                method="POST",
                status_callback=text.status_callback,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
                timeout=RING_SECONDS,
                machine_detection="Enable",
                machine_detection_timeout=DETECT_SECONDS,
            )
            if not call.sid:
                raise ValueError("The answer names no call.")
            return Accepted(
                sid=str(call.sid), status=_status(str(call.status))[0], segments=None
            )

    def find(self, *, to: str, body: str, since: datetime) -> list[RemoteMessage]:
        """By the two numbers and the time alone: a call has no words to be told by."""
        # Not by StartTime: a call that nobody has answered yet has none.
        earliest = since.replace(microsecond=0)
        with translated():
            found = [
                _remote(call)
                for call in self._client.calls.list(to=to, from_=self._from, limit=50)
            ]
        return [
            call for call in found if call.date_created is None or call.date_created >= earliest
        ]

    def fetch(self, sid: str) -> RemoteMessage | None:
        try:
            with translated():
                return _remote(self._client.calls(sid).fetch())
        except Refused as refused:
            if refused.code == 20404:
                return None
            raise

    def stop_ringing(self, sid: str) -> None:
        """End a call that nobody has picked up yet; one that was picked up goes on."""
        with translated():
            self._client.calls(sid).update(status="canceled")


def _remote(call: Any) -> RemoteMessage:
    status, problem = _status(str(call.status), str(call.answered_by or ""))
    return RemoteMessage(
        sid=str(call.sid),
        to=str(call.to),
        from_number=str(getattr(call, "_from", "") or ""),
        body="",
        status=status,
        error_code=None,
        date_created=call.date_created,
        problem=problem,
    )


def _status(said: str, answered_by: str = "") -> tuple[str, str]:
    if answered_by.startswith(_MACHINES):
        return "undelivered", "voicemail"
    return _STATUS.get(said, ("accepted", ""))


def parse_call(params: Mapping[str, str], *, message_id: str = "") -> StatusUpdate:
    """How far a call has come, from the form that Twilio posts."""
    sid, said = params.get("CallSid", "").strip(), params.get("CallStatus", "").strip().lower()
    status, problem = _status(said, params.get("AnsweredBy", ""))
    return StatusUpdate(sid, status, None, message_id, said=said, problem=problem)


def key_pressed(sid: str, *, message_id: str) -> StatusUpdate:
    """Somebody has heard the call and pressed a key."""
    return StatusUpdate(sid, HEARD, None, message_id, said="key pressed")


def ask(words: str, *, action: str, farewell: str) -> str:
    """A document that asks for one key, twice, and posts it to `action`."""
    document = VoiceResponse()
    for _ in range(2):
        gather = Gather(
            num_digits=1,
            timeout=KEY_SECONDS,
            action=_local(action),
            method="POST",
            finish_on_key="",
        )
        gather.say(words)
        document.append(gather)
    document.say(farewell)
    document.hangup()
    return str(document)


def say(words: str) -> str:
    """A document that says something and hangs up."""
    document = VoiceResponse()
    document.say(words)
    document.hangup()
    return str(document)


def connect(words: str, *, number: str, caller_id: str, action: str, seconds: int) -> str:
    """A document that dials a number behind the call and shows it `caller_id`."""
    document = VoiceResponse()
    document.say(words)
    dial = Dial(caller_id=caller_id, timeout=seconds, action=_local(action), method="POST")
    dial.number(number)
    document.append(dial)
    return str(document)


def _local(address: str) -> str:
    """Relative to the document's own address, which is the public one."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
