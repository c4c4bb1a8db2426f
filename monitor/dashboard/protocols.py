"""The protocols: what there is, what each says, who answers for it, which one is taken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access, signoffs, versions
from monitor.dashboard.doors import allowed, members_only, must
from monitor.dashboard.rulebook import rulebook, settings_changed
from monitor.models import Episode, SignOff
from monitor.protocol import Protocol, ProtocolError, load, names
from monitor.protocol.differences import Difference, differences
from patients.access import clinics
from patients.models import Clinic, Procedure


@dataclass(frozen=True)
class VersionRow:
    """One version in the list: who answers for it here, and how many follow-ups run by it."""

    protocol: Protocol
    signed: SignOff | None
    running: int
    taken: bool
    previous: str


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure with its versions, newest first, and the clinic's choice ("" for latest)."""

    code: str
    label: str
    versions: list[VersionRow]
    choice: str


@require_safe
@members_only
def protocols(request: HttpRequest) -> HttpResponse:
    """All protocols by procedure, as they stand at one clinic."""
    clinic, choices = _clinic(request)
    context = {
        "rows": _procedures(request.user, clinic),
        "clinic": clinic,
        "choices": choices,
        "may": allowed(request, clinic),
        "unsigned": signoffs.unsigned(clinics(request.user)),
    }
    return render(request, "dashboard/protocols.html", context)


def _procedures(user: Any, clinic: Clinic) -> list[ProcedureRow]:
    signed = signoffs.in_force([clinic])
    chosen = versions.choices([clinic])
    running: dict[tuple[str, str], int] = {}
    follow_ups = access.episodes(user).filter(clinic=clinic)
    for name, digest in follow_ups.exclude(state=Episode.State.ENDED).values_list(
        "protocol", "protocol_digest"
    ):
        running[name, digest] = running.get((name, digest), 0) + 1
    known = [one for one in map(versions.current, names()) if one is not None]
    takes = versions.taken(clinics(user).filter(pk=clinic.pk))
    rows = []
    for code, label in Procedure.Kind.choices:
        taken = takes.get((clinic.pk, code))
        there = [one for one in known if one.procedure == code]
        found = [
            VersionRow(
                one,
                signed.get((clinic.pk, one.name, one.digest)),
                running.get((one.name, one.digest), 0),
                one == taken,
                previous=there[place - 1].name if place else "",
            )
            for place, one in enumerate(there)
        ]
        choice = chosen.get((clinic.pk, code))
        rows.append(
            ProcedureRow(code, str(label), found[::-1], choice.protocol if choice else "")
        )
    return rows


@require_safe
@members_only
def protocol(request: HttpRequest, name: str) -> HttpResponse:
    """One version, whole: timeline, questions, rules, texts, settings; and the sign-off."""
    version = _version(name)
    clinic, choices = _clinic(request)
    context = {
        "book": rulebook(version, clinic),
        "protocol": version,
        "clinic": clinic,
        "choices": choices,
        "zone": clinic.zone,
        "signed": signoffs.in_force([clinic]).get((clinic.pk, name, version.digest)),
        "history": signoffs.history(clinic, version),
        "settings_changed": settings_changed(clinic),
        "others": _others(version),
        "may": allowed(request, clinic),
    }
    return render(request, "dashboard/protocol.html", context)


@require_safe
@members_only
def compared(request: HttpRequest, name: str, other: str) -> HttpResponse:
    """What is different between an older version and this one, part by part."""
    version, older = _version(name), _version(other)
    if older.procedure != version.procedure:
        raise Http404
    found: dict[str, list[Difference]] = {}
    for one in differences(older, version):
        found.setdefault(one.part, []).append(one)
    context = {"protocol": version, "older": older, "parts": found}
    return render(request, "dashboard/protocol_differences.html", context)


@require_POST
@members_only
def sign(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Record that a named clinician answers for the version at the clinic."""
    clinic = _mine(request, slug)
    try:
        signoffs.sign(
            clinic,
            _version(name),
            digest=request.POST.get("digest", ""),
            clinician=request.POST.get("clinician", "")[:120],
            by=request.user,
            now=datetime.now(UTC),
        )
        messages.success(request, _("Signed off. New and running follow-ups show it."))
    except signoffs.NotSigned as why:
        messages.error(request, str(why))
    return _back(clinic, name)


@require_POST
@members_only
def withdraw(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Record that the sign-off no longer stands."""
    clinic = _mine(request, slug)
    try:
        signoffs.withdraw(
            clinic,
            _version(name),
            note=request.POST.get("note", "")[:300],
            by=request.user,
            now=datetime.now(UTC),
        )
        messages.success(
            request, _("The sign-off is withdrawn; the earlier one stays on record.")
        )
    except signoffs.NotSigned as why:
        messages.error(request, str(why))
    return _back(clinic, name)


@require_POST
@members_only
def choose(request: HttpRequest, slug: str, procedure: str) -> HttpResponse:
    """Choose which version new follow-ups of a procedure take."""
    clinic = _mine(request, slug)
    if procedure not in Procedure.Kind.values:
        raise Http404
    name = request.POST.get("protocol", "")
    try:
        signoffs.choose(clinic, procedure, name, by=request.user, now=datetime.now(UTC))
        messages.success(
            request, _("From now on new follow-ups take it. Those that have begun keep theirs.")
        )
    except ProtocolError as why:
        messages.error(request, str(why))
    return redirect(f"{reverse('protocols')}?clinic={clinic.slug}")


def _version(name: str) -> Protocol:
    try:
        return load(name)
    except ProtocolError:
        raise Http404 from None


def _others(version: Protocol) -> list[str]:
    known = (one for one in map(versions.current, names()) if one is not None)
    return [
        one.name
        for one in known
        if one.procedure == version.procedure and one.name != version.name
    ]


def _clinic(request: HttpRequest) -> tuple[Clinic, list[Clinic]]:
    """The clinic whose sign-offs and settings are shown, and those to choose from."""
    choices = list(clinics(request.user).order_by("pk"))
    wanted = request.GET.get("clinic")
    return next((one for one in choices if one.slug == wanted), choices[0]), choices


def _mine(request: HttpRequest, slug: str) -> Clinic:
    """The user's own clinic of this name; 403 for who may not sign there."""
    clinic = get_object_or_404(clinics(request.user), slug=slug)
    must(request, clinic)
    return clinic


def _back(clinic: Clinic, name: str) -> HttpResponse:
    return redirect(f"{reverse('protocol', args=[name])}?clinic={clinic.slug}#sign-off")
