"""A patient's page, and finding a patient."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from monitor import access
from monitor.dashboard import relief, timeline
from monitor.dashboard.doors import may, members_only
from monitor.models import Episode
from patients.access import patients
from patients.models import Patient
from patients.registration import has_consent

FOUND = 50
# Fewer digits than these are a part of a record number rather than of a phone.
PHONE_DIGITS = 4


@require_safe
@members_only
def patient(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who it is, what can be done, and everything that happened."""
    person = get_object_or_404(patients(request.user).select_related("clinic"), pk=pk)
    now = datetime.now(UTC)
    story = timeline.read(request.user, person, now=now)
    running = [one for one in story.episodes if one.state != Episode.State.ENDED]
    context = {
        "patient": person,
        "story": story,
        "follow_ups": relief.turned_out(story.episodes),
        "running": running,
        "consent": has_consent(person),
        "zone": person.clinic.zone,
        "now": now,
        "may_change": may(request.user, person.clinic),
        "token": uuid.uuid4(),
        "contraindications": [
            Patient.Contraindication(code).label
            for code in person.contraindications
            if code in Patient.Contraindication.values
        ],
    }
    return render(request, "dashboard/patient.html", context)


# By POST, so that no name or number stands in an address, a log or a browser's history.
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def search(request: HttpRequest) -> HttpResponse:
    """Patients by name, phone or record number; without words, the newest."""
    words = request.POST.get("q", "").strip()
    found = list(_matching(request.user, words)[: FOUND + 1])
    context = {
        "q": words,
        "found": found[:FOUND],
        "more": len(found) > FOUND,
        "now": datetime.now(UTC),
    }
    return render(request, "dashboard/patients.html", context)


def _matching(user: Any, words: str) -> QuerySet[Patient]:
    newest = access.episodes(user).select_related("procedure").order_by("-began_at")
    people = (
        patients(user)
        .select_related("clinic")
        .prefetch_related(Prefetch("episode_set", newest, to_attr="follow_ups"))
    )
    if not words:
        return people.order_by("-created_at", "pk")
    matching = Q(record_number__iexact=words)
    digits = "".join(sign for sign in words if sign.isdigit()).lstrip("0")
    if len(digits) >= PHONE_DIGITS:
        matching |= Q(phone__contains=digits)
    by_name = Q()
    for word in words.split():
        by_name &= Q(given_name__icontains=word) | Q(family_name__icontains=word)
    return people.filter(matching | by_name).order_by("family_name", "given_name", "pk")
