"""A clinic's hours and holidays, from its row."""

from datetime import date, datetime
from functools import lru_cache

import holidays

from monitor.timetable import ClinicHours
from patients.models import Clinic


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    try:
        days = holidays.country_holidays(
            country, subdiv=subdivision or None, years=(year, year + 1)
        )
    # So the library says that it has no calendar of the place.
    except NotImplementedError:
        return frozenset()
    return frozenset(days)


def hours_of(clinic: Clinic, *, now: datetime) -> ClinicHours:
    """When the clinic is open, around `now`. A country without a calendar has no holidays."""
    return ClinicHours(
        zone=clinic.zone,
        opens=clinic.opens,
        closes=clinic.closes,
        check_in_at=clinic.check_in_at,
        quiet_from=clinic.quiet_from,
        quiet_until=clinic.quiet_until,
        closed_on=_holidays(clinic.country, clinic.subdivision, now.year),
        open_weekdays=frozenset(clinic.open_weekdays),
    )
