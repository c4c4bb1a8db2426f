"""Calling those who stand on a rung, and telling the others: rows and texts, no decisions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from notifications import outbox
from notifications.models import Message, Page, PageEvent, Responder
from notifications.oncall import escalation, texts

# A page that waits for its turn at the provider for longer than its rung is replaced by the
# next rung's, so that after an outage each person gets one text and not one for each climb.
# Below this a text would be lost to an ordinary delay.
_SHORTEST_LIFE = timedelta(seconds=60)
_NEWS_LIFE = timedelta(minutes=30)


def ref(page: Page) -> str:
    """What a page's calls are cancelled by."""
    return f"page:{page.pk}"


def record(
    page: Page,
    kind: PageEvent.Kind,
    *,
    now: datetime,
    responder: Responder | None = None,
    message: Message | None = None,
    detail: str = "",
) -> None:
    """Write what happened to a page; never changed afterwards."""
    PageEvent.objects.create(
        page=page, at=now, kind=kind, responder=responder, message=message, detail=detail
    )


def call(
    page: Page, step: escalation.Step, *, now: datetime, remind: Responder | None = None
) -> None:
    """Page everybody of a step, and note the rungs that nobody stands on.

    `page` holds the step already (its rung and its number of climbs) and is locked. `remind`
    had taken the page and said nothing more: a reminder goes there, whatever the rung, unless
    that person has left meanwhile.
    """
    for rung in step.empty:
        record(page, PageEvent.Kind.EMPTY_RUNG, now=now, detail=f"rung {rung + 1}")
    life = max(step.due_at - now, _SHORTEST_LIFE)
    people = set(step.people) | ({remind.pk} if remind is not None else set())
    for responder in Responder.objects.filter(pk__in=people, active=True).order_by("pk"):
        write = texts.overdue if responder == remind else texts.page
        message = outbox.put(
            sender=page.team.sender,
            stream=Message.Stream.PAGE,
            to=responder.phone,
            body=write(
                level=page.level,
                reference=page.reference,
                code=page.code,
                climb=page.climbs,
                base_url=settings.PUBLIC_BASE_URL,
            ),
            key=f"{ref(page)}:{page.climbs}:{responder.pk}",
            ref=ref(page),
            now=now,
            expires_in=life,
        )
        record(
            page,
            PageEvent.Kind.PAGED,
            now=now,
            responder=responder,
            message=message,
            detail=f"rung {page.rung + 1}",
        )


def present(page: Page) -> QuerySet[PageEvent]:
    """The calls of the page's present rung, as PAGED events."""
    return PageEvent.objects.filter(
        page=page,
        kind=PageEvent.Kind.PAGED,
        message__key__startswith=f"{ref(page)}:{page.climbs}:",
    )


def withdraw(page: Page, *, now: datetime) -> None:
    """Take back the calls that have not gone out."""
    outbox.cancel(ref=ref(page), now=now)


def paged(page: Page) -> list[Responder]:
    """The active responders who were called for a page and whose call was not taken back."""
    called = PageEvent.objects.filter(page=page, kind=PageEvent.Kind.PAGED).exclude(
        message__state=Message.State.CANCELLED
    )
    return list(
        Responder.objects.filter(pk__in=called.values("responder"), active=True).order_by("pk")
    )


def tell(people: Iterable[Responder], body: str, *, page: Page, now: datetime) -> None:
    """Send everybody the same news of a page, once for each of its changes of hands."""
    turn = PageEvent.objects.filter(
        Q(kind=PageEvent.Kind.ACKNOWLEDGED) | Q(kind=PageEvent.Kind.CLOSED), page=page
    ).count()
    for responder in people:
        outbox.put(
            sender=page.team.sender,
            stream=Message.Stream.PAGE,
            to=responder.phone,
            body=body,
            key=f"{ref(page)}:news:{turn}:{responder.pk}",
            ref=f"{ref(page)}:news",
            now=now,
            expires_in=_NEWS_LIFE,
        )
