"""Who wants no texts, from which number: obeyed at once, undone by START alone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from notifications.models import Message, OptOut, Sender


def opted_out(sender: Sender, address: str) -> bool:
    """Whether this address wants no texts from this sender."""
    return OptOut.objects.filter(sender=sender, address=address, ended_at__isnull=True).exists()


def among(senders: Collection[Any], addresses: Collection[str]) -> set[tuple[Any, str]]:
    """The (sender's key, address) of these that want no texts; one query."""
    found = OptOut.objects.filter(
        sender__in=senders, address__in=addresses, ended_at__isnull=True
    )
    return set(found.values_list("sender", "address"))


def opted_out_since(sender: Sender, address: str) -> datetime | None:
    """When the opt-out that is in force began."""
    optout = OptOut.objects.filter(
        sender=sender, address=address, ended_at__isnull=True
    ).first()
    return optout.since if optout else None


@transaction.atomic
def opt_out(sender: Sender, address: str, *, source: str, now: datetime) -> None:
    """Send no more, beginning with what is waiting to be sent."""
    OptOut.objects.get_or_create(
        sender=sender,
        address=address,
        ended_at=None,
        defaults={"since": now, "source": source},
    )
    # One that is being claimed is passed over: claiming asks for opt-outs itself.
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        sender=sender,
        to=address,
        stream=Message.Stream.TEXT,
        state=Message.State.CREATED,
        despite_opt_out=False,
    )
    Message.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=Message.State.CANCELLED, problem="opted_out", settled_at=now
    )


def opt_in(sender: Sender, address: str, *, now: datetime) -> None:
    """The address wants texts again."""
    OptOut.objects.filter(sender=sender, address=address, ended_at__isnull=True).update(
        ended_at=now
    )
