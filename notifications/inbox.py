"""Texts that come in: stored once, handled once, never lost.

Storing and handling are two transactions: what was stored is handled again by the sweep when
handling fails or the process dies.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from notifications.gateways.base import GatewayError, InboundText
from notifications.keywords import keyword
from notifications.models import Inbound, Sender
from notifications.oncall import replies
from notifications.optouts import opt_in, opt_out
from notifications.senders import gateway_for
from notifications.signals import text_received, text_set_aside

logger = logging.getLogger(__name__)

# How long to wait after the first failure, the second and each further one.
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=20), timedelta(minutes=1))
# After so many a human reads the text instead.
ATTEMPTS = 3
NO_SENDER = "no sender has this number"
_PROVIDERS = {"STOP": "stop", "START": "start", "HELP": "help"}
_OBEYED = (Inbound.Keyword.STOP, Inbound.Keyword.START)
# How far before the last text that came in others may have been lost.
LOST_WITHIN = timedelta(hours=1)


def store(text: InboundText, *, now: datetime) -> Inbound:
    """Keep a text; one that is there already is returned as it is."""
    inbound, _created = Inbound.objects.get_or_create(
        provider_sid=text.sid,
        defaults={
            "sender": _sender(text),
            "to_number": text.to[:32],
            "from_number": text.from_number[:32],
            "body": text.body,
            "media": [list(attachment) for attachment in text.media],
            # An account's own words for it are known to the provider alone.
            "keyword": _PROVIDERS.get(text.opt_out_type) or keyword(text.body),
            "received_at": now,
            "due_at": now,
        },
    )
    return inbound


def _sender(text: InboundText) -> Sender | None:
    sender = Sender.objects.filter(number=text.to).first()
    if sender is None and text.messaging_service_sid:
        sender = Sender.objects.filter(messaging_service_sid=text.messaging_service_sid).first()
    return sender


def fetch_lost(*, now: datetime) -> dict[str, int]:
    """Store the texts that the provider has and that no webhook brought.

    A provider that could not reach us for a while gives up: it must be asked. The sweep
    handles what is stored here.
    """
    counts = {"fetched": 0, "failed": 0}
    for sender in Sender.objects.filter(rehearsal=False).order_by("pk"):
        newest = Inbound.objects.filter(sender=sender).aggregate(at=Max("received_at"))["at"]
        since = min(newest or now, now) - LOST_WITHIN
        try:
            texts = gateway_for(sender).received(to=sender.number, since=since)
        except GatewayError as error:
            logger.warning("texts of sender %s: %s", sender.pk, type(error).__name__)
            counts["failed"] += 1
            continue
        sids = [text.sid for text in texts]
        known = set(
            Inbound.objects.filter(provider_sid__in=sids).values_list("provider_sid", flat=True)
        )
        for text in reversed(texts):
            if text.sid not in known:
                store(text, now=now)
                counts["fetched"] += 1
    return counts


def handle(inbound_id: Any, *, now: datetime, wait: bool = True) -> bool:
    """Do everything that a text must cause, in one transaction. False: it was done before.

    Without `wait` also False where another process is at it. An error is raised again once the
    next attempt is planned; the text stays unhandled. The third failure sets it aside for a
    human, and so does a number that is no sender's.
    """
    try:
        with transaction.atomic():
            inbound = (
                Inbound.objects.select_for_update(of=("self",), skip_locked=not wait)
                .select_related("sender")
                .filter(pk=inbound_id, handled_at__isnull=True)
                .first()
            )
            if inbound is None:
                return False
            _act(inbound, now=now)
            inbound.handled_at = now
            inbound.save(update_fields=["handled_at", "problem"])
    except Exception as error:
        # The class alone: a message may quote the text.
        logger.error("inbound %s: %s", inbound_id, type(error).__name__)
        _failed(inbound_id, problem=type(error).__name__, now=now)
        raise
    return True


def _act(inbound: Inbound, *, now: datetime) -> None:
    if inbound.sender is None:
        inbound.problem = NO_SENDER
        text_set_aside.send(sender=Inbound, inbound=inbound, now=now)
        return
    _obey(inbound, now=now)
    if not replies.take(inbound, now=now):
        text_received.send(sender=Inbound, inbound=inbound, now=now)


def _obey(inbound: Inbound, *, now: datetime) -> None:
    """Do as STOP and START say, unless a later text has said otherwise meanwhile."""
    if inbound.sender is None or inbound.keyword not in _OBEYED:
        return
    later = Inbound.objects.filter(
        Q(handled_at__isnull=False) | Q(attempts_made__gt=0),
        sender=inbound.sender,
        from_number=inbound.from_number,
        keyword__in=_OBEYED,
        received_at__gt=inbound.received_at,
    )
    if later.exists():
        return
    if inbound.keyword == Inbound.Keyword.STOP:
        opt_out(inbound.sender, inbound.from_number, source="keyword", now=now)
    else:
        opt_in(inbound.sender, inbound.from_number, now=now)


@transaction.atomic
def _failed(inbound_id: Any, *, problem: str, now: datetime) -> None:
    """Plan the next attempt, or set the text aside. STOP and START are obeyed all the same."""
    inbound = (
        Inbound.objects.select_for_update(of=("self",))
        .select_related("sender")
        .get(pk=inbound_id)
    )
    if inbound.handled_at is not None:
        return
    _obey(inbound, now=now)
    inbound.attempts_made += 1
    inbound.problem = problem[:200]
    inbound.due_at = now + BACK_OFF[min(inbound.attempts_made, len(BACK_OFF)) - 1]
    if inbound.attempts_made >= ATTEMPTS and _set_aside(inbound, now=now):
        inbound.handled_at = now
    inbound.save()


def _set_aside(inbound: Inbound, *, now: datetime) -> bool:
    """Hand the text to a human. False: that fails too, and the text stays to be handled."""
    try:
        with transaction.atomic():
            text_set_aside.send(sender=Inbound, inbound=inbound, now=now)
    # The class alone: a message may quote the text.
    except Exception as error:
        logger.error("inbound %s can't be set aside: %s", inbound.pk, type(error).__name__)
        return False
    return True


def sweep(*, now: datetime, limit: int = 50) -> dict[str, int]:
    """Handle what was stored and not handled. Any number may run at once."""
    counts = {"handled": 0, "failed": 0}
    waiting = Inbound.objects.filter(handled_at__isnull=True, due_at__lte=now)
    for pk in list(waiting.order_by("due_at").values_list("pk", flat=True)[:limit]):
        try:
            counts["handled"] += handle(pk, now=now, wait=False)
        # It is logged, counted and planned again already.
        except Exception:
            counts["failed"] += 1
    return counts
