"""The stand-in that a rehearsal talks to: the demo's own, or one for as long as it lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings

from monitor.rehearsal import NUMBER
from notifications.senders import rehearsal_credentials
from notifications.simulator import Simulator


@contextmanager
def for_rehearsal() -> Iterator[str]:
    """The stand-in's address. Workers must reach it at REHEARSAL_API_BASE_URL."""
    if settings.DEMO:
        yield settings.TWILIO_API_BASE_URL
        return
    address = urlsplit(settings.REHEARSAL_API_BASE_URL)
    account_sid, auth_token = rehearsal_credentials()
    with Simulator(
        host=address.hostname or "127.0.0.1",
        port=address.port or 80,
        account_sid=account_sid,
        auth_token=auth_token,
    ) as stand_in:
        stand_in.add_number(NUMBER, sms_url=f"{settings.PUBLIC_BASE_URL}/twilio/text")
        yield settings.REHEARSAL_API_BASE_URL
