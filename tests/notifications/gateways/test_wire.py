"""What the outbox is told when the other end answers badly, or not at all."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError
from urllib3.exceptions import SSLError as PoolSSLError

from notifications.gateways.base import Ambiguous, NotSent, OutgoingText, Refused, Throttled
from notifications.gateways.twilio import TwilioGateway, _from_connection

TEXT = OutgoingText(
    to="+15005550006",
    body="How is your back?",
    from_number="+15005550001",
    messaging_service_sid="",
    status_callback="http://testserver/twilio/status",
    validity_seconds=60,
)
Peer = Callable[[bytes], TwilioGateway]


def gateway(base_url: str) -> TwilioGateway:
    return TwilioGateway(
        account_sid="AC" + "5" * 32, auth_token="0" * 32, base_url=base_url, timeout_seconds=2
    )


def answer(status: int, body: str) -> bytes:
    content = body.encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A gateway to a server that takes one request, gives these bytes and hangs up."""
    threads: list[threading.Thread] = []

    def serve(listener: socket.socket, given: bytes) -> None:
        with closing(listener), closing(listener.accept()[0]) as connection:
            connection.settimeout(5)
            taken = b""
            while b"\r\n\r\n" not in taken or (taken[:4] == b"POST" and b"Body=" not in taken):
                taken += connection.recv(65536)
            connection.sendall(given)

    def make(given: bytes) -> TwilioGateway:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener, given))
        thread.start()
        threads.append(thread)
        return gateway(f"http://127.0.0.1:{listener.getsockname()[1]}")

    yield make
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(b"", id="hung up"),
        pytest.param(b"HTTP/1.1 201 C", id="torn head"),
        pytest.param(b"HTTP/1.1 201 C\r\nContent-Length: 99\r\n\r\n{", id="torn body"),
        pytest.param(answer(201, "{}"), id="no sid"),
        pytest.param(answer(201, "[]"), id="a list"),
        pytest.param(answer(201, "null"), id="null"),
        pytest.param(answer(200, "<h1>Sign in</h1>"), id="a page"),
        pytest.param(answer(408, ""), id="408"),
        pytest.param(answer(500, '{"code": 20500}'), id="500"),
        pytest.param(answer(502, "<h1>Bad gateway</h1>"), id="502"),
    ],
)
def test_an_answer_that_is_none_is_ambiguous(peer: Peer, given: bytes) -> None:
    with pytest.raises(Ambiguous):
        peer(given).send(TEXT)


@pytest.mark.parametrize("code", ["21610", '"21610"'])
@pytest.mark.parametrize(
    "form", ['{{"code": {}}}', '{{"type": "", "title": "", "status": 400, "code": {}}}']
)
def test_a_refusal_keeps_its_code_in_either_form(peer: Peer, form: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        peer(answer(400, form.format(code))).send(TEXT)
    assert (refusal.value.code, refusal.value.kind) == (21610, "opted_out")


@pytest.mark.parametrize(("status", "code", "seconds"), [(429, 20429, 5.0), (400, 21611, 60.0)])
def test_too_much_at_once_comes_again_later(
    peer: Peer, status: int, code: int, seconds: float
) -> None:
    with pytest.raises(Throttled) as throttled:
        peer(answer(status, json.dumps({"code": code}))).send(TEXT)
    assert throttled.value.retry_after == seconds


def test_a_request_that_never_left_may_be_sent_again() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    for base_url in (f"http://127.0.0.1:{port}", "http://nobody.invalid"):
        with pytest.raises(NotSent):
            gateway(base_url).send(TEXT)


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ssl.SSLCertVerificationError("self-signed"), NotSent),
        (ssl.SSLError("decryption failed or bad record mac"), Ambiguous),
    ],
)
def test_broken_tls_is_safe_only_when_the_certificate_was_refused(
    cause: ssl.SSLError, kind: type[Exception]
) -> None:
    error = MaxRetryError(HTTPConnectionPool("api.invalid"), "/", PoolSSLError(cause))
    assert type(_from_connection(requests.exceptions.SSLError(error))) is kind


def test_a_text_created_in_the_second_of_the_question_is_found(peer: Peer) -> None:
    listed = {"sid": "SM1", "to": TEXT.to, "body": TEXT.body, "status": "queued"}
    listed["date_created"] = "Sat, 21 Nov 2026 10:00:00 +0000"
    page = json.dumps({"messages": [listed], "next_page_uri": None})
    since = datetime(2026, 11, 21, 10, 0, 0, 400_000, tzinfo=UTC)
    found = peer(answer(200, page)).find(to=TEXT.to, body=TEXT.body, since=since)
    assert [message.sid for message in found] == ["SM1"]
