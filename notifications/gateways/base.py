"""What a gateway does and how it fails, whoever the provider is.

GatewayError
├── Refused      for good; sending again changes nothing
├── Throttled    surely not accepted; try again after a while
├── NotSent      never left this machine; try again
└── Ambiguous    may have been accepted; ask before sending again
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

# Delivery statuses in the order in which a message goes through them. A report of a lower
# or equal rank than the one that is known comes late or twice and changes nothing.
RANK: Mapping[str, int] = MappingProxyType(
    {
        "accepted": 1,
        "scheduled": 1,
        "queued": 2,
        "sending": 3,
        "sent": 4,
        "canceled": 5,
        "failed": 5,
        "undelivered": 5,
        "delivered": 6,
        "read": 7,
    }
)


@dataclass(frozen=True)
class OutgoingText:
    """A text to hand over. Numbers in E.164; either a number or a service sends it."""

    to: str
    body: str
    from_number: str
    messaging_service_sid: str
    status_callback: str
    validity_seconds: int


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the text on."""

    sid: str
    status: str
    segments: int | None


@dataclass(frozen=True)
class RemoteMessage:
    """A text as the provider knows it."""

    sid: str
    to: str
    from_number: str
    body: str
    status: str
    error_code: int | None
    date_created: datetime | None


@dataclass(frozen=True)
class StatusUpdate:
    """A delivery report. `message_id` is our own id from the callback's address, or empty."""

    sid: str
    status: str
    error_code: int | None
    message_id: str


@dataclass(frozen=True)
class InboundText:
    """A text that came in. `media` holds (address, content type) of each attachment."""

    sid: str
    account_sid: str
    messaging_service_sid: str
    from_number: str
    to: str
    body: str
    media: tuple[tuple[str, str], ...]
    opt_out_type: str


class GatewayError(Exception):
    """`code` is the provider's; `advice` tells staff what to do and names no patient."""

    def __init__(self, code: int | None, advice: str) -> None:
        super().__init__(f"{type(self).__name__} {code}")
        self.code = code
        self.advice = advice


class Refused(GatewayError):
    """`kind`: opted_out, invalid_number, unreachable, filtered, configuration or rejected."""

    def __init__(self, code: int | None, kind: str, advice: str) -> None:
        super().__init__(code, advice)
        self.kind = kind


class Throttled(GatewayError):
    """Too many at once; `retry_after` is in seconds."""

    def __init__(self, code: int | None, advice: str, *, retry_after: float) -> None:
        super().__init__(code, advice)
        self.retry_after = retry_after


class NotSent(GatewayError):
    """The provider was not reached at all."""


class Ambiguous(GatewayError):
    """The provider was reached and did not say what became of the text."""


class Gateway(Protocol):
    """Every method may raise a GatewayError and nothing else."""

    def send(self, text: OutgoingText) -> Accepted:
        """Hand a text over."""

    def find(self, *, to: str, body: str, since: datetime) -> list[RemoteMessage]:
        """The texts with this recipient and body created at or after `since`, newest first."""

    def received(self, *, to: str, since: datetime) -> list[InboundText]:
        """The texts that came in to a number of ours at or after `since`, newest first."""

    def fetch(self, sid: str) -> RemoteMessage | None:
        """A text by its id, or None when the provider has none of that id."""
