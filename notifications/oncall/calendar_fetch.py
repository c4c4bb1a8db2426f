"""Fetching a calendar from an address that somebody typed: nothing is trusted.

https only, to public addresses only, within a time and a size. The name is resolved once and
the connection goes to the address that was checked, so that a name that changes its mind
between the two leads nowhere. Redirects are followed a few times, each checked anew.
"""

import ipaddress
import socket
import ssl
import time
from urllib.parse import urljoin, urlsplit

import urllib3

from notifications.oncall.reasons import Reason

SECONDS = 10.0
LARGEST = 2_000_000
_REDIRECTS = 3
_CHUNK = 65_536
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotFetched(Reason):
    """Why there is no calendar; the message holds neither the address nor what it sent."""


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    seconds: float = SECONDS,
    largest: int = LARGEST,
    trust: ssl.SSLContext | None = None,
) -> bytes:
    """What an address answers, at most `largest` bytes, within `seconds` in all.

    `allow_private` lets it be on a network that is not the Internet's. `trust` says whose
    certificates count; the system's unless given. NotFetched for everything that goes wrong.
    """
    until = time.monotonic() + seconds
    for _ in range(_REDIRECTS + 1):
        host, port = checked(url)
        address = resolve(host, port, allow_private=allow_private)
        found, url = _get(url, host, port, address, until=until, largest=largest, trust=trust)
        if found is not None:
            return found
    raise NotFetched("It redirects too often.")


def checked(url: str) -> tuple[str, int]:
    """The host and port of an https address; NotFetched where it is not one."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise NotFetched("The address cannot be read.") from None
    if parts.scheme != "https" or not host:
        raise NotFetched("The address must begin with https://.")
    if parts.username or parts.password:
        raise NotFetched("The address must not hold a user name or a password.")
    return host, port


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """An address of a host; NotFetched where any of its addresses is not public."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, proto=6)}
    except (OSError, UnicodeError):
        raise NotFetched("The host's name cannot be resolved.") from None
    if not allow_private and not all(_is_public(address) for address in found):
        raise NotFetched("The host is not on the public Internet.")
    return sorted(found)[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.is_multicast or not ip.is_global:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    # An address of the older kind may be wrapped in one of the newer.
    wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
    if ip in _NAT64:
        wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return wrapped is None or _is_public(str(wrapped))


def _get(
    url: str,
    host: str,
    port: int,
    address: str,
    *,
    until: float,
    largest: int,
    trust: ssl.SSLContext | None,
) -> tuple[bytes | None, str]:
    """One request to one address: what it holds, or where it says to go instead."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = host if port == 443 else f"{host}:{port}"
    pool = urllib3.HTTPSConnectionPool(
        address,
        port,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=trust or ssl.create_default_context(),
        timeout=urllib3.Timeout(total=_left(until)),
        retries=False,
    )
    try:
        answer = pool.request(
            "GET",
            path,
            headers={"Host": shown, "Accept": "text/calendar"},
            redirect=False,
            preload_content=False,
        )
        target = answer.get_redirect_location()
        if target:
            return None, urljoin(url, target)
        if answer.status != 200:
            raise NotFetched("The host answers with status %(status)s.", status=answer.status)
        return _read(answer, until=until, largest=largest), url
    except urllib3.exceptions.HTTPError as error:
        raise NotFetched(
            "The host cannot be reached (%(error)s).", error=type(error).__name__
        ) from None
    finally:
        pool.close()


def _read(answer: urllib3.BaseHTTPResponse, *, until: float, largest: int) -> bytes:
    found = b""
    for chunk in answer.stream(_CHUNK, decode_content=True):
        found += chunk
        if len(found) > largest:
            raise NotFetched("It is larger than %(size)s kB.", size=largest // 1000)
        _left(until)
    return found


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise NotFetched("The host takes too long.")
    return left
