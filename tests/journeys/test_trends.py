"""An answer is read against the baseline and against what was said before."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from monitor import worklist
from monitor.levels import Level
from monitor.models import Assessment, Episode, WorkItem
from tests.journeys.conftest import Story


def last_words(episode: Episode, rule: str) -> tuple[Level, str]:
    """The last assessment's level, and the words of one of its reasons."""
    assessment = Assessment.objects.filter(episode=episode).order_by("-at", "-pk")[0]
    said = {reason["rule"]: reason["words"] for reason in assessment.reasons}
    return Level(assessment.level), said[rule]


def desk(story: Story) -> None:
    """The desk does all the work that there is."""
    for item in WorkItem.objects.filter(closed_at=None):
        done = WorkItem.Outcome.DONE
        worklist.close(item, outcome=done, note="", user=story.world.nurse, now=story.now)


def shown(story: Story, episode: Episode) -> str:
    """The patient's page, as the nurse sees it."""
    client = Client()
    client.force_login(story.world.nurse)
    return client.get(reverse("patient", args=[episode.patient_id])).content.decode()


def test_pain_that_turned_is_read_though_it_is_below_the_baseline(story: Story) -> None:
    episode = story.follow(baseline_pain=8)
    story.asks(episode)
    story.tells(episode, pain_score=2)
    story.asks(episode, "d7")
    story.tells(episode, pain_score=4)
    words = "pain 4, 2 on day 1"
    assert last_words(episode, "pain_score.turned") == (Level.REVIEW, words)
    assert words in shown(story, episode)
    assert story.work() == ["read"]


def test_pain_above_the_baseline_after_a_week_pages(story: Story) -> None:
    episode = story.follow(baseline_pain=4)
    story.asks(episode)
    story.tells(episode, pain_score=5)
    story.asks(episode, "d7")
    story.tells(episode, pain_score=6)
    found = last_words(episode, "pain_score.risen.infection_window")
    assert found == (Level.URGENT, "pain 6, baseline 4")
    story.ignore()
    story.paged(1)


def test_a_baseline_that_nobody_recorded_is_said_to_be_assumed(story: Story) -> None:
    episode = story.follow(baseline_pain=None)
    story.asks(episode)
    story.tells(episode, pain_score=8)
    level, words = last_words(episode, "pain_score.severe.score")
    assert (level, words) == (Level.URGENT, "pain 8, baseline 5 (assumed, none recorded)")
    story.ignore()
    story.paged(0)


def test_a_headache_that_changed_its_type_is_an_emergency(story: Story) -> None:
    episode = story.register(kind="lumbar_puncture", steroid=False)
    story.after(hours=1)
    story.ignore()
    story.asks(episode)
    story.tells(episode, headache=2)
    desk(story)
    story.asks(episode, "d3")
    story.tells(episode, headache=3)
    words = "day 1: 2 Yes, better when I lie flat; 3 Yes, all the time"
    assert last_words(episode, "headache.changed") == (Level.EMERGENCY, words)
    assert "day 1: 2 Yes, better when I lie flat" in shown(story, episode)
    story.ignore()
    story.paged(0)


def test_what_was_said_between_two_check_ins_counts_as_before(story: Story) -> None:
    episode = story.register(kind="lumbar_puncture", steroid=False)
    story.after(hours=1)
    story.ignore()
    story.asks(episode)
    story.tells(episode)
    story.says("my head pounds as soon as I sit upright and is fine lying down")
    story.ignore()
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code} 1")
    story.hears("closed with 1", story.responder(0).phone)
    story.asks(episode, "d3")
    story.tells(episode, headache=3)
    level, words = last_words(episode, "headache.changed")
    assert (level, words.startswith("day 1: ")) == (Level.EMERGENCY, True)
    story.ignore()
    story.paged(0)


def test_numbness_that_does_not_fade_by_day_eight(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.tells(episode, limb_numbness=3)
    check_in = story.asks(episode, "d7")
    story.tells(episode, limb_numbness=3)
    assert last_words(episode, "limb_numbness.fading.week")[0] is Level.REVIEW
    desk(story)
    # A week and a review: asked again two to three days later, past day eight.
    again = story.asks(episode, "d10")
    assert again.planned_for - check_in.planned_for == timedelta(days=3)
    story.tells(episode, limb_numbness=2)
    words = "day 7: 3 Yes, but fading since my visit; 2 Yes, new or spreading"
    assert last_words(episode, "limb_numbness.not_fading") == (Level.URGENT, words)
    assert "numbness_late" in Assessment.objects.order_by("-at", "-pk")[0].shown
    story.ignore()
    story.paged(1)
