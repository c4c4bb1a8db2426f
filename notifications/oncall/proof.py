"""The proof of a page: what an event's entry says, and whether the chains of the rows hold.

An entry names people and messages by their keys, addresses by a keyed hash, and nothing of a
patient; so whoever has an export learns no name, no number and no symptom, and a person who
is to be forgotten is forgotten by changing the rows that the keys lead to.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac

from notifications.models import (
    Message,
    Page,
    PageEvent,
    ProofHead,
    ProofLink,
    Responder,
    Team,
)
from notifications.oncall import chain

_AT_ONCE = 500
_COMPARED = ("at", "kind", "who", "message", "detail")


def entry(
    page: Page,
    kind: str,
    *,
    now: datetime,
    responder: Responder | None,
    message: Message | None,
    detail: str,
) -> str:
    """What an event says, as canonical JSON; what does not apply is left out."""
    said = _said(
        kind,
        at=now,
        responder=responder.pk if responder else None,
        message=message.pk if message else None,
        detail=detail,
    )
    if message is not None:
        said |= {
            "channel": str(message.channel),
            "to": tag(message.to),
            "sid": message.provider_sid or "",
            "status": message.provider_status,
            "error": message.error_code,
        }
    if kind in (PageEvent.Kind.OPENED, PageEvent.Kind.ACKNOWLEDGED):
        said["due"] = _moment(page.due_at) if page.due_at else ""
    if kind == PageEvent.Kind.OPENED:
        policy = chain.canonical(page.policy).encode()
        said |= {"level": str(page.level), "policy": hashlib.sha256(policy).hexdigest()}
    return chain.canonical({key: value for key, value in said.items() if value})


def _said(
    kind: str, *, at: datetime, responder: int | None, message: Any, detail: str
) -> dict[str, Any]:
    """What stands in an event's own columns."""
    return {
        "at": _moment(at),
        "kind": str(kind),
        "who": f"responder:{responder}" if responder else "",
        "message": str(message) if message else "",
        "detail": detail,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def tag(address: str) -> str:
    """An address as entries hold it: the same for the same one, and unknown without our key."""
    mac = salted_hmac("notifications.oncall.proof", address, algorithm="sha256")
    return mac.hexdigest()[:16]


def links(rows: QuerySet[ProofLink]) -> Iterator[chain.Link]:
    """The links of rows, in the order in which they come."""
    found = rows.annotate(said=F("event__entry"), of=F("page__reference"))
    for row in found.iterator(chunk_size=_AT_ONCE):
        yield _link(row, entry=row.said, page=row.of)


def _link(row: ProofLink, *, entry: str, page: str) -> chain.Link:
    return chain.Link(
        entry=entry,
        page=page,
        number=row.number,
        previous=row.previous,
        digest=row.digest,
        team=row.team_id,
        place=row.place,
        before=row.before,
        anchor=row.anchor,
    )


def export_page(page: Page) -> Iterator[str]:
    """A page's chain as lines of JSON."""
    rows = ProofLink.objects.filter(page=page).order_by("number")
    return chain.export(links(rows), whole=False)


def export_team(team: Team) -> Iterator[str]:
    """The chains of all pages of a team as lines of JSON, in one order."""
    rows = ProofLink.objects.filter(team=team).order_by("place")
    return chain.export(links(rows), whole=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry for people: its event, its number and hash, and what the provider said."""

    event: PageEvent
    number: int
    digest: str
    sid: str
    status: str


def shown(events: Iterable[PageEvent]) -> list[Shown]:
    """The entries of a page's events that are linked, in their order."""
    found = []
    for event in events:
        link = getattr(event, "link", None)
        if link is not None:
            said = _kept(event)
            sid, status = said.get("sid", ""), said.get("status", "")
            found.append(Shown(event, link.number, link.digest, sid, status))
    return sorted(found, key=lambda one: one.number)


def _kept(event: PageEvent) -> dict[str, Any]:
    """What an entry holds; nothing where it is no JSON any more."""
    try:
        kept = json.loads(event.entry)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def verify_page(page: Page, *, events: Iterable[PageEvent] | None = None) -> chain.Report:
    """Check a page's own chain, and that the page and its events are what it says.

    `events` are all of the page's, with their links, where they are at hand. An event whose
    transaction has not ended yet is in no chain, and is not seen from outside either.
    """
    rows = events if events is not None else _events().filter(page=page)
    walk = chain.Walk(whole=False)
    last: dict[str, PageEvent] = {}
    for event in sorted(rows, key=_number):
        _take(walk, event, page=page)
        last[event.kind] = event
    _check_page(walk, page, last)
    return walk.report


def verify_team(team: Team) -> chain.Report:
    """Check the chain of all pages of a team, each page's, and the rows that they are of."""
    # Whatever is committed meanwhile stands behind this place.
    head = ProofHead.objects.filter(team=team).first()
    end = head.place if head else 0
    walk = chain.Walk(whole=True)
    places = ProofLink.objects.filter(team=team, place__lte=end).order_by("place")
    for link in places.select_related("event", "page").iterator(chunk_size=_AT_ONCE):
        link.event.link = link
        _take(walk, link.event, page=link.page)
    if head is not None and (walk.place, walk.anchor) != (head.place, head.anchor):
        what = f"it ends at place {walk.place}, and {head.place} were written"
        walk.report.faults.append(chain.Fault("", 0, walk.place, what))
    pages = Page.objects.filter(team=team)
    for page in pages.exclude(pageevent__link__place__gt=end).distinct().iterator():
        events = PageEvent.objects.filter(page=page).order_by("pk")
        _check_page(walk, page, {event.kind: event for event in events})
    unlinked = PageEvent.objects.filter(page__team=team, link=None).select_related("page")
    for event in unlinked:
        fault = chain.Fault(event.page.reference, 0, 0, "an event stands in no chain")
        walk.report.faults.append(fault)
    return walk.report


def passes_through(*, team: int, place: int, anchor: str) -> bool:
    """Whether a team's chain has this hash at this place, as it had when that was noted.

    Who could rewrite a whole chain and all of its hashes could not rewrite what is elsewhere.
    """
    if place == 0:
        return anchor == chain.GENESIS
    return ProofLink.objects.filter(team=team, place=place, anchor=anchor).exists()


def heads() -> dict[str, list[Any]]:
    """Where each team's chain ends, {team: [place, hash]}: to be kept by somebody else."""
    rows = ProofHead.objects.order_by("team").values_list("team", "place", "anchor")
    return {str(team): [place, anchor] for team, place, anchor in rows}


def _events() -> QuerySet[PageEvent]:
    return PageEvent.objects.select_related("link")


def _number(event: PageEvent) -> tuple[int, int]:
    link = getattr(event, "link", None)
    return (link.number if link else 2**62, event.pk)


def _take(walk: chain.Walk, event: PageEvent, *, page: Page) -> None:
    """Check an event's link, and that its row says what was hashed."""
    row = getattr(event, "link", None)
    if row is None:
        what = "an event stands in no chain"
        walk.report.faults.append(chain.Fault(page.reference, 0, 0, what))
        return
    link = _link(row, entry=event.entry, page=page.reference)
    walk.take(link)
    said = _said(
        event.kind,
        at=event.at,
        responder=event.responder_id,
        message=event.message_id,
        detail=event.detail,
    )
    kept = _kept(event)
    other = [name for name in _COMPARED if kept.get(name, "") != said[name]]
    if other or row.page_id != event.page_id or row.team_id != page.team_id:
        walk.report.fault(link, f"the row is not what was kept: {', '.join(other) or 'page'}")


def _check_page(walk: chain.Walk, page: Page, last: dict[str, PageEvent]) -> None:
    """Check that a page says of itself what its events say."""
    opened, closed = (last.get(kind) for kind in (PageEvent.Kind.OPENED, PageEvent.Kind.CLOSED))
    taken = last.get(PageEvent.Kind.ACKNOWLEDGED)
    final = last.get(PageEvent.Kind.AMENDED, closed)
    wrong = ""
    if opened is None:
        wrong = "it was never opened"
    elif page.state == Page.State.CLOSED:
        said = final.detail.split(" ")[0] if final else ""
        who = closed.responder_id if closed else None
        if (page.outcome, page.closed_by_id) != (said, who):
            wrong = "its outcome is not the one that was kept"
    elif closed is not None:
        wrong = "it was closed and is not"
    elif page.state == Page.State.ACKNOWLEDGED and (
        taken is None or taken.responder_id != page.acknowledged_by_id
    ):
        wrong = "whoever has it did not take it"
    if wrong:
        walk.report.faults.append(chain.Fault(page.reference, 0, 0, wrong))
