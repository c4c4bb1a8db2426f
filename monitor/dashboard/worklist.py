"""The worklist: what waits for somebody, filtered as each user likes to keep it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access
from monitor.dashboard import board
from monitor.dashboard.doors import is_poll, members_only
from monitor.dashboard.forms import ViewForm
from monitor.dashboard.replies import refused, said
from monitor.models import SavedView
from patients.access import clinics

MOST_VIEWS = 20


@require_safe
@members_only
def worklist(request: HttpRequest) -> HttpResponse:
    """The whole page, or for a poll its list alone."""
    only = board.Filter.of(request.GET.dict())
    shown = board.read(
        request.user, only=only, held=request.GET.getlist("hold"), now=datetime.now(UTC)
    )
    places = list(clinics(request.user).order_by("name"))
    context = {
        "board": shown,
        "now": shown.now,
        "only": only,
        "here": f"{reverse('worklist')}?{only.query}" if only.query else reverse("worklist"),
        "places": places,
        "place": places[0],
        "zone": places[0].zone,
        "several_clinics": len(places) > 1,
    }
    if is_poll(request):
        return render(request, "dashboard/_board.html", context)
    context["views"] = access.views(request.user)
    return render(request, "dashboard/worklist.html", context)


@require_POST
@members_only
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again is overwritten."""
    form = ViewForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Give the view a name of up to 40 characters."))
    mine = access.views(request.user)
    name = form.cleaned_data["name"]
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        return refused(request, _("You have 20 views already: remove one first."))
    only = board.Filter.of(dict(parse_qsl(request.POST.get("query", ""))))
    _keep(request.user, name, only.query)
    return said(request, _("Kept as “%(name)s”.") % {"name": name})


def _keep(user: Any, name: str, query: str) -> None:
    SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query})


@require_POST
@members_only
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of one's own views."""
    get_object_or_404(access.views(request.user), pk=pk).delete()
    return said(request, _("The view is removed."))
