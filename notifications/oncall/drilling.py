"""What is different about a page that is a drill: it ends with its acknowledgement, it repeats
nothing for ever, and it gives way to a real page.

Everything else is a page's: the same rungs, channels, calls, answers and events.
"""

from datetime import datetime, timedelta

from notifications.models import Incident, Page, PageEvent, Responder, Team
from notifications.oncall import calls, incidents, relays, texts

YIELDED = "gave way to a page"
NOBODY = "nobody acknowledged it"
_BEHIND_THE_PAGE = timedelta(seconds=15)


def give_way(team: Team, *, now: datetime) -> None:
    """End the drills of whoever is paged from the same number: a real page is opening.

    In the transaction that opens it, with the number's row locked: of the drill's calls, what
    has not gone out never does.
    """
    running = Page.every.filter(drill=True, team__sender=team.sender_id).exclude(
        state=Page.State.CLOSED
    )
    for page in running.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        end(page, by=None, why=YIELDED, now=now)
        words = texts.drill_gives_way(reference=page.reference)
        # Those whom the drill had reached; and behind the page's own calls.
        later = now + _BEHIND_THE_PAGE
        calls.tell(calls.paged(page), words, page=page, now=now, due_at=later)


def end(page: Page, *, by: Responder | None, why: str, now: datetime) -> None:
    """Close a locked drill: taken `by` somebody, or over for another reason."""
    calls.withdraw(page, now=now)
    page.state, page.due_at = Page.State.CLOSED, None
    page.closed_by, page.closed_at, page.note = by, now, why
    page.save()
    calls.record(page, PageEvent.Kind.CLOSED, now=now, responder=by, detail=why)
    relays.tell(page, relays.CLOSED, now=now)


def nobody_took(page: Page, *, now: datetime) -> None:
    """A locked drill has been to its last rung, and nobody has acknowledged it."""
    end(page, by=None, why=NOBODY, now=now)
    incidents.note(
        Incident.Kind.DRILL,
        team=page.team,
        detail="climbed to its last rung",
        page=page,
        now=now,
    )
