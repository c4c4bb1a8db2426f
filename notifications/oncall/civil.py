"""When staff may be bothered by what is no page: pure, by the wall clock of their zone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.oncall.rotation import instant

_MORNING, _EVENING = time(8), time(20)
# Tests and drills: on a working day, with the afternoon left to answer in.
_TESTS_FROM, _TESTS_UNTIL = time(10), time(16)
_WORKING_DAYS = 5
_STEP = timedelta(minutes=20)
_STEPS = 6


def by_day(at: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or the morning after it: what can wait is nobody's night's sleep."""
    local = at.astimezone(zone)
    if _MORNING <= local.time() < _EVENING:
        return at
    day = local.date() + timedelta(days=local.time() >= _EVENING)
    return instant(datetime.combine(day, _MORNING), zone)


def is_for_tests(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a test may go out: Monday to Friday, from 10:00 until before 16:00."""
    local = at.astimezone(zone)
    return local.weekday() < _WORKING_DAYS and _TESTS_FROM <= local.time() < _TESTS_UNTIL


def next_slot(key: int, *, after: datetime, zone: ZoneInfo) -> datetime:
    """The first turn of somebody at or after a moment: the same weekday and hour each week.

    `key` spreads people over Monday to Friday and from 10:00 to 11:40 in the zone.
    """
    day = after.astimezone(zone).date()
    day += timedelta(days=(key % _WORKING_DAYS - day.weekday()) % 7)
    wall = datetime.combine(day, _TESTS_FROM) + (key // _WORKING_DAYS % _STEPS) * _STEP
    at = instant(wall, zone)
    return at if at >= after else instant(wall + timedelta(days=7), zone)
