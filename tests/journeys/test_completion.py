"""A follow-up ends by itself a week after all that it asked is over."""

from datetime import timedelta

from monitor import episodes
from monitor.completion import WHY
from monitor.episodes import COMPLETE_AFTER
from monitor.models import Alert, Change, Episode
from tests.journeys.conftest import Story
from tests.journeys.test_red_flags import WEAK

MINUTE = timedelta(minutes=1)


def over(story: Story) -> Episode:
    """Every check-in was answered with nothing to report, and the last could be no longer."""
    episode = story.follow()
    for key in ("d1", "d7", "d14"):
        story.asks(episode, key)
        story.well(episode)
    story.until(max(episode.check_ins.values_list("expires_at", flat=True)))
    return episode


def ended(episode: Episode) -> bool:
    episode.refresh_from_db()
    return episode.state == Episode.State.ENDED


def test_it_ends_with_nobody_told(story: Story) -> None:
    episode = over(story)
    at = story.now + COMPLETE_AFTER
    story.until(at - MINUTE)
    assert not ended(episode)
    story.until(at)
    assert ended(episode)
    assert (episode.ended_at, episode.ended_why) == (at, WHY)
    change = Change.objects.get(episode=episode)
    assert (change.what, change.by, change.at) == ("ended", None, at)
    story.no_text()
    assert story.work() == []


def test_a_red_flag_after_the_end_pages(story: Story) -> None:
    episode = over(story)
    story.after(days=8)
    assert ended(episode)
    story.says(WEAK)
    story.hears("ER")
    # Three weeks on, another is on call.
    story.paged(1)
    assert Alert.objects.get().episode == episode


def test_a_pause_puts_it_off(story: Story) -> None:
    episode = over(story)
    episodes.pause(episode, now=story.now)
    story.after(days=20)
    assert not ended(episode)
    episodes.resume(episode, now=story.now)
    story.after(days=1)
    assert ended(episode)
