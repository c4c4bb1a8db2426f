"""Swaps of shifts: asked by one responder, accepted or declined by another."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from notifications import outbox
from notifications.models import Layer, Message, Override, Responder, Swap
from notifications.oncall import changes, directory, roll_call, rota, rota_texts, swapping
from notifications.oncall.swapping import NotPossible, Span

logger = logging.getLogger(__name__)

_NEWS_LIFE = timedelta(hours=12)


@transaction.atomic
def ask(
    layer: Layer,
    *,
    asker: Responder,
    asked: Responder,
    span: Span,
    back: Span | None = None,
    now: datetime,
) -> Swap:
    """Ask somebody to take one's shifts of a span, and maybe to give others in return.

    Nothing changes until they accept. NotPossible where the asker has no shift then, or the
    other could not take it.
    """
    for one in filter(None, (span, back)):
        changes.check_span(one.starts_at, one.ends_at, now=now)
        if one.starts_at < now:
            raise NotPossible("A shift that has begun can only be overridden.")
    if asker == asked:
        raise NotPossible("Choose somebody else.")
    if asker.team_id != layer.team_id or asked.team_id != layer.team_id or not asked.active:
        raise NotPossible("Choose somebody who is on the team.")
    roll_call.require([asked] if back is None else [asked, asker])
    _exchange(layer, asker, asked, span, back)
    swap = Swap.objects.create(
        layer=layer,
        asker=asker,
        asked=asked,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        back_starts_at=back.starts_at if back else None,
        back_ends_at=back.ends_at if back else None,
        asked_at=now,
        due_at=min(one.starts_at for one in (span, back) if one is not None),
    )
    body = rota_texts.swap_asked(
        name=asker.name,
        starts_at=span.starts_at,
        zone=ZoneInfo(layer.team.time_zone),
        base_url=settings.PUBLIC_BASE_URL,
    )
    _tell(swap, asked, body, now=now)
    return swap


@transaction.atomic
def accept(swap: Swap, responder: Responder, *, now: datetime) -> Swap:
    """Take the shifts. NotPossible where the swap is over, or is not theirs to accept.

    What the asker still has at this moment passes over, so that of two swaps of the same
    shift only the first comes about.
    """
    changes.lock(swap.layer)
    swap = _open(swap, responder, "asked", now=now)
    back = _back(swap)
    roll_call.require([swap.asked] if back is None else [swap.asked, swap.asker])
    span = Span(swap.starts_at, swap.ends_at)
    for one in _exchange(swap.layer, swap.asker, swap.asked, span, back):
        Override.objects.create(
            layer=swap.layer,
            responder_id=one.person,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            swap=swap,
            made_by=responder.user,
            made_at=now,
        )
    return _end(swap, Swap.State.ACCEPTED, tell=swap.asker, of=swap.asked, now=now)


@transaction.atomic
def decline(swap: Swap, responder: Responder, *, now: datetime) -> Swap:
    """Say no: everything stays as it is. NotPossible as for `accept`."""
    swap = _open(swap, responder, "asked", now=now)
    return _end(swap, Swap.State.DECLINED, tell=swap.asker, of=swap.asked, now=now)


@transaction.atomic
def withdraw(swap: Swap, responder: Responder, *, now: datetime) -> Swap:
    """Ask no longer. NotPossible where the swap is over, or was another's to ask."""
    swap = _open(swap, responder, "asker", now=now)
    return _end(swap, Swap.State.WITHDRAWN, tell=swap.asked, of=swap.asker, now=now)


def lapse_due(*, now: datetime) -> dict[str, int]:
    """End the swaps that nobody answered before the shift began, and tell who asked."""
    counts = {"lapsed": 0, "failed": 0}
    due = Swap.objects.filter(due_at__lte=now).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:200]):
        try:
            with transaction.atomic():
                rows = Swap.objects.select_for_update(skip_locked=True, of=("self",))
                swap = rows.filter(pk=pk, due_at__lte=now).first()
                if swap is not None:
                    _end(swap, Swap.State.LAPSED, tell=swap.asker, of=swap.asked, now=now)
                    counts["lapsed"] += 1
        # One swap on which the program fails must not keep the others waiting.
        except Exception as error:
            logger.error("swap %s: %s", pk, type(error).__name__)
            counts["failed"] += 1
    return counts


def _exchange(
    layer: Layer, asker: Responder, asked: Responder, span: Span, back: Span | None
) -> tuple[rota.Override, ...]:
    spans = [span] if back is None else [span, back]
    found = directory.roster(
        layer.team,
        start=min(one.starts_at for one in spans),
        end=max(one.ends_at for one in spans),
    )
    line = found.line(layer.pk)
    return swapping.exchange(line, asker=asker.pk, asked=asked.pk, span=span, back=back)


def _open(swap: Swap, responder: Responder, part: str, *, now: datetime) -> Swap:
    swap = (
        Swap.objects.select_for_update(of=("self",))
        .select_related("layer__team__sender", "asker", "asked")
        .get(pk=swap.pk)
    )
    if getattr(swap, part) != responder or not responder.active:
        raise NotPossible("That is for somebody else to say.")
    if swap.due_at is None or swap.due_at <= now:
        raise NotPossible("This swap is over (%(state)s).", state=swap.get_state_display())
    return swap


def _back(swap: Swap) -> Span | None:
    if swap.back_starts_at is None or swap.back_ends_at is None:
        return None
    return Span(swap.back_starts_at, swap.back_ends_at)


def _end(
    swap: Swap, state: Swap.State, *, tell: Responder, of: Responder, now: datetime
) -> Swap:
    swap.state, swap.due_at, swap.answered_at = state, None, now
    swap.save(update_fields=["state", "due_at", "answered_at"])
    body = rota_texts.swap_ended(
        name=of.name,
        state=state.value,
        starts_at=swap.starts_at,
        zone=ZoneInfo(swap.layer.team.time_zone),
    )
    _tell(swap, tell, body, now=now)
    return swap


def _tell(swap: Swap, person: Responder, body: str, *, now: datetime) -> None:
    outbox.put(
        sender=swap.layer.team.sender,
        stream=Message.Stream.TEXT,
        to=person.phone,
        body=body,
        key=f"swap:{swap.pk}:{swap.state}",
        ref=f"swap:{swap.pk}",
        now=now,
        expires_in=_NEWS_LIFE,
    )
