"""What a clinic's staff text again and again, kept in its own words."""

import pgtrigger
from django.db import models
from django.db.models.functions import Lower

from patients.models import Clinic


class ReadyText(models.Model):
    """Words that staff can put into a text; the protocols' own texts are none of these."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    # {"en": "Please call {phone}."}: by language, without those that have no words.
    words = models.JSONField()
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    # When a text with these words in it first went out.
    first_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clinic",
                Lower("name"),
                condition=models.Q(retired_at__isnull=True),
                name="one_ready_text_a_name",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(words={}),
                name="a_ready_text_says_something",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="used_ready_texts_stay",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__first_used_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
