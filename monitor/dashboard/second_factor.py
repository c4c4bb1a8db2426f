"""The second factor: nothing of a patient is shown before it was given in this session.

Somebody without one enrols first. A browser that was trusted (the phone of who is on call) may
leave it out for the pages of the on-call team alone; whatever else it asks for, asks for it.
"""

import logging
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from monitor import factor_secrets

logger = logging.getLogger(__name__)

# What a trusted browser opens with the password alone: taking a page and closing it.
TRUSTED = frozenset(
    {"page", "acknowledge", "close-page", "pass-on", "call-in", "page-note", "call-patient"}
)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
GOING_ON = "after_enrolling"


def demand(request: HttpRequest, name: str) -> HttpResponse | None:
    """Where the user must go before the address of this name; None when nowhere."""
    if not settings.SECOND_FACTOR or verified(request):
        return None
    if not enrolled(request.user):
        if request.method == "GET" and "HX-Request" not in request.headers:
            request.session[GOING_ON] = request.get_full_path()
        return redirect("mfa_index")
    if name in TRUSTED:
        return None
    back = request.get_full_path() if request.method == "GET" else resolve_url("worklist")
    return redirect(f"{resolve_url(_asks(request.user))}?{urlencode({'next': back})}")


def verified(request: HttpRequest) -> bool:
    """Whether this session gave a second factor that the user still has."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    given = [one["id"] for one in records if one["method"] == "mfa" and "id" in one]
    mine = Authenticator.objects.filter(user_id=request.user.pk)
    return bool(given) and mine.filter(pk__in=given).exists()


def enrolled(user: Any) -> bool:
    """Whether the user has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def _asks(user: Any) -> str:
    """The page that asks for the factor that the user has."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return "mfa_reauthenticate" if app else "mfa_reauthenticate_webauthn"


def added(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """Enrolling proves that one has it: the session counts as verified."""
    if authenticator.type in FACTORS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=authenticator.type
        )


def used(user: Any, **_: Any) -> None:
    """Who lets themselves in by a factor has theirs encrypted under the first key.

    Keys that are wrong must not keep out whom a factor from before still lets in.
    """
    if said := factor_secrets.trouble():
        logger.error("second factors are not encrypted anew: %s", said)
        return
    for one in Authenticator.objects.filter(user=user):
        factor_secrets.renew(one)


def reset(user: Any) -> None:
    """Forget all factors of somebody whose phone is lost; every session of theirs that was
    verified by one is so no longer, and they enrol anew when they next sign in.
    """
    Authenticator.objects.filter(user=user).delete()
