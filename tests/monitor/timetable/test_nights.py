"""Nights in which the clock changes, both ways in six zones; days that are no workday."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.opening import hours_of
from monitor.protocol import latest
from monitor.timetable import ClinicHours, business_deadline, plan
from patients.models import Clinic

NEW_YORK, LONDON = "America/New_York", "Europe/London"
LORD_HOWE, SAO_PAULO = "Australia/Lord_Howe", "America/Sao_Paulo"
KATHMANDU, APIA = "Asia/Kathmandu", "Pacific/Apia"
ESI = latest("epidural_steroid")


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        # Skipped: an hour on, or half an hour on Lord Howe.
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08T03:30:00-04:00"),
        (LONDON, "2026-03-29 01:30", "2026-03-29T02:30:00+01:00"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-04T02:45:00+11:00"),
        (SAO_PAULO, "2018-11-04 00:30", "2018-11-04T01:30:00-02:00"),
        (APIA, "2020-09-27 03:30", "2020-09-27T04:30:00+14:00"),
        # Twice: the first of the two.
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),
        (LONDON, "2026-10-25 01:30", "2026-10-25T01:30:00+01:00"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-05T01:45:00+11:00"),
        (SAO_PAULO, "2018-02-17 23:30", "2018-02-17T23:30:00-02:00"),
        (APIA, "2021-04-04 03:30", "2021-04-04T03:30:00+14:00"),
        # Neither: this zone never changes.
        (KATHMANDU, "2026-03-08 02:30", "2026-03-08T02:30:00+05:45"),
        # Samoa had no 30 December 2011.
        (APIA, "2011-12-30 10:00", "2011-12-31T10:00:00+14:00"),
    ],
)
def test_wall_time_that_is_skipped_or_comes_twice(zone: str, wall: str, moment: str) -> None:
    day, _, hour = wall.partition(" ")
    found = ClinicHours(ZoneInfo(zone)).at(date.fromisoformat(day), time.fromisoformat(hour))
    assert found.astimezone(ZoneInfo(zone)).isoformat() == moment


@pytest.mark.parametrize(
    ("zone", "performed", "first", "later"),
    [
        # 18 real hours after a procedure at 17:30, the night before the clock goes forward ...
        (NEW_YORK, "2026-03-07 17:30", "03-08 12:30", ["03-16 10:00", "03-23 10:00"]),
        (LONDON, "2026-03-28 17:30", "03-29 12:30", ["04-06 10:00", "04-13 10:00"]),
        (LORD_HOWE, "2026-10-03 17:30", "10-04 12:00", ["10-12 10:00", "10-19 10:00"]),
        (SAO_PAULO, "2018-11-03 17:30", "11-04 12:30", ["11-12 10:00", "11-19 10:00"]),
        (APIA, "2020-09-26 17:30", "09-27 12:30", ["10-05 10:00", "10-12 10:00"]),
        # ... and back
        (NEW_YORK, "2026-10-31 17:30", "11-01 10:30", ["11-09 10:00", "11-16 10:00"]),
        (LONDON, "2026-10-24 17:30", "10-25 10:30", ["11-02 10:00", "11-09 10:00"]),
        (LORD_HOWE, "2026-04-04 17:30", "04-05 11:00", ["04-13 10:00", "04-20 10:00"]),
        (SAO_PAULO, "2018-02-17 17:30", "02-18 10:30", ["02-26 10:00", "03-05 10:00"]),
        (APIA, "2021-04-03 17:30", "04-04 10:30", ["04-12 10:00", "04-19 10:00"]),
        (KATHMANDU, "2026-03-07 17:30", "03-08 11:30", ["03-16 10:00", "03-23 10:00"]),
        # Over the day that Samoa left out.
        (APIA, "2011-12-29 17:30", "12-31 11:30", ["01-05 10:00", "01-12 10:00"]),
    ],
)
def test_hours_after_the_procedure_are_real_and_days_are_the_wall_s(
    zone: str, performed: str, first: str, later: list[str]
) -> None:
    performed_at = local(zone, performed)
    hours = ClinicHours(ZoneInfo(zone))

    def walls(moment: datetime) -> list[str]:
        dues = plan(ESI, performed_at=moment, hours=hours, risk=set(), now=moment)
        assert dues[0].due_at - moment.astimezone(UTC) == timedelta(hours=18)
        return [f"{due.due_at.astimezone(hours.zone):%m-%d %H:%M}" for due in dues]

    assert walls(performed_at) == [first, *later]
    # Whether the moment comes with the clinic's zone or in UTC.
    assert walls(performed_at.astimezone(UTC)) == [first, *later]


@pytest.mark.parametrize(
    ("zone", "country", "subdivision", "performed", "first", "week"),
    [
        # Independence Day falls on a Saturday and is kept on Friday: the week waits for Monday.
        (NEW_YORK, "US", "NY", "2026-06-26 11:00", "06-27 10:00", "07-06 10:00"),
        # Good Friday and Easter Monday, at the end of the month of the clock change; the 3rd
        # day of waiting is as closed as the day itself.
        (LONDON, "GB", "ENG", "2026-03-27 11:00", "03-28 10:00", "04-03 10:00"),
        # Christmas Day and Boxing Day, which is kept on Monday.
        (LONDON, "GB", "ENG", "2026-12-17 11:00", "12-18 10:00", "12-24 10:00"),
        # The first check-in goes out on a holiday too.
        (LONDON, "GB", "ENG", "2026-12-24 11:00", "12-25 10:00", "12-31 10:00"),
        # Labour Day of New South Wales, the day after the clock went forward.
        (LORD_HOWE, "AU", "NSW", "2026-09-28 11:00", "09-29 10:00", "10-06 10:00"),
        # Independence Day in Brazil.
        (SAO_PAULO, "BR", "", "2026-08-31 11:00", "09-01 10:00", "09-08 10:00"),
        # A country without a calendar has weekends alone.
        (KATHMANDU, "XX", "", "2026-10-10 11:00", "10-11 10:00", "10-19 10:00"),
    ],
)
def test_holidays_of_the_clinic_s_country(
    zone: str, country: str, subdivision: str, performed: str, first: str, week: str
) -> None:
    clinic = Clinic(name="A", time_zone=zone, country=country, subdivision=subdivision)
    performed_at = local(zone, performed).astimezone(UTC)
    hours = hours_of(clinic, now=performed_at)
    dues = plan(ESI, performed_at=performed_at, hours=hours, risk=set(), now=performed_at)
    found = [f"{due.due_at.astimezone(hours.zone):%m-%d %H:%M}" for due in dues[:2]]
    assert found == [first, week]


@pytest.mark.parametrize(
    ("zone", "at", "within", "deadline"),
    [
        # From Friday over a night that is an hour short or long, to Monday's opening hours.
        (NEW_YORK, "2026-03-06 16:00", 2, "2026-03-09 10:00"),
        (NEW_YORK, "2026-10-30 16:00", 2, "2026-11-02 10:00"),
        (LONDON, "2026-10-23 16:30", 4, "2026-10-26 12:30"),
        (LORD_HOWE, "2026-04-03 16:00", 2, "2026-04-06 10:00"),
        (LORD_HOWE, "2026-10-02 16:00", 2, "2026-10-05 10:00"),
        (SAO_PAULO, "2018-11-02 16:00", 2, "2018-11-05 10:00"),
        (APIA, "2020-09-25 16:00", 2, "2020-09-28 10:00"),
        (KATHMANDU, "2026-03-06 16:00", 2, "2026-03-09 10:00"),
    ],
)
def test_deadlines_over_such_a_weekend(zone: str, at: str, within: int, deadline: str) -> None:
    hours = ClinicHours(ZoneInfo(zone))
    found = business_deadline(local(zone, at), hours, timedelta(hours=within))
    assert found == local(zone, deadline)
