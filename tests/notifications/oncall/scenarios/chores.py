"""What a shift's workers do besides pages: the rota's watch, tests, verifications."""

from notifications import outbox
from notifications.models import RotaWatch
from notifications.oncall import readiness_watch, watch, weekly_tests
from tests.notifications.oncall.scenarios.conftest import Shift


def look(shift: Shift) -> None:
    """Look through every rota now, and send whatever follows."""
    RotaWatch.objects.update(due_at=shift.now)
    watch.sweep(now=shift.now)
    run(shift)


def run(shift: Shift) -> None:
    """Send what is due, and do what follows, until nothing is left to do."""
    for _round in range(40):
        shift.work()
        done = [
            readiness_watch.sweep(now=shift.now),
            weekly_tests.sweep(now=shift.now),
            outbox.sweep("text", now=shift.now),
        ]
        if not any(sum(counts.values()) for counts in done):
            return
    raise AssertionError(f"It never ends: {done}")
