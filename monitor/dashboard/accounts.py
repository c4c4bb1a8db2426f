"""How django-allauth serves this clinic's staff: no self sign-up, and our own words for it."""

import logging
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import TrustStage
from django.conf import settings
from django.core import mail
from django.http import HttpRequest

from monitor import factor_secrets
from notifications.models import Responder

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a clinic's admin, and signing in was proof enough a moment ago."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """Not right after signing in, so that nobody enters a password twice to enrol."""
        return not proved_lately(self.request)

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.TrustStage": "monitor.dashboard.accounts.PhoneStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that fails is logged; the page tells nobody who has an account."""
        if not can_mail():
            logger.error("no mail server is set: an e-mail about an account was not sent")
            return
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            logger.error("an e-mail about an account was not sent: %s", type(error).__name__)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors of staff."""

    def get_totp_issuer(self) -> str:
        return "Spinewatch"

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def _get_site_name(self) -> str:
        return "Spinewatch"

    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)


class PhoneStage(TrustStage):
    """Offers to trust a browser, to who is paged: for them alone seconds count at night."""

    def handle(self) -> Any:
        user: Any = self.login.user
        if not Responder.objects.filter(user=user, active=True).exists():
            return None, True
        return super().handle()


def can_mail() -> bool:
    """Whether e-mail leaves this machine: a server is set, or tests collect it."""
    return bool(settings.EMAIL_HOST) or hasattr(mail, "outbox")


def proved_at(request: HttpRequest) -> float:
    """When the user last proved who they are in this session, in seconds since 1970; else 0."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return max((float(one["at"]) for one in records), default=0.0)


def proved_lately(request: HttpRequest) -> bool:
    """Whether that was within the last five minutes."""
    return time.time() - proved_at(request) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
