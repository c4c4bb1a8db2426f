"""What waits for somebody: the pages and the work behind the worklist's rows."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitor import access
from monitor.dashboard import phrases
from monitor.dashboard.roles import MAY
from monitor.heartbeat import STUCK
from monitor.models import Alert, Episode, Note, WorkItem
from notifications.models import Inbound, Incident, Page
from patients.access import clinics
from patients.models import Clinic

# More rows than anybody reads; the rest is counted.
SHOWN = 200
_ORDER = ("-level", "-score", "deadline", "pk")
_RANK = {Page.Level.EMERGENCY: 0, Page.Level.URGENT: 1}


@dataclass(frozen=True)
class PageRow:
    """A page and whatever of the user's clinics it is about."""

    page: Page
    clinic: Clinic
    episode: Episode | None
    why: str
    rota: bool = False
    # The text that work was about; an alert shows the one that it was raised by.
    inbound: Inbound | None = None


Kind = WorkItem.Kind
# What people look for together, in the order of the strip above the list.
GROUPS: Mapping[str, tuple[Any, frozenset[str]]] = {
    "read": (
        _("To read"),
        frozenset({Kind.READ, Kind.UNANSWERED, Kind.SET_ASIDE, Kind.UNKNOWN_NUMBER}),
    ),
    "missed": (_("Missed"), frozenset({Kind.MISSED})),
    "silent": (_("Silent"), frozenset({Kind.SILENT})),
    "lost": (
        _("Unreachable"),
        frozenset({Kind.UNDELIVERED, Kind.OPTED_OUT, Kind.WRONG_PERSON}),
    ),
    "call": (_("Calls"), frozenset({Kind.CALL, Kind.HELP})),
    "question": (_("Questions"), frozenset({Kind.QUESTION})),
    "rota": (_("Rota"), frozenset({Kind.ROTA})),
}
WHO = ("", "mine", "free")


@dataclass(frozen=True)
class Filter:
    """What of the work is shown; pages are always shown.

    `show` is a key of GROUPS, `who` "mine" or "free" (the desk's), `clinic` a slug; "" is all.
    """

    show: str = ""
    who: str = ""
    clinic: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filter":
        """From an address; whatever is not known counts as not said."""
        show, who = query.get("show", ""), query.get("who", "")
        return cls(
            show=show if show in GROUPS else "",
            who=who if who in WHO else "",
            clinic=query.get("clinic", ""),
        )

    @property
    def query(self) -> str:
        """As in an address, without what is not said: "show=read&who=mine"."""
        return urlencode({key: value for key, value in vars(self).items() if value})

    def with_show(self, show: str) -> str:
        """The address's part for another group and the rest as it is."""
        return Filter(show, self.who, self.clinic).query


@dataclass(frozen=True)
class Group:
    """A chip of the strip: how much waits there, and where it leads."""

    key: str
    label: Any
    count: int
    query: str


@dataclass(frozen=True)
class Board:
    """All that the worklist shows. Rows in hand are shown though they are done."""

    pages: list[PageRow]
    incidents: list[Incident]
    items: list[WorkItem]
    groups: list[Group]
    all_query: str
    total: int
    more: int
    stuck: int
    changeable: frozenset[Any]
    now: datetime

    @property
    def empty(self) -> bool:
        return not self.pages and not self.items and not self.incidents

    @property
    def open_pages(self) -> int:
        """Pages that nobody has acknowledged."""
        return sum(row.page.state == Page.State.OPEN for row in self.pages)

    @property
    def in_hand(self) -> int:
        """Pages that somebody has, without an outcome yet."""
        return sum(row.page.state == Page.State.ACKNOWLEDGED for row in self.pages)


def read(
    user: Any, *, only: Filter | None = None, held: Collection[str] = (), now: datetime
) -> Board:
    """The board of a user: what waits at their clinics, the most pressing first.

    `only` narrows the work, never the pages. `held` are the ids ("page-K7QD", "item-<uuid>")
    of rows that somebody is reading and that must stay.
    """
    only = only or Filter()
    waiting = access.work(user).filter(closed_at__isnull=True, page__isnull=True)
    if only.who:
        waiting = waiting.filter(owner=user if only.who == "mine" else None)
    if only.clinic:
        waiting = waiting.filter(clinic__slug=only.clinic)
    wanted = waiting.filter(kind__in=GROUPS[only.show][1]) if only.show else waiting
    # The keys first: with as many joins as a row needs, the planner reads the whole table.
    keys = list(wanted.order_by(*_ORDER).values_list("pk", flat=True)[:SHOWN])
    items = (
        access.work(user)
        .filter(pk__in=[*keys, *_held_items(held)])
        .select_related(
            "clinic",
            "episode__patient",
            "check_in",
            "inbound__read",
            "owner",
            "closed_by",
            "page",
        )
        .prefetch_related(
            Prefetch("notes", Note.objects.select_related("by").order_by("-at", "-pk"))
        )
        .order_by(*_ORDER)
    )
    counts = dict(waiting.values_list("kind").annotate(count=Count("pk")).order_by())
    shown = sum(counts.values()) if not only.show else _count(counts, only.show)
    return Board(
        pages=page_rows(user, held=held),
        incidents=list(
            access.incidents(user)
            .filter(closed_at__isnull=True)
            .select_related("responder", "page", "team")
            .order_by("-last_at")[:SHOWN]
        ),
        items=list(items),
        groups=[
            Group(key, label, _count(counts, key), only.with_show(key))
            for key, (label, _kinds) in GROUPS.items()
        ],
        all_query=only.with_show(""),
        total=sum(counts.values()),
        more=max(0, shown - SHOWN),
        stuck=access.check_ins(user).filter(due_at__lt=now - STUCK).count(),
        changeable=frozenset(clinics(user, roles=MAY["claim"]).values_list("pk", flat=True)),
        now=now,
    )


def _count(counts: Mapping[str, int], group: str) -> int:
    return sum(counts.get(kind, 0) for kind in GROUPS[group][1])


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
        .prefetch_related("amendments__responder")
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
        .select_related("page", "clinic", "episode__patient", "inbound__read")
    ):
        if item.page is not None:
            why = f"{gettext(item.get_kind_display())}: {phrases.shown(item.why)}"
            rota = item.kind == WorkItem.Kind.ROTA
            rows[item.page_id] = PageRow(
                item.page, item.clinic, item.episode, why, rota, item.inbound
            )
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
