"""The follow-up: episodes, check-ins, what was read, how it was scored, who must act."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from monitor.levels import Level
from notifications.models import Inbound, Message, Page, RotaAlarm, Sender, Team
from patients.models import Clinic, Patient, Procedure

LEVELS = [(level.value, level.code) for level in Level]


class ClinicLine(models.Model):
    """The number that a clinic texts from, and the team that is paged for it."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="line")
    sender = models.OneToOneField(Sender, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"{self.clinic} {self.sender.number}"

    def save(self, *args: Any, **options: Any) -> None:
        """A team that has no holidays of its own yet keeps those of its clinic."""
        super().save(*args, **options)
        if not self.team.country:
            self.team.country = self.clinic.country
            self.team.subdivision = self.clinic.subdivision
            self.team.save(update_fields=["country", "subdivision"])


class Episode(models.Model):
    """The follow-up of one procedure, under the protocol version that it began with."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    procedure = models.OneToOneField(Procedure, on_delete=models.PROTECT)
    # Opaque, for pages and links: says nothing of the patient.
    reference = models.CharField(max_length=12, unique=True)
    protocol = models.CharField(max_length=60, help_text="As in epidural_steroid.v1.")
    protocol_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    conversation = models.JSONField(default=dict)
    conversed_at = models.DateTimeField(null=True, blank=True)
    # The patient said "one or more" and has not said which: past this it counts as urgent.
    branch_due_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField()
    # When to look whether all is over and the follow-up can end; none once it has.
    completes_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "state", "-began_at"]),
            models.Index(fields=["patient", "-began_at"]),
            # Which versions are in use, without looking at every follow-up.
            models.Index(
                fields=["clinic", "protocol", "protocol_digest"],
                name="episode_versions",
                condition=~Q(state="ended"),
            ),
            models.Index(
                fields=["branch_due_at"],
                name="episode_branch_due",
                condition=Q(branch_due_at__isnull=False),
            ),
            models.Index(
                fields=["completes_at"],
                name="episode_completes",
                condition=Q(completes_at__isnull=False),
            ),
            # Whose letter is to be written.
            models.Index(
                fields=["clinic", "ended_at"],
                name="episode_ended",
                condition=Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CheckIn(models.Model):
    """One planned contact. It ends as answered, reached by phone, missed or cancelled."""

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        ANSWERED = "answered"
        REACHED = "reached", "reached by phone"
        MISSED = "missed"
        CANCELLED = "cancelled"

    class Step(models.TextChoices):
        SEND = "send"
        REMIND = "remind"
        HAND_OVER = "hand_over", "hand over to staff"
        CHASE = "chase"
        MISS = "miss"

    OPEN = (State.PLANNED, State.SENT)

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="check_ins")
    key = models.CharField(max_length=12)
    planned_for = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    step = models.CharField(max_length=9, choices=Step, default=Step.SEND)
    # When `step` is to be taken; none once the check-in has ended or is paused.
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["planned_for"]
        constraints = [
            models.UniqueConstraint(fields=["episode", "key"], name="one_check_in_a_key"),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "sent"), ended_at__isnull=True)
                | Q(
                    state__in=("answered", "reached", "missed", "cancelled"),
                    ended_at__isnull=False,
                    due_at__isnull=True,
                ),
                name="check_in_open_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="check_in_due", condition=Q(due_at__isnull=False)
            ),
            # The first contacts that a day owed.
            models.Index(fields=["key", "planned_for"]),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} {self.key} {self.state}"


class Assessment(models.Model):
    """What the rules made of what was known at one moment. Never changed."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assessments")
    check_in = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.PROTECT)
    inbound = models.ForeignKey(Inbound, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    protocol = models.CharField(max_length=60)
    protocol_digest = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    score = models.PositiveSmallIntegerField()
    # [{"rule", "code", "level", "words", "why", "source"}], most severe first.
    reasons = models.JSONField()
    # The keys of what the patient was told and of what the clinician is shown.
    told = models.JSONField(default=list)
    shown = models.JSONField(default=list)
    # What it was made of (monitor.triage.Given), so that it can be made again.
    given = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="score_0_to_100"),
        ]
        indexes = [
            models.Index(fields=["episode", "-at"]),
            # The watchdog: what must have paged.
            models.Index(
                fields=["at"], name="assessment_pages", condition=Q(level__gte=Level.URGENT)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="assessments_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} {Level(self.level).code} {self.score}"


class TextRead(models.Model):
    """How an inbound text was understood, and whose it is. Never changed."""

    inbound = models.OneToOneField(Inbound, on_delete=models.PROTECT, related_name="read")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    episode = models.ForeignKey(
        Episode, null=True, blank=True, on_delete=models.PROTECT, related_name="texts"
    )
    at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(choices=LEVELS)
    score = models.PositiveSmallIntegerField()
    intent = models.CharField(max_length=12)
    language = models.CharField(max_length=8)
    findings = models.JSONField(default=list)
    denied = models.JSONField(default=list)
    # [{"code", "words", "start", "end", "why"}]: the spans that are highlighted.
    reasons = models.JSONField(default=list)
    understood = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["episode", "-at"])]
        triggers = [
            pgtrigger.Protect(
                name="readings_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.inbound_id} {Level(self.level).code}"


class Answer(models.Model):
    """A value that the patient gave to a question; a correction is a further row."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="answers")
    check_in = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.PROTECT)
    inbound = models.ForeignKey(Inbound, null=True, blank=True, on_delete=models.PROTECT)
    question = models.CharField(max_length=40)
    value = models.FloatField()
    words = models.CharField(max_length=200, blank=True)
    correction = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["episode", "question", "-id"])]
        triggers = [
            pgtrigger.Protect(
                name="answers_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.question}={self.value:g}"


class Alert(models.Model):
    """A red flag of an episode and the page that it raised."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="alerts")
    page = models.OneToOneField(Page, on_delete=models.PROTECT, related_name="alert")
    assessment = models.ForeignKey(Assessment, null=True, blank=True, on_delete=models.PROTECT)
    # The findings paged for so far: another kind pages again.
    codes = models.JSONField(default=list)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["episode", "-opened_at"])]

    def __str__(self) -> str:
        return f"{self.episode_id} {self.page_id}"


class WorkItem(models.Model):
    """Something that a human must do by a deadline; past it, it pages."""

    class Kind(models.TextChoices):
        READ = "read", "a text to read"
        QUESTION = "question", "a question to answer"
        HELP = "help", "a call for help"
        CALL = "call", "a patient to phone"
        SILENT = "silent", "no reply to a check-in"
        MISSED = "missed", "a check-in without contact"
        UNANSWERED = "unanswered", "an answer that was not understood"
        UNDELIVERED = "undelivered", "a text that did not arrive"
        OPTED_OUT = "opted_out", "an opt-out: phone instead"
        WRONG_PERSON = "wrong_person", "a wrong number"
        UNKNOWN_NUMBER = "unknown_number", "a text from an unknown number"
        SET_ASIDE = "set_aside", "a text that could not be processed"
        ROTA = "rota", "trouble with the rota"

    class Outcome(models.TextChoices):
        DONE = "done"
        REACHED = "reached", "reached by phone"
        NOT_REACHED = "not_reached", "not reached"
        CORRECTED = "corrected", "record corrected"
        HARMLESS = "harmless", "read: harmless"
        PAGED = "paged", "read: the on-call team was paged"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    episode = models.ForeignKey(
        Episode, null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    check_in = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.PROTECT)
    inbound = models.ForeignKey(Inbound, null=True, blank=True, on_delete=models.PROTECT)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT)
    alarm = models.ForeignKey(RotaAlarm, null=True, blank=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=14, choices=Kind)
    why = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField(choices=LEVELS, default=Level.REVIEW)
    score = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField()
    # The deadline while it is still to be enforced.
    due_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="Nobody: the clinic's desk owns it.",
    )
    page = models.OneToOneField(Page, null=True, blank=True, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    note = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Writing the same work twice (a sweep that died half-way) writes it once.
            models.UniqueConstraint(
                fields=["episode", "check_in", "kind"],
                condition=Q(closed_at__isnull=True, check_in__isnull=False),
                name="one_open_item_a_check_in",
            ),
            models.UniqueConstraint(
                fields=["inbound", "kind"],
                condition=Q(inbound__isnull=False),
                name="one_item_a_text",
            ),
            models.UniqueConstraint(
                fields=["alarm", "clinic"],
                condition=Q(closed_at__isnull=True, alarm__isnull=False),
                name="one_open_item_an_alarm",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False, due_at__isnull=True) & ~Q(outcome="")),
                name="work_open_or_closed_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="work_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["clinic", "-level", "-score", "deadline"],
                name="work_open",
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
