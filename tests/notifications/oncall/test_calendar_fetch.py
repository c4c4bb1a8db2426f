"""Fetching from an address that somebody typed, against a real server over TLS."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from notifications.oncall.calendar_fetch import NotFetched, checked, fetch, resolve
from tests.notifications.oncall import calendar_host
from tests.notifications.oncall.calendar_host import Host


@pytest.fixture
def host() -> Iterator[Host]:
    with calendar_host.running() as found:
        yield found


def get(host: Host, **options: Any) -> bytes:
    return fetch(host.url, **{"allow_private": True, "trust": host.trust, **options})


def test_it_comes_from_the_host_by_its_name(host: Host) -> None:
    host.body = b"BEGIN:VCALENDAR"
    assert get(host) == b"BEGIN:VCALENDAR"
    assert host.asked == [(f"localhost:{host.port}", "/rota.ics?key=1")]


def test_a_private_network_is_not_reached_unless_allowed(host: Host) -> None:
    with pytest.raises(NotFetched, match="not on the public Internet"):
        get(host, allow_private=False)
    assert host.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(host: Host) -> None:
    with pytest.raises(NotFetched, match="SSLError"):
        get(host, trust=ssl.create_default_context())
    assert host.asked == []


def test_a_redirect_is_followed_a_few_times_and_checked_each_time(host: Host) -> None:
    host.status, host.location = 302, "/elsewhere"
    with pytest.raises(NotFetched, match="redirects too often"):
        get(host)
    assert [path for _, path in host.asked] == ["/rota.ics?key=1", *["/elsewhere"] * 3]
    host.location = f"http://localhost:{host.port}/plain"
    with pytest.raises(NotFetched, match="https"):
        get(host)


def test_it_ends_at_a_size_and_at_a_time(host: Host) -> None:
    host.body = b"x" * 2_000
    with pytest.raises(NotFetched, match="larger than 1 kB"):
        get(host, largest=1_000)
    host.parts, host.pause = 10, 0.1
    with pytest.raises(NotFetched, match=r"takes too long|ReadTimeout|cannot be reached"):
        get(host, seconds=0.5)


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_another_status_is_no_calendar(host: Host, status: int) -> None:
    host.status = status
    with pytest.raises(NotFetched, match=f"status {status}"):
        get(host)


def test_a_host_that_is_not_there(host: Host) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotFetched, match="cannot be reached"):
        fetch(f"https://localhost:{port}/", allow_private=True, seconds=2)
    with pytest.raises(NotFetched, match="cannot be resolved"):
        fetch("https://nowhere.invalid/", seconds=2)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://example.org/a.ics", "begin with https"),
        ("webcal://example.org/a.ics", "begin with https"),
        ("file:///etc/passwd", "begin with https"),
        ("https://", "begin with https"),
        ("https://me:secret@example.org/", "user name or a password"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://[::1", "cannot be read"),
    ],
)
def test_addresses_that_are_not_tried(url: str, complaint: str) -> None:
    with pytest.raises(NotFetched, match=complaint):
        checked(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.168.0.7", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        # Older addresses inside newer ones.
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_whether_an_address_is_public(
    address: str, public: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolved(*_args: Any, **_options: Any) -> list[Any]:
        return [(None, None, 6, "", (one, 443)) for one in (address, "93.184.215.14")]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert resolve("example.org", 443, allow_private=True) in {address, "93.184.215.14"}
    if public:
        resolve("example.org", 443, allow_private=False)
    else:
        # One bad address among good ones is enough.
        with pytest.raises(NotFetched, match="not on the public Internet"):
            resolve("example.org", 443, allow_private=False)
