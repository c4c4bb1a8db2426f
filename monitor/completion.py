"""A follow-up ends by itself once all that it asked is over, and nobody has to act any more."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from monitor import episodes
from monitor.models import Alert, CheckIn, Episode, TextRead, WorkItem
from notifications.models import Message

logger = logging.getLogger(__name__)

AGAIN = timedelta(days=1)
WHY = "All that was to be asked is over."


@dataclass(frozen=True)
class Standing:
    """How a follow-up stands.

    `last` is when a check-in could last be answered, or a text came in, if that was later;
    `open` is whether a check-in, a page, work or a text on its way out is; `paused` whether
    somebody stopped it.
    """

    last: datetime
    open: bool
    paused: bool


def completes_at(standing: Standing, *, now: datetime) -> datetime:
    """When it ends: past or now means at once. A moment to come is when to look again."""
    if standing.open or standing.paused:
        return now + AGAIN
    return standing.last + episodes.COMPLETE_AFTER


def sweep(*, now: datetime) -> dict[str, int]:
    """End every follow-up that is over; what is not is looked at again."""
    counts = {"completed": 0, "failed": 0}
    due = Episode.objects.filter(completes_at__lte=now).order_by("completes_at")
    for pk in list(due.values_list("pk", flat=True)[:500]):
        try:
            with transaction.atomic():
                counts["completed"] += _complete(pk, now=now)
        except Exception as error:
            logger.error("episode %s: %s", pk, type(error).__name__)
            counts["failed"] += 1
    return counts


def _complete(pk: Any, *, now: datetime) -> int:
    episode = (
        Episode.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(pk=pk, completes_at__lte=now)
        .first()
    )
    if episode is None:
        return 0
    at = completes_at(_standing(episode, now=now), now=now)
    if at > now:
        episode.completes_at = at
        episode.save(update_fields=["completes_at"])
        return 0
    episodes.end(episode, why=WHY, now=now)
    return 1


def _standing(episode: Episode, *, now: datetime) -> Standing:
    check_ins = episode.check_ins
    expires = check_ins.aggregate(last=Max("expires_at"))["last"] or episode.began_at
    heard = TextRead.objects.filter(episode=episode).aggregate(last=Max("at"))["last"]
    return Standing(
        last=max(expires, heard or expires),
        open=check_ins.filter(state__in=CheckIn.OPEN).exists()
        or WorkItem.objects.filter(episode=episode, closed_at__isnull=True).exists()
        or Alert.objects.filter(episode=episode, page__closed_at__isnull=True).exists()
        # An end takes back what has not gone out, and staff may just have written.
        or Message.objects.filter(
            ref=episodes.ref(episode),
            state__in=(Message.State.CREATED, Message.State.SENDING),
            expires_at__gt=now,
        ).exists(),
        paused=episode.state == Episode.State.PAUSED,
    )
