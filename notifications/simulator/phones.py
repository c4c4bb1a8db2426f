"""A telephone in a test's hand.

    phone = simulator.phone("+14155550123")
    phone.expect_sms(containing="pain").reply("3")

Texts are taken in the order in which they arrived; a text that nobody took fails
`Simulator.assert_no_unexpected`. By hand, whatever is pending is settled first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from notifications.simulator.calls import Calls, OutOfTurn
from notifications.simulator.records import FINAL_CALL, Account, Call, Message

if TYPE_CHECKING:
    from notifications.simulator.api import Simulator

T = TypeVar("T")

# For real processes; by hand nothing is waited for.
PATIENCE_SECONDS = 10.0


class NotAsExpected(AssertionError):
    """What was expected, and what there was instead."""


class Sms:
    """A text that was expected and came."""

    def __init__(self, phone: Phone, message: Message) -> None:
        self._phone = phone
        self.sid = message.sid
        self.body = message.body
        self.from_number = message.from_number
        self.date_created = message.date_created

    def reply(self, body: str, media: Sequence[tuple[str, str]] = ()) -> Message:
        return self._phone.send(body, to=self.from_number, media=media)


class IncomingCall:
    """A call that was expected and came."""

    def __init__(self, phone: Phone, calls: Calls, call: Call) -> None:
        self._phone = phone
        self._calls = calls
        self._call = call
        self.sid = call.sid
        self.from_number = call.from_number

    @property
    def status(self) -> str:
        return self._call.status

    @property
    def heard(self) -> str:
        """All that was said so far."""
        return " ".join(self._call.heard)

    def answer(self) -> IncomingCall:
        """Pick up, and listen until a key is asked for or the call is over."""
        self._do(lambda: self._calls.answer(self.sid))
        return self._listen()

    def press(self, digits: str) -> IncomingCall:
        """Press keys, having picked up, and listen to what follows."""
        if self.status == "ringing":
            self.answer()
        self._do(lambda: self._calls.press(self.sid, digits))
        return self._listen()

    def say_nothing(self) -> IncomingCall:
        """Let the question that is being asked time out."""
        self._do(lambda: self._calls.wait_in_silence(self.sid))
        return self._listen()

    def hang_up(self) -> None:
        self._do(lambda: self._calls.hang_up(self.sid))

    def reject(self) -> None:
        self._do(lambda: self._calls.reject(self.sid))

    def ignore(self) -> None:
        self._do(lambda: self._calls.ignore(self.sid))

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OutOfTurn as error:
            raise NotAsExpected(self._phone.story(str(error))) from None

    def _listen(self) -> IncomingCall:
        call = self._call
        self._phone.wait(
            lambda: True if call.gathering or call.status in FINAL_CALL else None,
            PATIENCE_SECONDS,
        )
        return self


class Phone:
    """`number` in E.164."""

    def __init__(self, simulator: Simulator, number: str) -> None:
        self._simulator = simulator
        self.number = number

    def send(
        self, body: str, *, to: str = "", media: Sequence[tuple[str, str]] = ()
    ) -> Message:
        """Text the account: at `to`, else whoever wrote last, else its only number."""
        return self._simulator.inbound.receive(
            phone=self.number, to=to or self._correspondent(), body=body, media=media
        )

    def expect_sms(
        self,
        containing: str | Sequence[str] = "",
        *,
        within: float = PATIENCE_SECONDS,
        any_order: bool = False,
    ) -> Sms:
        """The next text, which must hold the words, whatever their case.

        With `any_order` the first that holds them, passing over those that do not.
        """
        words = (containing,) if isinstance(containing, str) else tuple(containing)

        def find() -> Message | None:
            waiting = _unexpected_texts(self._simulator.account, self.number)
            for message in waiting if any_order else waiting[:1]:
                if _holds(message.body, words):
                    return message
            if waiting and not any_order:
                raise NotAsExpected(self.story(f"The next text is without {words!r}."))
            return None

        message = self.wait(find, within)
        if message is None:
            raise NotAsExpected(self.story(f"No text with {words!r} came."))
        message.expected = True
        return Sms(self, message)

    def expect_call(self, *, within: float = PATIENCE_SECONDS) -> IncomingCall:
        """The next call that rings here, or rang."""
        account = self._simulator.account

        def find() -> Call | None:
            calls = _unexpected_calls(account, self.number)
            return next(
                (one for one in calls if one.status not in ("queued", "initiated")), None
            )

        call = self.wait(find, within)
        if call is None:
            raise NotAsExpected(self.story("No call came."))
        call.expected = True
        return IncomingCall(self, self._simulator.calls, call)

    def expect_nothing(self, *, for_: float = 0.0) -> None:
        """No text and no call that was not expected yet, now and for so many seconds."""

        def find() -> Sequence[Message | Call] | None:
            account = self._simulator.account
            return [
                *_unexpected_texts(account, self.number),
                *_unexpected_calls(account, self.number),
            ] or None

        if self.wait(find, for_) is not None:
            raise NotAsExpected(self.story("Nothing was expected."))

    def texts(self) -> list[str]:
        """The bodies of all that arrived here, in order."""
        with self._simulator.account.changed:
            return [message.body for message in _arrived(self._simulator.account, self.number)]

    def _correspondent(self) -> str:
        account = self._simulator.account
        with account.changed:
            arrived = _arrived(account, self.number)
            if arrived:
                return arrived[-1].from_number
            if len(account.numbers) == 1:
                return next(iter(account.numbers))
        raise NotAsExpected(f"{self.number} knows no number to write to; say which.")

    def wait(self, find: Callable[[], T | None], seconds: float) -> T | None:
        """What `find` finds, at once or within so many seconds."""
        account, timeline = self._simulator.account, self._simulator.timeline
        if timeline.by_hand:
            timeline.settle()
            seconds = 0.0
        deadline = time.monotonic() + seconds
        with account.changed:
            while (found := find()) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                account.changed.wait(left)
            return found

    def story(self, complaint: str) -> str:
        """The complaint, and all that came and went here."""
        account = self._simulator.account
        with account.changed:
            lines = [
                f"  {message.status:11} {_direction(message)} {message.body!r}"
                f"{'' if message.expected or not message.arrived else '   <- not expected'}"
                for message in account.threads.get(self.number, ())
            ] + [
                f"  {call.status:11} call from {call.from_number}"
                for call in account.calls.values()
                if call.to == self.number
            ]
        return "\n".join([f"{self.number}: {complaint}", *(lines or ["  nothing came"])])


def unexpected(account: Account) -> list[str]:
    """A line for each text and call that nobody expected."""
    with account.changed:
        return [
            f"{phone}: {message.body!r} from {message.from_number}"
            for phone in account.threads
            for message in _unexpected_texts(account, phone)
        ] + [
            f"{call.to}: a call from {call.from_number}, {call.status}"
            for call in account.calls.values()
            if not call.expected
        ]


def _arrived(account: Account, number: str) -> list[Message]:
    return sorted(
        (
            message
            for message in account.threads.get(number, ())
            if message.arrived and message.direction != "inbound"
        ),
        key=lambda message: message.arrived,
    )


def _unexpected_texts(account: Account, number: str) -> list[Message]:
    return [message for message in _arrived(account, number) if not message.expected]


def _unexpected_calls(account: Account, number: str) -> list[Call]:
    return [call for call in account.calls.values() if call.to == number and not call.expected]


def _holds(body: str, words: Sequence[str]) -> bool:
    return all(word.casefold() in body.casefold() for word in words)


def _direction(message: Message) -> str:
    return "from it" if message.direction == "inbound" else f"from {message.from_number}"
