"""Who is followed, and what was done to them."""

import uuid
import zoneinfo
from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Upper


def _known_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is not a time zone; write it as in America/New_York.")


def _monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class Clinic(models.Model):
    """A clinic; every patient, page and piece of work belongs to exactly one."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=64, validators=[_known_zone])
    phone = models.CharField(max_length=16, help_text="What patients call, in E.164.")
    emergency_number = models.CharField(max_length=8, default="911")
    country = models.CharField(max_length=2, help_text="ISO 3166: numbers and holidays.")
    subdivision = models.CharField(max_length=8, blank=True, help_text="For holidays: NY, CA.")
    opens = models.TimeField(default=time(8, 0))
    closes = models.TimeField(default=time(18, 0))
    open_weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=_monday_to_friday, help_text="0 is Monday."
    )
    check_in_at = models.TimeField(default=time(10, 0))
    quiet_from = models.TimeField(default=time(20, 0))
    quiet_until = models.TimeField(default=time(9, 0))
    steroid_limit = models.PositiveSmallIntegerField(
        default=3,
        help_text="Steroid injections to one area in 12 months before a warning (S3).",
    )
    segment_price = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What one segment of a text costs the clinic; empty: no cost is shown.",
    )
    currency = models.CharField(
        max_length=3, default="USD", db_default="USD", help_text="Of that price, as in EUR."
    )
    protocol_settings = models.JSONField(
        default=dict,
        blank=True,
        help_text="The clinic's own cut-offs, by the protocol's names.",
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Membership(models.Model):
    """What somebody may do in a clinic. Without one a user sees nothing of it."""

    class Role(models.TextChoices):
        ADMIN = "admin"
        NURSE = "nurse"
        CLINICIAN = "clinician"
        ON_CALL = "on_call", "on call"
        AUDITOR = "auditor"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic"], name="one_membership_a_clinic"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.clinic}"


class Patient(models.Model):
    """A person who is followed by one clinic."""

    class Contraindication(models.TextChoices):
        """The reasons of S3 to think again before a steroid injection."""

        INFECTION = "infection", "an infection anywhere"
        CANCER = "cancer", "a tumour or cancer"
        BLEEDING_DISORDER = "bleeding_disorder", "a bleeding disorder"
        UNCONTROLLED_DIABETES = "uncontrolled_diabetes", "diabetes that is not under control"
        HEART_FAILURE = "heart_failure", "heart failure"
        PREGNANCY = "pregnancy", "pregnancy or breastfeeding"
        OSTEOPOROSIS = "osteoporosis"
        ALLERGY = "allergy", "an allergy to steroid or anaesthetic"
        UNSTABLE_BLOOD_PRESSURE = "unstable_blood_pressure", "unstable blood pressure"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    born_on = models.DateField()
    phone = models.CharField(max_length=16, help_text="In E.164.")
    language = models.CharField(max_length=8, default="en")
    record_number = models.CharField(max_length=40, blank=True)
    anticoagulant = models.BooleanField(default=False)
    diabetes = models.BooleanField(default=False)
    immune_problem = models.BooleanField(default=False)
    contraindications = ArrayField(
        models.CharField(max_length=32, choices=Contraindication), default=list, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # An inbound text is matched to whoever has this phone at this clinic.
            models.Index(fields=["clinic", "phone"]),
            # Upper, because that is how Django compares without regard to case.
            models.Index("clinic", Upper("family_name"), "born_on", name="patient_same_person"),
            models.Index(Upper("record_number"), name="patient_record_number"),
            # Any part of a name or number, of three signs or more. Patients are few enough to
            # be entered at once: a list of the pending ones is read whole by every search.
            GinIndex(
                OpClass(Upper("family_name"), name="gin_trgm_ops"),
                OpClass(Upper("given_name"), name="gin_trgm_ops"),
                OpClass(F("phone"), name="gin_trgm_ops"),
                OpClass(Upper("record_number"), name="gin_trgm_ops"),
                name="patient_search",
                fastupdate=False,
            ),
            # What is found is shown in this order, and without words in that one.
            models.Index(fields=["family_name", "given_name", "id"], name="patient_by_name"),
            models.Index(fields=["-created_at", "id"], name="patient_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Procedure(models.Model):
    """What was done, where and when."""

    class Kind(models.TextChoices):
        EPIDURAL_STEROID = "epidural_steroid", "epidural steroid injection"
        NERVE_ROOT_BLOCK = "nerve_root_block", "nerve root block"
        FACET_JOINT = "facet_joint", "facet joint injection"
        LUMBAR_PUNCTURE = "lumbar_puncture", "lumbar puncture"
        SPINAL_ANAESTHESIA = "spinal_anaesthesia", "spinal anaesthesia"
        BLOOD_PATCH = "blood_patch", "epidural blood patch"

    class Region(models.TextChoices):
        CERVICAL = "cervical"
        THORACIC = "thoracic"
        LUMBAR = "lumbar"
        SACRAL = "sacral"

    class Side(models.TextChoices):
        LEFT = "left"
        RIGHT = "right"
        BOTH = "both", "both sides"
        MIDLINE = "midline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=Kind)
    region = models.CharField(max_length=10, choices=Region)
    side = models.CharField(max_length=8, choices=Side)
    levels = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, help_text="As in L4/5."
    )
    performed_at = models.DateTimeField()
    clinician = models.CharField(max_length=120)
    steroid = models.BooleanField(default=False)
    drugs = models.CharField(max_length=200, blank=True)
    baseline_pain = models.PositiveSmallIntegerField(null=True, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(baseline_pain__isnull=True)
                | models.Q(baseline_pain__lte=10),
                name="baseline_pain_0_to_10",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-performed_at"]),
            # A day's procedures, those of the last year, and the figures of some time.
            models.Index(fields=["performed_at"], name="procedure_performed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_region_display()}"


class Consent(models.Model):
    """That the patient agreed to be texted: who, when, how and what for."""

    class How(models.TextChoices):
        WRITTEN = "written", "on paper"
        VERBAL = "verbal", "by word of mouth"
        ONLINE = "online", "in an online form"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT)
    given_at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How)
    purpose = models.CharField(max_length=200, default="Follow-up by text message")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_how = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["patient"],
                name="consent_in_force",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id}, {self.given_at:%Y-%m-%d}"
