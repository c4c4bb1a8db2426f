"""Systems that hear of pages: PagerDuty, whatever apprise reaches, and signed webhooks.

None of them says later whether anybody looked: what they take is "relayed".

Sources: PagerDuty, "Events API v2"; Standard Webhooks 1.0.0 (standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import apprise

from notifications.gateways import http
from notifications.gateways.base import (
    Accepted,
    Ambiguous,
    NotSent,
    OutgoingText,
    Refused,
    RemoteMessage,
)
from notifications.gateways.errors import CONFIGURATION

RELAYED = "relayed"
SECRET_PREFIX = "whsec_"  # noqa: S105  what a secret begins with is none
NOT_ASKED = "This system can't be asked what became of a message."


class Unasked:
    """A way out that can be told and not be asked."""

    def find(self, *, to: str, body: str, since: datetime) -> list[RemoteMessage]:
        raise Ambiguous(None, NOT_ASKED)

    def fetch(self, sid: str) -> RemoteMessage | None:
        raise Ambiguous(None, NOT_ASKED)


class PagerDuty(Unasked):
    """One service at PagerDuty, by its integration key; a message's body is an event."""

    def __init__(self, *, routing_key: str, url: str) -> None:
        self._routing_key = routing_key
        self._url = url

    def send(self, text: OutgoingText) -> Accepted:
        event = {"routing_key": self._routing_key, **json.loads(text.body)}
        http.post(self._url, json.dumps(event).encode(), headers={}, what="PagerDuty")
        return Accepted(text.id, RELAYED, None)


class Webhook(Unasked):
    """A signed POST, by Standard Webhooks: its id stays the same however often it comes."""

    def __init__(self, *, url: str, secret: str) -> None:
        self._url, self._secret = url, secret

    def send(self, text: OutgoingText) -> Accepted:
        body = text.body.encode()
        timestamp = str(text.at)
        headers = {
            "webhook-id": text.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(
                self._secret, message_id=text.id, timestamp=timestamp, body=body
            ),
        }
        http.post(self._url, body, headers=headers, what="The receiver of the webhook")
        return Accepted(text.id, RELAYED, None)


def sign(secret: str, *, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature's header. A secret without "whsec_" is taken as it is written."""
    if secret.startswith(SECRET_PREFIX):
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    else:
        key = secret.encode()
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Apprise(Unasked):
    """One address of apprise. It says only whether it worked, and not why."""

    def __init__(self, *, url: str) -> None:
        self._url = url

    def send(self, text: OutgoingText) -> Accepted:
        asset = apprise.AppriseAsset(app_id="Spinewatch", async_mode=False)
        services = apprise.Apprise(asset=asset)
        if not services.add(self._url):
            raise Refused(None, CONFIGURATION.kind, "Apprise does not know this address.")
        try:
            done = services.notify(body=text.body, title=text.title)
        # A service of apprise may raise anything, and its words may hold the address.
        except Exception:
            raise NotSent(None, http.NOT_REACHED) from None
        if not done:
            raise NotSent(None, http.NOT_REACHED)
        return Accepted(text.id, RELAYED, None)
