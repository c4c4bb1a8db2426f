"""Exact moments between the patient's text and the page.

Each is a context: inside it the system stands at that moment, and leaving it lets go. The
product has no hooks for this: a row lock of the test's own connection, a frozen broker, or a
stand-in that is silent stops a process exactly between two of its transactions.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from django.db import InterfaceError, OperationalError, transaction

from monitor.models import Episode
from notifications.models import DeliveryReport, Rung
from notifications.simulator import Fault, Kind
from tests.chaos.case import Case
from tests.chaos.system import LEAD, look

Point = Callable[[Case], AbstractContextManager[None]]

# Longer than any process here lives on after it was stopped.
SILENCE = 15.0
SHORT_RUNG = 5


@contextmanager
def before_the_webhook(case: Case) -> Iterator[None]:
    """The text is sent when the process is dead already."""
    yield
    case.says()


@contextmanager
def stored(case: Case) -> Iterator[None]:
    """The text is in the inbox, and whoever handles it waits for the episode's row."""
    # The database may die meanwhile, and the lock with it.
    with suppress(OperationalError, InterfaceError), transaction.atomic():
        Episode.objects.select_for_update().get(patient__phone=case.patient)
        case.says()
        look(case.inbound, "the text in the inbox")
        yield


@contextmanager
def handled(case: Case) -> Iterator[None]:
    """All that the text causes is committed; the nudge hangs on its way to the broker."""
    with case.system.broker_frozen():
        case.says()
        look(case.page, "a page in the database")
        yield


@contextmanager
def claimed(case: Case) -> Iterator[None]:
    """The page's text is leased, and the provider was called and has not taken it on."""
    with _silent(case, Kind.SILENT_BEFORE_ACCEPTING):
        yield


@contextmanager
def accepted(case: Case) -> Iterator[None]:
    """The provider has taken the page's and the patient's text on and does not say so."""
    with _silent(case, Kind.SILENT_AFTER_ACCEPTING):
        yield


@contextmanager
def _silent(case: Case, kind: Kind) -> Iterator[None]:
    stand_in = case.system.stand_in
    faults = [
        stand_in.add_fault(Fault(kind, to=to, times=1, seconds=SILENCE))
        for to in (case.system.on_call, case.patient)
    ]
    case.says()
    look(lambda: all(fault.hits for fault in faults), "both texts at the provider")
    yield


@contextmanager
def reported(case: Case) -> Iterator[None]:
    """The first status callback of the page's text has come, and the last has not."""
    case.says()
    call = look(case.call, "a text of the page")
    look(DeliveryReport.objects.filter(message=call).exists, "a status callback")
    yield


@contextmanager
def between_rungs(case: Case) -> Iterator[None]:
    """The first on call has the page's text and is silent; the next rung is due soon."""
    before = {rung.pk: rung.emergency_delay for rung in Rung.objects.all()}
    Rung.objects.update(emergency_delay=SHORT_RUNG)
    try:
        case.says()
        case.paged()
        yield
    finally:
        for pk, delay in before.items():
            Rung.objects.filter(pk=pk).update(emergency_delay=delay)


def next_rung(case: Case) -> None:
    """Wait until the lead, who stands on the second rung, has the page too."""
    page = look(case.page, "the page")
    look(
        lambda: any(text.to == LEAD for text in case.system.arrived(page.reference)),
        "the next rung's page",
    )


POINTS: dict[str, Point] = {
    "before the webhook": before_the_webhook,
    "stored, not handled": stored,
    "handled, not nudged": handled,
    "claimed": claimed,
    "accepted, not settled": accepted,
    "between callbacks": reported,
    "between rungs": between_rungs,
}
