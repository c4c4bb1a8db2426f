"""What is changed from the rota's page. Each is a POST that ends on that page again."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitor import access
from monitor.dashboard import rota
from monitor.dashboard.doors import members_only, must_of_team
from monitor.dashboard.phrases import said
from monitor.dashboard.rota_forms import OverrideForm, SwapForm, TimeOffForm
from monitor.dashboard.step_up import stepped_up
from notifications.models import Responder, Team
from notifications.oncall import calendar_links, changes, swaps
from notifications.oncall.swapping import NotPossible

_ANSWERS: dict[str, Callable[..., Any]] = {
    "accept": swaps.accept,
    "decline": swaps.decline,
    "withdraw": swaps.withdraw,
}


@require_POST
@members_only
def override(request: HttpRequest, team: int) -> HttpResponse:
    """Put somebody in a layer's place. For whoever leads the team."""
    found = _led(request, team)
    form = OverrideForm(request.POST, team=found)
    if form.is_valid():
        given = form.cleaned_data
        try:
            changes.override(
                given["layer"],
                given["responder"],
                starts_at=given["span"].starts_at,
                ends_at=given["span"].ends_at,
                by=request.user,
                now=_now(),
            )
        except NotPossible as why:
            form.add_error(None, said(why))
    return _after(request, found, form, _("The override is entered."), name="override_form")


@require_POST
@members_only
def time_off(request: HttpRequest, team: int) -> HttpResponse:
    """Enter time off: one's own, or for a lead anybody's."""
    found = _team(request, team)
    me, leads = access.member(request.user, found), access.leads(request.user, found)
    if me is None and not leads:
        raise PermissionDenied
    form = TimeOffForm(request.POST, team=found, me=me, leads=leads)
    if form.is_valid():
        given = form.cleaned_data
        try:
            changes.take_time_off(
                given["who"],
                starts_at=given["span"].starts_at,
                ends_at=given["span"].ends_at,
                by=request.user,
                now=_now(),
            )
        except NotPossible as why:
            form.add_error(None, said(why))
    answer = _("The time off is entered. Look below whether it leaves a gap.")
    return _after(request, found, form, answer, name="time_off_form")


@require_POST
@members_only
def swap(request: HttpRequest, team: int) -> HttpResponse:
    """Ask a colleague to take one's shift."""
    found = _team(request, team)
    me = _member(request, found)
    form = SwapForm(request.POST, team=found, me=me)
    if form.is_valid():
        given = form.cleaned_data
        try:
            swaps.ask(
                given["layer"],
                asker=me,
                asked=given["asked"],
                span=given["span"],
                back=given["back"],
                now=_now(),
            )
        except NotPossible as why:
            form.add_error(None, said(why))
    answer = _("Asked. Nothing changes until they accept.")
    return _after(request, found, form, answer, name="swap_form")


@require_POST
@members_only
def answer_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline what one was asked, or ask no longer."""
    found = get_object_or_404(
        access.swaps(request.user).select_related("layer__team__sender"), pk=pk
    )
    me = _member(request, _team(request, found.layer.team_id))
    verb = _ANSWERS.get(request.POST.get("answer", ""))
    if verb is None:
        messages.error(request, _("Choose an answer. Nothing was changed."))
        return _back(found.layer.team)
    return _try(request, found.layer.team, lambda: verb(found, me, now=_now()))


@require_POST
@members_only
def end_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an override, or what is left of it. For whoever leads the team."""
    found = get_object_or_404(access.overrides(request.user).select_related("layer"), pk=pk)
    team = _led(request, found.layer.team_id)
    return _try(request, team, lambda: changes.end(found, now=_now()))


@require_POST
@members_only
def end_time_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back time off, or what is left of it: one's own, or for a lead anybody's."""
    found = get_object_or_404(access.time_off(request.user).select_related("responder"), pk=pk)
    team = _team(request, found.responder.team_id)
    if access.member(request.user, team) != found.responder:
        _led(request, team.pk)
    return _try(request, team, lambda: changes.end(found, now=_now()))


@require_POST
@members_only
@stepped_up
def make_link(request: HttpRequest, team: int) -> HttpResponse:
    """Make an address for calendar programs: of the whole rota, or of one's own shifts."""
    found = _team(request, team)
    me = access.member(request.user, found)
    if me is None and not access.leads(request.user, found):
        raise PermissionDenied
    own = me if request.POST.get("whose") == "mine" else None
    link, token = calendar_links.make(found, responder=own, by=request.user, now=_now())
    address = request.build_absolute_uri(reverse("rota-calendar", args=[link.pk, token]))
    made = {"new_link": address, "new_link_whose": own}
    return render(request, "dashboard/rota.html", rota.context(request, found, **made))


@require_POST
@members_only
def revoke_link(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make an address show nothing from now on: one's own, or for a lead anybody's."""
    found = get_object_or_404(access.calendar_links(request.user), pk=pk)
    team = _team(request, found.team_id)
    _must_not_be_a_reader(request, team)
    if found.made_by_id != request.user.pk:
        _led(request, team.pk)
    calendar_links.revoke(found, now=_now())
    messages.success(request, _("The address shows nothing any more."))
    return _back(team)


def _team(request: HttpRequest, pk: int) -> Team:
    """A team of the user's clinics, for what the user's role may do with it."""
    team = get_object_or_404(access.teams(request.user).select_related("sender"), pk=pk)
    must_of_team(request, team.pk)
    return team


def _led(request: HttpRequest, pk: int) -> Team:
    team = _team(request, pk)
    if not access.leads(request.user, team):
        raise PermissionDenied
    return team


def _member(request: HttpRequest, team: Team) -> Responder:
    me = access.member(request.user, team)
    if me is None:
        raise PermissionDenied
    return me


def _must_not_be_a_reader(request: HttpRequest, team: Team) -> None:
    if access.member(request.user, team) is None and not access.leads(request.user, team):
        raise PermissionDenied


def _after(
    request: HttpRequest, team: Team, form: Form, answer: str, *, name: str
) -> HttpResponse:
    """Back to the page; with the form as it was filled in where it came to nothing."""
    if form.errors:
        context = rota.context(request, team, **{name: form})
        return render(request, "dashboard/rota.html", context)
    messages.success(request, answer)
    return _back(team)


def _try(request: HttpRequest, team: Team, work: Callable[[], Any]) -> HttpResponse:
    try:
        work()
        messages.success(request, _("Done. The calendar below shows it."))
    except NotPossible as why:
        messages.error(request, said(why))
    return _back(team)


def _back(team: Team) -> HttpResponse:
    return redirect(f"{reverse('rota')}?team={team.pk}")


def _now() -> datetime:
    return datetime.now(UTC)
