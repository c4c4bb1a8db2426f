"""Listens on HTTP and hands each request to the REST API or to the control API."""

import json
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from notifications.simulator.forms import Form
from notifications.simulator.rest import Answer, answered

# What the two APIs need of a request: method, path, form, body as JSON, authorization.
Handle = Callable[[str, str, Form, Any, str], Answer]


class Server(ThreadingHTTPServer):
    """A thread for each connection; connections that wait are ended by `close`."""

    request_queue_size = 256
    # So that closing waits for the threads.
    daemon_threads = False

    def __init__(self, address: tuple[str, int], handle: Handle) -> None:
        self.handle_call = handle
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not an error; anything else is, and is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet for head and body, at once.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        form: dict[str, list[str]] = parse_qs(parts.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data: Any = {}
        try:
            if "json" in self.headers.get("Content-Type", ""):
                data = json.loads(body or b"{}")
            else:
                form |= parse_qs(body.decode(), keep_blank_values=True)
        except ValueError:
            self._send(answered(400, {"message": "The body can't be read.", "status": 400}))
            return
        authorization = self.headers.get("Authorization", "")
        path = unquote(parts.path)
        self._send(self.server.handle_call(self.command, path, form, data, authorization))

    def _send(self, answer: Answer) -> None:
        if answer.silence is not None:
            self.server.closing.wait(answer.silence)
            self.close_connection = True
            return
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests hold numbers and texts: they are kept for `sent`, and not logged."""
