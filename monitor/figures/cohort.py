"""The follow-ups that are counted, found once for all figures of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, Func, QuerySet, UUIDField, Value

from monitor.figures.scope import Scope
from monitor.models import Alert, Episode, WorkItem
from notifications.models import Page


class Among(Func):
    """These values as rows, for `__in`.

    In a list of thousands each is a parameter, and of a subquery the planner does not know how
    little it finds: both took several times as long.
    """

    template = "(SELECT UNNEST(%(expressions)s))"

    def __init__(self, values: Iterable[Any], kind: "Field[Any, Any]") -> None:
        super().__init__(Value([*values], output_field=ArrayField(kind)), output_field=kind)


@dataclass(frozen=True)
class FollowUp:
    """A follow-up with what figures are narrowed by; `before` is its pain, 0 to 10 or None."""

    id: UUID
    patient: UUID
    procedure: str
    clinician: str
    protocol: str
    before: int | None


@dataclass(frozen=True)
class Cohort:
    """`everybody` of the clinic and the time; the filters are the scope's."""

    scope: Scope
    everybody: Sequence[FollowUp]

    @cached_property
    def follow_ups(self) -> dict[UUID, FollowUp]:
        """Those that are counted."""
        wanted = (self.scope.procedure, self.scope.clinician, self.scope.protocol)
        return {
            one.id: one
            for one in self.everybody
            if all(
                not value or value == has
                for value, has in zip(
                    wanted, (one.procedure, one.clinician, one.protocol), strict=True
                )
            )
        }

    @cached_property
    def rows(self) -> Among:
        """The counted ones, for `episode__in`."""
        return Among(self.follow_ups, UUIDField())

    @property
    def choices(self) -> dict[str, list[str]]:
        """The procedures, clinicians and versions that occur in the time, for the filters."""
        return {
            "procedure": sorted({one.procedure for one in self.everybody}),
            "clinician": sorted({one.clinician for one in self.everybody}),
            "protocol": sorted({one.protocol for one in self.everybody}),
        }


def cohort(scope: Scope) -> Cohort:
    """Who was followed; one query."""
    start, end = scope.bounds
    found = Episode.objects.filter(
        clinic=scope.clinic,
        procedure__performed_at__gte=start,
        procedure__performed_at__lt=end,
    ).values_list(
        *("pk", "patient", "procedure__kind", "procedure__clinician", "protocol"),
        "procedure__baseline_pain",
    )
    return Cohort(scope, [FollowUp(*row) for row in found])


def pages_about(counted: Cohort) -> QuerySet[Page]:
    """The pages about them, whenever they opened; a query to find which."""
    alerts = Alert.objects.filter(episode__in=counted.rows)
    work = WorkItem.objects.filter(episode__in=counted.rows, page__isnull=False)
    found = alerts.values_list("page").union(work.values_list("page"))
    return Page.objects.filter(pk__in=Among((pk for (pk,) in found), UUIDField()))
