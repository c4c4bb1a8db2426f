"""Read the clock, call a verb."""

from celery import shared_task
from django.utils import timezone

from monitor import branches, checkins, worklist
from notifications import inbox


@shared_task
def sweep_inbound() -> dict[str, int]:
    """Handle the texts that came in and were not handled when they came."""
    return inbox.sweep(now=timezone.now())


@shared_task
def sweep_follow_up() -> dict[str, int]:
    """Take every step of every follow-up that is due."""
    now = timezone.now()
    return {**branches.sweep(now=now), **checkins.sweep(now=now), **worklist.sweep(now=now)}
