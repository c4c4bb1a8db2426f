"""Texts from a telephone to the account: keywords, the signed webhook, and its answer."""

from collections.abc import Sequence

from notifications.simulator import twiml
from notifications.simulator.faults import Faults, Kind
from notifications.simulator.keywords import CONFIRMATIONS, Keyword, keyword
from notifications.simulator.messages import Messages
from notifications.simulator.records import Account, Message, new_sid
from notifications.simulator.segments import segments
from notifications.simulator.timeline import Timeline
from notifications.simulator.webhooks import Webhooks

# By the longest prefix; only the countries that the demo's and the tests' numbers are in.
_COUNTRIES = {"+1": "US", "+33": "FR", "+34": "ES", "+44": "GB", "+49": "DE", "+61": "AU"}


class Inbound:
    """Receives what telephones send."""

    def __init__(
        self,
        account: Account,
        timeline: Timeline,
        faults: Faults,
        webhooks: Webhooks,
        messages: Messages,
    ) -> None:
        self._account = account
        self._timeline = timeline
        self._faults = faults
        self._webhooks = webhooks
        self._messages = messages

    def receive(
        self, *, phone: str, to: str, body: str, media: Sequence[tuple[str, str]] = ()
    ) -> Message:
        """A text from `phone` to one of the account's numbers; KeyError for another number.

        `media` holds (address, content type). The webhook runs in the background, or, by
        hand, in the caller's thread before this returns.
        """
        number = self._account.numbers[to]
        now = self._account.clock()
        service = self._account.service_of(to)
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            direction="inbound",
            from_number=phone,
            to=number.number,
            body=body,
            status="received",
            date_created=now,
            date_updated=now,
            date_sent=now,
            service_sid=service.sid if service else "",
            media=list(media),
            expected=True,
        )
        self._account.add(message)
        word = keyword(body)
        if word is not None:
            self._obey(word, message)
        times = 2 if self._faults.take(Kind.DUPLICATE_INBOUND, to=phone) else 1
        for _ in range(times):
            if self._timeline.by_hand:
                self._announce(message, word)
            else:
                self._timeline.after(0, lambda: self._announce(message, word), slow=True)
        return message

    def _obey(self, word: Keyword, message: Message) -> None:
        """Keep the block list, and confirm a change of it."""
        pair = (self._account.sender_key(message.to), message.from_number)
        with self._account.changed:
            was_blocked = pair in self._account.blocked
            if word is Keyword.STOP:
                self._account.blocked.add(pair)
            elif word is Keyword.START:
                self._account.blocked.discard(pair)
        quiet = {Keyword.STOP: was_blocked, Keyword.START: not was_blocked}
        if not quiet.get(word, False):
            self._answer(message, twiml.Reply(CONFIRMATIONS[word]))

    def _announce(self, message: Message, word: Keyword | None) -> None:
        number = self._account.numbers[message.to]
        service = self._account.services.get(message.service_sid)
        url = (service.inbound_url if service else "") or number.sms_url
        if not url:
            return
        form = self._form(message)
        if service is not None and service.advanced_opt_out and word is not None:
            form["OptOutType"] = word.value
        delivery = self._webhooks.post(url, form)
        if not delivery.ok and number.sms_fallback_url:
            form |= {"ErrorCode": "11200", "ErrorUrl": url}
            delivery = self._webhooks.post(number.sms_fallback_url, form)
        if delivery.ok:
            for reply in twiml.replies(delivery.body):
                self._answer(message, reply, base=delivery.url)

    def _answer(self, message: Message, reply: twiml.Reply, base: str = "") -> None:
        """A text that answers one; lost when its telephone has opted out, as with Twilio."""
        now = self._account.clock()
        sender, to = reply.from_number or message.to, reply.to or message.from_number
        blocked = (self._account.sender_key(sender), to) in self._account.blocked
        if blocked and reply.body != CONFIRMATIONS[Keyword.STOP]:
            return
        self._messages.dispatch(
            Message(
                sid=new_sid("SM"),
                direction="outbound-reply",
                from_number=sender,
                to=to,
                body=reply.body,
                status="queued",
                date_created=now,
                date_updated=now,
                service_sid=message.service_sid,
                status_callback=twiml.absolute(base, reply.action),
                media=[(url, "") for url in reply.media],
            )
        )

    def _form(self, message: Message) -> dict[str, str]:
        form = {
            "AccountSid": self._account.sid,
            "ApiVersion": "2010-04-01",
            "Body": message.body,
            "From": message.from_number,
            "FromCity": "",
            "FromCountry": _country(message.from_number),
            "FromState": "",
            "FromZip": "",
            "MessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(segments(message.body)),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
            "ToCity": "",
            "ToCountry": _country(message.to),
            "ToState": "",
            "ToZip": "",
        }
        if message.service_sid:
            form["MessagingServiceSid"] = message.service_sid
        for place, (url, content_type) in enumerate(message.media):
            form[f"MediaUrl{place}"] = url
            form[f"MediaContentType{place}"] = content_type
        return form


def _country(number: str) -> str:
    return next(
        (_COUNTRIES[number[:end]] for end in (4, 3, 2) if number[:end] in _COUNTRIES), ""
    )
