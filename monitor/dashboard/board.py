"""What waits for somebody: the pages and the work behind the worklist's rows."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from monitor import access
from monitor.heartbeat import STUCK
from monitor.models import Alert, Episode, WorkItem
from notifications.models import Page
from patients.access import STAFF, clinics
from patients.models import Clinic

# More rows than anybody reads; the rest is counted.
SHOWN = 200
_RANK = {Page.Level.EMERGENCY: 0, Page.Level.URGENT: 1}


@dataclass(frozen=True)
class PageRow:
    """A page and whatever of the user's clinics it is about."""

    page: Page
    clinic: Clinic
    episode: Episode | None
    why: str
    rota: bool = False


@dataclass(frozen=True)
class Board:
    """All that the worklist shows. `held` rows are shown though they are done."""

    pages: list[PageRow]
    items: list[WorkItem]
    kinds: list[tuple[str, str, int]]
    more: int
    stuck: int
    changeable: frozenset[Any]
    now: datetime

    @property
    def empty(self) -> bool:
        return not self.pages and not self.items


def read(
    user: Any, *, kind: str = "", mine: bool = False, held: Collection[str] = (), now: datetime
) -> Board:
    """The board of a user: what waits at their clinics, the most pressing first.

    `kind` (WorkItem.Kind) and `mine` narrow the work, never the pages. `held` are the ids
    ("page-K7QD", "item-<uuid>") of rows that somebody is reading and that must stay.
    """
    waiting = access.work(user).filter(closed_at__isnull=True, page__isnull=True)
    wanted = waiting.filter(kind=kind) if kind in WorkItem.Kind.values else waiting
    if mine:
        wanted = wanted.filter(owner=user)
    items = (
        access.work(user)
        .filter(Q(pk__in=wanted.values("pk")) | Q(pk__in=_held_items(held)))
        .select_related(
            "clinic", "episode__patient", "check_in", "inbound", "owner", "closed_by"
        )
        .order_by("-level", "-score", "deadline")
    )
    found = list(items[: SHOWN + 1])
    counted = wanted.count() if len(found) > SHOWN else 0
    return Board(
        pages=page_rows(user, held=held),
        items=found[:SHOWN],
        kinds=[
            (value, str(WorkItem.Kind(value).label), count)
            for value, count in waiting.values_list("kind")
            .annotate(count=Count("pk"))
            .order_by("kind")
        ],
        more=max(0, counted - SHOWN),
        stuck=access.check_ins(user).filter(due_at__lt=now - STUCK).count(),
        changeable=frozenset(clinics(user, roles=STAFF).values_list("pk", flat=True)),
        now=now,
    )


def _held_items(held: Collection[str]) -> list[uuid.UUID]:
    ids = []
    for name in held:
        kind, _, key = name.partition("-")
        if kind == "item":
            try:
                ids.append(uuid.UUID(key))
            except ValueError:
                continue
    return ids


def page_rows(user: Any, *, held: Collection[str] = ()) -> list[PageRow]:
    """The pages that are not closed, emergencies first, each with what it is about."""
    references = [name.partition("-")[2] for name in held if name.startswith("page-")]
    pages = list(
        access.pages(user)
        .filter(~Q(state=Page.State.CLOSED) | Q(reference__in=references))
        .select_related("acknowledged_by", "closed_by")
        .order_by("opened_at")
    )
    about = subjects(user, pages)
    rows = [about[page.pk] for page in pages if page.pk in about]
    # What nobody has is more pressing than what somebody has.
    return sorted(
        rows,
        key=lambda row: (_RANK[Page.Level(row.page.level)], row.page.state != Page.State.OPEN),
    )


def subjects(user: Any, pages: Collection[Page]) -> dict[Any, PageRow]:
    """What each page is about, where that is of the user's clinics, by the page's key."""
    rows: dict[Any, PageRow] = {}
    for item in (
        access.work(user)
        .filter(page__in=pages)
        .select_related("page", "clinic", "episode__patient")
    ):
        if item.page is not None:
            why = f"{item.get_kind_display()}: {item.why}"
            rota = item.kind == WorkItem.Kind.ROTA
            rows[item.page_id] = PageRow(item.page, item.clinic, item.episode, why, rota)
    for alert in (
        access.alerts(user)
        .filter(page__in=pages)
        .select_related("page", "assessment", "episode__clinic", "episode__patient")
    ):
        rows[alert.page_id] = PageRow(
            alert.page, alert.episode.clinic, alert.episode, _why(alert)
        )
    by_key = {page.pk: page for page in pages}
    return {key: replace(row, page=by_key[key]) for key, row in rows.items()}


def _why(alert: Alert) -> str:
    if alert.assessment is None or not alert.assessment.reasons:
        return ", ".join(code.replace("_", " ") for code in alert.codes)
    return str(alert.assessment.reasons[0]["why"])
