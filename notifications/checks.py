"""What must be right before the first text goes out. `manage.py check` names what is not.

notifications.E001  TWILIO_API_BASE_URL would send texts unencrypted
notifications.E002  a call to Twilio may outlast the lease of its text
notifications.E003  PUBLIC_BASE_URL is not https              (with --deploy)
notifications.E004  the Twilio account is not set             (with --deploy)
"""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from notifications.outbox import LEASE, SWEEP


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@register(Tags.security)
def provider_is_reached_safely(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A stand-in may be spoken to in the clear on this machine, by a demo alone."""
    url = urlsplit(settings.TWILIO_API_BASE_URL)
    public = urlsplit(settings.PUBLIC_BASE_URL)
    if not settings.TWILIO_API_BASE_URL or (url.scheme == "https" and url.hostname):
        return []
    if url.scheme == "http" and _loopback(url.hostname or "") and public.scheme != "https":
        return []
    return [
        Error(
            "TWILIO_API_BASE_URL must begin with https://.",
            hint="Leave it empty to reach Twilio itself. Plain http is for a stand-in on "
            "this machine, while PUBLIC_BASE_URL is not https either.",
            id="notifications.E001",
        )
    ]


@register()
def leases_outlast_calls(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """A call that outlasts its lease looks like a dead one, and the text may go out twice."""
    # Connecting and reading may each take the whole time-out.
    call = 2 * settings.TWILIO_TIMEOUT_SECONDS
    room = min(LEASE[stream] - SWEEP[stream] for stream in LEASE)
    if 0 < call <= room:
        return []
    return [
        Error(
            f"TWILIO_TIMEOUT_SECONDS must be above 0 and at most {room / 2:g}.",
            hint="Leave it unset: 10 seconds are enough for Twilio.",
            id="notifications.E002",
        )
    ]


@register(Tags.security, deploy=True)
def webhooks_are_encrypted(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """Patients' texts come in through PUBLIC_BASE_URL."""
    if urlsplit(settings.PUBLIC_BASE_URL).scheme == "https":
        return []
    return [
        Error(
            "PUBLIC_BASE_URL must begin with https://.",
            hint="Set it to the address at which Twilio and the staff reach this server.",
            id="notifications.E003",
        )
    ]


@register(deploy=True)
def account_is_set(app_configs: Any, **_: Any) -> Sequence[CheckMessage]:
    """Without an account no page goes out."""
    sid, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    if sid.startswith("AC") and len(sid) == 34 and token:
        return []
    return [
        Error(
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set.",
            hint="Both are on the first page of Twilio's console; the id has 34 characters "
            "and begins with AC.",
            id="notifications.E004",
        )
    ]
