"""By which ways somebody is reached, in which order, and what went wrong on them."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q

from notifications.models.messages import Channel, Message
from notifications.models.oncall import Page, Responder, Team


class ContactMethod(models.Model):
    """A way to a responder; or, without one, to a system of the team's that hears of pages."""

    PERSONAL = (Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.APPRISE)
    TEAMS = (Channel.EMAIL, Channel.APPRISE, Channel.PAGERDUTY, Channel.WEBHOOK)

    responder = models.ForeignKey(
        Responder, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    channel = models.CharField(max_length=9, choices=Channel)
    address = models.CharField(
        max_length=500,
        help_text="A number in E.164, an e-mail address, an address of apprise "
        "(ntfys://..., slack://...), PagerDuty's integration key, or an https address.",
    )
    # What webhooks are signed with: ours to them, and PagerDuty's to us.
    secret = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    # The channel and the address that were verified: another one is not, whoever wrote it.
    verified_as = models.CharField(max_length=520, blank=True, db_default="", editable=False)
    lost_why = models.CharField(
        max_length=40, blank=True, db_default="", editable=False, help_text="Unverified: why."
    )
    # Failures of the way itself, one after the other; an unanswered call is none.
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(responder__isnull=False, team__isnull=True)
                | Q(responder__isnull=True, team__isnull=False),
                name="contact_of_a_person_or_a_team",
            ),
            models.CheckConstraint(
                condition=Q(responder__isnull=True, channel__in=("email", "apprise"))
                | Q(responder__isnull=True, channel__in=("pagerduty", "webhook"))
                | Q(responder__isnull=False, channel__in=("sms", "voice", "email", "apprise")),
                name="contact_by_a_channel_that_fits",
            ),
            models.UniqueConstraint(
                fields=["responder", "channel", "address"],
                condition=Q(responder__isnull=False),
                name="one_contact_an_address",
            ),
        ]

    def __str__(self) -> str:
        # Never the address: it may be a number, or hold a token.
        return self.label or f"{self.get_channel_display()} {self.pk}"

    @property
    def written(self) -> str:
        """The channel and the address, as a verification is of them."""
        return f"{self.channel} {self.address}"

    @property
    def verified(self) -> bool:
        """Whether what is written now was verified by using it."""
        return self.verified_at is not None and self.verified_as == self.written

    def clean(self) -> None:
        """ValidationError with what to write instead, where an address can't be right."""
        if self.channel == Channel.EMAIL:
            validate_email(self.address)
        if self.channel in (Channel.SMS, Channel.VOICE) and not (
            self.address.startswith("+") and self.address[1:].isdecimal()
        ):
            raise ValidationError({"address": "Write the number in E.164, as in +12125550111."})
        if self.channel == Channel.WEBHOOK:
            if not self.address.startswith(("https://", "http://127.0.0.1:")):
                raise ValidationError({"address": "The address must begin with https://."})
            if len(self.secret) < 24:
                raise ValidationError({"secret": "Give a secret of 24 signs or more."})


class NotificationRule(models.Model):
    """When a responder's own rules use a contact: so long after being called.

    Rules of the same delay go out together, a later one in turn; one whose forerunner fails
    goes out at once. Who has no rules gets a text to the responder's phone.
    """

    contact = models.ForeignKey(ContactMethod, on_delete=models.CASCADE, related_name="rules")
    level = models.CharField(
        max_length=9, choices=Page.Level, blank=True, help_text="Empty: for both."
    )
    delay = models.PositiveIntegerField(default=0, help_text="In seconds.")

    class Meta:
        ordering = ["delay", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "level"], name="one_rule_a_level"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} after {self.delay} s"


class Incident(models.Model):
    """Something is wrong with the paging itself. Staff see it until somebody has seen to it."""

    class Kind(models.TextChoices):
        CHANNEL = "channel", "a way to a responder failed"
        STOPPED = "stopped", "a responder's phone refuses texts"
        EMPTY_RUNG = "empty_rung", "nobody stands on a rung"
        STRANGER = "stranger", "acknowledged elsewhere by somebody unknown here"
        RELAY = "relay", "another system was not told"
        STUCK = "stuck", "the watchdog found something stuck"
        UNREADY = "unready", "somebody on the rota is not ready"
        TEST = "test", "a weekly test was not answered"
        DRILL = "drill", "nobody acknowledged a drill"

    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind)
    responder = models.ForeignKey(Responder, null=True, blank=True, on_delete=models.PROTECT)
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.PROTECT)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT)
    # Opaque, as in a page's timeline.
    detail = models.CharField(max_length=200, blank=True)
    times = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    # When the leads are to be told by SMS; empty where they were, or need not be.
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            # The same thing again counts up the row that is open.
            models.UniqueConstraint(
                fields=["team", "kind", "responder", "detail"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
                name="one_open_incident_a_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "-last_at"],
                name="incident_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"], name="incident_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}"


class PageNote(models.Model):
    """What a responder wrote about a page: kept in the record, shown after a sign-in only."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="notes")
    responder = models.ForeignKey(Responder, on_delete=models.PROTECT)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.page_id} at {self.at:%H:%M}"
