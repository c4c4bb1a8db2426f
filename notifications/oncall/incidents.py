"""What went wrong with the paging itself: a row that staff see until it is seen to."""

from datetime import datetime

from django.db.models import F

from notifications.models import Channel, Incident, Message, Page, Responder, Team

# What becomes of a call in good order: somebody was rung who need not answer any more.
NOT_PICKED_UP = frozenset({"unanswered", "busy", "voicemail", "no key pressed", "call ended"})
LATE = "not sent at once"
# What nobody has to mend once somebody has the page. A number that there is not, or a phone
# that refuses texts, stays.
_PASSING = NOT_PICKED_UP | {LATE}
TAKEN = "page taken"


def note(
    kind: Incident.Kind,
    *,
    team: Team,
    detail: str,
    now: datetime,
    responder: Responder | None = None,
    page: Page | None = None,
    message: Message | None = None,
    tell: bool = False,
) -> None:
    """Open an incident, or count up the one that is open for the same thing.

    With `tell` the leads hear of a new one by SMS, at once. `detail` must be as opaque as a
    page's reference. Inside the caller's transaction.
    """
    incident, created = Incident.objects.get_or_create(
        team=team,
        kind=kind,
        responder=responder,
        detail=detail[:200],
        closed_at=None,
        defaults={
            "page": page,
            "message": message,
            "opened_at": now,
            "last_at": now,
            "due_at": now if tell else None,
        },
    )
    if not created:
        Incident.objects.filter(pk=incident.pk).update(
            times=F("times") + 1,
            last_at=now,
            page=page or incident.page,
            message=message or incident.message,
        )


def taken(page: Page, *, now: datetime) -> None:
    """Somebody has the page: what only kept it from being answered is over by itself."""
    details = [f"{channel}: {why}" for channel in Channel.values for why in sorted(_PASSING)]
    Incident.objects.filter(
        kind=Incident.Kind.CHANNEL, page=page, detail__in=details, closed_at=None
    ).update(closed_at=now, closed_by=TAKEN, due_at=None)


def close(incident: Incident, *, by: str, now: datetime) -> bool:
    """Somebody has seen to it. False: somebody had before."""
    return bool(
        Incident.objects.filter(pk=incident.pk, closed_at=None).update(
            closed_at=now, closed_by=by[:150], due_at=None
        )
    )
