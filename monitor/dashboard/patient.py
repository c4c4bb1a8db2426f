"""A patient's page, and finding a patient."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from monitor import access, oversight
from monitor.dashboard import offering, relief, timeline, wording
from monitor.dashboard.course import Answered, Course, course
from monitor.dashboard.doors import allowed, members_only
from monitor.dashboard.forms import ConsentForm
from monitor.episodes import opted_out, protocol_of
from monitor.models import Access, Answer, Episode
from monitor.staff_words import LONGEST
from patients.access import patients
from patients.models import Patient, Procedure
from patients.registration import has_consent

# Few enough to be taken in at a look; whoever is missed asks for more of the name.
FOUND = 12
NEWEST = 25
# What the links of a search end with: a browser may not say where a link was.
FROM_SEARCH = "search"
YEAR = timedelta(days=365)
MEASURES = ("pain_score", "relief", "pgic")
# Fewer digits than these are a part of a record number rather than of a phone.
PHONE_DIGITS = 4
# So many letters are found anywhere in a name; fewer, which many have, only where it begins.
ANYWHERE = 3
# Of more than these some are left out, and whoever searches is told to write more.
MOST = 100


@require_safe
@members_only
def patient(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who it is, what can be done, and everything that happened."""
    person = get_object_or_404(patients(request.user).select_related("clinic"), pk=pk)
    now = datetime.now(UTC)
    if request.method == "GET":
        searched = request.GET.get("from") == FROM_SEARCH
        what = Access.What.SEARCH if searched else Access.What.PATIENT
        oversight.looked(what, by=request.user, clinic=person.clinic, patient=person, now=now)
    story = timeline.read(request.user, person, now=now)
    running = [one for one in story.episodes if one.state != Episode.State.ENDED]
    now = datetime.now(UTC)
    may = allowed(request, person.clinic)
    consent = has_consent(person)
    stopped = bool(story.episodes) and opted_out(story.episodes[0])
    context: dict[str, Any] = {
        "patient": person,
        "story": story,
        "follow_ups": relief.turned_out(story.episodes),
        # Whoever writes after the end is answered too.
        "texted": next(iter(running or story.episodes), None),
        "consent": consent,
        "opted_out": stopped,
        # Why check-ins to come are not texted, as `episodes.silenced` has it.
        "silenced": "" if consent and not stopped else "opted_out" if consent else "consent",
        "zone": person.clinic.zone,
        "now": now,
        "courses": list(courses(story.episodes)),
        "injections": injections(person, now=now),
        "may": may,
        # Only who is on a page's team corrects what came of it.
        "my_teams": set(access.memberships(request.user).values_list("team", flat=True)),
        "token": uuid.uuid4(),
        "longest": LONGEST,
        "consent_form": ConsentForm(zone=person.clinic.zone, initial={"given_at": now}),
        "contraindications": [
            Patient.Contraindication(code).label
            for code in person.contraindications
            if code in Patient.Contraindication.values
        ],
    }
    to_text = context["texted"] and context["consent"] and not context["opted_out"]
    if to_text and "text" in may:
        context |= offering.offered(request, person, clinic=person.clinic)
    return render(request, "dashboard/patient.html", context)


def courses(episodes: Iterable[Episode]) -> Iterable[tuple[Episode, Course]]:
    """Pain and relief of each follow-up of which any is known; one query for all."""
    episodes = list(episodes)
    given: dict[int | None, dict[str, float]] = {}
    for check_in_id, question, value in (
        Answer.objects.filter(
            episode__in=episodes, question__in=MEASURES, check_in__isnull=False
        )
        .order_by("pk")
        .values_list("check_in_id", "question", "value")
    ):
        given.setdefault(check_in_id, {})[question] = value
    for episode in episodes:
        rules = protocol_of(episode)
        answered = []
        for check_in in episode.check_ins.all():
            values = given.get(check_in.pk)
            if values is None:
                continue
            words = {
                code: wording.answer(rules, code, values[code]) if code in values else ""
                for code in ("relief", "pgic")
            }
            pain = int(values["pain_score"]) if "pain_score" in values else None
            at = check_in.sent_at or check_in.planned_for
            answered.append(Answered(check_in.key, at, pain, words["relief"], words["pgic"]))
        drawn = course(
            episode.procedure.kind,
            performed_at=episode.procedure.performed_at,
            baseline_pain=episode.procedure.baseline_pain,
            answered=answered,
        )
        if drawn is not None:
            yield episode, drawn


def injections(person: Patient, *, now: datetime) -> list[tuple[str, int, list[Procedure]]]:
    """By area: how many were with a steroid in the last 12 months, and all of them."""
    found: dict[str, list[Procedure]] = {}
    recent = Procedure.objects.filter(patient=person, performed_at__gt=now - YEAR)
    for one in recent.order_by("-performed_at"):
        found.setdefault(one.get_region_display(), []).append(one)
    return [
        (area, sum(one.steroid for one in done), done) for area, done in sorted(found.items())
    ]


# By POST, so that no name or number stands in an address, a log or a browser's history.
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def search(request: HttpRequest) -> HttpResponse:
    """Patients by name, phone or record number; without words, the newest."""
    words = request.POST.get("q", "").strip()
    most = FOUND if words else NEWEST
    found = matching(request.user, words, most=most + 1)
    now = datetime.now(UTC)
    if words:
        oversight.searched(found[:most], by=request.user, now=now)
    context = {
        "q": words,
        "found": found[:most],
        "more": len(found) > most,
        "now": now,
    }
    return render(request, "dashboard/patients.html", context)


def matching(user: Any, words: str, *, most: int) -> list[Patient]:
    """Up to so many of the user's patients who may be meant, by name; without words the newest.

    A fixed number of queries, each of which looks at what it finds and no further.
    """
    newest = access.episodes(user).select_related("procedure").order_by("-began_at")
    people = (
        patients(user)
        .select_related("clinic")
        .prefetch_related(Prefetch("episode_set", newest, to_attr="follow_ups"))
    )
    if not words:
        return list(people.order_by("-created_at", "pk")[:most])
    # Put in order here: asked for an order, the database would walk all names from A to Z.
    names = patients(user).filter(_meant(words)).values_list("family_name", "given_name", "pk")
    wanted = [pk for _family, _given, pk in sorted(names[:MOST])[:most]]
    found = {one.pk: one for one in people.filter(pk__in=wanted)}
    return [found[pk] for pk in wanted if pk in found]


def _meant(words: str) -> Q:
    words = words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    exact = "icontains" if len(words) >= ANYWHERE else "iexact"
    meant = Q(**{f"record_number__{exact}": words})
    digits = "".join(sign for sign in words if sign.isdigit())
    # Abroad the first nought is not dialled.
    dialled = digits.lstrip("0")
    if len(digits) >= PHONE_DIGITS and len(dialled) >= ANYWHERE:
        meant |= Q(phone__contains=dialled)
    by_name = Q()
    for word in words.split():
        how = "icontains" if len(word) >= ANYWHERE else "istartswith"
        by_name &= Q(**{f"given_name__{how}": word}) | Q(**{f"family_name__{how}": word})
    return meant | by_name
