"""The stand-in as a whole, for those who run it inside their own process."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from notifications.simulator.calls import Calls
from notifications.simulator.control import PREFIX as CONTROL_PREFIX
from notifications.simulator.control import Control
from notifications.simulator.faults import Fault, Faults
from notifications.simulator.forms import Form
from notifications.simulator.inbound import Inbound
from notifications.simulator.messages import Messages
from notifications.simulator.phones import PATIENCE_SECONDS, NotAsExpected, Phone, unexpected
from notifications.simulator.records import Account, Number, Service, new_sid
from notifications.simulator.rest import Answer, Request, Rest
from notifications.simulator.server import Server
from notifications.simulator.timeline import Timeline
from notifications.simulator.webhooks import Deliver, Delivery, Webhooks


def utcnow() -> datetime:
    return datetime.now(UTC)


class Simulator:
    """An account at Twilio, its REST API on HTTP, and the telephones beyond.

    Without `deliver`, webhooks go over HTTP from the background. With it, they go through
    `deliver(url, params, headers) -> (status, body)`: those of inbound texts at once in the
    caller's thread, all others when `settle` is called. `clock` gives the dates of records;
    `pace` is the time between two statuses in seconds; `seed` throws the faults' dice;
    `default_sms_url` is for numbers that name no webhook of their own.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        account_sid: str,
        auth_token: str,
        clock: Callable[[], datetime] = utcnow,
        deliver: Deliver | None = None,
        pace: float = 0.02,
        seed: int = 0,
        default_sms_url: str = "",
    ) -> None:
        self._address = (host, port)
        self._default_sms_url = default_sms_url
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.account = Account(account_sid, auth_token, clock)
        self.faults = Faults(seed)
        self.timeline = Timeline(by_hand=deliver is not None)
        self.webhooks = Webhooks(auth_token, deliver)
        self.messages = Messages(self.account, self.timeline, self.faults, self.webhooks, pace)
        self.inbound = Inbound(
            self.account, self.timeline, self.faults, self.webhooks, self.messages
        )
        self.calls = Calls(self.account, self.timeline, self.faults, self.webhooks, pace)
        self.rest = Rest(self.account, self.faults, self.messages, self.calls, default_sms_url)
        self._control = Control(
            self.account, self.faults, self.inbound, self.calls, self.rest, self.webhooks
        )

    def start(self) -> "Simulator":
        """OSError when the port is taken."""
        self._server = Server(self._address, self._handle)
        self.timeline.start()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulator-server"
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.close()
            self._thread.join()
            self.timeline.stop()
            self._server = None

    def __enter__(self) -> "Simulator":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        if self._server is None:
            raise RuntimeError("The stand-in is not started.")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def _handle(
        self, method: str, path: str, form: Form, data: Any, authorization: str
    ) -> Answer:
        if path.startswith(CONTROL_PREFIX):
            return self._control.handle(method, path, form, data)
        return self.rest.handle(method, path, form, authorization)

    def add_number(
        self, number: str, *, sms_url: str = "", voice_url: str = "", can_text: bool = True
    ) -> Number:
        """A number of the account's; its webhooks go to these addresses."""
        record = Number(
            number,
            new_sid("PN"),
            sms_url=sms_url or self._default_sms_url,
            voice_url=voice_url,
            can_text=can_text,
        )
        with self.account.changed:
            self.account.numbers[number] = record
        return record

    def add_service(
        self,
        sid: str,
        numbers: Sequence[str],
        *,
        inbound_url: str = "",
        advanced_opt_out: bool = False,
    ) -> Service:
        service = Service(sid, list(numbers), inbound_url, advanced_opt_out)
        with self.account.changed:
            self.account.services[sid] = service
        return service

    def add_fault(self, fault: Fault) -> Fault:
        return self.faults.add(fault)

    def settle(self) -> None:
        """Deliver whatever is pending, in order, now; only with `deliver`."""
        self.timeline.settle()

    def phone(self, number: str) -> Phone:
        return Phone(self, number)

    def sent(self) -> list[Request]:
        """Every POST that the API received."""
        return self.rest.requests()

    def delivered(self) -> list[Delivery]:
        """Every attempt at a webhook, oldest first."""
        return self.webhooks.log()

    def assert_no_unexpected(self) -> None:
        """AssertionError that names each text and call that no test expected."""
        if self.timeline.by_hand:
            self.settle()
        self.messages.wait_until_still(PATIENCE_SECONDS)
        if lines := unexpected(self.account):
            raise NotAsExpected("Nobody expected:\n  " + "\n  ".join(lines))
