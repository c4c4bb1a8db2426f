"""Posting to systems that know a message by its id, so that sending it again does no harm."""

from collections.abc import Mapping

import requests

from notifications.gateways.base import NotSent, Refused, Throttled

TIMEOUT_SECONDS = 4.0
RETRY_AFTER_SECONDS = 5.0
LONGEST_RETRY_AFTER = 60.0
NOT_REACHED = "The other system can't be reached; it is tried again by itself."


def post(url: str, body: bytes, *, headers: Mapping[str, str], what: str) -> requests.Response:
    """Post and return a 2xx answer; everything else is a GatewayError.

    Whatever is unclear counts as not sent. `from None`, because what the library raises
    quotes addresses, which may hold tokens. Redirects are not followed.
    """
    with requests.Session() as session:
        # Proxies and credentials of the machine's environment have no say here.
        session.trust_env = False
        try:
            answer = session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError):
            raise NotSent(None, NOT_REACHED) from None
    status = answer.status_code
    if 200 <= status < 300:
        return answer
    if status == 429:
        raise Throttled(status, NOT_REACHED, retry_after=_retry_after(answer))
    if status == 408 or status >= 500:
        raise NotSent(status, NOT_REACHED)
    raise Refused(status, "rejected", f"{what} refused it ({status}): check its settings.")


def _retry_after(answer: requests.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    seconds = float(given) if given.isdecimal() else RETRY_AFTER_SECONDS
    return min(seconds, LONGEST_RETRY_AFTER)
