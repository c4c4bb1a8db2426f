"""What a responder may do with a page besides taking and closing it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitor import access
from monitor.dashboard.doors import members_only
from monitor.dashboard.forms import PageNoteForm
from monitor.dashboard.page import called
from notifications.models import Page, Responder
from notifications.oncall import bridge, handing_on
from notifications.oncall.paging import Done


@require_POST
@members_only
def pass_on(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the page away: to the next rung, or to a colleague."""
    page, me = called(request, reference)
    to = _colleague(page, request.POST.get("to", "")) if request.POST.get("to") else None
    result = handing_on.pass_on(page, me, to=to, via="web", now=datetime.now(UTC))
    if result.done is Done.PASSED_ON and to is not None:
        messages.success(
            request,
            _("%(name)s is being called. It is nobody's until somebody takes it.")
            % {"name": to.name},
        )
    elif result.done is Done.PASSED_ON:
        messages.success(request, _("Passed on: whoever comes next is being called."))
    else:
        messages.warning(request, _("%(name)s has it already.") % {"name": result.by.name})
    return redirect("page", reference=reference)


@require_POST
@members_only
def call_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Have a further colleague called."""
    page, me = called(request, reference)
    who = _colleague(page, request.POST.get("who", ""))
    if handing_on.call_in(page, me, who=who, now=datetime.now(UTC)):
        messages.success(request, _("%(name)s is being called.") % {"name": who.name})
    else:
        messages.warning(request, _("The page is closed; nobody was called."))
    return redirect("page", reference=reference)


@require_POST
@members_only
def write_note(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep a note with the page."""
    page, me = called(request, reference)
    form = PageNoteForm(request.POST)
    if form.is_valid():
        handing_on.write_note(page, me, form.cleaned_data["text"], now=datetime.now(UTC))
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Write the note first. Nothing was saved."))
    return redirect("page", reference=reference)


@require_POST
@members_only
def call_patient(request: HttpRequest, reference: str) -> HttpResponse:
    """Call the responder's phone, and behind it whoever the page is about."""
    page, me = called(request, reference)
    number = access.number_of(request.user, page)
    if not number:
        raise Http404
    bridge.ask_for(page, me, number=number, now=datetime.now(UTC))
    messages.success(
        request, _("Your phone rings in a moment: press 1 there, and you are connected.")
    )
    return redirect("page", reference=reference)


def _colleague(page: Page, key: str) -> Responder:
    """An active responder of the page's team; 404 for anybody else."""
    team = Responder.objects.filter(team=page.team_id, active=True)
    return get_object_or_404(team, pk=key if key.isdecimal() else 0)
