"""A day at the clinics: its procedures, the next-day contacts that it owed, and what ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from monitor import access
from monitor.dashboard.doors import is_poll, members_only
from monitor.models import Change, CheckIn, Episode
from patients.access import clinics
from patients.models import Clinic

FIRST = "d1"
WEEK = timedelta(days=6)
CONTACTED = frozenset({CheckIn.State.ANSWERED, CheckIn.State.REACHED})
# Whoever opens the page sees more than anybody does in a day; the rest is counted.
MOST = 300


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
    week = _first_contacts(request.user, place, since=day - WEEK, until=day)
    context = {
        "now": now,
        "day": day,
        "is_today": day == current,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "procedures": _procedures(request.user, place, day),
        "ended": _ended(request.user, place, day),
        "contacts": sort_out(_on(week, day, place)),
        "week": sort_out(week),
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


def _first_contacts(user: Any, place: Clinic, *, since: date, until: date) -> list[CheckIn]:
    start, end = _bounds(place, since, until)
    due = access.check_ins(user).filter(
        episode__clinic=place, key=FIRST, planned_for__gte=start, planned_for__lt=end
    )
    return list(
        due.select_related("episode__patient", "episode__procedure").order_by(
            "planned_for", "pk"
        )
    )


def _on(check_ins: Sequence[CheckIn], day: date, place: Clinic) -> list[CheckIn]:
    return [one for one in check_ins if one.planned_for.astimezone(place.zone).date() == day]


def sort_out(check_ins: Sequence[CheckIn]) -> Contacts:
    """Contacted, still to be, and not: missed or cancelled without anybody having spoken."""
    failures = {CheckIn.State.MISSED, CheckIn.State.CANCELLED}
    return Contacts(
        made=[one for one in check_ins if one.state in CONTACTED],
        waiting=[one for one in check_ins if one.state in CheckIn.OPEN],
        failed=[one for one in check_ins if one.state in failures],
    )


def _bounds(place: Clinic, since: date, until: date) -> tuple[datetime, datetime]:
    """From the first day's midnight to the midnight after the last, on the clinic's clock."""
    start = datetime.combine(since, time(), place.zone)
    end = datetime.combine(until + timedelta(days=1), time(), place.zone)
    return start.astimezone(UTC), end.astimezone(UTC)
