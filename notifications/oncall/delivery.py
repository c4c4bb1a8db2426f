"""What became of a page's texts: noted in its timeline, and a rung that is lost climbs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from notifications import signals
from notifications.models import Message, Page, PageEvent, Responder
from notifications.oncall import calls, escalation, paging

_KINDS = {
    Message.State.ACCEPTED: PageEvent.Kind.ACCEPTED,
    Message.State.DELIVERED: PageEvent.Kind.DELIVERED,
    Message.State.UNDELIVERED: PageEvent.Kind.LOST,
    Message.State.FAILED: PageEvent.Kind.LOST,
}


@receiver(signals.message_settled, dispatch_uid="notifications.oncall.delivery")
def note(sender: Any, *, message: Message, now: datetime, **_: Any) -> None:
    """Note an accepted, delivered or lost call, once; see `lose` for the lost ones.

    Runs inside the transaction that settles the message. Texts that are no call of a page
    (other streams, news of a page, replies) are left alone.
    """
    kind = _KINDS.get(Message.State(message.state))
    if kind is None or message.stream != Message.Stream.PAGE:
        return
    call = PageEvent.objects.filter(message=message, kind=PageEvent.Kind.PAGED).first()
    if call is None:
        return
    if kind is PageEvent.Kind.LOST:
        lose(call, detail=message.problem, now=now)
    elif not PageEvent.objects.filter(message=message, kind=kind).exists():
        calls.record(call.page, kind, now=now, responder=call.responder, message=message)


def stopped(responder: Responder, *, now: datetime) -> None:
    """A responder's phone takes no more texts: the present rungs' calls to it are lost."""
    pages = Page.objects.filter(team=responder.team_id, state=Page.State.OPEN).order_by("pk")
    for page in pages:
        for call in calls.present(page).filter(responder=responder):
            lose(call, detail="opted out", now=now)


def lose(call: PageEvent, *, detail: str, now: datetime) -> None:
    """Note a lost call, once; when all calls of the present rung are lost, the next is due.

    The next rung is due now; the last one, shortly (escalation.after_lost). Calls of
    earlier rungs, and of a page that somebody has, change nothing but the timeline.
    """
    with transaction.atomic():
        # The text first and the page second, in the order of whoever settles a text.
        Message.objects.select_for_update(of=("self",)).get(pageevent=call)
        page = paging.lock(call.page)
        lost = PageEvent.objects.filter(page=page, kind=PageEvent.Kind.LOST)
        if lost.filter(message=call.message).exists():
            return
        calls.record(
            page,
            PageEvent.Kind.LOST,
            now=now,
            responder=call.responder,
            message=call.message,
            detail=detail,
        )
        present = calls.present(page)
        left = present.exclude(message__in=lost.values("message"))
        if page.state != Page.State.OPEN or call not in present or left.exists():
            return
        page.due_at = escalation.after_lost(
            paging.standing(page), paging.policy_of(page), now=now
        )
        page.save(update_fields=["due_at"])
