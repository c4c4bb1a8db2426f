"""Outbox, inbox and what the provider said of each message."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q


class Sender(models.Model):
    """An address that texts go out from and come in to."""

    name = models.CharField(max_length=120)
    number = models.CharField(max_length=16, unique=True, help_text="In E.164.")
    messaging_service_sid = models.CharField(max_length=34, blank=True)
    # A rehearsal's texts go to a stand-in on this machine, never to a network.
    rehearsal = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Channel(models.TextChoices):
    """How a message reaches whoever it is for."""

    SMS = "sms", "SMS"
    VOICE = "voice", "phone call"
    EMAIL = "email", "e-mail"
    APPRISE = "apprise", "push or chat"
    PAGERDUTY = "pagerduty", "PagerDuty"
    WEBHOOK = "webhook", "webhook"
    # A clinician's phone is called, and the patient behind it.
    BRIDGE = "bridge", "call to the patient"


class Message(models.Model):
    """What is to be sent: the outbox. `key` makes writing it twice write it once."""

    class Stream(models.TextChoices):
        PAGE = "page", "pages by telephone"
        RELAY = "relay", "pages by other ways"
        TEXT = "text", "texts to patients"

    class State(models.TextChoices):
        CREATED = "created"
        SENDING = "sending"
        ACCEPTED = "accepted"
        DELIVERED = "delivered"
        # Taken by a server that never reports whether a person saw it.
        RELAYED = "relayed"
        UNDELIVERED = "undelivered"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.CREATED, State.SENDING)
    LOST = (State.UNDELIVERED, State.FAILED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    stream = models.CharField(max_length=5, choices=Stream)
    # The database's own defaults, for processes of the release before.
    channel = models.CharField(
        max_length=9, choices=Channel, default=Channel.SMS, db_default=Channel.SMS
    )
    # Holds the secrets that sending takes, so that no message has to.
    contact = models.ForeignKey(
        "notifications.ContactMethod", null=True, blank=True, on_delete=models.PROTECT
    )
    to = models.CharField(max_length=254)
    title = models.CharField(max_length=120, blank=True, db_default="")
    body = models.TextField()
    key = models.CharField(max_length=200, unique=True)
    # Whose message it is, as its owner names it ("episode:...", "page:..."): for cancelling.
    ref = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=11, choices=State, default=State.CREATED)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    provider_sid = models.CharField(max_length=40, null=True, blank=True, unique=True)
    provider_status = models.CharField(max_length=20, blank=True)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    advice = models.CharField(max_length=300, blank=True)
    segments = models.PositiveSmallIntegerField(null=True, blank=True)
    possible_duplicate = models.BooleanField(default=False)
    # The confirmation of an opt-out is the one text that may follow it.
    despite_opt_out = models.BooleanField(default=False)
    # How often the provider was asked after an unclear sending, and did not have it.
    asked = models.PositiveSmallIntegerField(default=0)
    # Taken back while it was being sent: if it did not go out then, it never does.
    withdrawn = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False),
                name="sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "delivered", "relayed"))
                | Q(provider_sid__isnull=False),
                name="accepted_has_a_provider_sid",
            ),
        ]
        indexes = [
            # The sweep: what is due, a stream at a time, oldest first.
            models.Index(
                fields=["stream", "due_at"],
                name="message_due",
                condition=Q(state="created"),
            ),
            # When the provider last took a text or a call.
            models.Index(
                fields=["-accepted_at"],
                name="message_taken",
                condition=Q(accepted_at__isnull=False, stream__in=("page", "text")),
            ),
            models.Index(
                fields=["lease_until"], name="message_leased", condition=Q(state="sending")
            ),
            # Accepted, and no word since: the provider is asked when this is due.
            models.Index(
                fields=["due_at"], name="message_unsettled", condition=Q(state="accepted")
            ),
            models.Index(fields=["ref", "created_at"]),
            models.Index(fields=["to", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.id} {self.state}"


class Attempt(models.Model):
    """One try to hand a message to the provider."""

    class Outcome(models.TextChoices):
        RUNNING = "running"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        THROTTLED = "throttled"
        NOT_SENT = "not_sent", "not sent"
        AMBIGUOUS = "ambiguous"
        FOUND = "found", "found at the provider"

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.RUNNING)
    error_code = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="one_attempt_a_number"),
        ]
        # What was tried since the provider last took something.
        indexes = [models.Index(fields=["started_at"], name="attempt_started")]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class DeliveryReport(models.Model):
    """What the provider said of a message, as it came. Never changed."""

    provider_sid = models.CharField(max_length=40)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE)
    status = models.CharField(max_length=20)
    error_code = models.PositiveIntegerField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_sid", "status", "error_code"],
                nulls_distinct=False,
                name="one_report_a_status",
            ),
        ]
        triggers = [pgtrigger.Protect(name="reports_are_final", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.provider_sid} {self.status}"


class Inbound(models.Model):
    """A text that came in, stored before its sender is answered: the inbox."""

    class Keyword(models.TextChoices):
        STOP = "stop"
        START = "start"
        HELP = "help"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None: signed by the provider, to a number that is no sender's.
    sender = models.ForeignKey(Sender, null=True, blank=True, on_delete=models.PROTECT)
    to_number = models.CharField(max_length=32)
    provider_sid = models.CharField(max_length=40, unique=True)
    from_number = models.CharField(max_length=32)
    body = models.TextField(blank=True)
    media = models.JSONField(default=list, blank=True)
    # Set only where the whole text is one of the words that carriers act on.
    keyword = models.CharField(max_length=5, choices=Keyword, blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    attempts_made = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="inbound_unhandled",
                condition=Q(handled_at__isnull=True),
            ),
            models.Index(fields=["from_number", "-received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.received_at:%Y-%m-%d %H:%M}"


class OptOut(models.Model):
    """An address that must not be texted from a sender; undone only by START."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT)
    address = models.CharField(max_length=32)
    since = models.DateTimeField()
    source = models.CharField(max_length=20, help_text="keyword, words, provider or staff")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "address"],
                condition=Q(ended_at__isnull=True),
                name="one_opt_out_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} since {self.since:%Y-%m-%d}"
