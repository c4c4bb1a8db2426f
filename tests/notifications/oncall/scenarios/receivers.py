"""Other systems on this machine, over real HTTP and SMTP: they keep what they were told."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers POSTs with the statuses in `answers`, one each, and then with `status`."""

    url: str = ""
    status: int = 202
    answers: list[int] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def take(self, request: Request) -> int:
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else self.status

    def events(self) -> list[Any]:
        """The bodies of what was taken on and refused, as JSON."""
        return [json.loads(request.body) for request in self.requests]


@contextmanager
def listening(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = receiver.take(Request(self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests look at what was kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class PagerDutyService(Receiver):
    """PagerDuty as far as Events v2 and its webhooks of version 3 go: incidents by key.

    As there: a trigger of a key that is open is appended, an acknowledgement or a resolution
    of an unknown key is ignored, and a trigger after a resolution is a new incident.
    """

    def __init__(self, secret: str) -> None:
        super().__init__()
        self.secret = secret
        self.incidents: dict[str, str] = {}

    def take(self, request: Request) -> int:
        status = super().take(request)
        if status == 202:
            event = json.loads(request.body)
            if event.get("routing_key") != "R" * 32 or not event.get("dedup_key"):
                return 400
            self._apply(event["event_action"], event["dedup_key"])
        return status

    def _apply(self, action: str, key: str) -> None:
        before = self.incidents.get(key)
        if action == "trigger" and before in (None, "resolved"):
            self.incidents[key] = "triggered"
        elif action == "acknowledge" and before == "triggered":
            self.incidents[key] = "acknowledged"
        elif action == "resolve" and before is not None:
            self.incidents[key] = "resolved"

    def told(
        self, key: str, user: str, *, kind: str = "incident.acknowledged"
    ) -> tuple[bytes, str]:
        """The webhook for something that a user did there: its body and its signature."""
        body = json.dumps(
            {
                "event": {
                    "id": "01EVENT" + key,
                    "event_type": kind,
                    "resource_type": "incident",
                    "occurred_at": "2026-03-03T20:01:00Z",
                    "agent": {"id": user, "type": "user_reference", "summary": "Somebody"},
                    "client": None,
                    "data": {
                        "id": "PINC1",
                        "type": "incident",
                        "status": "acknowledged",
                        "incident_key": key,
                        "title": "Spinewatch",
                    },
                }
            }
        ).encode()
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return body, f"v1={'0' * 64},v1={digest}"


class _Controller(Controller):
    """On a port that the system chooses; the library asks for one that is known before."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """A real SMTP server that keeps what it takes; `refuse` answers RCPT, `drop` hangs up."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.refuse = ""
        self.drop_after_data = 0
        self._controller = _Controller(self, hostname="127.0.0.1", port=0)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.close()
        return "250 OK"

    def texts(self) -> list[str]:
        return [str(mail.original_content, "utf-8", "replace") for mail in self.mails]

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()
