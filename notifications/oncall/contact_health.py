"""A way that keeps failing is no verified channel any more, whatever it once was.

Only faults of the way itself count, not a phone that nobody picked up, nor a fault of the
provider or of the clinic's account.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from notifications import signals
from notifications.models import ContactMethod, Message
from notifications.oncall import verifying

FAILS_IN_A_ROW = 3
FAULTS = frozenset(
    {"invalid_address", "landline", "unreachable", "filtered", "rejected", "call failed"}
)
_GOOD = (Message.State.DELIVERED, Message.State.RELAYED)


@receiver(signals.message_settled, dispatch_uid="notifications.oncall.contact_health")
def note(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """Count what failed through a person's contact; what arrived begins anew."""
    failed = message.state in Message.LOST and message.problem in FAULTS
    if not failed and message.state not in _GOOD:
        return
    for contact in _contacts(message):
        if failed:
            _failed(contact, now=now)
        elif contact.failures:
            ContactMethod.objects.filter(pk=contact.pk).update(failures=0)


def _contacts(message: Message) -> list[ContactMethod]:
    """The person's contact that a page or a check went through; for a text, by its number."""
    if message.stream == Message.Stream.TEXT and not message.ref.startswith("check:"):
        return []
    same = Q(pk=message.contact_id) if message.contact_id else Q(address=message.to)
    found = ContactMethod.objects.filter(
        same,
        channel=message.channel,
        responder__team__sender=message.sender_id,
        active=True,
    )
    return list(found.select_related("responder").order_by("pk"))


def _failed(contact: ContactMethod, *, now: datetime) -> None:
    contact.failures += 1
    contact.save(update_fields=["failures"])
    if contact.verified and contact.failures >= FAILS_IN_A_ROW:
        verifying.lose(contact, why="it kept failing", now=now)
