"""The link by which somebody sets their first password, by e-mail or in the admin's hand."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from monitor.dashboard.accounts import can_mail
from patients.models import Clinic


def link(request: HttpRequest, user: Any) -> str:
    """Good once, for three days, and until the password is set."""
    key = default_token_generator.make_token(user)
    where = {"uidb36": user_pk_to_url_str(user), "key": key}
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=where))


def mailed(request: HttpRequest, user: Any, clinic: Clinic) -> bool:
    """Whether the link went to the user's address; else the admin hands it over."""
    if not can_mail() or not user.email:
        return False
    words = _(
        "%(clinic)s has given you access to Spinewatch.\n\n"
        "Your user name is %(name)s. Set your password here, within three days:\n\n%(link)s\n"
    ) % {"clinic": clinic, "name": user.get_username(), "link": link(request, user)}
    try:
        send_mail(_("Your access to Spinewatch"), words, None, [user.email])
    except OSError:
        return False
    return True
