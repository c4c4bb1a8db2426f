"""The REST API as far as it is spoken here: who may ask, which resource, what comes back."""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from notifications.simulator.calls import Calls
from notifications.simulator.errors import ApiError
from notifications.simulator.faults import Fault, Faults, Kind
from notifications.simulator.forms import Form, checked_url, first, is_e164
from notifications.simulator.messages import Messages
from notifications.simulator.records import Account, Call, Message, Number, new_sid

PREFIX = "/2010-04-01/Accounts/"
BROKEN = {Kind.HTTP_429: 20429, Kind.HTTP_500: 20500, Kind.HTTP_503: 20503}
LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Answer:
    """`silence` in seconds: nothing is answered at all, and then the connection closed."""

    status: int
    body: bytes = b""
    silence: float | None = None


@dataclass(frozen=True)
class Request:
    """A POST that the API received, taken on or refused with `code`."""

    path: str
    form: Form
    status: int
    code: int | None


def answered(status: int, data: object) -> Answer:
    return Answer(status, json.dumps(data).encode())


class Rest:
    """Answers requests below /2010-04-01/."""

    def __init__(
        self,
        account: Account,
        faults: Faults,
        messages: Messages,
        calls: Calls,
        default_sms_url: str,
    ) -> None:
        self._account = account
        self._faults = faults
        self._messages = messages
        self._calls = calls
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._default_sms_url = default_sms_url

    def requests(self) -> list[Request]:
        """Every POST so far, in order."""
        with self._lock:
            return list(self._requests)

    def handle(self, method: str, path: str, form: Form, authorization: str) -> Answer:
        try:
            self._authenticate(authorization)
            answer = self._dispatch(method, path, form)
            code = None
        except ApiError as error:
            answer, code = answered(error.status, error.body()), error.code
        if method == "POST":
            with self._lock:
                self._requests.append(Request(path, form, answer.status, code))
        return answer

    def _authenticate(self, authorization: str) -> None:
        pair = f"{self._account.sid}:{self._account.auth_token}".encode()
        wanted = f"Basic {base64.b64encode(pair).decode()}"
        if not hmac.compare_digest(authorization.encode(), wanted.encode()):
            raise ApiError(20003)

    def _dispatch(self, method: str, path: str, form: Form) -> Answer:
        to = first(form, "To")
        if fault := self._faults.take(*BROKEN, to=to):
            raise ApiError(BROKEN[fault.kind])
        base = f"{PREFIX}{self._account.sid}/"
        if not path.startswith(base) or not path.endswith(".json"):
            raise ApiError(20404, path)
        collection, _, sid = path[len(base) : -len(".json")].partition("/")
        if method == "POST" and not sid and collection in ("Messages", "Calls"):
            return self._tampered(to, lambda: self._create(collection, form))
        handlers = {
            "Messages": self._message,
            "Calls": self._call,
            "IncomingPhoneNumbers": self._number,
        }
        if collection not in handlers or "/" in sid:
            raise ApiError(20404, path)
        return handlers[collection](method, sid, form)

    def _tampered(self, to: str, create: Callable[[], Answer]) -> Answer:
        """The creation, with the faults that lie between taking on and answering."""
        if fault := self._faults.take(Kind.SILENT_BEFORE_ACCEPTING, to=to):
            return _silent(fault)
        answer = create()
        if fault := self._faults.take(Kind.SILENT_AFTER_ACCEPTING, to=to):
            return _silent(fault)
        if self._faults.take(Kind.HTTP_500_AFTER_ACCEPTING, to=to):
            raise ApiError(20500)
        return answer

    def _create(self, collection: str, form: Form) -> Answer:
        create = self._messages.create if collection == "Messages" else self._calls.create
        record = create(form)
        return answered(201, record.to_json(self._account.sid))

    def _message(self, method: str, sid: str, form: Form) -> Answer:
        if not sid and method == "GET":
            return self._page("Messages", self._messages.listed(form), form)
        if sid and method == "GET":
            return answered(200, self._messages.fetch(sid).to_json(self._account.sid))
        if sid and method == "POST":
            return answered(200, self._messages.update(sid, form).to_json(self._account.sid))
        if sid and method == "DELETE":
            self._messages.delete(sid)
            return Answer(204)
        raise ApiError(20004)

    def _call(self, method: str, sid: str, form: Form) -> Answer:
        if not sid and method == "GET":
            return self._page("Calls", self._calls.listed(form), form)
        if sid and method == "GET":
            return answered(200, self._calls.fetch(sid).to_json(self._account.sid))
        if sid and method == "POST":
            return answered(200, self._calls.update(sid, form).to_json(self._account.sid))
        raise ApiError(20004)

    def _number(self, method: str, sid: str, form: Form) -> Answer:
        """Numbers of the account; a number that is registered again takes the new addresses."""
        if sid or method not in ("GET", "POST"):
            raise ApiError(20004)
        if method == "GET":
            numbers = [self._number_json(one) for one in self._account.numbers.values()]
            return answered(200, {"incoming_phone_numbers": numbers, "next_page_uri": None})
        number = first(form, "PhoneNumber")
        if not is_e164(number):
            raise ApiError(21421)
        with self._account.changed:
            known = self._account.numbers.get(number)
            record = Number(
                number=number,
                sid=known.sid if known else new_sid("PN"),
                sms_url=checked_url(first(form, "SmsUrl"), 21205) or self._default_sms_url,
                sms_fallback_url=checked_url(first(form, "SmsFallbackUrl"), 21205),
                voice_url=checked_url(first(form, "VoiceUrl"), 21205),
            )
            self._account.numbers[number] = record
        return answered(201, self._number_json(record))

    def _number_json(self, number: Number) -> dict[str, object]:
        return {
            "account_sid": self._account.sid,
            "capabilities": {"sms": number.can_text, "mms": number.can_text, "voice": True},
            "friendly_name": number.number,
            "phone_number": number.number,
            "sid": number.sid,
            "sms_fallback_url": number.sms_fallback_url,
            "sms_url": number.sms_url,
            "voice_url": number.voice_url,
        }

    def _page(self, collection: str, records: Sequence[Message | Call], form: Form) -> Answer:
        size = min(_whole(first(form, "PageSize"), 50), LARGEST_PAGE) or 50
        page = _whole(first(form, "Page"), 0)
        shown = records[page * size : (page + 1) * size]
        base = f"{PREFIX}{self._account.sid}/{collection}.json"

        def uri(number: int) -> str:
            query = {**{name: first(form, name) for name in form}, "Page": number}
            return f"{base}?{urlencode({**query, 'PageSize': size}, quote_via=quote)}"

        more = (page + 1) * size < len(records)
        return answered(
            200,
            {
                collection.lower(): [one.to_json(self._account.sid) for one in shown],
                "first_page_uri": uri(0),
                "next_page_uri": uri(page + 1) if more else None,
                "previous_page_uri": uri(page - 1) if page else None,
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(len(shown) - 1, 0),
                "uri": uri(page),
            },
        )


def _silent(fault: Fault) -> Answer:
    return Answer(0, silence=fault.seconds)


def _whole(value: str, otherwise: int) -> int:
    if not value:
        return otherwise
    if not (value.isascii() and value.isdigit()):
        raise ApiError(20001)
    return int(value)
