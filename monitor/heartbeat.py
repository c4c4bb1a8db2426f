"""Is the system itself alive: the oldest of everything that should have been done by now."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from monitor.models import CheckIn, WorkItem
from notifications.models import (
    CalendarImport,
    ContactCheck,
    Drill,
    Inbound,
    Incident,
    Message,
    Page,
    RotaAlarm,
    RotaWatch,
)

# A sweep comes every few seconds: what has been due for longer than this is stuck.
STUCK = timedelta(minutes=2)


@dataclass(frozen=True)
class Pulse:
    """How long, in seconds, the oldest of each kind has been overdue; 0 when none is."""

    page: float
    inbound: float
    page_text: float
    relay: float
    text: float
    check_in: float
    work: float
    rota: float

    @property
    def well(self) -> bool:
        return all(age < STUCK.total_seconds() for age in asdict(self).values())


def take(*, now: datetime) -> Pulse:
    """Measure from the rows that are due. Each query is answered by a partial index."""
    created = Message.objects.filter(state=Message.State.CREATED)

    def overdue(rows: object, column: str = "due_at") -> float:
        oldest = rows.aggregate(oldest=Min(column))["oldest"]  # type: ignore[attr-defined]
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0

    return Pulse(
        page=overdue(Page.objects.filter(due_at__isnull=False)),
        inbound=overdue(Inbound.objects.filter(handled_at__isnull=True)),
        page_text=overdue(created.filter(stream=Message.Stream.PAGE)),
        relay=overdue(created.filter(stream=Message.Stream.RELAY)),
        text=overdue(created.filter(stream=Message.Stream.TEXT)),
        check_in=overdue(CheckIn.objects.filter(due_at__isnull=False)),
        work=overdue(WorkItem.objects.filter(due_at__isnull=False)),
        rota=max(
            overdue(RotaWatch.objects.all()),
            overdue(RotaAlarm.objects.filter(due_at__isnull=False)),
            overdue(CalendarImport.objects.all()),
            overdue(ContactCheck.objects.filter(due_at__isnull=False)),
            overdue(Drill.objects.filter(due_at__isnull=False)),
            overdue(Incident.objects.filter(due_at__isnull=False)),
        ),
    )
