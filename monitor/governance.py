"""Models: the protocol versions that were used, who answers for them, and which is taken."""

import pgtrigger
from django.conf import settings
from django.db import models

from patients.models import Clinic, Procedure


class KeptProtocol(models.Model):
    """A protocol version as it was when the first follow-up began with it. Never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=60)
    content = models.TextField(help_text="What the digest covers, as JSON.")
    kept_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="kept_protocols_are_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"


class SignOff(models.Model):
    """That a clinician answers for a protocol version at a clinic, or no longer does.

    Never changed: a sign-off is withdrawn by a further row.
    """

    class Act(models.TextChoices):
        SIGNED = "signed"
        WITHDRAWN = "withdrawn"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    protocol = models.CharField(max_length=60, help_text="As in epidural_steroid.v1.")
    digest = models.CharField(max_length=64)
    act = models.CharField(max_length=9, choices=Act)
    clinician = models.CharField(max_length=120, help_text="Who answers for it, by name.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "protocol", "-id"])]
        triggers = [
            pgtrigger.Protect(
                name="sign_offs_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.act} by {self.clinician}"


class ProtocolChoice(models.Model):
    """Which version a clinic's new follow-ups of a procedure take; the newest row counts."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    procedure = models.CharField(max_length=20, choices=Procedure.Kind)
    protocol = models.CharField(
        max_length=60, blank=True, help_text="Empty: the latest that there is."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["clinic", "procedure", "-id"])]
        triggers = [
            pgtrigger.Protect(
                name="protocol_choices_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.procedure}: {self.protocol or 'latest'}"
