"""Whose text it is, and texts that are no answer: shared phones, strangers, machines."""

import pytest

from monitor.models import Alert, CheckIn, Episode, TextRead, WorkItem
from notifications.models import Inbound, Page
from tests.journeys.conftest import Story

RELATIVE = "+12015550188"


def two(story: Story) -> tuple[Episode, Episode]:
    """Ruth, and Karl with the same phone a day later."""
    ruth = story.follow()
    story.after(days=1)
    story.ignore()
    karl = story.register(given_name="Karl")
    story.ignore()
    return ruth, karl


def test_two_patients_on_one_phone_and_one_question(story: Story) -> None:
    ruth = story.follow()
    karl = story.register(given_name="Karl", performed_at=story.now)
    story.after(hours=1, minutes=10)
    story.ignore()
    ruth.check_ins.filter(key="d1").update(due_at=None)
    story.until(karl.check_ins.get(key="d1").planned_for)
    story.hears("reply with a number")
    story.says("1")
    story.hears("weak")
    karl.refresh_from_db()
    assert TextRead.objects.get().episode == karl
    assert karl.conversation["answers"] == {"screen": 1}
    assert story.work() == ["wrong_person"]


def test_two_patients_on_one_phone_and_both_asked(story: Story) -> None:
    ruth = story.follow()
    karl = story.register(given_name="Karl")
    story.after(hours=1, minutes=10)
    story.ignore()
    story.until(ruth.check_ins.get(key="d1").planned_for)
    story.hears("reply with a number")
    story.hears("reply with a number")
    story.says("my legs are too weak to stand")
    story.ignore()
    story.paged(0)
    # Which of the two is for the caller to ask; one page is enough to make the call.
    assert "wrong_person" in story.work()
    assert Alert.objects.get().episode in (ruth, karl)
    story.says("1")
    story.hears("weak")
    assert {read.episode for read in TextRead.objects.all()} == {ruth, karl}


def test_two_patients_on_one_phone_and_no_question(story: Story) -> None:
    ruth, karl = two(story)
    story.says("I have a fever of 102 and chills")
    story.ignore()
    story.paged(0)
    assert "wrong_person" in story.work()
    assert TextRead.objects.get().episode is not None
    assert karl.texts.count() + ruth.texts.count() == 1


def test_a_relative_with_a_harmless_question(story: Story) -> None:
    story.follow()
    story.says("Can my mother take a bath?", RELATIVE)
    story.hears("we do not know this number", RELATIVE)
    story.says("Hello? anyone?", RELATIVE)
    story.no_text(RELATIVE)
    assert story.work() == ["unknown_number", "unknown_number"]
    assert not Page.objects.exists()


def test_a_wrong_number_is_for_staff_and_no_answer(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    story.says("Wrong number, I am not Ruth")
    story.hears("We will check the number")
    assert story.work() == ["wrong_person"]
    check_in.refresh_from_db()
    assert check_in.state != CheckIn.State.ANSWERED


def test_help_is_answered_and_handed_on(story: Story) -> None:
    story.follow()
    story.says("I need help with something")
    story.ignore()
    assert story.work()


ODD = (
    "",
    " ",
    "\u200b",
    "?",
    "👍",
    "💩" * 70,
    "x" * 1600,
    "Ω≈ç√∫˜µ≤≥÷ \u202eabc\u202c \ud7ff",
    "مرحبا لا أستطيع المشي",
    "a\x00b",
    "{clinic} {0} %s",
    "'; DROP TABLE monitor_episode; --",
    "١",
)


def test_any_text_is_kept_and_read_by_somebody(story: Story) -> None:
    episode = story.follow()
    for words in ODD:
        story.says(words)
        inbound = Inbound.objects.latest("received_at", "pk")
        assert inbound.handled_at == story.now
        read = TextRead.objects.get(inbound=inbound)
        assert read.episode == episode
        handed = WorkItem.objects.filter(inbound=inbound).exists()
        assert read.understood or handed or Page.objects.exists(), words
        story.after(seconds=1)
    assert Inbound.objects.count() == len(ODD)
    story.ignore(story.patient_number, *story.team())


def test_a_picture_is_seen_by_a_human(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    picture = ("http://example.com/a.jpg", "image/jpeg")
    story.phone().send("1", to=story.world.clinic.phone, media=[picture])
    story.clock.work()
    story.hears("weak")
    assert story.work() == ["read"]
    story.phone().send("", to=story.world.clinic.phone, media=[picture])
    story.clock.work()
    story.ignore()
    assert story.work() == ["read", "read"]


ROBOTS = (
    "I am driving and will answer later.",
    "Sorry, I did not get that. Please reply with just the number.",
    "2",
)


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_machine_at_a_patients_number_ends_it(story: Story, robot: str) -> None:
    episode = story.follow()
    story.asks(episode)
    assert answers_to(story, robot, story.patient_number) <= 6


@pytest.mark.parametrize("robot", ROBOTS)
def test_a_machine_at_an_unknown_number_gets_one_answer(story: Story, robot: str) -> None:
    assert answers_to(story, robot, RELATIVE) == 1


def test_help_for_ever_is_not_answered_for_ever(story: Story) -> None:
    story.follow()
    for _turn in range(8):
        story.says("HELP")
    ours = [body for body in story.ignore() if "follow-up texts" in body]
    assert 1 <= len(ours) <= 3


def answers_to(story: Story, robot: str, number: str) -> int:
    """How many texts a machine gets that answers every text, until there is none."""
    story.says(robot, number)
    for answered in range(20):
        got = story.ignore(number)
        if not got:
            story.ignore(*story.team())
            return answered
        story.says(robot, number)
    raise AssertionError("They talk for ever.")
