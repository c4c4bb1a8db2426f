"""Whether the system itself is alive: for load balancers and monitoring, without sign-in."""

from datetime import UTC, datetime

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitor import heartbeat, versions


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while nothing is stuck, else 503; seconds overdue by kind, and no data of anyone.

    `protocols` counts running follow-ups whose protocol file has changed: under their kept
    copy, or without one, which is not well.
    """
    try:
        pulse = heartbeat.take(now=datetime.now(UTC))
        drift = versions.drift()
    except OperationalError:
        return JsonResponse({"well": False, "database": "unreachable"}, status=503)
    well = pulse.well and not drift.lost
    changed = {"kept": sum(drift.kept.values()), "lost": sum(drift.lost.values())}
    return JsonResponse(
        {"well": well, "overdue_seconds": vars(pulse), "protocols_changed": changed},
        status=200 if well else 503,
    )
