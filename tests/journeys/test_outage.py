"""Six hours in which nothing runs: nothing is dropped, and nothing comes six times."""

from datetime import datetime, timedelta

from monitor import heartbeat
from monitor.models import CheckIn, Episode
from notifications.models import Page, PageEvent
from tests.journeys.conftest import Story

OUTAGE = timedelta(hours=6)


def local(story: Story, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 at the clinic."""
    return datetime(2026, 3, day, hour, minute, tzinfo=story.world.clinic.zone)


def outage(story: Story, *, start: datetime, length: timedelta = OUTAGE) -> None:
    """Nothing runs from `start` on; then everything does again."""
    story.until(start - timedelta(minutes=1))
    story.clock.now = start + length
    assert story.clock.next_due() is not None
    story.clock.work()


def first(episode: Episode) -> CheckIn:
    return episode.check_ins.get(key="d1")


def test_by_day_the_check_in_goes_out_late_and_is_waited_for(story: Story) -> None:
    episode = story.follow()
    outage(story, start=local(story, 4, 9, 30))
    story.hears("reply with a number")
    assert first(episode).sent_at == story.now
    story.after(hours=4)
    # Half past seven in the evening: not night yet.
    story.hears("have not heard")
    story.no_text()


def test_into_the_night_it_expires_and_a_human_phones(story: Story) -> None:
    episode = story.follow()
    outage(story, start=local(story, 4, 9, 30), length=timedelta(hours=10, minutes=45))
    story.no_text()
    assert story.work() == ["call"]
    assert first(episode).state == CheckIn.State.PLANNED
    assert first(episode).step == CheckIn.Step.MISS


def test_a_later_check_in_is_shifted_to_the_morning(story: Story) -> None:
    episode = story.follow()
    first(episode).delete()
    d7 = episode.check_ins.get(key="d7")
    outage(story, start=d7.planned_for - timedelta(hours=1), length=timedelta(hours=13))
    story.no_text()
    story.until(local(story, 11, 8, 59))
    story.no_text()
    story.until(local(story, 11, 9))
    story.hears("It has been a week")
    assert story.work() == []


def test_past_expiry_it_ends_as_missed_and_is_shown(story: Story) -> None:
    episode = story.follow()
    outage(story, start=local(story, 4, 9), length=timedelta(hours=48))
    check_in = first(episode)
    assert check_in.state == CheckIn.State.MISSED
    assert episode.work.get(kind="missed").score == 100
    story.no_text()
    story.ignore(*story.team())


def test_a_silence_that_the_outage_covers_is_handed_over_once(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    outage(story, start=local(story, 4, 11))
    story.hears("have not heard")
    assert story.work() == ["silent"]
    story.no_text()


def test_a_page_climbs_once_and_not_six_times(story: Story) -> None:
    story.follow()
    story.says("my legs are so weak I can't stand up")
    story.hears("ER")
    page = story.paged(0)
    story.clock.now += OUTAGE
    story.clock.work()
    assert PageEvent.objects.filter(page=page, kind=PageEvent.Kind.CLIMBED).count() == 1
    story.hears("call 2", story.responder(2).phone)
    story.no_text(*story.team())
    story.after(minutes=5)
    for place in range(3):
        story.hears("call 3", story.responder(place).phone)


def test_a_branch_that_was_left_open_pages_once(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("2")
    story.hears("more short")
    outage(story, start=story.now + timedelta(minutes=5))
    story.ignore()
    story.paged(0)
    assert Page.objects.count() == 1


def test_the_pulse_shows_the_outage_and_its_end(story: Story) -> None:
    episode = story.follow()
    story.until(first(episode).planned_for - timedelta(minutes=1))
    assert heartbeat.take(now=story.now).well
    stopped = story.now + OUTAGE
    pulse = heartbeat.take(now=stopped)
    assert not pulse.well
    assert pulse.check_in == (OUTAGE - timedelta(minutes=1)).total_seconds()
    story.clock.now = stopped
    story.clock.work()
    story.hears("reply with a number")
    assert heartbeat.take(now=story.now).well
