"""A year of a clinic: who it is made of, and what the report counts."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.simulation.year import Tally, report, run, schedule
from patients.models import Clinic

CLINIC = Clinic(
    name="Simulated Spine Clinic",
    slug="simulated",
    time_zone="America/New_York",
    phone="+12125550100",
    country="US",
)
QUIET = Tally(
    kind="facet_joint",
    well=True,
    texts=40,
    segments=50,
    replies=30,
    asked=3,
    answered=3,
    uncontacted=False,
    flag_pages=0,
    work_pages=0,
    work=1,
    contacts=(),
    unreached=0,
)


def test_procedures_are_on_open_days_in_the_clinic_s_hours() -> None:
    moments = list(schedule(400, start=date(2026, 1, 1), clinic=CLINIC, seed=1))
    local = [at.astimezone(CLINIC.zone) for at in moments]
    assert len(moments) == 400
    assert {at.weekday() for at in local} == set(range(5))
    assert all(8 <= at.hour < 16 for at in local)
    assert date(2026, 12, 25) not in {at.date() for at in local}
    assert moments == list(schedule(400, start=date(2026, 1, 1), clinic=CLINIC, seed=1))


def test_a_few_patients_live_through_it_alike_on_one_core_and_on_two() -> None:
    moments = list(schedule(6, start=date(2026, 1, 1), clinic=CLINIC, seed=2))
    one, two = (run(moments, clinic=CLINIC, seed=2, processes=n) for n in (1, 2))
    assert one == two
    assert len(one) == 6
    assert all(tally.texts >= 5 and tally.segments >= tally.texts for tally in one)


def test_the_report_counts_by_procedure_and_in_all() -> None:
    ill = replace(QUIET, well=False, flag_pages=2, contacts=(10.0, 30.0))
    false = replace(QUIET, flag_pages=1, work_pages=1, contacts=(20.0,), uncontacted=True)
    other = replace(QUIET, kind="blood_patch", texts=60, segments=90)
    rows = {row.procedure: row for row in report([QUIET, ill, false, other])}
    assert list(rows) == ["facet_joint", "blood_patch", "all"]
    every = rows["all"]
    assert (every.patients, every.texts, every.segments) == (4, 180, 240)
    assert (every.flag_pages_per_100, every.work_pages_per_100) == (75, 25)
    assert (every.false_pages_per_100, every.false_percent) == (50, 50)
    assert (every.contact_median, every.uncontacted_per_100) == (20, 25)
    assert rows["blood_patch"].contact_median is None
    assert rows["facet_joint"].contact_90th == pytest.approx(30, abs=10)
