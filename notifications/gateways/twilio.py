"""Texts through Twilio, by its own library over real HTTP."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from notifications.gateways.base import (
    Accepted,
    Ambiguous,
    InboundText,
    NotSent,
    OutgoingText,
    Refused,
    RemoteMessage,
    StatusUpdate,
    Throttled,
)
from notifications.gateways.errors import QUEUE_FULL, meaning

# Twilio takes between 1 second and 10 hours.
VALIDITY_SECONDS = (1, 36_000)
# A page of the list of texts, and the pictures or files of one text.
RECEIVED_AT_ONCE = 200
MOST_MEDIA = 10
RETRY_AFTER_SECONDS = 5.0
RETRY_AFTER_QUEUE_FULL_SECONDS = 60.0
NOT_REACHED = "Twilio can't be reached; sending goes on by itself once it can."
UNCLEAR = "Twilio did not answer; it is asked before the text is sent again."
BUSY = "Twilio asks to slow down; sending goes on by itself."


class Session(requests.Session):
    """Requests without retries of its own, against another address where one is set.

    Whether a text is sent again is decided by the outbox alone.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__()
        # Proxies and credentials of the machine's environment have no say here.
        self.trust_env = False
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(pool_maxsize=16, max_retries=0))
        self._base = urlsplit(base_url) if base_url else None

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        if self._base is not None:
            moved = urlsplit(request.url)._replace(
                scheme=self._base.scheme, netloc=self._base.netloc
            )
            request.url = moved.geturl()
        return super().prepare_request(request)


class TwilioGateway:
    """A Twilio account. `base_url` sends everything to a stand-in instead."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        base_url: str = "",
        timeout_seconds: float = 10.0,
    ) -> None:
        http = TwilioHttpClient(timeout=timeout_seconds)
        http.session = Session(base_url)
        self._client = Client(account_sid, auth_token, http_client=http)

    def send(self, text: OutgoingText) -> Accepted:
        least, most = VALIDITY_SECONDS
        if text.messaging_service_sid:
            origin = {"messaging_service_sid": text.messaging_service_sid}
        else:
            origin = {"from_": text.from_number}
        with translated():
            message = self._client.messages.create(
                to=text.to,
                body=text.body,
                status_callback=text.status_callback,
                validity_period=min(max(text.validity_seconds, least), most),
                **origin,
            )
            if not message.sid:
                raise ValueError("The answer names no message.")
            return Accepted(
                sid=str(message.sid),
                status=str(message.status),
                segments=int(message.num_segments) if message.num_segments else None,
            )

    def find(self, *, to: str, body: str, since: datetime) -> list[RemoteMessage]:
        # Without a date in the question: a text that still queues has no date sent, and the
        # filter would leave it out. Twilio's dates end at the second.
        since = since.replace(microsecond=0)
        with translated():
            found = [
                _remote(message) for message in self._client.messages.list(to=to, limit=50)
            ]
        # Twilio's dates have whole seconds: one created just after `since` reads as before it.
        earliest = since.replace(microsecond=0)
        return [
            message
            for message in found
            if message.body == body
            and (message.date_created is None or message.date_created >= earliest)
        ]

    def received(self, *, to: str, since: datetime) -> list[InboundText]:
        with translated():
            listed = self._client.messages.stream(
                to=to, date_sent_after=since, page_size=RECEIVED_AT_ONCE
            )
            # The filter by date may be as coarse as a day.
            recent = takewhile(
                lambda one: one.date_created is None or one.date_created >= since, listed
            )
            return [_received(one) for one in recent if str(one.direction) == "inbound"]

    def fetch(self, sid: str) -> RemoteMessage | None:
        try:
            with translated():
                return _remote(self._client.messages(sid).fetch())
        except Refused as refused:
            if refused.code == 20404:
                return None
            raise


def _remote(message: Any) -> RemoteMessage:
    return RemoteMessage(
        sid=str(message.sid),
        to=str(message.to),
        from_number=str(message.from_ or ""),
        body=str(message.body),
        status=str(message.status),
        error_code=int(message.error_code) if message.error_code else None,
        date_created=message.date_created,
    )


def _received(message: Any) -> InboundText:
    """As the webhook would have said it, but for the addresses of pictures and files."""
    return InboundText(
        sid=str(message.sid),
        account_sid=str(message.account_sid),
        messaging_service_sid=str(message.messaging_service_sid or ""),
        from_number=str(message.from_),
        to=str(message.to),
        body=_storable(str(message.body or "")),
        media=(("", ""),) * min(int(message.num_media or 0), MOST_MEDIA),
        opt_out_type="",
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the library raises into what the outbox decides by.

    `from None`, because what the library raises quotes numbers, and tracebacks are logged.
    """
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _from_status(error.status, error.code) from None
    except requests.ConnectTimeout:
        raise NotSent(None, NOT_REACHED) from None
    except requests.ConnectionError as error:
        raise _from_connection(error) from None
    except (
        requests.RequestException,
        TwilioException,
        ValueError,
        TypeError,
        AttributeError,
    ):
        # A time-out while reading, or an answer that is none: the library reads an answer's
        # fields without looking whether it is an object.
        raise Ambiguous(None, UNCLEAR) from None


def _from_status(status: int, given: object) -> Exception:
    code = int(str(given)) if str(given).isdecimal() else None
    if code == QUEUE_FULL:
        return Throttled(code, BUSY, retry_after=RETRY_AFTER_QUEUE_FULL_SECONDS)
    if status == 429:
        return Throttled(code, BUSY, retry_after=RETRY_AFTER_SECONDS)
    if status == 408 or status >= 500:
        return Ambiguous(code, UNCLEAR)
    kind, advice = meaning(code)
    return Refused(code, kind, advice)


def _from_connection(error: requests.ConnectionError) -> Exception:
    """Refused and unresolved connections never left, nor did a text to a false certificate.

    A reset one may have arrived, and so may one whose TLS broke: the same exception comes
    from the handshake and from reading the answer.
    """
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    if isinstance(reason, NewConnectionError) or isinstance(
        cause, ssl.SSLCertVerificationError
    ):
        return NotSent(None, NOT_REACHED)
    return Ambiguous(None, UNCLEAR)


def verify(*, auth_token: str, url: str, params: Mapping[str, Any], signature: str) -> bool:
    """Whether Twilio signed this request. `url` as Twilio called it, query included."""
    if not auth_token or not signature:
        return False
    return bool(RequestValidator(auth_token).validate(url, params, signature))


def parse_inbound(params: Mapping[str, str]) -> InboundText:
    """An inbound text from the form that Twilio posts. ValueError when it is none."""
    count = _number(params.get("NumMedia") or "0", "NumMedia")
    return InboundText(
        sid=_needed(params, "MessageSid"),
        account_sid=params.get("AccountSid", ""),
        messaging_service_sid=params.get("MessagingServiceSid", ""),
        from_number=_needed(params, "From"),
        to=_needed(params, "To"),
        body=_storable(params.get("Body", "")),
        media=tuple(
            (params.get(f"MediaUrl{place}", ""), params.get(f"MediaContentType{place}", ""))
            for place in range(min(count, MOST_MEDIA))
        ),
        opt_out_type=params.get("OptOutType", "").upper(),
    )


def parse_status(params: Mapping[str, str], *, message_id: str = "") -> StatusUpdate:
    """A delivery report from the form that Twilio posts. ValueError when it is none."""
    code = params.get("ErrorCode") or ""
    return StatusUpdate(
        sid=_needed(params, "MessageSid"),
        status=_needed(params, "MessageStatus").lower(),
        error_code=_number(code, "ErrorCode") if code else None,
        message_id=message_id,
    )


def _storable(body: str) -> str:
    """PostgreSQL can't store a NUL, and no phone shows one."""
    return body.replace("\x00", "")


def _needed(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "").strip()
    if not value:
        raise ValueError(f"The form has no {name}.")
    return value


def _number(value: str, name: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{name} is not a number.") from None
