"""What became of a page's calls: noted in its timeline, and whatever fails is followed by the
next way to the same person, and by the next rung where no way is left.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from notifications import signals
from notifications.models import Channel, Incident, Message, Page, PageEvent, Responder
from notifications.oncall import (
    calls,
    directory,
    escalation,
    incidents,
    paging,
    readiness_watch,
)

_KINDS = {
    Message.State.ACCEPTED: PageEvent.Kind.ACCEPTED,
    Message.State.RELAYED: PageEvent.Kind.ACCEPTED,
    Message.State.DELIVERED: PageEvent.Kind.DELIVERED,
    Message.State.UNDELIVERED: PageEvent.Kind.LOST,
    Message.State.FAILED: PageEvent.Kind.LOST,
}
OPTED_OUT = "opted out of texts"
# Who is not reached by these calls any more.
_GONE = (PageEvent.Kind.LOST, PageEvent.Kind.PASSED_ON)


@receiver(signals.message_settled, dispatch_uid="notifications.oncall.delivery")
def note(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """Note an accepted, delivered or lost call, once; see `lose` for the lost ones.

    Runs inside the transaction that settles the message. What is no call of a page (texts to
    patients, news of a page, replies) is left alone, but for a system that was not told.
    """
    kind = _KINDS.get(Message.State(message.state))
    if kind is None or message.stream == Message.Stream.TEXT:
        return
    call = _call_of(message)
    if call is None:
        if kind is PageEvent.Kind.LOST and ":relay:" in message.ref:
            _not_told(message, now=now)
    elif kind is PageEvent.Kind.LOST:
        lose(call, detail=message.problem, now=now)
    elif not PageEvent.objects.filter(message=message, kind=kind).exists():
        calls.record(call.page, kind, now=now, responder=call.responder, message=message)


@receiver(signals.message_reported, dispatch_uid="notifications.oncall.delivery.reported")
def reported(sender: Any, *, message: Message, said: str, now: datetime, **_: Any) -> None:
    """Keep what the network says of a call and what changes nothing: late, or between."""
    about = PageEvent.objects.filter(message=message).select_related("page").first()
    if about is not None:
        calls.record(
            about.page,
            PageEvent.Kind.REPORTED,
            now=now,
            responder=about.responder,
            message=message,
            detail=said,
        )


@receiver(signals.message_delayed, dispatch_uid="notifications.oncall.delivery.delayed")
def delayed(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """A call could not be made and is tried again: its person's next way does not wait."""
    call = _call_of(message)
    if call is None or call.responder is None:
        return
    page = paging.lock(call.page)
    calls.record(
        page, PageEvent.Kind.DELAYED, now=now, responder=call.responder, message=message
    )
    if page.state != Page.State.OPEN:
        return
    _way_failed(page, call, message, incidents.LATE, now=now)
    calls.hurry(page, call.responder, now=now)


def _way_failed(
    page: Page, call: PageEvent, message: Message, detail: str, *, now: datetime
) -> None:
    incidents.note(
        Incident.Kind.CHANNEL,
        team=page.team,
        responder=call.responder,
        detail=f"{message.channel}: {detail}",
        page=page,
        message=message,
        now=now,
    )


def _call_of(message: Message) -> PageEvent | None:
    return PageEvent.objects.filter(message=message, kind__in=calls.CALLS).first()


def _not_told(message: Message, *, now: datetime) -> None:
    incidents.note(
        Incident.Kind.RELAY,
        team=Page.every.get(pk=message.ref.split(":")[1]).team,
        detail=f"{message.contact}: {message.problem}",
        message=message,
        now=now,
    )


def stopped(responder: Responder, *, address: str, now: datetime) -> None:
    """A responder's phone takes no more texts: the open pages' texts to it are lost.

    The leads are told, and the rota is looked through for whoever is not ready by it.
    """
    incidents.note(
        Incident.Kind.STOPPED,
        team=responder.team,
        responder=responder,
        detail=OPTED_OUT,
        now=now,
        tell=True,
    )
    readiness_watch.look_soon(responder.team_id, now=now)
    pages = Page.every.filter(team=responder.team_id, state=Page.State.OPEN).order_by("pk")
    for page in pages:
        texts = calls.present(page).filter(
            responder=responder, message__channel=Channel.SMS, message__to=address
        )
        for call in texts:
            lose(call, detail="opted out", now=now)


def started(responder: Responder, *, now: datetime) -> None:
    """A responder's phone takes texts again."""
    for incident in Incident.objects.filter(
        kind=Incident.Kind.STOPPED, responder=responder, closed_at__isnull=True
    ):
        incidents.close(incident, by="START", now=now)
    readiness_watch.look_soon(responder.team_id, now=now)


@receiver(signals.message_settled, dispatch_uid="notifications.oncall.delivery.refused")
def refused(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """The network, or we, refuse a text to a responder's phone after a STOP (21610)."""
    opted_out = message.channel == Channel.SMS and message.problem == "opted_out"
    if message.state not in Message.LOST or not opted_out:
        return
    for responder in directory.at_number(message.to, sender=message.sender_id).values():
        incidents.note(
            Incident.Kind.STOPPED,
            team=responder.team,
            responder=responder,
            detail=OPTED_OUT,
            message=message,
            now=now,
            tell=True,
        )
        readiness_watch.look_soon(responder.team_id, now=now)


def lose(call: PageEvent, *, detail: str, now: datetime) -> None:
    """Note a lost call, once: the person's next way is due, or the next rung if none is left.

    The next rung is due now; the last one, shortly (escalation.after_lost). Calls of
    earlier rungs, and of a page that somebody has, change nothing but the timeline; that
    nobody picks up for such a page is no fault, and no incident.
    """
    with transaction.atomic():
        # The message first and the page second, in the order of whoever settles a message.
        message = Message.objects.select_for_update(of=("self",)).get(pageevent=call)
        page = paging.lock(call.page)
        if PageEvent.objects.filter(
            page=page, kind=PageEvent.Kind.LOST, message=message
        ).exists():
            return
        calls.record(
            page,
            PageEvent.Kind.LOST,
            now=now,
            responder=call.responder,
            message=message,
            detail=detail,
        )
        if page.state == Page.State.OPEN or detail not in incidents.NOT_PICKED_UP:
            _way_failed(page, call, message, detail, now=now)
        if page.state != Page.State.OPEN:
            return
        if call.responder is not None:
            calls.hurry(page, call.responder, now=now)
        if calls.present(page).filter(pk=call.pk).exists():
            next_rung_if_all_are_gone(page, now=now)


def next_rung_if_all_are_gone(page: Page, *, now: datetime) -> None:
    """Make the next rung due where nobody is left to be reached on the present one.

    `page` is open and locked.
    """
    gone = PageEvent.objects.filter(page=page, kind__in=_GONE, message__isnull=False)
    if calls.present(page).exclude(message__in=gone.values("message")).exists():
        return
    page.due_at = escalation.after_lost(paging.standing(page), paging.policy_of(page), now=now)
    page.save(update_fields=["due_at"])
