"""The proof of a page: each event's place in two chains of hashes (oncall/chain.py)."""

import pgtrigger
from django.db import models

from notifications.models.linking import never_emptied
from notifications.models.oncall import Page, PageEvent, Team


class ProofLink(models.Model):
    """An event's place and hashes in its page's chain and in its team's. Never changed."""

    event = models.OneToOneField(
        PageEvent, primary_key=True, on_delete=models.PROTECT, related_name="link"
    )
    page = models.ForeignKey(Page, on_delete=models.PROTECT, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, db_index=False)
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    place = models.PositiveBigIntegerField()
    before = models.CharField(max_length=64)
    anchor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # The chains in order, for writing the next link and for reading them.
            models.UniqueConstraint(fields=["page", "number"], name="one_link_a_number"),
            models.UniqueConstraint(fields=["team", "place"], name="one_link_a_place"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="links_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            never_emptied("links_are_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.page_id}"


class ProofHead(models.Model):
    """Where a team's chain ends: a chain whose end was cut off does not reach it."""

    team = models.OneToOneField(Team, primary_key=True, on_delete=models.PROTECT)
    place = models.PositiveBigIntegerField(default=0)
    anchor = models.CharField(max_length=64)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="heads_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="heads_only_grow",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__place__lte=pgtrigger.F("old__place")),
            ),
            never_emptied("heads_are_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.place} of team {self.team_id}"
