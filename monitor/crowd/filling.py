"""An empty database filled with a crowd, as it would be after years of a few clinics."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import ProgrammingError, connection, transaction

from monitor import versions
from monitor.crowd.clinics import Place, build
from monitor.crowd.ledger import Ledger
from monitor.crowd.writing import Writer
from monitor.opening import hours_of
from monitor.protocol import latest
from notifications.models import Inbound, Message, Sender, Team
from patients.models import Clinic, Patient, Procedure

BATCH = 2000
FIRST_HOUR, HOURS = 8, 8
# Whoever was treated within the hour has not been registered yet.
JUST_DONE = timedelta(hours=1)


class Occupied(RuntimeError):
    """The database holds something already, and was left as it is."""


@dataclass(frozen=True)
class Crowd:
    """How many patients, at how many clinics, so many of them on each day that is open."""

    patients: int
    clinics: int = 4
    a_day: int = 160
    seed: int = 0


def fill(
    crowd: Crowd,
    *,
    now: datetime,
    password: str | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, int]:
    """Write the crowd; how many rows each table got. Occupied where anything is there.

    The newest patients were treated on the day of `now`, the others on the open days before.
    The same crowd and moment give the same rows.
    """
    with transaction.atomic():
        _refuse_the_occupied()
        places = build(crowd.clinics, password=password)
        for kind in Procedure.Kind.values:
            versions.keep(latest(kind), now=now)
    ledger = Ledger()
    writer = Writer(ledger, seed=crowd.seed, now=now)
    dice = Random(crowd.seed)  # noqa: S311 - patients are made up, nothing is secret
    for number, (place, performed_at) in enumerate(_schedule(crowd, places, dice, now=now)):
        writer.write(number, place, performed_at)
        if (number + 1) % BATCH == 0 or number + 1 == crowd.patients:
            with transaction.atomic():
                _trust_the_writer()
                ledger.flush()
            progress(number + 1)
    ledger.restart()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        str(table.model._meta.verbose_name_plural): table.written for table in ledger.tables
    }


def _trust_the_writer() -> None:
    """Spare the server looking up every foreign key, where this user may say so."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
    except ProgrammingError:
        # Only a superuser may: anybody else waits for twice as long.
        return


def _refuse_the_occupied() -> None:
    for model in (Clinic, Patient, Sender, Team, Message, Inbound):
        if model.objects.exists():
            raise Occupied(
                f"The database holds {model._meta.verbose_name_plural} already, perhaps real "
                "ones: nothing was written. Name an empty database in DATABASE_URL."
            )


def _schedule(
    crowd: Crowd, places: list[Place], dice: Random, *, now: datetime
) -> Iterator[tuple[Place, datetime]]:
    """Where and when each patient is treated, the oldest first."""
    hours = {place.clinic.pk: hours_of(place.clinic, now=now) for place in places}
    days = _open_days(-(-crowd.patients // crowd.a_day), last=now.date(), place=places[0])
    for number in range(crowd.patients):
        place = places[number % len(places)]
        # The newest day is full, the oldest one may not be.
        day = days[(crowd.patients - 1 - number) // crowd.a_day]
        minutes = dice.randrange(HOURS * 60)
        zone = hours[place.clinic.pk].zone
        at = datetime.combine(day, time(FIRST_HOUR), zone).astimezone(UTC)
        at += timedelta(minutes=minutes)
        while at > now - JUST_DONE:
            at -= timedelta(days=7)
        yield place, at


def _open_days(number: int, *, last: date, place: Place) -> list[date]:
    """So many days of the clinic's week up to the last, the newest first."""
    found: list[date] = []
    day = last
    while len(found) < number:
        if day.weekday() in place.clinic.open_weekdays:
            found.append(day)
        day -= timedelta(days=1)
    return found
