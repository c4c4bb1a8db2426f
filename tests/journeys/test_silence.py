"""A patient who does not answer: reminded, handed to staff, paged for, never forgotten."""

from datetime import datetime, timedelta

import pytest

from monitor import checkins, worklist
from monitor.models import CheckIn, Episode, WorkItem
from tests.journeys.conftest import Story
from tests.world import NOW


def silent(story: Story) -> tuple[Episode, CheckIn]:
    """The first check-in is sent, reminded of, and not answered."""
    episode = story.follow()
    check_in = story.asks(episode)
    story.after(hours=3, minutes=59)
    story.no_text()
    story.after(minutes=1)
    story.hears("We have not heard from you")
    return episode, check_in


def local(story: Story, moment: datetime) -> str:
    """A moment on the clinic's wall."""
    return moment.astimezone(story.world.clinic.zone).strftime("%a %H:%M")


def unreached(story: Story) -> tuple[Episode, CheckIn]:
    """A silent patient whom the desk phoned in vain."""
    episode, check_in = silent(story)
    in_vain(story)
    return episode, check_in


def in_vain(story: Story) -> None:
    """The desk phones a silent patient and reaches nobody."""
    worklist.close(
        WorkItem.objects.get(kind="silent", closed_at=None),
        outcome=WorkItem.Outcome.NOT_REACHED,
        note="No answer.",
        user=story.world.nurse,
        now=story.now,
    )


def test_silence_is_reminded_handed_to_staff_chased_and_ends_as_missed(story: Story) -> None:
    episode, check_in = silent(story)
    assert story.work() == ["silent"]
    in_vain(story)
    performed_at = episode.procedure.performed_at
    story.until(performed_at + timedelta(hours=48) - timedelta(seconds=1))
    story.no_text()
    story.after(seconds=1)
    assert "We still have not heard" in story.hears("Reply 1 if OK, 2 if not")
    check_in.refresh_from_db()
    # The procedure was on Tuesday at 14:00, so this is the end of the second day after it.
    assert local(story, check_in.due_at or story.now) == "Fri 00:00"
    story.until(check_in.due_at or story.now)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.MISSED
    missed = WorkItem.objects.get(kind=WorkItem.Kind.MISSED)
    assert missed.score == 100
    assert missed.why.startswith("SYSTEM FAILURE: not contacted the day after")
    assert local(story, missed.deadline) == "Fri 10:00"
    story.until(missed.deadline)
    story.paged(0)


def test_the_chaser_is_answered_as_the_check_in_itself(story: Story) -> None:
    episode, check_in = unreached(story)
    story.until(episode.procedure.performed_at + timedelta(hours=48))
    story.hears("We still have not heard")
    story.says("2")
    assert "weak" in story.hears("more short questions")
    story.well(episode)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ANSWERED
    story.after(hours=10)
    assert "missed" not in story.work()


def test_who_has_begun_is_chased_with_the_question_that_is_open(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("1")
    story.hears("weak")
    story.after(hours=4)
    story.hears("We still need your answer")
    in_vain(story)
    story.until(episode.procedure.performed_at + timedelta(hours=48))
    assert "weak" in story.hears("We still need your answer")
    story.after(hours=12)
    missed = WorkItem.objects.get(kind=WorkItem.Kind.MISSED)
    assert (missed.why, missed.score) == ("The check-in was begun and never finished.", 0)


def test_no_chaser_after_a_word_with_the_patient(story: Story) -> None:
    _episode, check_in = silent(story)
    checkins.reached_by_phone(check_in, now=story.now)
    story.after(days=4)
    story.no_text()
    assert story.work() == []


def test_a_chaser_gives_way_to_a_check_in_of_the_same_day(story: Story) -> None:
    zone = story.world.clinic.zone
    performed_at = datetime(2026, 3, 4, 9, tzinfo=zone)
    story.clock.now = performed_at + timedelta(hours=1)
    # After a lumbar puncture the next check-in comes at 48 to 72 hours.
    episode = story.register(performed_at=performed_at, kind="lumbar_puncture", steroid=False)
    first, third = episode.check_ins.filter(key__in=("d1", "d3"))
    story.until(first.planned_for + timedelta(hours=4))
    story.ignore()
    in_vain(story)
    story.until(third.planned_for)
    assert story.ignore()[-1].startswith("Harbor Spine Clinic: a short check")
    story.until(third.planned_for + timedelta(hours=3))
    story.no_text()
    story.well(episode)
    story.until(third.planned_for + timedelta(hours=15))
    first.refresh_from_db()
    # It stays missed; but whoever has answered since needs no call for it.
    assert first.state == CheckIn.State.MISSED
    assert story.work() == []


def test_a_chaser_that_an_outage_held_up_over_night_is_left_out(story: Story) -> None:
    episode, check_in = unreached(story)
    # Everything stands still from before the chaser until 22:00 of that day.
    story.clock.now = episode.procedure.performed_at + timedelta(hours=56)
    story.clock.work()
    story.no_text()
    check_in.refresh_from_db()
    assert (check_in.step, local(story, check_in.due_at or NOW)) == ("miss", "Fri 00:00")


def test_a_week_later_the_reminder_comes_the_next_day_and_no_chaser(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.well(episode)
    check_in = story.asks(episode, "d7")
    story.after(hours=23, minutes=59)
    story.no_text()
    story.after(minutes=1)
    story.hears("We have not heard from you")
    assert story.work() == []
    story.after(hours=24)
    in_vain(story)
    story.until(check_in.planned_for + timedelta(hours=96))
    missed = WorkItem.objects.get(kind=WorkItem.Kind.MISSED)
    assert (missed.why, missed.score) == ("The check-in ended without contact.", 0)
    story.no_text()


def test_nobody_phones_a_silent_patient_and_the_team_is_paged(story: Story) -> None:
    silent(story)
    item = WorkItem.objects.get(kind=WorkItem.Kind.SILENT)
    # Wednesday 14:00, and the day ends at 18:00.
    assert local(story, item.deadline) == "Wed 18:00"
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
    in_vain(story)
    story.until(check_in.planned_for + timedelta(hours=38))
    story.hears("We still have not heard")
    assert story.work() == ["missed"]
    story.well(episode)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.MISSED
    assert story.work() == []


@pytest.mark.parametrize(
    ("anticoagulant", "deadline"),
    # The first check-in is on a Saturday, when the clinic is closed.
    [(True, "Sat 15:00"), (False, "Mon 12:00")],
)
def test_a_patient_at_high_risk_is_phoned_the_same_day(
    story: Story, deadline: str, *, anticoagulant: bool
) -> None:
    story.clock.now = NOW + timedelta(days=3)
    episode = story.register(anticoagulant=anticoagulant)
    story.until(episode.check_ins.get(key="d1").planned_for + timedelta(hours=4))
    assert "We have not heard from you" in story.ignore()[-1]
    item = WorkItem.objects.get()
    assert local(story, item.deadline) == deadline
    assert item.why.startswith("High risk, and no reply") is anticoagulant


def test_high_risk_and_a_late_check_in_are_phoned_in_the_evening(story: Story) -> None:
    zone = story.world.clinic.zone
    # Registered in the afternoon of the day after: the check-in goes out at once.
    story.clock.now = datetime(2026, 3, 4, 17, tzinfo=zone)
    episode = story.register(
        performed_at=datetime(2026, 3, 3, 11, tzinfo=zone), anticoagulant=True
    )
    story.ignore()
    story.until(datetime(2026, 3, 4, 21, tzinfo=zone))
    story.ignore(*story.team(), episode.patient.phone)
    item = WorkItem.objects.get()
    assert (local(story, item.opened_at), local(story, item.deadline)) == (
        "Wed 19:00",
        "Wed 20:00",
    )


def test_who_has_begun_is_reminded_of_the_question_that_is_open(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("1")
    question = story.hears("weak")
    story.after(hours=4)
    reminded = story.hears("We still need your answer").split("\n")
    assert reminded[-1] == question.split("\n")[-1]
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
    story.replies(story.responder(0), f"{page.code} 6, a test")
    story.hears("closed with 6", story.responder(0).phone)
