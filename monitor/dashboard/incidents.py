"""What is wrong with the paging itself: shown to staff until one of them has seen to it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitor import access
from monitor.dashboard.doors import members_only, must_of_team
from notifications.oncall import incidents


@require_POST
@members_only
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it was seen to."""
    incident = get_object_or_404(access.incidents(request.user), pk=pk)
    must_of_team(request, incident.team_id)
    name = request.user.get_username()
    if incidents.close(incident, by=name, now=datetime.now(UTC)):
        messages.success(request, _("Closed. It comes back if it happens again."))
    else:
        messages.warning(request, _("Somebody had closed this already; nothing was changed."))
    return redirect("worklist")
