"""Whether the system itself is alive: for load balancers and monitoring, without sign-in."""

from datetime import UTC, datetime

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitor import heartbeat


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while nothing is stuck, else 503; seconds overdue by kind, and no data of anyone."""
    try:
        pulse = heartbeat.take(now=datetime.now(UTC))
    except OperationalError:
        return JsonResponse({"well": False, "database": "unreachable"}, status=503)
    return JsonResponse(
        {"well": pulse.well, "overdue_seconds": vars(pulse)},
        status=200 if pulse.well else 503,
    )
