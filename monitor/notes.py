"""Notes that staff make, and calls that they try, about a patient or a piece of work."""

from datetime import datetime
from typing import Any

from django.db import transaction

from monitor import worklist
from monitor.episodes import locked
from monitor.models import Episode, Note, WorkItem
from patients.models import Clinic


def write(
    body: str,
    *,
    clinic: Clinic,
    by: Any,
    now: datetime,
    episode: Episode | None = None,
    item: WorkItem | None = None,
) -> Note:
    """Keep a note; the work stays open, with its deadline. ValueError for an empty one."""
    if not body.strip():
        raise ValueError("Write the note first.")
    return Note.objects.create(
        clinic=clinic, episode=episode, item=item, body=body.strip(), by=by, at=now
    )


@transaction.atomic
def called(
    *,
    reached: bool,
    clinic: Clinic,
    by: Any,
    now: datetime,
    body: str = "",
    episode: Episode | None = None,
    item: WorkItem | None = None,
) -> Note:
    """Keep that somebody phoned.

    Who reached the patient has made the contact that the check-in and the work were for; who
    did not leaves both as they are, with their deadlines.
    """
    if episode is not None:
        episode = locked(episode)
    note = Note.objects.create(
        clinic=clinic,
        episode=episode,
        item=item,
        kind=Note.Kind.REACHED if reached else Note.Kind.NOT_REACHED,
        body=body.strip(),
        by=by,
        at=now,
    )
    if not reached:
        return note
    if item is not None:
        worklist.close(
            item, outcome=WorkItem.Outcome.REACHED, note=body.strip(), user=by, now=now
        )
    elif episode is not None:
        worklist.contacted(episode, now=now)
    return note
