"""What staff add to a follow-up: notes, calls, changes, corrections; and their own views."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitor.models.follow_up import LEVELS, Assessment, CheckIn, Episode, TextRead, WorkItem
from patients.models import Clinic


class Note(models.Model):
    """Somebody's words about a patient or a piece of work, or a call that was tried."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        REACHED = "reached", _("phoned: reached")
        NOT_REACHED = "not_reached", _("phoned: not reached")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    episode = models.ForeignKey(
        Episode, null=True, blank=True, on_delete=models.PROTECT, related_name="notes"
    )
    item = models.ForeignKey(
        WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="notes"
    )
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.NOTE)
    body = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="note", body=""), name="a_note_says_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="notes_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Change(models.Model):
    """What somebody changed in a follow-up, with before and after. Never changed itself."""

    class What(models.TextChoices):
        PAUSED = "paused", _("follow-up paused")
        RESUMED = "resumed", _("follow-up resumed")
        ENDED = "ended", _("follow-up ended")
        MOVED = "moved", _("check-in moved")
        CANCELLED = "cancelled", _("check-in cancelled")
        REACHED = "reached", _("check-in: reached by phone")
        # `after` is the message's key.
        TEXTED = "texted", _("text sent")
        # `after` is its language and the SHA-256 of the PDF.
        LETTER = "letter", _("follow-up letter made")

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="changes")
    check_in = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.PROTECT)
    what = models.CharField(max_length=9, choices=What)
    # States by their codes, moments in ISO 8601.
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"])]
        triggers = [
            pgtrigger.Protect(
                name="changes_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} {self.what}"


class Correction(models.Model):
    """How somebody read a text that the program had read otherwise; the newest counts.

    The program's own reading and its assessments stay as they are.
    """

    read = models.ForeignKey(TextRead, on_delete=models.PROTECT, related_name="corrections")
    findings = models.JSONField()
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    score = models.PositiveSmallIntegerField()
    # {"pain_score": 4}: the answers that were set with it.
    answers = models.JSONField(default=dict)
    why = models.CharField(max_length=300)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(
                name="corrections_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.read_id} {self.at:%Y-%m-%d %H:%M}"


class SavedView(models.Model):
    """Filters of the worklist that somebody keeps under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=200, help_text="As in kind=read&mine=1.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_view_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody had written on a page when their session ended; see monitor.drafts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    path = models.CharField(max_length=300)
    # {"/work/…/note": {"body": "…"}}
    fields = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="one_draft_a_page"),
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"
