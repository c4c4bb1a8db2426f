"""Whether the system itself is alive: for an outside monitor, without sign-in.

Not for a load balancer: a page that nobody takes is no reason to take the web server away.
"""

from datetime import UTC, datetime

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitor import heartbeat, versions, vitals


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while all is well, else 503 with why; ages in seconds, and no data of anyone.

    Measured here and now, so that it is right whatever else has died.
    `protocols_changed` counts running follow-ups whose protocol file has changed: under their
    kept copy, or without one, which is not well.
    """
    try:
        drift = versions.drift()
        vital = heartbeat.measure(now=datetime.now(UTC), drift=drift)
    except OperationalError:
        said = {"well": False, "why": ["The database can't be reached."]}
        return JsonResponse({**said, "database": "unreachable"}, status=503)
    why = [str(one) for one in vitals.judge(vital, heartbeat.limits())]
    changed = {"kept": sum(drift.kept.values()), "lost": sum(drift.lost.values())}
    return JsonResponse(
        {
            "well": not why,
            "why": why,
            "overdue_seconds": dict(vital.overdue),
            "unacknowledged_seconds": dict(vital.unheld),
            "provider_silent_seconds": vital.provider,
            "last_begun_seconds": dict(vital.ticks),
            "watchdog_found_seconds": vital.found,
            "stuck": dict(vital.stuck),
            "broker": vital.broker,
            "protocols_changed": changed,
        },
        status=503 if why else 200,
    )
