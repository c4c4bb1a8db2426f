"""A team's rota: its layers, what is laid over them, its calendars and its alarms."""

import uuid
from datetime import time
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from notifications.models.oncall import Responder, Team

WEEKDAYS = [
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
]


def _has_a_length(name: str, starts: str = "starts_at", ends: str = "ends_at") -> Any:
    return models.CheckConstraint(condition=Q(**{f"{ends}__gt": F(starts)}), name=name)


def _weekdays(**options: Any) -> Any:
    return ArrayField(models.PositiveSmallIntegerField(choices=WEEKDAYS), **options)


class Layer(models.Model):
    """A rotation whose members take turns; it may stand over another layer.

    A layer that stands over none is a line: what a rung calls. While a layer over it has
    somebody, that person has the line instead.
    """

    class Kind(models.TextChoices):
        DAYS = "days", "every so many days (1: daily, 7: weekly)"
        HOURS = "hours", "every so many hours"
        WEEKDAYS = "weekdays", "on certain weekdays"
        CALENDAR = "calendar", "as an imported calendar says"

    class Holidays(models.TextChoices):
        AS_EVER = "as_ever", "as on any day"
        ONLY = "only", "only on public holidays"
        NOT = "not", "not on public holidays"

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Of two layers over the same one the lower number comes first."
    )
    over = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="layers_over",
        help_text="While this layer has somebody, they stand in for that one.",
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DAYS)
    starts_on = models.DateField(help_text="The day of the first handover.")
    handover_at = models.TimeField(help_text="Wall time in the team's zone.")
    days = models.PositiveSmallIntegerField(default=7)
    hours = models.PositiveSmallIntegerField(default=12)
    handover_days = _weekdays(
        default=list, blank=True, help_text="0 is Monday: 0,4 changes on Mondays and Fridays."
    )
    holidays = models.CharField(max_length=7, choices=Holidays, default=Holidays.AS_EVER)
    gaps_allowed = models.BooleanField(
        default=False, help_text="It is meant that nobody has this line at times: no alarm."
    )
    members = models.ManyToManyField(Responder, through="LayerMember")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1), name="a_turn_lasts_a_day"),
            models.CheckConstraint(condition=Q(hours__gte=1), name="a_turn_lasts_an_hour"),
            models.CheckConstraint(
                condition=~Q(kind="weekdays") | Q(handover_days__len__gte=1),
                name="weekdays_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.kind == self.Kind.WEEKDAYS and not self.handover_days:
            raise ValidationError({"handover_days": "Name at least one weekday, as in 0,4."})
        if self.over is not None and self.over.team_id != self.team_id:
            raise ValidationError({"over": "Choose a layer of the same team."})
        if self.over is not None and (self.over == self or self.over.over_id is not None):
            raise ValidationError({"over": "Choose a layer that stands over no other."})
        if self.over is not None and self.pk and self.layers_over.exists():
            raise ValidationError({"over": "Other layers stand over this one."})
        on_holidays = self.holidays != self.Holidays.AS_EVER
        if on_holidays and self.team_id is not None and not self.team.country:
            raise ValidationError({"holidays": "Set the team's country first."})


class LayerMember(models.Model):
    """A turn's place in a rotation."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "position"], name="one_member_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.responder_id}"


class LayerHours(models.Model):
    """Hours on some weekdays that a layer is restricted to; without any it has them all."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    weekdays = _weekdays(help_text="0 is Monday, as in 0,1,2,3,4.")
    starts = models.TimeField(default=time(20, 0))
    ends = models.TimeField(default=time(8, 0), help_text="On the next day if not later.")

    class Meta:
        verbose_name_plural = "layer hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1), name="layer_hours_name_their_weekdays"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M} to {self.ends:%H:%M}"


class Swap(models.Model):
    """One responder asks another to take a shift, and may offer one in return."""

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed", "not answered in time"

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    asker = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="swaps_asked")
    asked = models.ForeignKey(Responder, on_delete=models.PROTECT, related_name="swaps_offered")
    # What the asked one would take, and what the asker would take in return, if anything.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    back_starts_at = models.DateTimeField(null=True, blank=True)
    back_ends_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    # When the first of the two shifts begins: what is not answered by then has lapsed.
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            _has_a_length("swap_has_a_length"),
            models.CheckConstraint(
                condition=Q(back_starts_at__isnull=True, back_ends_at__isnull=True)
                | Q(back_ends_at__gt=F("back_starts_at")),
                name="swap_back_has_a_length",
            ),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="swap_is_of_two"),
            models.CheckConstraint(
                condition=Q(state="asked", due_at__isnull=False, answered_at__isnull=True)
                | (Q(due_at__isnull=True, answered_at__isnull=False) & ~Q(state="asked")),
                name="swap_is_due_or_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="swap_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} to {self.asked_id}, {self.state}"


class Override(models.Model):
    """Somebody takes the place of whoever a layer has on call, for a while."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    swap = models.ForeignKey(Swap, null=True, blank=True, on_delete=models.PROTECT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [_has_a_length("override_has_a_length")]
        indexes = [models.Index(fields=["layer", "ends_at"], name="override_ends")]

    def __str__(self) -> str:
        return f"{self.responder_id} from {self.starts_at:%Y-%m-%d %H:%M}"


class TimeOff(models.Model):
    """A responder is away: their turns fall to the next in each rotation."""

    responder = models.ForeignKey(Responder, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "time off"
        constraints = [_has_a_length("time_off_has_a_length")]
        indexes = [models.Index(fields=["responder", "ends_at"], name="time_off_ends")]

    def __str__(self) -> str:
        return f"{self.responder_id} from {self.starts_at:%Y-%m-%d %H:%M}"


class CalendarImport(models.Model):
    """Where a layer's shifts come from, and the last copy of them that could be read."""

    layer = models.OneToOneField(Layer, on_delete=models.CASCADE)
    url = models.URLField(max_length=500, help_text="https:// only; treat it as a secret.")
    # As it came; expanded anew as time passes, even while the address is silent.
    text = models.TextField(blank=True, editable=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=200, blank=True, editable=False)
    # Whom the calendar names and the team does not know.
    strangers = models.JSONField(default=list, blank=True, editable=False)
    due_at = models.DateTimeField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="calendar_import_due")]

    def __str__(self) -> str:
        return f"calendar of layer {self.layer_id}"


class ImportedShift(models.Model):
    """A shift that the last good copy of a calendar holds."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    responder = models.ForeignKey(Responder, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [_has_a_length("imported_shift_has_a_length")]
        indexes = [models.Index(fields=["layer", "ends_at"], name="imported_shift_ends")]

    def __str__(self) -> str:
        return f"{self.responder_id} from {self.starts_at:%Y-%m-%d %H:%M}"


class CalendarLink(models.Model):
    """An address that shows a rota, or one person's shifts, to whoever holds its token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    responder = models.ForeignKey(
        Responder, null=True, blank=True, on_delete=models.PROTECT, help_text="Empty: all."
    )
    token_hash = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"calendar link {self.pk}"


class RotaWatch(models.Model):
    """When a team's rota is next looked through for gaps."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="rota_watch_due")]

    def __str__(self) -> str:
        return f"rota of team {self.team_id}"


class RotaAlarm(models.Model):
    """Something is wrong with a rota; past `due_at` the lead and the desk are told.

    For a gap that may be more than once, the nearer it comes.
    """

    class Kind(models.TextChoices):
        GAP = "gap", "nobody is on call"
        IMPORT_FAILS = "import_fails", "a calendar cannot be read"
        IMPORT_STALE = "import_stale", "a calendar is out of date"

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    layer = models.ForeignKey(Layer, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=Kind)
    # The gap; for a calendar, since when.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    # When it was last told, and how many of its warnings are used up.
    alarmed_at = models.DateTimeField(null=True, blank=True)
    warnings = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(closed_at__isnull=True),
                name="rota_alarm_is_due_or_closed",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False)
                | Q(alarmed_at__isnull=False)
                | Q(closed_at__isnull=False),
                name="rota_alarm_is_never_forgotten",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="rota_alarm_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["layer"], name="rota_alarm_open", condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of layer {self.layer_id}"
