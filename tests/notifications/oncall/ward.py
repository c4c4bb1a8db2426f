"""What the tests of paging do with a team: find its people, read their texts, pass time."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from notifications import settling
from notifications.gateways.base import StatusUpdate
from notifications.models import Inbound, Message, Page, PageEvent, Responder, Team
from notifications.oncall import paging, replies
from tests.world import NOW


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def person(team: Team, name: str) -> Responder:
    return Responder.objects.get(team=team, name=f"Dr. {name}")


def open_page(team: Team, *, level: str = "emergency", now: datetime = NOW) -> Page:
    with transaction.atomic():
        return paging.open_page(team, level=level, now=now)


def texts_to(responder: Responder) -> list[str]:
    """The bodies of all texts to somebody that were not taken back, oldest first."""
    sent = Message.objects.filter(to=responder.phone).exclude(state=Message.State.CANCELLED)
    return list(sent.order_by("created_at", "key").values_list("body", flat=True))


def called(page: Page) -> list[tuple[int, str]]:
    """(rung from 1, name) of every call of a page, in order."""
    events = page.pageevent_set.filter(kind=PageEvent.Kind.PAGED).select_related("responder")
    return [
        (int(event.detail.removeprefix("rung ")), event.responder.name)
        for event in events
        if event.responder is not None
    ]


def kinds(page: Page) -> list[str]:
    return list(page.pageevent_set.values_list("kind", flat=True))


def went_out(page: Page) -> None:
    """The provider took every call of the page that was waiting."""
    Message.objects.filter(ref=f"page:{page.pk}", state=Message.State.CREATED).update(
        state=Message.State.SENDING, lease_until=NOW
    )


def calls_to(page: Page, responder: Responder) -> list[Message]:
    found = Message.objects.filter(ref=f"page:{page.pk}", to=responder.phone)
    return list(found.order_by("created_at"))


def settle(message: Message, state: Message.State, *, now: datetime) -> None:
    """The network reports on a call."""
    message.refresh_from_db()
    status = "sent" if state == Message.State.ACCEPTED else state.value
    code = 30003 if state in Message.LOST else None
    sid = message.provider_sid or f"SM{uuid4().hex}"
    settling.settle(StatusUpdate(sid, status, code, str(message.pk)), now=now)


def text(responder: Responder, body: str, *, now: datetime, keyword: str = "") -> Inbound:
    return Inbound.objects.create(
        sender=responder.team.sender,
        provider_sid=f"SM{uuid4().hex}",
        from_number=responder.phone,
        body=body,
        keyword=keyword,
        received_at=now,
        due_at=now,
    )


def reply(responder: Responder, body: str, *, now: datetime, keyword: str = "") -> bool:
    with transaction.atomic():
        return replies.take(text(responder, body, now=now, keyword=keyword), now=now)
