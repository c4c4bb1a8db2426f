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
        # Taken for good by a server that reports no further.
        "relayed": 6,
        "read": 7,
    }
)


@dataclass(frozen=True)
class OutgoingText:
    """What to hand over. Numbers in E.164; either a number or a service sends it.

    `id` is our own and the same for every attempt; `title` is for channels that have one;
    `document` is the address that a call's words are fetched from, `at` the time in seconds
    since 1970.
    """

    to: str
    body: str
    from_number: str
    messaging_service_sid: str
    status_callback: str
    validity_seconds: int
    id: str = ""
    title: str = ""
    document: str = ""
    at: int = 0


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the text on."""

    sid: str
    status: str
    segments: int | None


@dataclass(frozen=True)
class RemoteMessage:
    """A text or call as the provider knows it; `problem` as in StatusUpdate."""

    sid: str
    to: str
    from_number: str
    body: str
    status: str
    error_code: int | None
    date_created: datetime | None
    problem: str = ""


@dataclass(frozen=True)
class StatusUpdate:
    """A delivery report. `message_id` is our own id from the callback's address, or empty.

    `status` is one of RANK; `said` is the provider's own word where that is another, and
    `problem` why it did not arrive where no error code says so ("busy", "voicemail").
    """

    sid: str
    status: str
    error_code: int | None
    message_id: str
    said: str = ""
    problem: str = ""


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


class Way(Protocol):
    """A way out. Every method may raise a GatewayError and nothing else."""

    def send(self, text: OutgoingText) -> Accepted:
        """Hand a message over."""

    def find(self, *, to: str, body: str, since: datetime) -> list[RemoteMessage]:
        """Those with this recipient and body created at or after `since`, newest first."""

    def fetch(self, sid: str) -> RemoteMessage | None:
        """One by its id, or None when the provider has none of that id."""


class Gateway(Way, Protocol):
    """A way out that things come in by as well."""

    def received(self, *, to: str, since: datetime) -> list[InboundText]:
        """The texts that came in to a number of ours at or after `since`, newest first."""
