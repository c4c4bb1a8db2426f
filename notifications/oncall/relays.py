"""Telling a team's other systems what becomes of a page: rows, one for each and each event.

PagerDuty knows a page by its reference and its turn: a page that opens again is a new
incident there, because an acknowledged one would call nobody.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from notifications import outbox
from notifications.models import Channel, ContactMethod, Message, Page
from notifications.oncall import texts

# An outcome that a system has not heard of for a day is of no use to it any more.
_LIFE = timedelta(hours=24)
_SEVERITY = {Page.Level.EMERGENCY: "critical", Page.Level.URGENT: "error"}

OPENED = "page.opened"
REOPENED = "page.reopened"
RAISED = "page.raised"
CLIMBED = "page.climbed"
ACKNOWLEDGED = "page.acknowledged"
CLOSED = "page.closed"

_ACTIONS = {
    OPENED: "trigger",
    REOPENED: "trigger",
    RAISED: "trigger",
    ACKNOWLEDGED: "acknowledge",
    CLOSED: "resolve",
}


def tell(page: Page, event: str, *, now: datetime) -> None:
    """Put a message for each of the team's systems. Inside the transaction of the event."""
    contacts = ContactMethod.objects.filter(team=page.team_id, active=True).order_by("pk")
    for contact in contacts:
        if contact.channel == Channel.PAGERDUTY:
            _pagerduty(page, contact, event, now=now)
        elif contact.channel == Channel.WEBHOOK:
            _put(page, contact, event, body=_event(page, event, now=now), now=now)
        elif event in (OPENED, REOPENED, ACKNOWLEDGED, CLOSED):
            _put(page, contact, event, body=_words(page, event), now=now)


def dedup_key(page: Page, turn: int) -> str:
    """What a turn of a page is called at PagerDuty."""
    return f"{page.reference}-{turn}"


def parse_dedup_key(key: str) -> tuple[str, int] | None:
    """(reference, turn) of what PagerDuty calls a page; None where it is none of ours."""
    reference, _, turn = key.rpartition("-")
    return (reference, int(turn)) if reference and turn.isdecimal() else None


def _pagerduty(page: Page, contact: ContactMethod, event: str, *, now: datetime) -> None:
    action = _ACTIONS.get(event)
    if action is None:
        return
    # What was not said yet has been overtaken: a trigger that comes behind an
    # acknowledgement would call people for a page that somebody has.
    outbox.cancel(ref=_ref(page, contact), now=now)
    if event == REOPENED:
        before = {"event_action": "resolve", "dedup_key": dedup_key(page, page.turn - 1)}
        _put(page, contact, f"{event}.before", body=json.dumps(before), now=now)
    body = {
        "event_action": action,
        "dedup_key": dedup_key(page, page.turn),
        "payload": {
            "summary": _title(page),
            "source": "spinewatch",
            "severity": "info" if page.drill else _SEVERITY[Page.Level(page.level)],
        },
        "links": [{"href": _link(page), "text": "The page"}],
    }
    _put(page, contact, event, body=json.dumps(body), now=now)


def _event(page: Page, event: str, *, now: datetime) -> str:
    data: dict[str, Any] = {
        "reference": page.reference,
        "team": page.team_id,
        "level": "drill" if page.drill else page.level,
        "state": page.state,
        "turn": page.turn,
        "climbs": page.climbs,
        "url": _link(page),
    }
    if page.drill:
        event = event.replace("page.", "drill.")
    return json.dumps({"type": event, "timestamp": now.isoformat(), "data": data})


def _words(page: Page, event: str) -> str:
    said = {
        OPENED: "Nobody has it yet.",
        REOPENED: "It is open again: no outcome in time.",
        ACKNOWLEDGED: "Somebody has it.",
        CLOSED: "It is closed.",
    }[event]
    return f"{_title(page)}. {said} {_link(page)}"


def _title(page: Page) -> str:
    level = "drill" if page.drill else page.level
    return texts.title(level=level, reference=page.reference)


def _put(page: Page, contact: ContactMethod, event: str, *, body: str, now: datetime) -> None:
    ref = _ref(page, contact)
    outbox.put(
        sender=page.team.sender,
        stream=Message.Stream.RELAY,
        channel=contact.channel,
        contact=contact,
        to=contact.address if contact.channel == Channel.EMAIL else f"contact {contact.pk}",
        title=_title(page),
        body=body,
        key=f"{ref}:{page.turn}:{page.climbs}:{event}",
        ref=ref,
        now=now,
        expires_in=_LIFE,
    )


def _ref(page: Page, contact: ContactMethod) -> str:
    return f"page:{page.pk}:relay:{contact.pk}"


def _link(page: Page) -> str:
    return f"{settings.PUBLIC_BASE_URL}/p/{page.reference}"
