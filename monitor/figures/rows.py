"""The pages and turns that figures of the paging are made of, read as plain rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from monitor.alerts import REACHED
from monitor.figures.paging import Paged
from monitor.figures.rules import FALSE_ALARM, Fired
from monitor.figures.scope import Scope, pages_opened
from monitor.figures.shifts import Duty, Turn, duties
from monitor.levels import Level
from monitor.models import Alert, ClinicLine, Note, WorkItem
from notifications.models import Page, PageAmendment, PageEvent
from notifications.oncall import directory, rota
from patients.models import Clinic


def paged(pages: QuerySet[Page], clinic: Clinic) -> list[Paged]:
    """How each page went, in the order in which they opened; one query."""
    taken = PageEvent.objects.filter(
        page=OuterRef("pk"), kind=PageEvent.Kind.ACKNOWLEDGED
    ).order_by("pk")
    corrected = PageAmendment.objects.filter(page=OuterRef("pk"))
    found = pages.annotate(
        about=Coalesce("alert__episode", "workitem__episode"),
        taken_at=Subquery(taken.values("at")[:1]),
        taken_by=Subquery(taken.values("responder__name")[:1]),
        kind=F("workitem__kind"),
        first_outcome=Coalesce(
            Subquery(corrected.order_by("pk").values("before")[:1]), F("outcome")
        ),
        corrected_at=Subquery(corrected.order_by("-pk").values("at")[:1]),
    ).annotate(
        spoken_at=Least(
            _first(Note.objects.filter(kind=Note.Kind.REACHED), "at"),
            _first(WorkItem.objects.filter(outcome=WorkItem.Outcome.REACHED), "closed_at"),
        )
    )
    zone = clinic.zone
    return [
        Paged(
            level=row["level"],
            opened_at=row["opened_at"],
            hour=row["opened_at"].astimezone(zone).hour,
            acknowledged_at=row["taken_at"],
            by=row["taken_by"] or "",
            contact_at=_contact(row),
            wanted=_wanted(row),
            outcome=row["outcome"],
            turn=row["turn"],
        )
        for row in found.order_by("opened_at", "pk").values(
            *("level", "opened_at", "outcome", "closed_at", "turn"),
            *("taken_at", "taken_by", "spoken_at", "kind", "first_outcome", "corrected_at"),
        )
    ]


def _first(rows: QuerySet[Any], field: str) -> Subquery:
    """When somebody first spoke with the patient of a page after it had opened."""
    since = rows.filter(
        episode=OuterRef("about"), **{f"{field}__gte": OuterRef("opened_at")}
    ).order_by()
    return Subquery(since.values("episode").annotate(first=Min(field)).values("first"))


def _wanted(row: dict[str, Any]) -> bool:
    return bool(row["kind"] != WorkItem.Kind.ROTA and row["outcome"] != FALSE_ALARM)


def _contact(row: dict[str, Any]) -> datetime | None:
    if not _wanted(row):
        return None
    known = [at for at in (_said(row), row["spoken_at"]) if at is not None]
    return min(known, default=None)


def _said(row: dict[str, Any]) -> datetime | None:
    """When the outcome said that somebody had spoken with the patient.

    One that says so only since it was corrected does not say when that was: not later.
    """
    if row["outcome"] not in REACHED:
        return None
    said: datetime = row["closed_at" if row["first_outcome"] in REACHED else "corrected_at"]
    return said


def fired(pages: QuerySet[Page], *, now: datetime) -> Iterator[Fired]:
    """What was assessed as a red flag while each page was out; one query."""
    out = Q(
        episode__assessments__at__gte=F("page__opened_at"),
        episode__assessments__at__lte=Coalesce("page__closed_at", now),
    )
    raised = Q(episode__assessments=F("assessment"))
    found = Alert.objects.filter(
        out | raised,
        page__in=pages.values("pk"),
        episode__assessments__level__gte=Level.URGENT,
    )
    for page, outcome, reasons in found.values_list(
        "page_id", "page__outcome", "episode__assessments__reasons"
    ):
        yield Fired(page, outcome, reasons)


def duty(scope: Scope, *, now: datetime) -> list[Duty]:
    """Whose turns on call brought how many of the clinic's pages; a fixed number of queries.

    The rota is read as it is written now, with those who have left since. A turn at the edge
    of the time counts with the part of it that lies inside, and nothing of the future does.
    """
    line = ClinicLine.objects.select_related("team").filter(clinic=scope.clinic).first()
    start, end = scope.bounds
    end = min(end, now)
    if line is None or start >= end:
        return []
    opened = pages_opened(scope).order_by("opened_at").values_list("opened_at", flat=True)
    roster = directory.roster(line.team, start=start, end=end)
    return duties(_turns(roster, start, end), [*opened])


def _turns(roster: directory.Roster, start: datetime, end: datetime) -> Iterator[Turn]:
    for key in roster.lines:
        name = roster.layers[key].name
        line = [replace(plan, people=None) for plan in roster.line(key)]
        for one in rota.line_shifts(line, start=start, end=end):
            person = roster.people[one.person].name if one.person is not None else ""
            yield Turn(name, person, one.starts_at, one.ends_at)
