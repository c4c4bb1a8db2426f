"""How follow-ups turned out: on a patient's page, and those without relief in a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitor import access
from monitor.dashboard import wording
from monitor.dashboard.doors import members_only
from monitor.disposition import Offer, offers
from monitor.episodes import protocol_of
from monitor.history import answered
from monitor.models import Answer, Episode
from monitor.outcomes import NO_RELIEF, Outcome, outcome
from patients.models import Procedure
from patients.registration import STEROID_WINDOW

LISTED_FOR = timedelta(days=365)
"""After the procedure; what is offered looks back and ahead a year."""


LOOKED_AT = 100
"""Follow-ups on one page of the list."""


@dataclass(frozen=True)
class FollowUp:
    """An episode and how it turned out so far."""

    episode: Episode
    outcome: Outcome


@dataclass(frozen=True)
class NoRelief:
    """A patient without relief, the answer in words, and what counts for a repeat."""

    episode: Episode
    outcome: Outcome
    said: str
    injections: int
    offers: list[Offer]


def turned_out(episodes: Sequence[Episode]) -> list[FollowUp]:
    """How each follow-up turned out, in their order; their procedures are at hand."""
    course = answered(episodes)
    return [
        FollowUp(
            episode,
            outcome(
                protocol_of(episode),
                history=course.get(episode.pk, ()),
                baseline_pain=episode.procedure.baseline_pain,
            ),
        )
        for episode in episodes
    ]


@require_safe
@members_only
def no_relief(request: HttpRequest) -> HttpResponse:
    """Patients without relief when the sources allow to judge it, the newest first."""
    now = datetime.now(UTC)
    entered = request.GET.get("page", "")
    page = max(1, int(entered)) if entered.isdecimal() and len(entered) < 6 else 1
    found, more = without_relief(request.user, page=page, now=now)
    context = {"found": found, "now": now, "page": page, "newer": page - 1, "more": more}
    context["older"] = page + 1
    return render(request, "dashboard/no_relief.html", context)


def without_relief(user: Any, *, page: int = 1, now: datetime) -> tuple[list[NoRelief], bool]:
    """The non-responders of the user's clinics, and whether older ones may follow.

    A page, from 1, is LOOKED_AT follow-ups with such an answer; not all of them count. A fixed
    number of queries.
    """
    said_so = Answer.objects.filter(
        episode=OuterRef("pk"), question="relief", value__gte=NO_RELIEF
    )
    candidates = list(
        access.episodes(user)
        .filter(Exists(said_so), procedure__performed_at__gt=now - LISTED_FOR)
        .select_related("clinic", "patient", "procedure")
        .order_by("-procedure__performed_at", "pk")[
            (page - 1) * LOOKED_AT : page * LOOKED_AT + 1
        ]
    )
    more = len(candidates) > LOOKED_AT
    candidates = candidates[:LOOKED_AT]
    found = [one for one in turned_out(candidates) if one.outcome.non_responder]
    injections = _injections(user, [one.episode for one in found])
    return [_row(one, injections) for one in found], more


def _row(one: FollowUp, injections: Sequence[Procedure]) -> NoRelief:
    episode, rules = one.episode, protocol_of(one.episode)
    performed_at = episode.procedure.performed_at
    same_area = [
        past
        for past in injections
        if past.patient_id == episode.patient_id
        and past.region == episode.procedure.region
        and performed_at - STEROID_WINDOW < past.performed_at <= performed_at
    ]
    return NoRelief(
        episode=episode,
        outcome=one.outcome,
        said=wording.answer(rules, "relief", one.outcome.relief or NO_RELIEF),
        injections=len(same_area),
        offers=offers(
            rules,
            ["relief"],
            found_at=performed_at,
            reported_at=performed_at,
            performed_at=performed_at,
            zone=episode.clinic.zone,
        ),
    )


def _injections(user: Any, episodes: Sequence[Episode]) -> list[Procedure]:
    """Every steroid injection of these patients that the user may see."""
    mine = access.episodes(user).filter(patient__in=[one.patient_id for one in episodes])
    return list(Procedure.objects.filter(episode__in=mine, steroid=True))
