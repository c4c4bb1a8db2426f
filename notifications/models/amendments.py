"""What came of a page, corrected after it was closed."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from notifications.models.oncall import Page, Responder


class PageAmendment(models.Model):
    """Another outcome of a closed page than was recorded; the newest counts. Never changed."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="amendments")
    before = models.CharField(max_length=14, choices=Page.Outcome)
    after = models.CharField(max_length=14, choices=Page.Outcome)
    # Kept in the record, shown after a sign-in only.
    why = models.CharField(max_length=300)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")) & ~Q(why=""), name="an_amendment_says_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="amendments_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.before} to {self.after}"
