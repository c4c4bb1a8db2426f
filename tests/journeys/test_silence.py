"""A patient who does not answer: reminded, handed to staff, paged for, never forgotten."""

from datetime import timedelta

from monitor import checkins, worklist
from monitor.models import CheckIn, Episode, WorkItem
from tests.journeys.conftest import Story


def silent(story: Story) -> tuple[Episode, CheckIn]:
    """The first check-in is sent, reminded of, and not answered."""
    episode = story.follow()
    check_in = story.asks(episode)
    story.after(hours=3, minutes=59)
    story.no_text()
    story.after(minutes=1)
    story.hears("We have not heard from you")
    return episode, check_in


def test_silence_is_reminded_handed_to_staff_and_ends_as_missed(story: Story) -> None:
    _episode, check_in = silent(story)
    assert story.work() == []
    story.until(check_in.planned_for + timedelta(hours=6))
    assert story.work() == ["silent"]
    story.until(WorkItem.objects.get().deadline)
    close_page(story)
    story.until(check_in.planned_for + timedelta(hours=38))
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.MISSED
    missed = WorkItem.objects.get(kind=WorkItem.Kind.MISSED)
    assert missed.score == 100
    assert "failure" in missed.why


def test_nobody_phones_a_silent_patient_and_the_team_is_paged(story: Story) -> None:
    silent(story)
    story.after(hours=2)
    item = WorkItem.objects.get(kind=WorkItem.Kind.SILENT)
    # Wednesday 16:00 and four hours of a day that ends at 18:00: Thursday 10:00.
    assert item.deadline.astimezone(story.world.clinic.zone).strftime("%a %H:%M") == "Thu 10:00"
    story.until(item.deadline)
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code}")
    story.hears("You have URGENT", story.responder(0).phone)
    story.replies(story.responder(0), f"{page.code} 1")
    story.hears("closed with 1", story.responder(0).phone)
    item.refresh_from_db()
    assert item.outcome == WorkItem.Outcome.PAGED
    assert story.work() == []


def test_a_late_answer_closes_what_silence_had_opened(story: Story) -> None:
    episode, check_in = silent(story)
    story.after(hours=2)
    assert story.work() == ["silent"]
    story.well(episode)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ANSWERED
    assert story.work() == []
    story.after(hours=36)
    assert story.work() == []


def test_an_answer_after_the_miss_closes_the_work_and_stays_a_miss(story: Story) -> None:
    episode, check_in = silent(story)
    story.after(hours=2)
    story.until(WorkItem.objects.get().deadline)
    close_page(story)
    story.until(check_in.planned_for + timedelta(hours=38))
    assert story.work() == ["missed"]
    story.well(episode)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.MISSED
    assert story.work() == []


def test_a_patient_at_high_risk_is_phoned_sooner(story: Story) -> None:
    episode = story.follow(anticoagulant=True)
    check_in = story.asks(episode)
    story.until(check_in.planned_for + timedelta(hours=4))
    story.hears("We have not heard from you")
    assert story.work() == ["silent"]


def test_who_has_begun_is_reminded_of_the_question_that_is_open(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("1")
    question = story.hears("weak")
    story.after(hours=4)
    assert story.hears("weak") == question.split("\n")[-1]
    story.after(hours=2)
    assert story.work() == ["silent"]
    assert "not finished" in WorkItem.objects.get().why


def test_reached_by_phone_ends_the_check_in_and_its_work(story: Story) -> None:
    _episode, check_in = silent(story)
    story.after(hours=2)
    checkins.reached_by_phone(check_in, now=story.now)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.REACHED
    assert story.work() == []
    story.after(days=2)
    assert story.work() == []


def test_work_closed_as_reached_ends_the_check_in_too(story: Story) -> None:
    _episode, check_in = silent(story)
    story.after(hours=2)
    worklist.close(
        WorkItem.objects.get(),
        outcome=WorkItem.Outcome.REACHED,
        note="Well.",
        user=story.world.nurse,
        now=story.now,
    )
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.REACHED
    story.after(days=2)
    assert story.work() == []


def close_page(story: Story) -> None:
    """The first on call ends a page without having spoken with the patient."""
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code} 6")
    story.hears("closed with 6", story.responder(0).phone)
