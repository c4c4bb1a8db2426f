"""Wall clocks: check-ins keep the clinic's hour; pages count real minutes."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Page
from tests.journeys.conftest import Story

NEW_YORK, LONDON, LORD_HOWE = "America/New_York", "Europe/London", "Australia/Lord_Howe"

# Each zone's nights of 2026 in which the clock changes: the local day, and its shift in hours.
NIGHTS = [
    (NEW_YORK, date(2026, 3, 8), 1.0),
    (NEW_YORK, date(2026, 11, 1), -1.0),
    (LONDON, date(2026, 3, 29), 1.0),
    (LONDON, date(2026, 10, 25), -1.0),
    (LORD_HOWE, date(2026, 10, 4), 0.5),
    (LORD_HOWE, date(2026, 4, 5), -0.5),
]


def at(story: Story, zone: str, day: date, hour: int, minute: int = 0) -> datetime:
    """Put the clinic into a zone and the story at a local moment."""
    story.world.clinic.time_zone = zone
    story.world.clinic.save()
    moment = datetime.combine(day, time(hour, minute), ZoneInfo(zone))
    story.clock.now = moment.astimezone(ZoneInfo("UTC"))
    return story.now


@pytest.mark.parametrize(("zone", "night", "shift"), NIGHTS)
def test_the_night_in_which_the_clock_changes(
    story: Story, zone: str, night: date, shift: float
) -> None:
    performed_at = at(story, zone, night - timedelta(days=1), 10)
    episode = story.register(performed_at=performed_at)
    story.after(hours=1, minutes=10)
    story.ignore()
    check_in = story.asks(episode)
    local = check_in.planned_for.astimezone(ZoneInfo(zone))
    assert (local.date(), local.time()) == (night, time(10))
    assert check_in.planned_for - performed_at == timedelta(hours=24 - shift)
    later = episode.check_ins.get(key="d7").planned_for.astimezone(ZoneInfo(zone))
    assert later.time() == time(10)
    assert later.weekday() < 5


@pytest.mark.parametrize(("zone", "night", "shift"), NIGHTS)
def test_a_page_in_that_night_climbs_by_real_minutes(
    story: Story, zone: str, night: date, shift: float
) -> None:
    at(story, zone, night - timedelta(days=1), 10)
    episode = story.follow()
    change = datetime.combine(night, time(1, 58), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    story.until(change)
    story.says("my legs are so weak I can't stand up")
    story.hears("ER")
    page = Page.objects.get()
    story.after(minutes=4, seconds=59)
    page.refresh_from_db()
    assert page.rung == 0
    story.after(seconds=1)
    page.refresh_from_db()
    assert page.rung == 1
    assert page.due_at == change + timedelta(minutes=10)
    assert episode.alerts.count() == 1
    story.ignore(*story.team())


@pytest.mark.parametrize(
    ("day", "first", "week", "fortnight"),
    [
        # A month's end, into February; the 7th day is a Friday.
        ((2026, 1, 30), (1, 31), (2, 6), (2, 13)),
        # The day before a leap day.
        ((2028, 2, 28), (2, 29), (3, 6), (3, 13)),
        # A leap day itself.
        ((2028, 2, 29), (3, 1), (3, 7), (3, 14)),
        # A Saturday: the first goes out on Sunday, the others wait for Monday.
        ((2026, 2, 28), (3, 1), (3, 9), (3, 16)),
        # The 7th day is New Year's Day, a Friday, and the clinic opens on Monday.
        ((2026, 12, 25), (12, 26), (1, 4), (1, 8)),
    ],
)
def test_the_days_of_the_check_ins(
    story: Story,
    day: tuple[int, int, int],
    first: tuple[int, int],
    week: tuple[int, int],
    fortnight: tuple[int, int],
) -> None:
    at(story, NEW_YORK, date(*day), 15)
    episode = story.register()
    planned = [
        check_in.planned_for.astimezone(ZoneInfo(NEW_YORK))
        for check_in in episode.check_ins.order_by("planned_for")
    ]
    assert [(one.month, one.day) for one in planned] == [first, week, fortnight]
    assert {one.time() for one in planned} == {time(10)}
    story.ignore()


def test_a_deadline_passes_over_weekend_and_holiday(story: Story) -> None:
    # The Friday before Memorial Day.
    at(story, NEW_YORK, date(2026, 5, 22), 9)
    episode = story.register()
    story.after(hours=2)
    story.ignore()
    story.until(episode.began_at + timedelta(hours=8, minutes=30))
    story.says("Can I drive on Monday?")
    story.ignore()
    local = episode.work.get().deadline.astimezone(ZoneInfo(NEW_YORK))
    # Half an hour on Friday, three and a half on Tuesday.
    assert local.strftime("%a %m-%d %H:%M") == "Tue 05-26 11:30"
