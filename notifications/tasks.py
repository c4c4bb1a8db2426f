"""Read the clock, call a verb."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import connection
from django.utils import timezone

from notifications import inbox, outbox, ticks
from notifications.models import Message
from notifications.oncall import (
    calendar_import,
    drills,
    paging,
    readiness_watch,
    swaps,
    watch,
    weekly_tests,
)

# A key of PostgreSQL's advisory locks.
RELAYS = 7_141_001
# A sweep ends after so many rounds; the next one goes on.
AT_ONCE = 50


@shared_task
def send_page_text(message_id: str) -> bool:
    """Send one text of a page."""
    return outbox.deliver(message_id, now=timezone.now())


@shared_task
def send_text(message_id: str) -> bool:
    """Send one text to a patient."""
    return outbox.deliver(message_id, now=timezone.now())


@shared_task
def sweep_pages() -> int:
    """Climb the pages that are due, and send their texts, even if climbing fails."""
    ticks.note(ticks.PAGES, now=timezone.now())
    climbed: dict[str, int] = {}
    try:
        climbed = paging.sweep(now=timezone.now())
    finally:
        sent = _send_due(Message.Stream.PAGE)
    return sum(climbed.values()) + sent


@shared_task
def sweep_relays() -> int:
    """Tell e-mail and other systems of the pages that they have not heard of.

    One at a time in the whole installation, and for a few seconds: were there more, a server
    that hangs would take one thread after the other from the pages' texts.
    """
    with alone(RELAYS) as mine:
        if not mine:
            return 0
        return sum(outbox.sweep(Message.Stream.RELAY, now=timezone.now()).values())


@shared_task
def sweep_texts() -> int:
    """Send the texts to patients that are due; returns how much that was."""
    ticks.note(ticks.MESSAGES, now=timezone.now())
    return _send_due(Message.Stream.TEXT)


@shared_task
def fetch_lost_texts() -> dict[str, int]:
    """Ask the provider for texts that no webhook brought."""
    return inbox.fetch_lost(now=timezone.now())


@shared_task
def sweep_rota() -> dict[str, int]:
    """Look through the rotas, give the alarms that are due, end swaps that came to nothing."""
    now = timezone.now()
    alarms, lapsed = watch.sweep(now=now), swaps.lapse_due(now=now)
    return {**alarms, **lapsed, "failed": alarms["failed"] + lapsed["failed"]}


@shared_task
def sweep_readiness() -> dict[str, int]:
    """Tell of who is not ready, send the weekly tests that are due, begin due drills."""
    now = timezone.now()
    done = [
        sweep(now=now) for sweep in (readiness_watch.sweep, weekly_tests.sweep, drills.sweep)
    ]
    failed = sum(counts["failed"] for counts in done)
    return {**done[0], **done[1], **done[2], "failed": failed}


@shared_task
def fetch_calendars() -> dict[str, int]:
    """Fetch the calendars that layers are imported from."""
    return calendar_import.sweep(now=timezone.now())


@contextmanager
def alone(key: int) -> Iterator[bool]:
    """Whether nobody else holds the key; it is let go at the end, or as the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _send_due(stream: Message.Stream) -> int:
    """Sweep one at a time: a lease counts from the moment at which its text is taken."""
    total = 0
    for _ in range(AT_ONCE):
        done = sum(outbox.sweep(stream, now=timezone.now(), limit=1).values())
        if not done:
            break
        total += done
    return total
