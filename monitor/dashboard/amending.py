"""Correcting what came of a closed page: the form, and the verb behind it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from monitor import amendments
from monitor.amendments import Amended
from monitor.dashboard.doors import is_poll, members_only
from monitor.dashboard.page import called, seen, subject
from monitor.models import Access
from notifications.models import Page
from notifications.oncall.amending import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """What came of the page, to be put right; the old outcome is kept beside it."""
    one, me = called(request, reference)
    row = subject(request, one)
    if request.method != "POST":
        if request.method == "GET":
            seen(request, row, Access.What.PAGE, one.reference)
        return _form(request, one)
    try:
        done = amendments.amend(
            one,
            me,
            outcome=request.POST.get("outcome", ""),
            known=request.POST.get("known", ""),
            why=request.POST.get("why", ""),
            now=datetime.now(UTC),
        )
    except Refused as why:
        messages.error(request, _("%(why)s Nothing was changed.") % {"why": _(str(why))})
        return _form(request, one)
    messages.success(request, " ".join(_came_of(done)))
    return redirect("page", reference=reference)


def _came_of(done: Amended) -> list[str]:
    said = [_("Corrected. The page stays closed, and the old outcome is kept beside it.")]
    if done.reopened:
        said.append(
            ngettext(
                "%(n)s thing that the old one had settled is open again.",
                "%(n)s things that the old one had settled are open again.",
                done.reopened,
            )
            % {"n": done.reopened}
        )
    if done.still_open:
        said.append(
            ngettext(
                "%(n)s piece of work for the patient is open: see to it on the worklist.",
                "%(n)s pieces of work for the patient are open: see to them on the worklist.",
                done.still_open,
            )
            % {"n": done.still_open}
        )
    if done.lettered:
        said.append(_("A follow-up letter was made with the old outcome: make it anew."))
    return said


def _form(request: HttpRequest, one: Page) -> HttpResponse:
    row = subject(request, one)
    one.refresh_from_db()
    context = {
        "page": one,
        "row": row,
        "outcomes": [choice for choice in Page.Outcome.choices if choice[0] != one.outcome],
        "outcome": request.POST.get("outcome", ""),
        "why": request.POST.get("why", ""),
        "zone": row.clinic.zone,
    }
    name = "dashboard/_amend.html" if is_poll(request) else "dashboard/amend.html"
    return render(request, name, context)
