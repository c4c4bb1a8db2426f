"""One piece of work: seen whole, and claimed, assigned, noted, phoned, texted or closed.

Every act answers a form of the page with a redirect, and one sent in place (sheet.js) with
what is to be said, so that the list behind it stays where it is.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access, episodes, notes, staff_texts
from monitor import worklist as verbs
from monitor.dashboard import offering, timeline
from monitor.dashboard.doors import allowed, is_poll, members_only, must
from monitor.dashboard.forms import (
    WORK_OUTCOMES,
    CallForm,
    CloseForm,
    NoteForm,
    TextForm,
    too_long,
)
from monitor.dashboard.replies import refused, said
from monitor.models import Access, WorkItem
from monitor.oversight import looked
from monitor.staff_words import LONGEST
from patients.access import STAFF
from patients.models import Membership

ACTS = ("close", "note", "phone", "text", "assign")


@require_safe
@members_only
def item(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What it is about, the last texts and notes, and the form of one act (`do`)."""
    one = _item(request, pk)
    if request.method == "GET":
        looked(
            Access.What.WORK,
            by=request.user,
            clinic=one.clinic,
            patient=one.episode.patient if one.episode else None,
            now=datetime.now(UTC),
        )
    wanted = request.GET.get("do", "")
    do = wanted if wanted in ACTS else ACTS[0]
    may_text = one.episode is not None and episodes.may_text(one.episode)
    context = {
        "item": one,
        "do": do,
        "outcomes": WORK_OUTCOMES,
        "thread": timeline.thread(one.episode) if one.episode else [],
        "notes": one.notes.select_related("by").order_by("-at", "-pk"),
        "may": allowed(request, one.clinic),
        "may_text": may_text,
        "longest": LONGEST,
        "colleagues": colleagues(one),
        "token": uuid.uuid4(),
        "next": request.GET.get("next", ""),
        "zone": one.clinic.zone,
        "now": datetime.now(UTC),
    }
    if one.episode is not None and may_text and do == "text":
        context |= offering.offered(request, one.episode.patient, clinic=one.clinic)
    name = "dashboard/_sheet.html" if is_poll(request) else "dashboard/item.html"
    return render(request, name, context)


def colleagues(one: WorkItem) -> Any:
    """Who may be given the item: the clinic's staff, by name."""
    return (
        get_user_model()
        .objects.filter(
            is_active=True,
            pk__in=Membership.objects.filter(clinic=one.clinic, role__in=STAFF).values("user"),
        )
        .order_by("last_name", "first_name", "username")
    )


@require_POST
@members_only
def claim(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make oneself the owner of a piece of work."""
    one = _mine_to_do(request, pk)
    if verbs.assign(one, to=request.user):
        return said(request, _("It is yours now."))
    return refused(request, _("Somebody has closed this already."))


@require_POST
@members_only
def assign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give it to a colleague, or back to the desk."""
    one = _mine_to_do(request, pk)
    wanted = request.POST.get("to", "")
    to = None
    if wanted:
        to = next((user for user in colleagues(one) if str(user.pk) == wanted), None)
        if to is None:
            return refused(request, _("Choose who is to have it. Nothing was changed."))
    if not verbs.assign(one, to=to):
        return refused(request, _("Somebody has closed this already."))
    if to is None:
        return said(request, _("The desk has it now."))
    name = to.get_full_name() or to.get_username()
    return said(request, _("%(name)s has it now.") % {"name": name})


@require_POST
@members_only
def note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a note; the work stays open."""
    one = _mine_to_do(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Write the note first. Nothing was saved."))
    notes.write(
        form.cleaned_data["body"],
        clinic=one.clinic,
        episode=one.episode,
        item=one,
        by=request.user,
        now=datetime.now(UTC),
    )
    return said(request, _("The note is kept; the work stays open."))


@require_POST
@members_only
def phone(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what came of a call."""
    one = _mine_to_do(request, pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Say whether somebody was reached. Nothing was saved."))
    reached = form.cleaned_data["reached"] == "yes"
    notes.called(
        reached=reached,
        clinic=one.clinic,
        episode=one.episode,
        item=one,
        body=form.cleaned_data["body"],
        by=request.user,
        now=datetime.now(UTC),
    )
    if reached:
        return said(request, _("Reached by phone: closed."))
    return said(request, _("The call is kept; the work stays open with its deadline."))


@require_POST
@members_only
def text(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Text the patient; the work stays open until somebody closes it."""
    one = _mine_to_do(request, pk)
    form = TextForm(request.POST)
    if one.episode is None or not episodes.may_text(one.episode):
        return refused(request, _("The patient does not want texts: phone instead."))
    if not form.is_valid():
        return refused(request, too_long())
    staff_texts.send(
        one.episode,
        form.cleaned_data["body"],
        token=form.cleaned_data["token"],
        by=request.user,
        now=datetime.now(UTC),
    )
    return said(request, _("The text is on its way; the work stays open."))


@require_POST
@members_only
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Close a piece of work with its outcome."""
    one = _mine_to_do(request, pk)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Choose an outcome. Nothing was saved."))
    done = verbs.close(
        one,
        outcome=form.cleaned_data["outcome"],
        note=form.cleaned_data["note"],
        user=request.user,
        now=datetime.now(UTC),
    )
    if done:
        return said(request, _("Closed."))
    return refused(request, _("Somebody had closed this already; nothing was changed."))


def _item(request: HttpRequest, pk: uuid.UUID) -> WorkItem:
    items = access.work(request.user).select_related(
        "clinic",
        "episode__clinic",
        "episode__patient",
        "check_in",
        "inbound__read",
        "owner",
        "closed_by",
    )
    return get_object_or_404(items, pk=pk)


def _mine_to_do(request: HttpRequest, pk: uuid.UUID) -> WorkItem:
    """The item, for whoever may change it; 403 for an auditor."""
    one = _item(request, pk)
    must(request, one.clinic)
    return one
