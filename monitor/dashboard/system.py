"""How the system is: a quiet line on every page, and a loud one when it is not well."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitor.dashboard import phrases
from monitor.dashboard.doors import members_only
from monitor.models import Condition
from patients.access import clinics


def shown(user: Any, *, now: datetime) -> dict[str, Any]:
    """What the watchdog last judged; that it has not looked for a while says enough."""
    kept = Condition.objects.filter(pk=1).first()
    place = clinics(user).order_by("name").first()
    patience = timedelta(seconds=settings.HEALTH_TICK_SECONDS)
    return {
        "looked_at": kept.at if kept else None,
        "stands_still": kept is None or now - kept.at > patience,
        "why": [phrases.judged(one["template"], one["values"]) for one in kept.why]
        if kept
        else [],
        "zone": place.zone if place else UTC,
    }


@require_safe
@members_only
def system(request: HttpRequest) -> HttpResponse:
    """The line alone, for whoever has a page open."""
    context = shown(request.user, now=datetime.now(UTC))
    return render(request, "dashboard/_system.html", context)
