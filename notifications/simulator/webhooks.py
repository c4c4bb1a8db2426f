"""Posts signed webhooks, over HTTP or through a function that stands in for it.

Source for retries: Twilio's "Webhooks: connection overrides", the fragment of the address
(`#rc=3&rp=all&ct=500&rt=2000`): rc retries, rp for which failures, time-outs in ms.
"""

import http.client
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from notifications.simulator.signature import HEADER, sign

Deliver = Callable[[str, Mapping[str, str], Mapping[str, str]], tuple[int, str]]
DEFAULTS = {"rc": "1", "rp": "ct", "ct": "5000", "rt": "15000"}


@dataclass(frozen=True)
class Delivery:
    """One attempt. `status` is HTTP's, or 0 with `failure` ct (connecting) or rt (reading)."""

    url: str
    params: Mapping[str, str]
    status: int
    body: str
    failure: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Webhooks:
    """`deliver(url, params, headers) -> (status, body)` replaces HTTP where it is given."""

    def __init__(self, auth_token: str, deliver: Deliver | None = None) -> None:
        self._auth_token = auth_token
        self._deliver = deliver
        self._lock = threading.Lock()
        self._log: deque[Delivery] = deque(maxlen=10_000)

    def log(self) -> list[Delivery]:
        """The last attempts, oldest first."""
        with self._lock:
            return list(self._log)

    def post(self, url: str, params: Mapping[str, str]) -> Delivery:
        """Post until it succeeds or the address's retries are used up; the last attempt."""
        fragment = urlsplit(url).fragment
        overrides = {**DEFAULTS, **dict(parse_qsl(fragment))}
        policies = overrides["rp"].split(",")
        token = str(uuid.uuid4())
        retries = min(int(overrides["rc"]), 5)
        while True:
            delivery = self._attempt(url.partition("#")[0], params, overrides, token)
            if delivery.ok or retries <= 0 or not _retried(delivery, policies):
                return delivery
            retries -= 1

    def _attempt(
        self, url: str, params: Mapping[str, str], overrides: Mapping[str, str], token: str
    ) -> Delivery:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            HEADER: sign(self._auth_token, url, params),
        }
        if self._deliver is not None:
            status, body = self._deliver(url, params, headers)
            delivery = Delivery(url, params, status, body)
        else:
            delivery = _over_http(url, params, headers, overrides)
        with self._lock:
            self._log.append(delivery)
        return delivery


def _retried(delivery: Delivery, policies: list[str]) -> bool:
    kind = delivery.failure or f"{delivery.status // 100}xx"
    return "all" in policies or kind in policies


def _over_http(
    url: str,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    overrides: Mapping[str, str],
) -> Delivery:
    parts = urlsplit(url)
    kind = (
        http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    )
    connection = kind(parts.netloc, timeout=int(overrides["ct"]) / 1000)
    failure = "ct"
    try:
        connection.connect()
        failure = "rt"
        connection.sock.settimeout(int(overrides["rt"]) / 1000)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, urlencode(params), dict(headers))
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        return Delivery(url, params, answer.status, body)
    except (OSError, http.client.HTTPException):
        return Delivery(url, params, 0, "", failure)
    finally:
        connection.close()
