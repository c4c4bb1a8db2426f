"""Lockout after wrong passwords and codes, by django-axes, whose counts are in the database:
the broker may be emptied at any moment, and with it whatever a cache had counted.
"""

from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def locked(request: HttpRequest, *_: Any) -> HttpResponse:
    """What somebody hears who has tried too often."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "account/locked.html", {"minutes": minutes}, status=429)


def wrong_code(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """A wrong second factor counts as a wrong password does."""
    user_login_failed.send(
        sender=sender, credentials={"username": user.get_username()}, request=request
    )


def tries(username: str) -> QuerySet[AccessAttempt]:
    """What locks somebody out, for a query in which `username` leads to the user name."""
    return AccessAttempt.objects.filter(
        username=OuterRef(username),
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
    )


def unlock(user: Any) -> None:
    """Forget the wrong tries of somebody."""
    reset(username=user.get_username())
