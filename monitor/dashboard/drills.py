"""Drills: the button for a lead, what became of past ones, and the page of one of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access
from monitor.dashboard import rota
from monitor.dashboard.doors import is_poll, members_only, must_of_team
from monitor.dashboard.phrases import said
from notifications.models import Channel, Drill, Page
from notifications.oncall import drill_report, drills, paging
from notifications.oncall.paging import Done
from notifications.oncall.swapping import NotPossible


@require_safe
@members_only
def past(request: HttpRequest) -> HttpResponse:
    """A team's drills, the next one, and a button for who leads it."""
    team = rota.chosen(request)
    if team is None:
        return render(request, "dashboard/drills.html", {"teams": []})
    context = {
        "teams": list(access.teams(request.user).order_by("name", "pk")),
        "team": team,
        "zone": ZoneInfo(team.time_zone),
        "leads": access.leads(request.user, team),
        "next": Drill.objects.filter(team=team, due_at__isnull=False).first(),
        "reports": drill_report.past(team),
    }
    return render(request, "dashboard/drills.html", context)


@require_POST
@members_only
def start(request: HttpRequest, team: int) -> HttpResponse:
    """Begin a drill now. For whoever leads the team."""
    found = get_object_or_404(access.teams(request.user).select_related("sender"), pk=team)
    must_of_team(request, found.pk)
    if not access.leads(request.user, found):
        raise PermissionDenied
    try:
        drill = drills.start(found, by=request.user, now=datetime.now(UTC))
    except NotPossible as why:
        messages.error(request, said(why))
        return redirect(f"{reverse('drills')}?team={found.pk}")
    messages.success(request, _("The drill has begun: the first rung is being called."))
    return redirect("drill", reference=drill.page.reference if drill.page else "")


@require_safe
@members_only
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """One drill, as it goes or went."""
    drill = _drill(request, reference)
    context = {
        "page": drill.page,
        "team": drill.team,
        "report": drill_report.of(drill),
        "labels": dict(Channel.choices),
        "me": access.member(request.user, drill.team),
        "zone": ZoneInfo(drill.team.time_zone),
        "running": drill.page is not None and drill.page.state != Page.State.CLOSED,
    }
    name = "dashboard/_drill.html" if is_poll(request) else "dashboard/drill.html"
    return render(request, name, context)


@require_POST
@members_only
def acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    """Acknowledge a drill, as a page is."""
    drill = _drill(request, reference)
    must_of_team(request, drill.team_id)
    me = access.member(request.user, drill.team)
    if me is None or drill.page is None:
        raise PermissionDenied
    result = paging.acknowledge(drill.page, me, via="web", now=datetime.now(UTC))
    if result.done is Done.TAKEN:
        messages.success(request, _("Acknowledged. The drill is over."))
    else:
        messages.warning(request, _("The drill was over; nothing was changed."))
    return redirect("drill", reference=reference)


def _drill(request: HttpRequest, reference: str) -> Drill:
    found = access.drills(request.user).select_related("page", "team")
    return get_object_or_404(found, page__reference=reference)
