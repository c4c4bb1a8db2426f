"""Patients for the palette of commands: found while somebody types."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from monitor import oversight
from monitor.dashboard.doors import members_only
from monitor.dashboard.patient import matching

FOUND = 8
SHORTEST = 2


# By POST, as the search: no name or number stands in an address.
@require_POST
@members_only
def palette(request: HttpRequest) -> HttpResponse:
    """A few patients by name, phone or record number; none for less than two signs."""
    words = request.POST.get("q", "").strip()
    found = matching(request.user, words, most=FOUND) if len(words) >= SHORTEST else []
    oversight.searched(found, by=request.user, now=datetime.now(UTC))
    return render(request, "dashboard/_palette_found.html", {"found": found})
