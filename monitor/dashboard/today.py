"""A day at the clinics: its procedures, the next-day contacts that it owed, and what ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitor import access, episodes
from monitor.dashboard.doors import is_poll, members_only
from monitor.models import Change, CheckIn, Episode, WorkItem
from monitor.unreached import unreached
from notifications.models import Page
from patients.access import clinics
from patients.models import Clinic

FIRST = "d1"
WEEK = timedelta(days=6)
CONTACTED = frozenset({CheckIn.State.ANSWERED, CheckIn.State.REACHED})
# Whoever opens the page sees more than anybody does in a day; the rest is counted.
MOST = 300


@dataclass(frozen=True)
class Left:
    """What is still open for a patient whose emergency ended the check-in, and whom nobody
    has reached: pages that are not closed, and work.
    """

    pages: list[Page] = field(default_factory=list)
    work: list[WorkItem] = field(default_factory=list)


@dataclass(frozen=True)
class Contacts:
    """Next-day contacts that were due: how many were made, and every one that was not."""

    made: list[CheckIn]
    waiting: list[CheckIn]
    failed: list[CheckIn]

    @property
    def due(self) -> int:
        return len(self.made) + len(self.waiting) + len(self.failed)

    @property
    def percent(self) -> int | None:
        """Of all that were due, rounded down: 100 means every one. None where none was."""
        return 100 * len(self.made) // self.due if self.due else None


@require_safe
@members_only
def today(request: HttpRequest) -> HttpResponse:
    """The day of the first clinic, or of the one asked for."""
    now = datetime.now(UTC)
    places = list(clinics(request.user).order_by("name"))
    wanted = request.GET.get("clinic", "")
    place = next((one for one in places if one.slug == wanted), places[0])
    current = now.astimezone(place.zone).date()
    day = _day(request.GET.get("day", ""), current)
    since, until = _bounds(place, day - WEEK, day)
    due = access.check_ins(request.user).filter(
        episode__clinic=place, key=FIRST, planned_for__gte=since, planned_for__lt=until
    )
    week = _first_contacts(due)
    procedures = _procedures(request.user, place, day)
    firsts = [first.pk for one in procedures for first in one.firsts]  # type: ignore[attr-defined]
    nobody = left(request.user, due, access.check_ins(request.user).filter(pk__in=firsts))
    contacts = sort_out(_on(week, day, place), nobody)
    context = {
        "now": now,
        "day": day,
        "is_today": day == current,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "procedures": procedures,
        "unreached": nobody,
        "ended": _ended(request.user, place, day),
        "contacts": contacts,
        "silenced": episodes.silenced(_to_be_asked(procedures, contacts)),
        "week": sort_out(week, nobody),
        "place": place,
        "places": places,
        "zone": place.zone,
        "here": request.get_full_path(),
    }
    name = "dashboard/_today.html" if is_poll(request) else "dashboard/today.html"
    return render(request, name, context)


def _day(entered: str, current: date) -> date:
    try:
        return date.fromisoformat(entered)
    except ValueError:
        return current


def _procedures(user: Any, place: Clinic, day: date) -> list[Episode]:
    """The follow-ups of the day's procedures, each with its first check-in as `firsts`."""
    since, until = _bounds(place, day, day)
    firsts = CheckIn.objects.filter(key=FIRST)
    return list(
        access.episodes(user)
        .filter(
            clinic=place,
            procedure__performed_at__gte=since,
            procedure__performed_at__lt=until,
        )
        .select_related("patient", "procedure")
        .prefetch_related(Prefetch("check_ins", firsts, to_attr="firsts"))
        .order_by("procedure__performed_at", "pk")[:MOST]
    )


def _ended(user: Any, place: Clinic, day: date) -> list[Episode]:
    """The follow-ups that ended on the day; `letter` is whether one was made since."""
    since, until = _bounds(place, day, day)
    letters = Change.objects.filter(
        episode=OuterRef("pk"), what=Change.What.LETTER, at__gte=OuterRef("ended_at")
    )
    return list(
        access.episodes(user)
        .filter(clinic=place, ended_at__gte=since, ended_at__lt=until)
        .select_related("patient", "procedure")
        .annotate(letter=Exists(letters))
        .order_by("letter", "ended_at", "pk")[:MOST]
    )


def _first_contacts(due: QuerySet[CheckIn]) -> list[CheckIn]:
    return list(
        due.select_related("episode__patient", "episode__procedure").order_by(
            "planned_for", "pk"
        )
    )


def left(user: Any, *check_ins: QuerySet[CheckIn]) -> dict[Any, Left]:
    """By check-in, what is open where an emergency ended it and nobody reached the patient."""
    found = {one.pk: one for rows in check_ins for one in unreached(rows)}
    by_episode: dict[Any, Left] = {one.episode_id: Left() for one in found.values()}
    alerts = access.alerts(user).filter(episode__in=by_episode).select_related("page")
    for alert in alerts.exclude(page__state=Page.State.CLOSED).order_by("opened_at"):
        by_episode[alert.episode_id].pages.append(alert.page)
    work = access.work(user).filter(episode__in=by_episode, closed_at__isnull=True)
    for item in work.select_related("page").order_by("-level", "-score", "deadline"):
        if item.episode_id is not None:
            by_episode[item.episode_id].work.append(item)
    return {pk: by_episode[one.episode_id] for pk, one in found.items()}


def _to_be_asked(procedures: Iterable[Episode], contacts: Contacts) -> list[Episode]:
    """Whoever's first check-in is still to come."""
    waiting = [one.episode for one in contacts.waiting if one.state == CheckIn.State.PLANNED]
    return [*procedures, *waiting]


def _on(check_ins: Sequence[CheckIn], day: date, place: Clinic) -> list[CheckIn]:
    return [one for one in check_ins if one.planned_for.astimezone(place.zone).date() == day]


def sort_out(check_ins: Iterable[CheckIn], nobody: Mapping[Any, Left]) -> Contacts:
    """Contacted, still to be, and not: missed, cancelled, or an emergency that nobody reached.

    `nobody` are the check-ins that an emergency ended without a contact. While its page is out
    the contact may still be made.
    """
    made, waiting, failed = [], [], []
    for one in check_ins:
        owed = nobody.get(one.pk)
        if one.state in CheckIn.OPEN or (owed is not None and owed.pages):
            waiting.append(one)
        elif one.state in CONTACTED and owed is None:
            made.append(one)
        else:
            failed.append(one)
    return Contacts(made, waiting, failed)


def _bounds(place: Clinic, since: date, until: date) -> tuple[datetime, datetime]:
    """From the first day's midnight to the midnight after the last, on the clinic's clock."""
    start = datetime.combine(since, time(), place.zone)
    end = datetime.combine(until + timedelta(days=1), time(), place.zone)
    return start.astimezone(UTC), end.astimezone(UTC)
