"""After everything else in this folder: nothing is stuck, nothing was said twice."""

from datetime import UTC, datetime

from monitor import heartbeat
from notifications.models import Page
from tests.chaos.case import doubled, undone
from tests.chaos.ledger import Ledger
from tests.chaos.system import System, look

# A lease, two questions to the provider and a sweep for each.
CLEARED_WITHIN = 120.0


def test_nothing_is_stuck(system: System) -> None:
    look(lambda: not undone(), "everything sent", within=CLEARED_WITHIN)
    assert heartbeat.take(now=datetime.now(UTC)).well
    assert not Page.objects.exclude(state=Page.State.CLOSED).exists()


def test_no_patients_text_is_doubled(system: System, ledger: Ledger) -> None:
    twice = [key for phone in system.patients for key in doubled(system, phone)]
    ledger.restarts = system.restarts
    ledger.patients = len(system.patients)
    ledger.patient_texts = sum(
        len(system.stand_in.phone(phone).texts()) for phone in system.patients
    )
    ledger.doubled_patient_texts = len(twice)
    assert twice == []
