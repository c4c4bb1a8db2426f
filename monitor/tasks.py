"""Read the clock, call a verb."""

import json

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from monitor import branches, checkins, completion, heartbeat, vitals, watchdog, worklist
from notifications import inbox, ticks
from notifications.oncall import proof


@shared_task
def sweep_inbound() -> dict[str, int]:
    """Handle the texts that came in and were not handled when they came."""
    return inbox.sweep(now=timezone.now())


@shared_task
def sweep_follow_up() -> dict[str, int]:
    """Take every step of every follow-up that is due."""
    now = timezone.now()
    ticks.note(ticks.CHORES, now=now)
    return {
        **branches.sweep(now=now),
        **checkins.sweep(now=now),
        **worklist.sweep(now=now),
        **completion.sweep(now=now),
    }


@shared_task
def watch() -> dict[str, int]:
    """Look for what is stuck and do it, and judge how the system is."""
    now = timezone.now()
    found = watchdog.look(now=now)
    done = watchdog.act(found, now=now)
    if not found.nothing:
        ticks.note(ticks.FOUND, now=now)
    ticks.note(ticks.WATCHDOG, now=now)
    vital = heartbeat.measure(now=now)
    heartbeat.keep(vitals.judge(vital, heartbeat.limits()), now=now)
    return done


@shared_task
def send_heartbeat() -> bool:
    """Tell the outside that all is well, where it is and somebody listens."""
    if not settings.HEARTBEAT_URL:
        return False
    now = timezone.now()
    if vitals.judge(heartbeat.measure(now=now), heartbeat.limits()):
        return False
    # Where the chains of pages end is kept by whoever keeps this.
    sent = heartbeat.send(json.dumps({"well": True, "heads": proof.heads()}))
    if sent:
        ticks.note(ticks.HEARTBEAT, now=now)
    return sent
