"""A text to a patient in staff's own words."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from monitor import changes, episodes, ready_texts
from monitor.models import Change, Episode
from notifications import outbox
from notifications.models import Message

EXPIRES = timedelta(hours=4)


@transaction.atomic
def send(episode: Episode, body: str, *, token: uuid.UUID, by: Any, now: datetime) -> None:
    """Put it into the outbox; the same `token` again sends nothing more."""
    episodes.locked(episode)
    key = f"{episodes.ref(episode)}:staff:{token}"
    if Message.objects.filter(key=key).exists():
        return
    outbox.put(
        sender=episodes.sender_of(episode),
        stream=Message.Stream.TEXT,
        to=episode.patient.phone,
        body=body,
        key=key,
        ref=episodes.ref(episode),
        now=now,
        expires_in=EXPIRES,
    )
    ready_texts.used(episode, body, now=now)
    changes.record(Change.What.TEXTED, episode=episode, by=by, now=now, after=key)
