"""Entering a code, of an app or a recovery code: counted, and each of an app good for once.

allauth takes a right code whatever was tried before it; django-axes, which counts wrong ones,
is asked about passwords alone. So both limits are asked here, before a code is looked at.
"""

from typing import TYPE_CHECKING

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from monitor.dashboard import lockout

if TYPE_CHECKING:
    from allauth.mfa.base.forms import BaseAuthenticateForm as Form
else:
    Form = object


class Counted(Form):
    """`clean_code` of allauth's forms, with the limits around it."""

    def clean_code(self) -> str:
        if not lockout.may_try(context.request, self.user):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not _first_use(
            self.user.pk, code
        ):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        lockout.let_in(context.request, self.user)
        return code


class SignInCode(Counted, AuthenticateForm):
    """The code after the password."""


class ConfirmingCode(Counted, ReauthenticateForm):
    """The code before an export, or of a trusted phone that wants more than a page."""


def _first_use(user: int, code: str) -> bool:
    """Whether an app's code was not used before; seen over its shoulder, it opens nothing.

    It is right for the period before its own and the one after, which is longer than allauth
    remembers it for.
    """
    digits = "".join(filter(str.isdigit, code))
    seconds = (2 * app_settings.TOTP_TOLERANCE + 2) * app_settings.TOTP_PERIOD
    return bool(cache.add(f"code-used:{user}:{digits}", "used", timeout=seconds))
