"""Registering a patient: every error beside its field, every warning to be confirmed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitor import oversight
from monitor import preview as previews
from monitor.dashboard.doors import members_only, open_clinics
from monitor.dashboard.registering import (
    RegistrationForm,
    draft,
    first_values,
    hints,
    last_clinician,
)
from patients.models import Clinic
from patients.registration import (
    Refused,
    Warned,
    check,
    earlier_procedures,
    find_patient,
    register,
)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def registration(request: HttpRequest) -> HttpResponse:
    """The form; when all is well, on to the patient's page."""
    clinic, choices = _clinic(request)
    now = datetime.now(UTC)
    warnings: list[str] = []
    if request.method == "POST":
        form = RegistrationForm(request.POST, zone=clinic.zone)
        try:
            patient_id = _save(request, form, clinic=clinic, now=now)
        except Refused as refused:
            _show(form, refused.errors)
        except Warned as warned:
            warnings = warned.warnings
        else:
            messages.success(request, _("Registered. The first text goes out by itself."))
            return redirect("patient", pk=patient_id)
    else:
        form = RegistrationForm(zone=clinic.zone, initial=_first(request, clinic, now=now))
    form.focus(next(iter(form.errors), "given_name"))
    context = {"form": form, "clinic": clinic, "choices": choices, "warnings": warnings}
    return render(request, "dashboard/register.html", context)


@require_POST
@members_only
def duplicates(request: HttpRequest) -> HttpResponse:
    """What is known already of the person or the phone that is being typed."""
    clinic, _choices = _clinic(request)
    form = RegistrationForm(request.POST, zone=clinic.zone)
    form.is_valid()
    found = hints(form.registration(), clinic=clinic)
    named = [one.patient for one in found if one.patient is not None]
    oversight.searched(named, by=request.user, now=datetime.now(UTC))
    return render(request, "dashboard/_duplicates.html", {"hints": found})


@require_POST
@members_only
def preview(request: HttpRequest) -> HttpResponse:
    """Every text that this registration would send, with its time; nothing is saved."""
    clinic, _choices = _clinic(request)
    form = RegistrationForm(request.POST, zone=clinic.zone)
    form.is_valid()
    procedure = draft(form.registration(), clinic=clinic)
    now = datetime.now(UTC)
    context = {
        "planned": previews.texts(procedure, now=now) if procedure is not None else (),
        "stopped": procedure is not None and previews.stopped(procedure),
        "zone": clinic.zone,
    }
    return render(request, "dashboard/_preview.html", context)


def _first(request: HttpRequest, clinic: Clinic, *, now: datetime) -> dict[str, Any]:
    clinician = last_clinician(request.user, clinic=clinic)
    return first_values(now=now, zone=clinic.zone, clinician=clinician)


def _clinic(request: HttpRequest) -> tuple[Clinic, list[Clinic]]:
    """The clinic that is registered for, and those to choose from."""
    choices = list(open_clinics(request).order_by("pk"))
    wanted = request.POST.get("clinic") or request.GET.get("clinic")
    return next((one for one in choices if one.slug == wanted), choices[0]), choices


def _save(
    request: HttpRequest, form: RegistrationForm, *, clinic: Clinic, now: datetime
) -> object:
    readable = form.is_valid()
    entered = form.registration()
    if not readable:
        earlier = earlier_procedures(find_patient(entered, clinic=clinic))
        raise Refused(check(entered, clinic=clinic, earlier=earlier, now=now).errors)
    procedure = register(
        entered,
        clinic=clinic,
        by=request.user,
        now=now,
        accept_warnings=form.cleaned_data["accept_warnings"],
    )
    return procedure.patient_id


def _show(form: RegistrationForm, errors: Mapping[str, str]) -> None:
    """Put each error beside its field; what could not even be read has its own already."""
    for name, why in errors.items():
        if name not in form.errors:
            form.add_error(name if name in form.fields else None, why)
