"""The worklist: what waits for somebody, and taking or closing a piece of it in place."""

import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access
from monitor import worklist as verbs
from monitor.dashboard import board
from monitor.dashboard.doors import is_poll, members_only, must
from monitor.dashboard.forms import WORK_OUTCOMES, CloseForm
from patients.access import clinics


@require_safe
@members_only
def worklist(request: HttpRequest) -> HttpResponse:
    """The whole page, or for a poll its list alone."""
    kind = request.GET.get("kind", "")
    mine = request.GET.get("mine") == "1"
    shown = board.read(
        request.user,
        kind=kind,
        mine=mine,
        held=request.GET.getlist("hold"),
        now=datetime.now(UTC),
    )
    places = list(clinics(request.user).order_by("name"))
    context = {
        "board": shown,
        "now": shown.now,
        "kind": kind,
        "mine": mine,
        "outcomes": WORK_OUTCOMES,
        "place": places[0],
        "zone": places[0].zone,
        "several_clinics": len(places) > 1,
    }
    name = "dashboard/_board.html" if is_poll(request) else "dashboard/worklist.html"
    return render(request, name, context)


@require_POST
@members_only
def claim(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make oneself the owner of a piece of work."""
    item = get_object_or_404(access.work(request.user).select_related("clinic"), pk=pk)
    must(request.user, item.clinic)
    if item.closed_at is None:
        verbs.claim(item, user=request.user)
        messages.success(request, _("It is yours now."))
    else:
        messages.warning(request, _("Somebody has closed this already."))
    return _back(request)


@require_POST
@members_only
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Close a piece of work with its outcome."""
    item = get_object_or_404(access.work(request.user).select_related("clinic"), pk=pk)
    must(request.user, item.clinic)
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an outcome. Nothing was saved."))
        return _back(request)
    done = verbs.close(
        item,
        outcome=form.cleaned_data["outcome"],
        note=form.cleaned_data["note"],
        user=request.user,
        now=datetime.now(UTC),
    )
    if done:
        messages.success(request, _("Closed."))
    else:
        messages.warning(request, _("Somebody had closed this already; nothing was changed."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the form was on, never to another site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("worklist")
