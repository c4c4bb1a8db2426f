"""Whose figures, of which time, and which pages count."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

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


def pages(clinic: Clinic) -> QuerySet[Page]:
    """The pages of a clinic that count: every figure of the paging begins here."""
    return Page.objects.filter(Q(alert__episode__clinic=clinic) | Q(workitem__clinic=clinic))


def pages_opened(scope: Scope) -> QuerySet[Page]:
    """Those that opened in the time, whoever they were about."""
    start, end = scope.bounds
    return pages(scope.clinic).filter(opened_at__gte=start, opened_at__lt=end)
