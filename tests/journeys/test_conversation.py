"""Answers as people give them: late, corrected, all at once, or not at all."""

from datetime import timedelta

from monitor import worklist
from monitor.levels import Level
from monitor.models import Alert, Answer, Assessment, CheckIn, Episode, WorkItem
from notifications.models import Page
from tests.journeys.conftest import Story


def one_or_more(story: Story) -> Episode:
    """The first question is answered with "one or more"."""
    episode = story.follow()
    story.asks(episode)
    story.says("2")
    story.hears("more short questions")
    return episode


def test_one_or_more_and_then_silence_pages_after_15_minutes(story: Story) -> None:
    one_or_more(story)
    story.after(minutes=14, seconds=59)
    assert not Page.objects.exists()
    story.after(seconds=1)
    story.hears("A clinician will call you")
    page = story.paged(0)
    assert page.level == Page.Level.URGENT
    assert Alert.objects.get().assessment is not None
    assert story.work() == ["call"]
    story.replies(story.responder(0), f"{page.code} 1")
    story.hears("closed with 1", story.responder(0).phone)
    assert story.work() == []
    assert CheckIn.objects.get(key="d1").state == CheckIn.State.REACHED


def test_answers_in_the_branch_do_not_stop_its_clock(story: Story) -> None:
    one_or_more(story)
    story.after(minutes=7)
    story.says("1")
    story.hears("")
    story.after(minutes=7)
    story.says("1")
    story.hears("")
    story.after(minutes=1)
    story.hears("A clinician will call you")
    story.paged(0)


def test_a_branch_that_is_finished_in_time_does_not_lapse(story: Story) -> None:
    episode = one_or_more(story)
    story.well(episode)
    story.after(minutes=20)
    assert not Alert.objects.exists()
    assert "call" not in story.work()
    episode.refresh_from_db()
    assert episode.branch_due_at is None
    story.no_text()


def assessments() -> list[Assessment]:
    return list(Assessment.objects.order_by("at"))


def test_the_next_check_in_waits_for_the_branch_of_the_last(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    # Nothing for a week; then, just before the next check-in, "one or more".
    story.until(story.now + timedelta(hours=4))
    story.hears("have not heard")
    episode.check_ins.filter(key="d1").update(due_at=None)
    worklist.close(
        WorkItem.objects.get(),
        outcome=WorkItem.Outcome.NOT_REACHED,
        note="",
        user=story.world.nurse,
        now=story.now,
    )
    later = episode.check_ins.get(key="d7")
    story.until(later.planned_for - timedelta(minutes=5))
    story.says("2")
    story.hears("more short questions")
    story.after(minutes=14)
    story.no_text()
    story.after(minutes=1)
    story.hears("A clinician will call you")
    story.paged(1)
    story.hears("It has been a week")


def test_a_correction_is_kept_and_does_not_take_a_page_back(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("1")
    story.hears("weak")
    story.says("2")
    story.ignore()
    page = story.paged(0)
    story.says("sorry, meant 1")
    story.ignore()
    page.refresh_from_db()
    assert page.state == Page.State.OPEN
    values = Answer.objects.filter(question="limb_weakness").values_list("value", "correction")
    assert list(values) == [(2.0, False), (1.0, True)]
    assert max(one.level for one in assessments()) >= Level.URGENT
    story.no_text(*story.team())


def test_numbered_answers_at_once(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("1 no 2 no 3 no")
    story.hears("pee")
    asked = Answer.objects.values_list("question", "value")
    assert list(asked) == [("screen", 1), ("limb_weakness", 1), ("saddle_numbness", 1)]
    story.well(episode)
    assert episode.check_ins.get(key="d1").state == CheckIn.State.ANSWERED


def test_one_friendly_repeat_and_then_a_human(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("purple")
    story.hears("Sorry, I did not get that")
    story.says("bananas")
    story.hears("A person will read your text")
    story.says("oranges")
    assert "unanswered" in story.work()
    story.ignore()
    episode.refresh_from_db()
    assert episode.conversation["open"] == "screen"


def test_a_text_for_review_has_a_deadline_in_clinic_hours_and_pages_past_it(
    story: Story,
) -> None:
    story.follow()
    story.until(story.now + timedelta(hours=2))
    # Tuesday 17:06; the clinic closes at 18:00.
    story.says("the spot where you put the needle looks a bit odd today")
    story.ignore()
    item = WorkItem.objects.get()
    local = item.deadline.astimezone(story.world.clinic.zone)
    assert local.strftime("%a %H:%M") == "Wed 09:06"
    story.until(item.deadline - timedelta(seconds=1))
    assert not Page.objects.exists()
    story.after(seconds=1)
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code} 6, a test")
    story.hears("closed with 6", story.responder(0).phone)
    item.refresh_from_db()
    assert (item.outcome, item.note) == (WorkItem.Outcome.PAGED, "false alarm")
    assert story.work() == []
