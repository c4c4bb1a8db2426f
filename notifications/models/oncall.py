"""Who is on call, whom a page climbs to, and what became of each page."""

import uuid
import zoneinfo

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from notifications.models.linking import linked, never_emptied
from notifications.models.messages import Message, Sender
from notifications.oncall import public_holidays


def _known_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is not a time zone; write it as in America/New_York.")


class Team(models.Model):
    """Those who are paged together, in one zone, from one sender."""

    class Drills(models.TextChoices):
        NEVER = "never", "never by itself"
        WEEKLY = "weekly"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, validators=[_known_zone])
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    country = models.CharField(
        max_length=2, blank=True, help_text="For holidays, ISO 3166; the clinic's unless set."
    )
    subdivision = models.CharField(max_length=8, blank=True, help_text="For holidays: NY, CA.")
    # Seconds from an acknowledgement until an outcome is due; past it the page climbs again.
    emergency_outcome_within = models.PositiveIntegerField(default=15 * 60)
    urgent_outcome_within = models.PositiveIntegerField(default=30 * 60)
    drills = models.CharField(
        max_length=9,
        choices=Drills,
        default=Drills.MONTHLY,
        db_default=Drills.MONTHLY,
        help_text="How often a synthetic red flag goes through the real channels.",
    )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.country and not public_holidays.is_known(self.country, self.subdivision):
            raise ValidationError(
                {"country": "No holidays are known of this country, or of its subdivision."}
            )


class Responder(models.Model):
    """Somebody who can be paged."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16, help_text="In E.164.")
    lead = models.BooleanField(default=False, help_text="The clinic's lead: on the last rung.")
    pagerduty_user = models.CharField(
        max_length=20,
        blank=True,
        db_default="",
        help_text="The person's id at PagerDuty, so that an acknowledgement there counts here.",
    )
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_responder_a_team"),
            # A reply is matched to a responder by the phone that it came from.
            models.UniqueConstraint(
                fields=["team", "phone"],
                condition=Q(active=True),
                name="one_active_responder_a_phone",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Rung(models.Model):
    """One step of a team's escalation policy; the last repeats until acknowledged."""

    class Target(models.TextChoices):
        LAYER = "layer", "whoever the layer has on call"
        RESPONDER = "responder", "one person"
        EVERYONE = "everyone", "everyone, and the clinic's lead"

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=9, choices=Target)
    layer = models.ForeignKey("Layer", null=True, blank=True, on_delete=models.PROTECT)
    responder = models.ForeignKey(Responder, null=True, blank=True, on_delete=models.PROTECT)
    people = models.ManyToManyField(
        Responder, blank=True, related_name="+", help_text="Who stands there besides."
    )
    # Seconds until the next rung.
    emergency_delay = models.PositiveIntegerField(default=5 * 60)
    urgent_delay = models.PositiveIntegerField(default=15 * 60)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["team", "position"], name="one_rung_a_position"),
            models.CheckConstraint(
                condition=(
                    Q(target="layer", layer__isnull=False, responder__isnull=True)
                    | Q(target="responder", layer__isnull=True, responder__isnull=False)
                    | Q(target="everyone", layer__isnull=True, responder__isnull=True)
                ),
                name="rung_names_its_target",
            ),
            models.CheckConstraint(
                condition=Q(emergency_delay__gte=1, urgent_delay__gte=1),
                name="rung_takes_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position + 1}. {self.get_target_display()}"


class RealPages(models.Manager["Page"]):
    """The pages that are no drills."""

    def get_queryset(self) -> models.QuerySet["Page"]:
        return super().get_queryset().filter(drill=False)


class Page(models.Model):
    """A call for a human: it climbs until acknowledged, and again without an outcome.

    `Page.objects` has no drills, so that no list, figure or check counts one by mistake;
    `Page.every`, for what pages and drills have in common, has them too.
    """

    class Level(models.TextChoices):
        URGENT = "urgent"
        EMERGENCY = "emergency"

    class State(models.TextChoices):
        OPEN = "open"
        ACKNOWLEDGED = "acknowledged"
        CLOSED = "closed"

    class Outcome(models.TextChoices):
        ADVISED = "advised", "reached and advised"
        SEEN = "seen", "to be seen by the clinic"
        EMERGENCY_CARE = "emergency_care", "sent to emergency care"
        IMAGING = "imaging", "sent for an MRI"
        NOT_REACHED = "not_reached", "not reached"
        FALSE_ALARM = "false_alarm", "false alarm"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    # Opaque: says nothing of whom the page is about.
    reference = models.CharField(max_length=12, unique=True)
    code = models.PositiveSmallIntegerField(help_text="What a responder replies with.")
    # About nobody. It ends with its acknowledgement, so it has no outcome.
    drill = models.BooleanField(default=False, db_default=False)
    level = models.CharField(max_length=9, choices=Level)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    policy = models.JSONField(help_text="The team's policy as it was when the page opened.")
    rung = models.PositiveSmallIntegerField(default=0)
    # Wide: the last rung repeats for as long as nobody acknowledges, be it for months.
    climbs = models.PositiveIntegerField(default=0)
    # How often it opened again after somebody had it.
    turn = models.PositiveIntegerField(default=0, db_default=0)
    opened_at = models.DateTimeField()
    # Open: the next rung. Acknowledged: when the outcome is due.
    due_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Responder, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    note = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        Responder, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RealPages()
    every = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        state="open",
                        due_at__isnull=False,
                        acknowledged_by__isnull=True,
                        acknowledged_at__isnull=True,
                        closed_at__isnull=True,
                    )
                    | Q(
                        state="acknowledged",
                        due_at__isnull=False,
                        acknowledged_by__isnull=False,
                        acknowledged_at__isnull=False,
                        closed_at__isnull=True,
                    )
                    | (
                        Q(
                            state="closed",
                            due_at__isnull=True,
                            closed_by__isnull=False,
                            closed_at__isnull=False,
                        )
                        & ~Q(outcome="")
                    )
                    | Q(
                        state="closed", drill=True, due_at__isnull=True, closed_at__isnull=False
                    )
                ),
                name="page_is_due_or_closed",
            ),
            models.UniqueConstraint(
                fields=["team", "code"],
                condition=~Q(state="closed"),
                name="one_open_page_a_code",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="page_due", condition=Q(due_at__isnull=False)),
            # Figures of the paging are of those that opened in some time.
            models.Index(fields=["opened_at"], name="page_opened"),
            # Those that wait for somebody, among all that ever were.
            models.Index(
                fields=["team", "opened_at"], name="page_unclosed", condition=~Q(state="closed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.level} {self.state}"

    @property
    def closed_as(self) -> str:
        """The outcome that it was closed with, in words; `outcome` may be corrected since."""
        first = next(iter(self.amendments.all()), None)
        return str(first.get_before_display() if first else self.get_outcome_display())


class PageEvent(models.Model):
    """What happened to a page, in order. Never changed and never deleted."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        RAISED = "raised", "raised again"
        PAGED = "paged"
        PLANNED = "planned", "to be paged next"
        EMPTY_RUNG = "empty_rung", "nobody on this rung"
        ACCEPTED = "accepted", "accepted by the network"
        DELIVERED = "delivered"
        LOST = "lost", "not delivered"
        REPORTED = "reported", "the network reports"
        DELAYED = "delayed", "not sent at once, tried again"
        HURRIED = "hurried", "the next way at once"
        CLIMBED = "climbed"
        ACKNOWLEDGED = "acknowledged"
        PASSED_ON = "passed_on", "passed on"
        ADDED = "added", "called in"
        NOTED = "noted", "wrote a note"
        BRIDGED = "bridged", "calls the patient"
        PATIENT_CALL = "patient_call", "call to the patient"
        OUTCOME_OVERDUE = "outcome_overdue", "no outcome in time"
        REARMED = "rearmed", "found stuck, made due"
        CLOSED = "closed"
        AMENDED = "amended", "outcome corrected"

    page = models.ForeignKey(Page, on_delete=models.PROTECT)
    at = models.DateTimeField()
    kind = models.CharField(max_length=15, choices=Kind)
    responder = models.ForeignKey(Responder, null=True, blank=True, on_delete=models.PROTECT)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT)
    detail = models.CharField(max_length=200, blank=True)
    # The event as canonical JSON, with what the rows it names said then: what is hashed.
    entry = models.TextField(db_default="{}")

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(
                name="events_are_final", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            never_emptied("events_are_kept"),
            linked(),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%H:%M:%S}"
