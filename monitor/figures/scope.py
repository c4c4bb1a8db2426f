"""Whose figures, and of which time: the follow-ups and the pages that are counted."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from monitor.models import Episode
from notifications.models import Page
from patients.models import Clinic


@dataclass(frozen=True)
class Scope:
    """A clinic and the days from `since` to `until`, both on its clock; "" is every one.

    Figures of follow-ups are of the procedures done in that time, whatever has happened to
    them since; figures of the paging are of the pages that opened in it.
    """

    clinic: Clinic
    since: date
    until: date
    procedure: str = ""
    clinician: str = ""
    protocol: str = ""

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """From the first day's midnight until the midnight after the last, in UTC."""
        zone = self.clinic.zone
        start = datetime.combine(self.since, time(), zone)
        end = datetime.combine(self.until + timedelta(days=1), time(), zone)
        return start.astimezone(UTC), end.astimezone(UTC)


def follow_ups(scope: Scope) -> QuerySet[Episode]:
    """The follow-ups that are counted."""
    return Episode.objects.filter(_counted(scope, ""))


def _counted(scope: Scope, path: str) -> Q:
    """That the follow-up at the end of a path is one of those."""
    start, end = scope.bounds
    conditions = {
        "clinic": scope.clinic,
        "procedure__performed_at__gte": start,
        "procedure__performed_at__lt": end,
    }
    for field, wanted in (
        ("procedure__kind", scope.procedure),
        ("procedure__clinician", scope.clinician),
        ("protocol", scope.protocol),
    ):
        if wanted:
            conditions[field] = wanted
    return Q(**{path + field: wanted for field, wanted in conditions.items()})


def pages(clinic: Clinic) -> QuerySet[Page]:
    """The pages of a clinic that count: every figure of the paging begins here."""
    return Page.objects.filter(Q(alert__episode__clinic=clinic) | Q(workitem__clinic=clinic))


def pages_opened(scope: Scope) -> QuerySet[Page]:
    """Those that opened in the time, whoever they were about."""
    start, end = scope.bounds
    return pages(scope.clinic).filter(opened_at__gte=start, opened_at__lt=end)


def pages_about(scope: Scope) -> QuerySet[Page]:
    """Those about the follow-ups that are counted, whenever they opened."""
    return pages(scope.clinic).filter(
        _counted(scope, "alert__episode__") | _counted(scope, "workitem__episode__")
    )
