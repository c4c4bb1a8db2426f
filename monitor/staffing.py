"""What the rota's alarms mean for a clinic's desk: work with an owner and a deadline."""

from datetime import datetime
from typing import Any

from monitor import worklist
from monitor.models import ClinicLine, WorkItem
from notifications.models import RotaAlarm

WHY = {
    RotaAlarm.Kind.GAP: "Nobody is on call for %(line)s from %(since)s: fill the gap.",
    RotaAlarm.Kind.IMPORT_FAILS: "The calendar of %(line)s cannot be read since %(since)s; its "
    "last good copy is in use.",
    RotaAlarm.Kind.IMPORT_STALE: "The calendar of %(line)s is out of date, of %(since)s: enter "
    "the shifts here if it stays so.",
}


def alarmed(*, alarm: RotaAlarm, now: datetime, **_signal: Any) -> None:
    """Give an alarm to the desk of every clinic that the team is paged for."""
    lines = ClinicLine.objects.filter(team=alarm.team_id).select_related("clinic")
    for clinic in (line.clinic for line in lines):
        since = alarm.starts_at.astimezone(clinic.zone)
        worklist.add(
            WorkItem.Kind.ROTA,
            clinic=clinic,
            alarm=alarm,
            why=WHY[RotaAlarm.Kind(alarm.kind)]
            % {"line": alarm.layer.name, "since": f"{since:%a %d %b, %H:%M}"},
            before=alarm.starts_at if alarm.kind == RotaAlarm.Kind.GAP else None,
            now=now,
        )


def righted(*, alarm: RotaAlarm, now: datetime, **_signal: Any) -> None:
    """Close what has become needless; what is paged for already ends with its page."""
    WorkItem.objects.filter(alarm=alarm, page=None, closed_at__isnull=True).update(
        outcome=WorkItem.Outcome.DONE,
        note="The rota has been put right.",
        closed_at=now,
        due_at=None,
    )
