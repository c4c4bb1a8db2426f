"""Lockout after wrong passwords and codes, by django-axes, whose counts are in the database:
the broker may be emptied at any moment. Where it is not told of (a code from many addresses, an
e-mail to set a password) allauth counts, in a cache that is a table of the same database.
"""

from typing import Any

from allauth.core import ratelimit
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

# The name of the limit in ACCOUNT_RATE_LIMITS.
CODES = "second_factor_code"


def locked(request: HttpRequest, *_: Any) -> HttpResponse:
    """What somebody hears who has tried too often."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "account/locked.html", {"minutes": minutes}, status=429)


def wrong_code(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """A wrong second factor counts as a wrong password does."""
    user_login_failed.send(
        sender=sender, credentials={"username": user.get_username()}, request=request
    )


def may_try(request: Any, user: Any) -> bool:
    """Whether a code of the user may be looked at; if not, the answer will be "locked".

    Not after five wrong tries from this address, nor after ten codes from anywhere: whoever is
    asked for a code has given the password, so that no stranger locks anybody out by it.
    """
    of = {"username": user.get_username()}
    if AxesProxyHandler.is_allowed(request, of) and ratelimit.consume(
        request, action=CODES, key=str(user.pk)
    ):
        return True
    request.axes_locked_out = True
    return False


def let_in(request: HttpRequest, user: Any) -> None:
    """A right code: what was tried before it no longer counts."""
    ratelimit.clear(request, action=CODES, key=str(user.pk))


def tries(username: str) -> QuerySet[AccessAttempt]:
    """What locks somebody out, for a query in which `username` leads to the user name."""
    return AccessAttempt.objects.filter(
        username=OuterRef(username),
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
    )


def unlock(request: HttpRequest, user: Any) -> None:
    """Forget the wrong tries of somebody."""
    reset(username=user.get_username())
    let_in(request, user)
