"""Messages: taken on or refused, then walked from queued to delivered.

Source: Twilio's public description of the Messages resource and its error dictionary.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from notifications.simulator.errors import ApiError
from notifications.simulator.faults import Fault, Faults, Kind
from notifications.simulator.forms import Form, checked_url, first, is_e164
from notifications.simulator.records import FINAL_TEXT, Account, Message, Service, new_sid
from notifications.simulator.timeline import Timeline
from notifications.simulator.webhooks import Webhooks

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000
DEFAULT_CODES = {Kind.UNDELIVERED: 30003, Kind.FAILED: 30008}


@dataclass
class _Walk:
    """The statuses that are still to come, and how their callbacks are tampered with."""

    message: Message
    statuses: list[str]
    error_code: int | None = None
    faults: dict[Kind, Fault] = field(default_factory=dict)


class Messages:
    """`pace` is the time from one status to the next, in seconds."""

    def __init__(
        self,
        account: Account,
        timeline: Timeline,
        faults: Faults,
        webhooks: Webhooks,
        pace: float,
    ) -> None:
        self._account = account
        self._timeline = timeline
        self._faults = faults
        self._webhooks = webhooks
        self._pace = pace
        self._walking = 0

    def wait_until_still(self, seconds: float) -> None:
        """Until every text is where it goes, but no longer than so many seconds."""
        with self._account.changed:
            self._account.changed.wait_for(lambda: self._walking == 0, seconds)

    def create(self, form: Form) -> Message:
        """The Messages resource's POST. ApiError for what Twilio refuses."""
        to = first(form, "To").strip()
        if not to:
            raise ApiError(21604)
        if not is_e164(to):
            raise ApiError(21211, to)
        service, from_number = self._origin(form, to)
        media = [(url, "") for url in form.get("MediaUrl", ()) if url]
        body = _checked_body(first(form, "Body"), media)
        _check_validity(first(form, "ValidityPeriod"))
        callback = checked_url(first(form, "StatusCallback"), 21609)
        self._check_reachable(service.sid if service else from_number, to)
        now = self._account.clock()
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            direction="outbound-api",
            from_number=from_number,
            to=to,
            body=body,
            status="accepted" if service else "queued",
            date_created=now,
            date_updated=now,
            service_sid=service.sid if service else "",
            status_callback=callback,
            media=media,
        )
        self.dispatch(message)
        return message

    def _origin(self, form: Form, to: str) -> tuple[Service | None, str]:
        service_sid, number = first(form, "MessagingServiceSid"), first(form, "From").strip()
        if service_sid:
            service = self._account.services.get(service_sid)
            if service is None:
                raise ApiError(21701)
            if not service.numbers:
                raise ApiError(21703)
            return service, ""
        if not number:
            raise ApiError(21603)
        if not is_e164(number):
            raise ApiError(21212, number)
        if number == to:
            raise ApiError(21266, to)
        ours = self._account.numbers.get(number)
        if ours is None:
            raise ApiError(21659, number)
        if not ours.can_text:
            raise ApiError(21606, number)
        return None, number

    def _check_reachable(self, sender: str, to: str) -> None:
        key = sender if sender in self._account.services else self._account.sender_key(sender)
        if (key, to) in self._account.blocked:
            raise ApiError(21610)
        if fault := self._faults.take(Kind.REFUSED, to=to):
            raise ApiError(fault.code or 21610, to)

    def dispatch(self, message: Message) -> None:
        """Take a text on: keep it, and let it walk."""
        walk = self._walk(message)
        with self._account.changed:
            self._walking += 1
            self._account.add(message)
        self._timeline.after(self._pace, lambda: self._advance(walk))

    def _walk(self, message: Message) -> _Walk:
        statuses = ["sending", "sent", "delivered"]
        if message.status == "accepted":
            statuses.insert(0, "queued")
        code = None
        fault = self._faults.take(Kind.UNDELIVERED, Kind.FAILED, Kind.STUCK, to=message.to)
        if fault is not None:
            statuses.remove("delivered")
        if fault is not None and fault.kind is not Kind.STUCK:
            code = fault.code or DEFAULT_CODES[fault.kind]
            statuses.append(fault.kind.value)
        if fault is not None and fault.kind is Kind.FAILED:
            statuses.remove("sent")
        taken = {
            kind: found
            for kind in (
                Kind.LOST_CALLBACKS,
                Kind.LATE_CALLBACKS,
                Kind.OUT_OF_ORDER_CALLBACKS,
                Kind.DUPLICATE_CALLBACKS,
            )
            if (found := self._faults.take(kind, to=message.to))
        }
        return _Walk(message, statuses, code, taken)

    def _advance(self, walk: _Walk) -> None:
        message = walk.message
        with self._account.changed:
            if message.status in FINAL_TEXT:
                self._walking -= 1
                return
            message.status = walk.statuses.pop(0)
            if message.status == "queued":
                message.from_number = self._account.services[message.service_sid].numbers[0]
            elif message.status == "sent":
                message.date_sent = self._account.clock()
            elif message.status in FINAL_TEXT:
                message.error_code = walk.error_code
                if message.status == "delivered":
                    message.arrived = self._account.seq + 1
            if not walk.statuses:
                self._walking -= 1
            self._account.touch(message)
        # The next status does not wait for this one's callback to be answered.
        if walk.statuses:
            self._timeline.after(self._pace, lambda: self._advance(walk))
        self._report(walk)

    def _report(self, walk: _Walk) -> None:
        url = walk.message.status_callback
        if not url or Kind.LOST_CALLBACKS in walk.faults:
            return
        form = self._status_form(walk.message)
        delay = 0.0
        if late := walk.faults.get(Kind.LATE_CALLBACKS):
            delay += late.seconds
        if Kind.OUT_OF_ORDER_CALLBACKS in walk.faults:
            # The more statuses are still to come, the later this one is told.
            delay += len(walk.statuses) * 2 * (self._pace + 0.05)
        times = 2 if Kind.DUPLICATE_CALLBACKS in walk.faults else 1
        for _ in range(times):
            self._timeline.after(delay, lambda: self._post(url, form), slow=True)

    def _post(self, url: str, form: dict[str, str]) -> None:
        self._webhooks.post(url, form)

    def _status_form(self, message: Message) -> dict[str, str]:
        form = {
            "AccountSid": self._account.sid,
            "ApiVersion": "2010-04-01",
            "From": message.from_number,
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.service_sid:
            form["MessagingServiceSid"] = message.service_sid
        if message.error_code is not None:
            form["ErrorCode"] = str(message.error_code)
        if message.status in ("delivered", "undelivered"):
            form["RawDlrDoneDate"] = f"{self._account.clock():%y%m%d%H%M}"
        return form

    def fetch(self, sid: str) -> Message:
        message = self._account.messages.get(sid)
        if message is None or message.deleted:
            raise ApiError(20404, f"/Messages/{sid}.json")
        return message

    def listed(self, form: Form) -> Sequence[Message]:
        """Newest first, by To, From and DateSent (a day, or before and after one)."""
        to, from_number = first(form, "To"), first(form, "From")
        days = {
            sign: first(form, f"DateSent{sign}")[:10]
            for sign in ("", "<", ">")
            if first(form, f"DateSent{sign}")
        }
        with self._account.changed:
            # Whoever asks for one telephone's texts need not look through everybody's.
            known = self._account.threads.get(to or from_number)
            pool = list(self._account.messages.values() if known is None else known)
            return [
                message
                for message in reversed(pool)
                if not message.deleted
                and to in ("", message.to)
                and from_number in ("", message.from_number)
                and _sent_on(message, days)
            ]

    def update(self, sid: str, form: Form) -> Message:
        """Redact a text that is through, or cancel one that has not begun."""
        message = self.fetch(sid)
        with self._account.changed:
            if first(form, "Status") == "canceled":
                if message.status != "accepted":
                    raise ApiError(20009)
                message.status = "canceled"
            elif "Body" in form and not first(form, "Body"):
                _require_final(message)
                message.body = ""
            else:
                raise ApiError(20001)
            self._account.touch(message)
        return message

    def delete(self, sid: str) -> None:
        """Gone from the account; the telephone that has it keeps it."""
        message = self.fetch(sid)
        with self._account.changed:
            _require_final(message)
            message.deleted = True


def _checked_body(body: str, media: Sequence[tuple[str, str]]) -> str:
    if not body and not media:
        raise ApiError(21602)
    if len(body) > LONGEST_BODY:
        raise ApiError(21617)
    return body


def _check_validity(value: str) -> None:
    if value and not (
        value.isascii() and value.isdigit() and 1 <= int(value) <= LONGEST_VALIDITY
    ):
        raise ApiError(21624)


def _require_final(message: Message) -> None:
    if message.status not in FINAL_TEXT:
        raise ApiError(20009)


def _sent_on(message: Message, days: dict[str, str]) -> bool:
    if not days:
        return True
    if message.date_sent is None:
        return False
    day = message.date_sent.date().isoformat()
    return days.get("", day) == day and day <= days.get("<", day) and day >= days.get(">", day)
