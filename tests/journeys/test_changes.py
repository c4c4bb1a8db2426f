"""What staff change on the way: cancelled, paused, moved, ended, and a second procedure."""

from datetime import datetime, timedelta

import pytest

from monitor import checkins, episodes
from monitor.models import Alert, Answer, CheckIn, Episode
from notifications.models import Message
from tests.journeys.conftest import Story

State = CheckIn.State


def d1(episode: Episode) -> CheckIn:
    return episode.check_ins.get(key="d1")


def test_a_cancelled_check_in_is_not_sent(story: Story) -> None:
    episode = story.follow()
    checkins.cancel(d1(episode), now=story.now)
    story.until(story.now + timedelta(days=3))
    story.no_text()
    assert d1(episode).state == State.CANCELLED
    assert story.work() == []
    with pytest.raises(checkins.NotOpen, match="cancelled already"):
        checkins.cancel(d1(episode), now=story.now)


def test_a_check_in_cancelled_after_sending_troubles_nobody(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    story.after(hours=6)
    story.hears("have not heard")
    assert story.work() == ["silent"]
    checkins.cancel(check_in, now=story.now)
    assert story.work() == []
    story.after(days=3)
    assert story.work() == []


def test_a_pause_holds_texts_back_and_a_resumption_goes_on(story: Story) -> None:
    episode = story.follow()
    episodes.pause(episode, now=story.now)
    planned = d1(episode).planned_for
    story.until(planned + timedelta(hours=1))
    story.no_text()
    episodes.resume(episode, now=story.now)
    story.clock.work()
    story.hears("reply with a number")
    story.well(episode)
    assert d1(episode).state == State.ANSWERED


def test_a_resumption_after_a_check_in_has_expired(story: Story) -> None:
    episode = story.follow()
    episodes.pause(episode, now=story.now)
    story.until(d1(episode).expires_at + timedelta(hours=14))
    story.no_text()
    episodes.resume(episode, now=story.now)
    story.clock.work()
    story.no_text()
    assert story.work() == ["call"]


def test_a_pause_between_two_steps_keeps_their_times(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    story.after(hours=1)
    episodes.pause(episode, now=story.now)
    story.after(minutes=30)
    episodes.resume(episode, now=story.now)
    story.clock.work()
    story.no_text()
    story.until(check_in.planned_for + timedelta(hours=4))
    story.hears("have not heard")
    story.after(hours=2)
    assert story.work() == ["silent"]
    episodes.pause(episode, now=story.now)
    episodes.resume(episode, now=story.now)
    story.clock.work()
    # Not missed yet: that comes 38 hours after the check-in.
    assert d1(episode).state == State.SENT


def test_in_a_pause_texts_are_read_and_nothing_new_is_asked(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    episodes.pause(episode, now=story.now)
    story.says("my legs are so weak I can't stand up")
    story.hears("ER")
    story.paged(0)
    open_ = episode.check_ins.filter(state__in=CheckIn.OPEN)
    assert not open_.filter(due_at__isnull=False).exists()
    story.after(minutes=1)
    story.replies(story.responder(0), f"{story.page().code} 1")
    story.ignore(story.responder(0).phone)


def test_a_check_in_is_moved(story: Story) -> None:
    episode = story.follow()
    to = d1(episode).planned_for + timedelta(hours=5)
    length = d1(episode).expires_at - d1(episode).planned_for
    checkins.reschedule(d1(episode), to=to, now=story.now)
    story.until(to - timedelta(minutes=1))
    story.no_text()
    story.until(to)
    story.hears("reply with a number")
    assert d1(episode).sent_at == to
    assert d1(episode).expires_at - to == length


def test_where_a_check_in_cannot_be_moved_to(story: Story) -> None:
    episode = story.follow()
    zone = story.world.clinic.zone
    night = datetime(2026, 3, 4, 22, 0, tzinfo=zone)
    with pytest.raises(ValueError, match="not texted at night"):
        checkins.reschedule(d1(episode), to=night, now=story.now)
    with pytest.raises(ValueError, match="in the future"):
        checkins.reschedule(d1(episode), to=story.now - timedelta(hours=1), now=story.now)
    check_in = story.asks(episode)
    with pytest.raises(checkins.NotOpen, match="sent already"):
        checkins.reschedule(check_in, to=story.now + timedelta(hours=2), now=story.now)


def test_an_ended_follow_up_asks_no_more(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    episodes.end(episode, why="The patient has moved.", now=story.now)
    states = set(episode.check_ins.values_list("state", flat=True))
    assert states == {State.CANCELLED}
    story.says("1")
    assert not any("weak" in body for body in story.ignore())
    assert not Message.objects.filter(state=Message.State.CREATED).exists()
    assert not episode.check_ins.filter(due_at__isnull=False).exists()


def test_an_end_takes_back_the_welcome(story: Story) -> None:
    performed_at = story.now
    episode = story.register(performed_at=performed_at)
    episodes.end(episode, why="Registered by mistake.", now=story.now)
    story.after(days=15)
    story.no_text()
    assert story.work() == []


def second(story: Story) -> tuple[Episode, Episode]:
    """A lumbar injection, and a cervical one three days later, of the same person."""
    first = story.follow()
    story.asks(first)
    story.well(first)
    story.after(days=2)
    again = story.register(region="cervical")
    story.after(minutes=10)
    story.ignore()
    assert again.patient == first.patient
    return first, again


def test_a_second_procedure_while_the_first_is_followed(story: Story) -> None:
    first, again = second(story)
    story.asks(again)
    story.says("1")
    story.hears("weak")
    assert Answer.objects.filter(episode=again).count() == 1
    story.well(again)
    story.asks(first, "d7")
    story.says("1")
    story.hears("weak")
    assert Answer.objects.filter(episode=first, check_in__key="d7").count() == 1
    story.says("my legs are so weak I can't stand up")
    story.hears("ER")
    assert Alert.objects.get().episode == first
    story.ignore(*story.team())


def test_a_flag_outside_the_check_ins_goes_to_the_latest_talk(story: Story) -> None:
    _first, again = second(story)
    story.asks(again)
    story.well(again)
    story.says("my arms are so weak I can't lift them")
    story.ignore()
    assert Alert.objects.get().episode == again
    story.ignore(*story.team())
