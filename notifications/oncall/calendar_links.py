"""Addresses by which a calendar program may follow a rota: made, found and revoked.

The token is shown once and kept as a hash only. Whoever has the address sees the names of
staff and the times of their shifts, and nothing else, until it is revoked.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.models import CalendarLink, Responder, Team

_BYTES = 32
_NOTED_EVERY = timedelta(hours=1)


def make(
    team: Team, *, responder: Responder | None = None, by: Any, now: datetime
) -> tuple[CalendarLink, str]:
    """A new link to a team's rota, or to one person's shifts, and its token."""
    token = secrets.token_urlsafe(_BYTES)
    link = CalendarLink.objects.create(
        team=team, responder=responder, token_hash=_hash(token), made_by=by, made_at=now
    )
    return link, token


def find(key: UUID, token: str, *, now: datetime) -> CalendarLink | None:
    """The link with this token, unless it is revoked; how long it takes tells nothing.

    When it was last used is noted, to the hour.
    """
    link = (
        CalendarLink.objects.filter(pk=key)
        .select_related("team", "responder", "made_by")
        .first()
    )
    kept = link.token_hash if link is not None else _hash("")
    if not hmac.compare_digest(kept, _hash(token)) or link is None or link.revoked_at:
        return None
    if link.used_at is None or now - link.used_at > _NOTED_EVERY:
        link.used_at = now
        link.save(update_fields=["used_at"])
    return link


def revoke(link: CalendarLink, *, now: datetime) -> None:
    """From now on the address shows nothing."""
    CalendarLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
