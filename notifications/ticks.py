"""Noting that a process is alive and at its work."""

from datetime import datetime

from notifications.models import Tick

# Who works on what: a worker of its own stands behind each of the first three.
PAGES = "pages"
MESSAGES = "messages"
CHORES = "chores"
WATCHDOG = "watchdog"
# Not by any process's life: when the watchdog last found something, and the heartbeat went out.
FOUND = "found"
HEARTBEAT = "heartbeat"


def note(name: str, *, now: datetime) -> None:
    """It happened now."""
    Tick.objects.bulk_create(
        [Tick(name=name, at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def ages(*, now: datetime) -> dict[str, float]:
    """How long ago each was last noted, in seconds; what never was is not there."""
    rows = Tick.objects.values_list("name", "at")
    return {name: max(0.0, (now - at).total_seconds()) for name, at in rows}
