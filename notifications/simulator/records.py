"""The account's contents: numbers, messages and calls, under one lock."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from notifications.simulator.segments import segments

FINAL_TEXT = frozenset(("delivered", "undelivered", "failed", "canceled", "received"))
FINAL_CALL = frozenset(("completed", "busy", "no-answer", "failed", "canceled"))


def new_sid(prefix: str) -> str:
    """An id as Twilio's: two letters and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


@dataclass
class Number:
    """A number of the account. The addresses are those of its webhooks, or empty."""

    number: str
    sid: str
    sms_url: str = ""
    sms_fallback_url: str = ""
    voice_url: str = ""
    can_text: bool = True


@dataclass
class Service:
    """A Messaging Service. With `advanced_opt_out` its webhooks name the keyword."""

    sid: str
    numbers: list[str]
    inbound_url: str = ""
    advanced_opt_out: bool = False


@dataclass
class Message:
    """A text.

    `arrived` orders what is on a telephone and is 0 until then; `expected`: a test took it.
    """

    sid: str
    direction: str
    from_number: str
    to: str
    body: str
    status: str
    date_created: datetime
    date_updated: datetime
    date_sent: datetime | None = None
    service_sid: str = ""
    status_callback: str = ""
    media: list[tuple[str, str]] = field(default_factory=list)
    error_code: int | None = None
    arrived: int = 0
    expected: bool = False
    deleted: bool = False
    seq: int = 0

    @property
    def phone(self) -> str:
        """The telephone outside the account."""
        return self.from_number if self.direction == "inbound" else self.to

    def to_json(self, account_sid: str) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        unassigned = bool(self.service_sid) and self.status == "accepted"
        failed = self.error_code is not None
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.date_created),
            "date_sent": rfc2822(self.date_sent),
            "date_updated": rfc2822(self.date_updated),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": "The text was not delivered" if failed else None,
            "from": self.from_number or None,
            "messaging_service_sid": self.service_sid or None,
            "num_media": str(len(self.media)),
            # A sender decides on the parts; a service has none yet.
            "num_segments": "0" if unassigned else str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


@dataclass
class Call:
    """A call from the account to a telephone. `heard` is what was said to it."""

    sid: str
    from_number: str
    to: str
    status: str
    date_created: datetime
    date_updated: datetime
    url: str = ""
    twiml: str = ""
    status_callback: str = ""
    events: tuple[str, ...] = ("completed",)
    ring_seconds: float = 60.0
    detect_machine: bool = False
    start_time: datetime | None = None
    end_time: datetime | None = None
    answered_by: str = ""
    machine: bool = False
    heard: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    gathering: bool = False
    # The call that this one was dialled behind.
    parent_sid: str = ""
    expected: bool = False
    seq: int = 0

    @property
    def duration(self) -> int | None:
        if self.start_time is None or self.end_time is None:
            return None
        return max(0, round((self.end_time - self.start_time).total_seconds()))

    def to_json(self, account_sid: str) -> dict[str, object]:
        uri = f"/2010-04-01/Accounts/{account_sid}/Calls/{self.sid}"
        return {
            "account_sid": account_sid,
            "answered_by": self.answered_by or None,
            "api_version": "2010-04-01",
            "caller_name": None,
            "date_created": rfc2822(self.date_created),
            "date_updated": rfc2822(self.date_updated),
            "direction": "outbound-dial" if self.parent_sid else "outbound-api",
            "duration": None if self.duration is None else str(self.duration),
            "end_time": rfc2822(self.end_time),
            "forwarded_from": None,
            "from": self.from_number,
            "from_formatted": self.from_number,
            "group_sid": None,
            "parent_call_sid": self.parent_sid or None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": self.sid,
            "start_time": rfc2822(self.start_time),
            "status": self.status,
            "subresource_uris": {},
            "to": self.to,
            "to_formatted": self.to,
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }


class Account:
    """Everything the account holds. Hold `changed` while reading or writing several fields.

    `seq` grows with every change of a message or a call, so that a reader can ask for what
    is new.
    """

    def __init__(self, sid: str, auth_token: str, clock: Callable[[], datetime]) -> None:
        self.sid = sid
        self.auth_token = auth_token
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.seq = 0
        self.numbers: dict[str, Number] = {}
        self.services: dict[str, Service] = {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.threads: dict[str, list[Message]] = {}
        # (the account's number or service, the telephone)
        self.blocked: set[tuple[str, str]] = set()

    def add(self, record: Message | Call) -> None:
        with self.changed:
            if isinstance(record, Message):
                self.messages[record.sid] = record
                self.threads.setdefault(record.phone, []).append(record)
            else:
                self.calls[record.sid] = record
            self.touch(record)

    def touch(self, record: Message | Call) -> None:
        """The record has changed: whoever waits for that looks again."""
        with self.changed:
            self.seq += 1
            record.seq = self.seq
            record.date_updated = self.clock()
            self.changed.notify_all()

    def service_of(self, number: str) -> Service | None:
        return next((one for one in self.services.values() if number in one.numbers), None)

    def sender_key(self, number: str) -> str:
        """What an opt-out holds for: the whole service where the number belongs to one."""
        service = self.service_of(number)
        return service.sid if service is not None else number


def rfc2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
