"""Months of a clinic that stands already, written beside whatever it has."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction

from monitor import versions
from monitor.crowd.clinics import Place
from monitor.crowd.ledger import Ledger
from monitor.crowd.people import reference
from monitor.crowd.writing import Writer
from monitor.models import Episode
from monitor.opening import hours_of
from monitor.protocol import latest
from notifications.models import Page
from patients.models import Procedure

FIRST_HOUR, HOURS = 8, 8
_DAY = timedelta(days=1)


@transaction.atomic
def write_months(
    place: Place, *, since: date, until: date, a_day: int, now: datetime, seed: int = 0
) -> int:
    """So many patients on each day that the clinic was open, `until` not included.

    How many they were. They are written as of `now`, with all that has happened to them, pages
    and what came of them too. The same clinic, days and moment give the same patients.
    """
    for kind in Procedure.Kind.values:
        versions.keep(latest(kind), now=now)
    days = [since + number * _DAY for number in range((until - since).days)]
    days = [day for day in days if day.weekday() in place.clinic.open_weekdays]
    patients = a_day * len(days)
    ledger = Ledger()
    for table in ledger.tables:
        table.go_on()
    # A patient has at most one page for each check-in.
    ledger.pages.written = _free(
        3 * patients, set(Page.every.values_list("reference", flat=True))
    )
    first = _free(patients, set(Episode.objects.values_list("reference", flat=True)))
    writer = Writer(ledger, seed=seed, now=now)
    dice = Random(seed)  # noqa: S311 - patients are made up, nothing is secret
    zone = hours_of(place.clinic, now=now).zone
    for number in range(patients):
        opened = datetime.combine(days[number // a_day], time(FIRST_HOUR), zone).astimezone(UTC)
        at = opened + timedelta(minutes=dice.randrange(HOURS * 60))
        writer.write(first + number, place, at)
    ledger.flush()
    ledger.restart()
    return patients


def _free(number: int, taken: Container[str]) -> int:
    """Where so many references in a row begin that nobody has."""
    first = place = 0
    while place < first + number:
        place += 1
        if reference(place - 1) in taken:
            first = place
    return first
