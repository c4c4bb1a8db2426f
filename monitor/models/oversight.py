"""Who looked at which patient, and what was changed from what to what. Neither is rewritten."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models import Team
from patients.models import Clinic, Patient

FINAL = pgtrigger.Update | pgtrigger.Delete


class Access(models.Model):
    """Somebody was shown something of a patient."""

    class What(models.TextChoices):
        PATIENT = "patient", _("patient's page")
        SEARCH = "search", _("opened from a search")
        FOUND = "found", _("shown by a search")
        WORK = "work", _("piece of work")
        PAGE = "page", _("page of the on-call team")
        TEXT = "text", _("text, to correct its reading")
        LETTER = "letter", _("letter")
        EXPORT = "export", _("export")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    # None for an export of many, a search that showed many, or a text of somebody unknown.
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT)
    what = models.CharField(max_length=8, choices=What)
    # A page's reference, an export's name, how many a search showed; never a patient's name.
    detail = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "-at", "-id"]),
            models.Index(fields=["patient", "-at", "-id"]),
            models.Index(fields=["clinic", "by", "-at", "-id"]),
        ]
        triggers = [pgtrigger.Protect(name="accesses_are_final", operation=FINAL)]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class Revision(models.Model):
    """A row before and after somebody changed it, written by the database itself.

    Triggers write it (migration "revisions"), so that no way of changing a row, the
    administration and a console among them, is left out. `before` and `after` hold the columns
    that differ; one is empty where the row was made or removed.
    """

    table = models.CharField(max_length=63)
    key = models.CharField(max_length=40)
    # {"user_id": 7}: whose row it is, whether that differs or not.
    about = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    clinic = models.ForeignKey(
        Clinic, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    # None for the program itself, and for a console.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "-at", "-id"]),
            models.Index(fields=["team", "-at", "-id"]),
        ]
        triggers = [pgtrigger.Protect(name="revisions_are_final", operation=FINAL)]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
