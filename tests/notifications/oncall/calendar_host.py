"""A web server on this machine that hands out calendars over TLS, and misbehaves on demand."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme


@dataclass
class Host:
    """`trust` are the certificates that a client must believe in; `asked` what was asked."""

    port: int = 0
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    status: int = 200
    location: str = ""
    body: bytes = b""
    # Sent in so many parts, each after a pause.
    parts: int = 1
    pause: float = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/rota.ics?key=1"


@contextmanager
def running() -> Iterator[Host]:
    host = Host()
    authority = trustme.CA()
    authority.configure_trust(host.trust)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append((self.headers["Host"], self.path))
            self.send_response(host.status)
            if host.location:
                self.send_header("Location", host.location)
            self.send_header("Content-Length", str(len(host.body)))
            self.end_headers()
            size = -(-len(host.body) // host.parts) or 1
            try:
                for place in range(0, len(host.body), size):
                    time.sleep(host.pause)
                    self.wfile.write(host.body[place : place + size])
                    self.wfile.flush()
            except OSError:
                # The client has heard enough.
                return

        def log_message(self, *_args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
