"""Lockout after wrong passwords and codes, by django-axes, whose counts are in the database:
the broker may be emptied at any moment. Where it is not told of (a code from many addresses, an
e-mail to set a password) allauth counts, in a cache that is a table of the same database.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as limits
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The name of the limit in ACCOUNT_RATE_LIMITS.
CODES = "second_factor_code"
# Whose limits allauth's public functions count.
ALLAUTH = "allauth.account"


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


def locked_until(
    request: HttpRequest, users: Iterable[Any], *, now: datetime
) -> dict[Any, datetime]:
    """Until when each of the users who is locked out is, by their keys.

    By wrong tries from an address, or by ten codes from wherever they came; the later counts.
    As many queries for many users as for one.
    """
    by_name = {user.get_username(): user.pk for user in users}
    tried = AccessAttempt.objects.filter(
        username__in=by_name,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=now - settings.AXES_COOLOFF_TIME,
    )
    found = [
        (by_name[name], last + settings.AXES_COOLOFF_TIME)
        for name, last in tried.values_list("username", "attempt_time")
    ]
    found += _codes_spent(request, by_name.values(), now=now)
    latest: dict[Any, datetime] = {}
    for pk, until in found:
        latest[pk] = max(until, latest.get(pk, until))
    return latest


def _codes_spent(
    request: HttpRequest, pks: Iterable[Any], *, now: datetime
) -> Iterator[tuple[Any, datetime]]:
    """Who has no code left, and when the oldest that counts is forgotten."""
    for rate in limits.get_rates(app=ALLAUTH, action=CODES):
        keys = {
            limits.get_cache_key(request, app=ALLAUTH, action=CODES, rate=rate, key=str(pk)): pk
            for pk in pks
        }
        for key, history in cache.get_many(keys).items():
            # The newest first, in seconds since 1970.
            counted = history[: rate.amount]
            until = datetime.fromtimestamp(counted[-1] + rate.duration, UTC) if counted else now
            if len(counted) == rate.amount and until > now:
                yield keys[key], until


def unlock(request: HttpRequest, user: Any) -> None:
    """Forget the wrong tries of somebody."""
    reset(username=user.get_username())
    let_in(request, user)
