"""The figures of a clinic, of its follow-ups and of its paging: to read and to take away."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from monitor.dashboard import (
    figure_papers,
    follow_up_figures,
    monthly_report,
    on_call_figures,
)
from monitor.dashboard.doors import members_only
from monitor.dashboard.figure_filters import month_asked, query_of, scope_of
from monitor.dashboard.figure_tables import Part, about_few, every, to_csv
from monitor.dashboard.step_up import stepped_up
from monitor.figures.cohort import Cohort, cohort
from monitor.figures.scope import Scope
from monitor.models import Access
from monitor.oversight import looked
from patients.access import clinics
from patients.models import Procedure

PARTS: Mapping[str, Callable[..., list[Part]]] = {
    "follow-up": follow_up_figures.parts,
    "on-call": on_call_figures.parts,
}

TITLES: Mapping[str, Callable[[], str]] = {
    "follow-up": lambda: _("Figures"),
    "on-call": lambda: _("On-call figures"),
}
KINDS: Mapping[str, str] = {value: str(label) for value, label in Procedure.Kind.choices}


@require_safe
@members_only
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of follow-ups."""
    now = datetime.now(UTC)
    scope, wrong = _scope(request, now=now)
    counted = cohort(scope)
    parts = follow_up_figures.parts_of(counted, now=now)
    found = {"wrong": wrong, "choices": _choices(counted), "parts": parts}
    return _page(request, "follow-up", scope, found, now=now)


@require_safe
@members_only
def on_call(request: HttpRequest) -> HttpResponse:
    """The figures of the paging."""
    now = datetime.now(UTC)
    scope, wrong = _scope(request, now=now)
    found = {"wrong": wrong, "parts": on_call_figures.parts(scope, now=now)}
    return _page(request, "on-call", scope, found, now=now)


def _page(
    request: HttpRequest, kind: str, scope: Scope, found: dict[str, Any], *, now: datetime
) -> HttpResponse:
    context = {
        **found,
        "kind": kind,
        "scope": scope,
        "places": clinics(request.user).order_by("name"),
        "query": urlencode(query_of(scope)),
        "period": urlencode(query_of(Scope(scope.clinic, scope.since, scope.until))),
        "title": TITLES[kind](),
        "about": figure_papers.about(kind, scope, now=now),
        "few": about_few(),
        "month": month_asked("", scope.clinic, now=now)[0],
    }
    return render(request, "dashboard/figures.html", context)


def _scope(request: HttpRequest, *, now: datetime) -> tuple[Scope, list[str]]:
    places = list(clinics(request.user).order_by("name"))
    return scope_of(request.GET, places, now=now)


def _choices(counted: Cohort) -> dict[str, list[Any]]:
    """What the filters offer; what is chosen stays on offer where it does not occur."""
    found = counted.choices
    for key, known in found.items():
        chosen = getattr(counted.scope, key)
        if chosen and chosen not in known:
            known.append(chosen)
    return {
        **found,
        "procedure": [(kind, KINDS.get(kind, kind)) for kind in found["procedure"]],
    }


@require_safe
@members_only
@stepped_up
def as_csv(request: HttpRequest, kind: str, table: str) -> HttpResponse:
    """One table as CSV, in UTF-8 with the mark by which spreadsheets know it."""
    scope, parts = _asked(request, kind)
    found = every(parts).get(table)
    if found is None:
        raise Http404
    _taken(request, scope, f"{table}.csv")
    return _file(to_csv(found).encode("utf-8-sig"), "text/csv", f"{_name(scope, table)}.csv")


@require_safe
@members_only
@stepped_up
def as_pdf(request: HttpRequest, kind: str) -> HttpResponse:
    """All tables of a page of figures, with their charts."""
    scope, parts = _asked(request, kind)
    title = TITLES[kind]()
    _taken(request, scope, f"{kind}.pdf")
    body = figure_papers.whole(kind, title, parts, scope, now=datetime.now(UTC))
    return _file(body, "application/pdf", f"{_name(scope, kind)}.pdf")


@require_safe
@members_only
@stepped_up
def report(request: HttpRequest) -> HttpResponse:
    """A month of a clinic on one page; the last whole one unless another is asked for."""
    now = datetime.now(UTC)
    places = list(clinics(request.user).order_by("name"))
    scope, _wrong = scope_of({"clinic": request.GET.get("clinic", "")}, places, now=now)
    try:
        first, last = month_asked(request.GET.get("month", ""), scope.clinic, now=now)
    except ValueError:
        return HttpResponseBadRequest(_("Write the month as in 2026-10."))
    scope = Scope(scope.clinic, first, last)
    _taken(request, scope, f"{first:%Y-%m}.pdf")
    body = monthly_report.report(scope, now=now)
    return _file(body, "application/pdf", f"{scope.clinic.slug}-{first:%Y-%m}.pdf")


def _taken(request: HttpRequest, scope: Scope, detail: str) -> None:
    """An export of many is kept in the access log without a patient."""
    now = datetime.now(UTC)
    looked(Access.What.EXPORT, by=request.user, clinic=scope.clinic, detail=detail, now=now)


def _asked(request: HttpRequest, kind: str) -> tuple[Scope, list[Part]]:
    if kind not in PARTS:
        raise Http404
    now = datetime.now(UTC)
    scope, _wrong = _scope(request, now=now)
    return scope, PARTS[kind](scope, now=now)


def _name(scope: Scope, what: str) -> str:
    return f"{scope.clinic.slug}-{what}-{scope.since:%Y-%m-%d}-{scope.until:%Y-%m-%d}"


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=kind, headers=disposition)
