"""Drills: synthetic red flags through the real channels, planned and done."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.models.oncall import Page, Team


class Drill(models.Model):
    """A drill of a team: planned, or done with the page that it opened.

    That page is about nobody (`Page.drill`): no row knows a patient of it.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    page = models.OneToOneField(
        Page, null=True, blank=True, on_delete=models.PROTECT, related_name="drill_of"
    )
    # Planned: when it begins. A page that is open then puts it off.
    due_at = models.DateTimeField(null=True, blank=True)
    put_off = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, page__isnull=True, started_at__isnull=True)
                | Q(due_at__isnull=True, page__isnull=False, started_at__isnull=False),
                name="drill_is_planned_or_done",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(due_at__isnull=False),
                name="one_planned_drill_a_team",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="drill_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"drill {self.pk} of team {self.team_id}"
