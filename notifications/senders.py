"""Which gateway a sender's texts go through, and which token its webhooks are signed with."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

from notifications.gateways.base import Gateway, Refused
from notifications.gateways.errors import CONFIGURATION
from notifications.gateways.twilio import TwilioGateway
from notifications.models import Sender


def rehearsal_credentials() -> tuple[str, str]:
    """The made-up account of rehearsals: its id and token, from the installation's secret."""
    digest = hmac.new(
        settings.SECRET_KEY.encode(), b"rehearsal account", hashlib.sha256
    ).hexdigest()
    return "AC" + digest[:32], digest[32:]


def gateway_for(sender: Sender) -> Gateway:
    """The gateway of a sender; one of each kind for a process. Refused without an account."""
    account_sid, auth_token, base_url = account_of(sender)
    return _gateway(account_sid, auth_token, base_url, settings.TWILIO_TIMEOUT_SECONDS)


def account_of(sender: Sender) -> tuple[str, str, str]:
    """A sender's account, its token, and the address of the API. Refused without an account."""
    if sender.rehearsal:
        account_sid, auth_token = rehearsal_credentials()
        base_url = settings.REHEARSAL_API_BASE_URL
    else:
        account_sid, auth_token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
        base_url = settings.TWILIO_API_BASE_URL
    if not (account_sid and auth_token):
        raise Refused(None, CONFIGURATION.kind, CONFIGURATION.advice)
    return account_sid, auth_token, base_url


@lru_cache(maxsize=8)
def _gateway(
    account_sid: str, auth_token: str, base_url: str, timeout_seconds: float
) -> Gateway:
    return TwilioGateway(
        account_sid=account_sid,
        auth_token=auth_token,
        base_url=base_url,
        timeout_seconds=timeout_seconds,
    )


def token_of(account_sid: str) -> str:
    """The token that an account's webhooks are signed with; "" for a stranger's account."""
    if account_sid and account_sid == settings.TWILIO_ACCOUNT_SID:
        return str(settings.TWILIO_AUTH_TOKEN)
    rehearsal_sid, auth_token = rehearsal_credentials()
    return auth_token if account_sid == rehearsal_sid else ""
