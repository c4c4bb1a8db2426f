"""What is done about a page at PagerDuty counts here.

An acknowledgement counts where PagerDuty's user is a responder of the team: nobody
acknowledges nobody. A page that is resolved there is not closed here, because nobody has
said what came of it; it stays with whoever has it, and climbs on where nobody has.

Source: PagerDuty, "V3 Webhooks" and "Verifying Webhook Signatures".
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from notifications.models import Channel, ContactMethod, Incident, Page, Responder
from notifications.oncall import incidents, paging, relays

_PREFIX = "v1="
ACKNOWLEDGED = "incident.acknowledged"


@dataclass(frozen=True, slots=True)
class Event:
    """What PagerDuty tells: `key` is our own name of the incident, `user` who did it."""

    kind: str
    key: str
    user: str


def signers(body: bytes, signature: str) -> list[ContactMethod]:
    """The services whose secret this was signed with; none where somebody else did."""
    given = [
        part.strip().removeprefix(_PREFIX)
        for part in signature.split(",")
        if part.strip().startswith(_PREFIX)
    ]
    services = ContactMethod.objects.filter(
        channel=Channel.PAGERDUTY, active=True, team__isnull=False
    ).exclude(secret="")
    return [service for service in services if _signed(body, service.secret, given)]


def _signed(body: bytes, secret: str, given: Iterable[str]) -> bool:
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given)


def parse(body: bytes) -> Event:
    """The event of a webhook of version 3. ValueError when it is none."""
    try:
        event: dict[str, Any] = json.loads(body)["event"]
        data = event.get("data") or {}
        agent = event.get("agent") or {}
        return Event(
            kind=str(event["event_type"]),
            key=str(data.get("incident_key") or ""),
            user=str(agent.get("id") or ""),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ValueError("This is no event of PagerDuty's webhooks, version 3.") from None


@transaction.atomic
def take(event: Event, service: ContactMethod, *, now: datetime) -> paging.Result | None:
    """Acknowledge what was acknowledged there. None: nothing of ours, or overtaken.

    An event of a turn that is over says nothing of the present one, so that a late or a
    repeated webhook takes no page that has opened again since.
    """
    named = relays.parse_dedup_key(event.key)
    if event.kind != ACKNOWLEDGED or named is None:
        return None
    reference, turn = named
    page = Page.every.filter(
        reference=reference, turn=turn, team=service.team_id, state=Page.State.OPEN
    ).first()
    # An integration is no person: what we said ourselves comes back with its name.
    if page is None or not event.user:
        return None
    responder = Responder.objects.filter(
        team=page.team_id, pagerduty_user=event.user, active=True
    ).first()
    if responder is None:
        incidents.note(
            Incident.Kind.STRANGER,
            team=page.team,
            detail="at PagerDuty, by no responder of this team",
            page=page,
            now=now,
        )
        return None
    return paging.acknowledge(page, responder, via="pagerduty", now=now)
