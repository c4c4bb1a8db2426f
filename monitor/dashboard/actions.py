"""What staff do from a patient's page. Each is a POST that ends on that page again."""

import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitor import access, checkins, episodes, notes, staff_texts
from monitor.dashboard.doors import members_only, must
from monitor.dashboard.forms import (
    CallForm,
    ConsentForm,
    EndForm,
    NoteForm,
    RescheduleForm,
    TextForm,
    WithdrawForm,
    too_long,
)
from monitor.models import CheckIn, Episode
from patients.access import patients
from patients.registration import Refused, give_consent, withdraw_consent


@require_POST
@members_only
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the patient wants no more texts."""
    patient = get_object_or_404(patients(request.user).select_related("clinic"), pk=pk)
    must(request, patient.clinic)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        withdraw_consent(patient, how=form.cleaned_data["how"], now=_now())
        messages.success(request, _("Consent is withdrawn: nothing more is texted."))
    else:
        messages.error(request, _("Say how the consent was withdrawn. Nothing was saved."))
    return redirect("patient", pk=patient.pk)


@require_POST
@members_only
def give(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the patient agrees to be texted again."""
    patient = get_object_or_404(patients(request.user).select_related("clinic"), pk=pk)
    must(request, patient.clinic)
    form = ConsentForm(request.POST, zone=patient.clinic.zone)
    if not form.is_valid():
        messages.error(request, _("Enter a day and a time. Nothing was changed."))
        return redirect("patient", pk=patient.pk)
    try:
        give_consent(
            patient,
            how=form.cleaned_data["how"],
            given_at=form.cleaned_data["given_at"],
            by=request.user,
            now=_now(),
        )
        messages.success(request, _("Consent is kept: what is still to come is texted again."))
    except Refused as refused:
        messages.error(request, " ".join([*refused.errors.values(), _("Nothing was saved.")]))
    return redirect("patient", pk=patient.pk)


@require_POST
@members_only
def text(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a text in staff's own words."""
    episode = _episode(request, pk)
    form = TextForm(request.POST)
    if not form.is_valid():
        messages.error(request, too_long())
    elif not episodes.may_text(episode):
        messages.error(request, _("The patient does not want texts: phone instead."))
    else:
        staff_texts.send(
            episode,
            form.cleaned_data["body"],
            token=form.cleaned_data["token"],
            by=request.user,
            now=_now(),
        )
        messages.success(request, _("The text is on its way."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a note about the patient."""
    episode = _episode(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        notes.write(
            form.cleaned_data["body"],
            clinic=episode.clinic,
            episode=episode,
            by=request.user,
            now=_now(),
        )
        messages.success(request, _("The note is kept."))
    else:
        messages.error(request, _("Write the note first. Nothing was saved."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def phone(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what came of a call."""
    episode = _episode(request, pk)
    form = CallForm(request.POST)
    if form.is_valid():
        notes.called(
            reached=form.cleaned_data["reached"] == "yes",
            clinic=episode.clinic,
            episode=episode,
            body=form.cleaned_data["body"],
            by=request.user,
            now=_now(),
        )
        messages.success(request, _("The call is kept."))
    else:
        messages.error(request, _("Say whether somebody was reached. Nothing was saved."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def pause(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop asking for a while."""
    episode = _episode(request, pk)
    episodes.pause(episode, by=request.user, now=_now())
    messages.success(request, _("Paused: the patient's own texts are still read."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def resume(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Go on asking."""
    episode = _episode(request, pk)
    episodes.resume(episode, by=request.user, now=_now())
    messages.success(request, _("The follow-up goes on."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End a follow-up, with the reason."""
    episode = _episode(request, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        episodes.end(episode, why=form.cleaned_data["why"], by=request.user, now=_now())
        messages.success(request, _("The follow-up has ended."))
    else:
        messages.error(request, _("Say why the follow-up ends. Nothing was changed."))
    return redirect("patient", pk=episode.patient_id)


@require_POST
@members_only
def reached(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has spoken with the patient instead."""
    check_in = _check_in(request, pk)
    checkins.reached_by_phone(check_in, by=request.user, now=_now())
    messages.success(request, _("Recorded: reached by phone."))
    return redirect("patient", pk=check_in.episode.patient_id)


@require_POST
@members_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a check-in out."""
    check_in = _check_in(request, pk)
    try:
        checkins.cancel(check_in, by=request.user, now=_now())
        messages.success(request, _("The check-in is cancelled."))
    except checkins.NotOpen as why:
        messages.error(request, _(str(why)))
    return redirect("patient", pk=check_in.episode.patient_id)


@require_POST
@members_only
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a check-in that was not sent yet."""
    check_in = _check_in(request, pk)
    form = RescheduleForm(request.POST, zone=check_in.episode.clinic.zone)
    if not form.is_valid():
        messages.error(request, _("Enter a day and a time. Nothing was changed."))
        return redirect("patient", pk=check_in.episode.patient_id)
    try:
        checkins.reschedule(check_in, to=form.cleaned_data["to"], by=request.user, now=_now())
        messages.success(request, _("The check-in is moved."))
    except ValueError as why:
        messages.error(request, _(str(why)))
    return redirect("patient", pk=check_in.episode.patient_id)


def _episode(request: HttpRequest, pk: uuid.UUID) -> Episode:
    episode = get_object_or_404(
        access.episodes(request.user).select_related("clinic", "patient"), pk=pk
    )
    must(request, episode.clinic)
    return episode


def _check_in(request: HttpRequest, pk: int) -> CheckIn:
    check_in = get_object_or_404(
        access.check_ins(request.user).select_related("episode__clinic"), pk=pk
    )
    must(request, check_in.episode.clinic)
    return check_in


def _now() -> datetime:
    return datetime.now(UTC)
