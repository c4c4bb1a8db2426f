"""Looks for what should have happened and did not, and makes it happen.

Independent of the sweeps: it asks for what must be true of the rows rather than for what is
due, runs on another queue than the pages', and the web server looks too (/health). What it
does, it does itself by the same verbs, so that a page climbs and goes out though the worker of
pages is dead. It is watched in turn: without its tick the heartbeat stops.

A page, its calls and its alert are committed together, so that nobody ever sees one half
built; GRACE is for the sweeps, which come every few seconds.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from monitor import worklist
from monitor.levels import Level
from monitor.models import Alert, Assessment, ClinicLine, Correction, Episode, WorkItem
from notifications import inbox, outbox
from notifications.models import Inbound, Incident, Message, Page, Team
from notifications.oncall import incidents, paging

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
# A red flag that nobody was paged for is looked for so far back.
LOOK_BACK = timedelta(days=7)
# Enough to keep the pages going until a worker is back; the rest is for the next round.
AT_ONCE = 20
NOT_PAGED = "A red flag was found and nobody was called for it. Phone now."


@dataclass(frozen=True, slots=True)
class Found:
    """What is stuck, by kind, as keys of rows."""

    pages: tuple[UUID, ...] = ()
    calls: tuple[UUID, ...] = ()
    flags: tuple[int, ...] = ()
    texts: tuple[UUID, ...] = ()
    work: tuple[UUID, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {
            "pages that should have climbed": len(self.pages),
            "calls that should have gone out": len(self.calls),
            "red flags that nobody was called for": len(self.flags),
            "texts that were never read": len(self.texts),
            "work past its deadline": len(self.work),
        }

    @property
    def nothing(self) -> bool:
        return not any(self.counts.values())


def look(*, now: datetime) -> Found:
    """What is stuck now. A fixed number of queries, each answered by a partial index."""
    late = now - GRACE
    calls = Message.objects.filter(
        Q(state=Message.State.CREATED, due_at__lt=late)
        | Q(state=Message.State.SENDING, lease_until__lt=late),
        stream=Message.Stream.PAGE,
    )
    texts = Inbound.objects.filter(handled_at__isnull=True, received_at__lt=late)
    work = WorkItem.objects.filter(
        closed_at__isnull=True, page=None, due_at=None, deadline__lt=late
    )
    return Found(
        pages=_pages(now=now),
        calls=_keys(calls.order_by("due_at")),
        flags=_keys(_flags(now=now).order_by("at")),
        texts=_keys(texts.order_by("due_at")),
        work=_keys(work.order_by("deadline")),
    )


def _keys(rows: Any) -> tuple[Any, ...]:
    return tuple(rows.values_list("pk", flat=True)[:AT_ONCE])


def _pages(*, now: datetime) -> tuple[UUID, ...]:
    """Unclosed pages whose next step is long past, is not planned, or lies too far ahead."""
    unclosed = Page.objects.exclude(state=Page.State.CLOSED).order_by("opened_at")
    return tuple(
        page.pk
        for page in unclosed.select_related("team__sender")
        if paging.is_stuck(page, grace=GRACE, now=now)
    )


def _flags(*, now: datetime) -> Any:
    """Assessments that page, and no page of the follow-up that was open or came then.

    A human who corrects a reading has the page before them; what is no news there is not
    paged for again.
    """
    paged = Alert.objects.filter(
        Q(page__closed_at=None) | Q(page__closed_at__gte=OuterRef("at")),
        episode=OuterRef("episode"),
        opened_at__lte=OuterRef("at"),
    )
    made_up_for = WorkItem.objects.filter(
        episode=OuterRef("episode"), page__opened_at__gte=OuterRef("at")
    )
    corrected = Correction.objects.filter(assessment=OuterRef("pk"))
    return Assessment.objects.filter(
        ~Exists(paged),
        ~Exists(made_up_for),
        ~Exists(corrected),
        level__gte=Level.URGENT,
        at__gt=now - LOOK_BACK,
        at__lt=now - GRACE,
    )


def act(found: Found, *, now: datetime) -> dict[str, int]:
    """Tell staff of what is stuck, and do it; one that fails keeps no other waiting."""
    done = failed = 0
    works: tuple[tuple[tuple[Any, ...], Callable[..., None]], ...] = (
        (found.pages, _climb),
        (found.flags, _page_for),
        (found.work, _plan),
        (found.texts, _read),
        (found.calls, _send),
    )
    for keys, work in works:
        for key in keys:
            try:
                work(key, now=now)
                done += 1
            # The class alone: a message may quote a row.
            except Exception as error:
                logger.error("%s %s: %s", work.__name__, key, type(error).__name__)
                failed += 1
    return {"done": done, "failed": failed}


def _climb(key: UUID, *, now: datetime) -> None:
    page = Page.objects.select_related("team").get(pk=key)
    _tell(page.team, "a page that should have climbed", page=page, now=now)
    paging.rearm(page, grace=GRACE, now=now)
    paging.climb_due(key, now=now)


def _page_for(key: int, *, now: datetime) -> None:
    """Page for a red flag, as work that was past its deadline from the beginning."""
    with transaction.atomic():
        stored = Assessment.objects.select_related("episode__clinic").get(pk=key)
        episode = Episode.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=stored.episode_id
        )
        if not _flags(now=now).filter(pk=key).exists():
            return
        level = Level(stored.level)
        item = worklist.add(
            WorkItem.Kind.CALL,
            clinic=episode.clinic,
            episode=episode,
            why=NOT_PAGED,
            level=level,
            now=now,
        )
        page = worklist.page_for(item, level=level, now=now)
        _tell(page.team, "a red flag that nobody was called for", page=page, now=now)


def _plan(key: UUID, *, now: datetime) -> None:
    """Make work due that had lost its deadline: the sweep pages for it."""
    items = WorkItem.objects.filter(pk=key, closed_at=None, page=None, due_at=None)
    if items.update(due_at=now):
        clinic = WorkItem.objects.get(pk=key).clinic_id
        team = ClinicLine.objects.select_related("team").get(clinic=clinic).team
        _tell(team, "work past its deadline", now=now)


def _read(key: UUID, *, now: datetime) -> None:
    text = Inbound.objects.get(pk=key)
    for team in Team.objects.filter(sender=text.sender_id, sender__isnull=False):
        _tell(team, "a text that was never read", now=now)
    inbox.handle(key, now=now, wait=False)


def _send(key: UUID, *, now: datetime) -> None:
    """Send a call that nobody sent; one whose sending was cut off is cleared up."""
    message = Message.objects.select_related("sender").get(pk=key)
    for team in Team.objects.filter(sender=message.sender_id)[:1]:
        _tell(team, "a call that should have gone out", now=now)
    if message.state == Message.State.CREATED:
        outbox.deliver(key, now=now)
    else:
        outbox.sweep(Message.Stream.PAGE, now=now, limit=1)


def _tell(team: Team, what: str, *, now: datetime, page: Page | None = None) -> None:
    with transaction.atomic():
        incidents.note(Incident.Kind.STUCK, team=team, detail=what, page=page, now=now)
