"""A year of one clinic in memory: how much the follow-up asks of people, and what for."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from multiprocessing import get_context
from random import Random
from statistics import median, quantiles

from monitor.opening import hours_of
from monitor.simulation.memory import Memory
from monitor.simulation.people import draw
from monitor.simulation.play import Company
from monitor.simulation.stack import EXPLAINED
from monitor.simulation.staff import Staff
from patients.models import Clinic

FIRST_HOUR, LAST_HOUR = 8, 16


@dataclass(frozen=True)
class Tally:
    """What one patient came to. `contacts` are minutes from a red flag's page to a word."""

    kind: str
    well: bool
    texts: int
    segments: int
    replies: int
    asked: int
    answered: int
    uncontacted: bool
    flag_pages: int
    work_pages: int
    work: int
    contacts: tuple[float, ...]
    unreached: int


@dataclass(frozen=True)
class Row:
    """One line of the report; rates are per 100 patients, `contact` in minutes."""

    procedure: str
    patients: int
    answered_percent: float
    uncontacted_per_100: float
    flag_pages_per_100: float
    work_pages_per_100: float
    false_pages_per_100: float
    false_percent: float
    contact_median: float | None
    contact_90th: float | None
    work_per_100: float
    texts_per_patient: float
    segments_per_patient: float
    texts: int
    segments: int


def schedule(patients: int, *, start: date, clinic: Clinic, seed: int) -> Iterator[datetime]:
    """When each patient has the procedure: on open days of a year, in the clinic's morning."""
    dice = Random(seed)  # noqa: S311 - patients are made up, nothing is secret
    days = [start + timedelta(days=day) for day in range(365)]
    noon = [datetime.combine(day, time(12), clinic.zone) for day in days]
    days = [at.date() for at in noon if hours_of(clinic, now=at).is_open(at.date())]
    for _patient in range(patients):
        minutes = dice.randrange((LAST_HOUR - FIRST_HOUR) * 60)
        at = datetime.combine(dice.choice(days), time(FIRST_HOUR), clinic.zone)
        yield at.astimezone(UTC) + timedelta(minutes=minutes)


def run(
    moments: Sequence[datetime],
    *,
    clinic: Clinic,
    seed: int,
    processes: int,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Tally]:
    """Live through every patient's follow-up; in their order, whatever `processes` is."""
    people = [(clinic, seed + place, at) for place, at in enumerate(moments)]
    tallies: list[Tally] = []
    # Forked, so that the protocols and the reader's model are read once.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        for tally in pool.map(_live, people, chunksize=20):
            tallies.append(tally)
            progress(len(tallies))
    return tallies


def _live(one: tuple[Clinic, int, datetime]) -> Tally:
    clinic, seed, performed_at = one
    person = draw(seed, performed_at=performed_at)
    memory = Memory(person, clinic, now=performed_at + EXPLAINED)
    Company(person, Staff(seed)).play(memory)
    sent = [check_in for check_in in memory.check_ins.values() if check_in.sent_at is not None]
    contacts = [_contact(memory, page.opened_at) for page in memory.desk.all_pages if page.flag]
    return Tally(
        kind=person.kind,
        well=not person.has,
        texts=memory.sent,
        segments=memory.segments,
        replies=memory.heard,
        asked=len(sent),
        answered=sum(check_in.state == "answered" for check_in in sent),
        uncontacted=any(item.why.startswith("SYSTEM FAILURE") for item in memory.desk.items),
        flag_pages=sum(page.flag for page in memory.desk.all_pages),
        work_pages=sum(not page.flag for page in memory.desk.all_pages),
        work=len(memory.desk.items),
        contacts=tuple(minutes for minutes in contacts if minutes is not None),
        unreached=sum(minutes is None for minutes in contacts),
    )


def _contact(memory: Memory, since: datetime) -> float | None:
    """Minutes until somebody has spoken with the patient; None where nobody did."""
    for event in memory.events:
        spoken = event.detail.endswith("reached") and not event.detail.endswith("not_reached")
        if event.at >= since and (
            (event.kind == "closed" and event.detail == "advised")
            or (event.kind == "done" and spoken)
        ):
            return (event.at - since).total_seconds() / 60
    return None


def report(tallies: Sequence[Tally]) -> list[Row]:
    """A line for each procedure, the most frequent first, and one for all."""
    by_kind = sorted(tallies, key=lambda one: one.kind)
    rows = [
        _row(kind, list(group)) for kind, group in groupby(by_kind, key=lambda one: one.kind)
    ]
    return [*sorted(rows, key=lambda row: -row.patients), _row("all", tallies)]


def _row(name: str, tallies: Sequence[Tally]) -> Row:
    patients = len(tallies)
    pages = sum(one.flag_pages + one.work_pages for one in tallies)
    false = sum(one.flag_pages + one.work_pages for one in tallies if one.well)
    contacts = sorted(minutes for one in tallies for minutes in one.contacts)

    def per_100(number: int) -> float:
        return round(100 * number / patients, 1)

    asked = sum(one.asked for one in tallies)
    return Row(
        procedure=name,
        patients=patients,
        answered_percent=round(100 * sum(one.answered for one in tallies) / max(1, asked), 1),
        uncontacted_per_100=per_100(sum(one.uncontacted for one in tallies)),
        flag_pages_per_100=per_100(sum(one.flag_pages for one in tallies)),
        work_pages_per_100=per_100(sum(one.work_pages for one in tallies)),
        false_pages_per_100=per_100(false),
        false_percent=round(100 * false / pages, 1) if pages else 0.0,
        contact_median=round(median(contacts), 1) if contacts else None,
        contact_90th=round(quantiles(contacts, n=10)[-1], 1) if len(contacts) > 1 else None,
        work_per_100=per_100(sum(one.work for one in tallies)),
        texts_per_patient=round(sum(one.texts for one in tallies) / patients, 1),
        segments_per_patient=round(sum(one.segments for one in tallies) / patients, 1),
        texts=sum(one.texts for one in tallies),
        segments=sum(one.segments for one in tallies),
    )


def as_data(rows: Sequence[Row]) -> list[dict[str, object]]:
    """The report for machines."""
    return [asdict(row) for row in rows]
