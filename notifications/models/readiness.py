"""Whether a way to a responder really works: codes to verify it with, and weekly tests."""

from django.db import models
from django.db.models import Q

from notifications.models.contacts import ContactMethod
from notifications.models.messages import Message


class ContactCheck(models.Model):
    """A message that its receiver has to answer, through one contact.

    Kept for good: how often a code may be sent again, and how many tests in a row nobody
    answered, is read from these rows.
    """

    class Kind(models.TextChoices):
        VERIFY = "verify", "a code to verify with"
        TEST = "test", "a weekly test page"

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        ANSWERED = "answered"
        UNANSWERED = "unanswered"
        # A newer code took its place, too many were wrong, or nobody is tested any more.
        VOID = "void", "void"

    OPEN = (State.PLANNED, State.SENT)

    contact = models.ForeignKey(ContactMethod, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    # The channel and the address that it is about: an answer verifies no other.
    written = models.CharField(max_length=520)
    # Of the code that is typed in, or of the token of a link; never the thing itself.
    secret_hash = models.CharField(max_length=64, blank=True, editable=False)
    # What a test is answered with by text, as in "T482": unlike any page's code.
    code = models.CharField(max_length=8, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it was sent.")
    wrong = models.PositiveSmallIntegerField(default=0, help_text="Wrong codes typed in.")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    # Planned: when it is sent. Sent: when it is sent again, or counts as not answered.
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("planned", "sent"), due_at__isnull=False)
                | (Q(due_at__isnull=True) & ~Q(state__in=("planned", "sent"))),
                name="contact_check_is_due_or_over",
            ),
            models.UniqueConstraint(
                fields=["contact", "kind"],
                condition=Q(state__in=("planned", "sent")),
                name="one_open_check_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="contact_check_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["secret_hash"], name="contact_check_secret", condition=Q(state="sent")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of contact {self.contact_id}, {self.state}"
