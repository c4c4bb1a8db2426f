"""STOP and its words: obeyed at once, undone by START alone, and never the end of care."""

import pytest

from monitor import worklist
from monitor.models import CheckIn, Episode, WorkItem
from notifications.models import OptOut, Page
from notifications.simulator import Kind
from patients.registration import give_consent, withdraw_consent
from tests.journeys.conftest import Story

Work = WorkItem.Kind


def opted_out() -> bool:
    return OptOut.objects.filter(ended_at=None).exists()


def without_texts(story: Story, episode: Episode) -> None:
    """Each later check-in goes to staff, who phone; not a text goes out."""
    for check_in in episode.check_ins.filter(state=CheckIn.State.PLANNED):
        story.until(check_in.planned_for)
        item = WorkItem.objects.get(check_in=check_in, closed_at=None)
        assert item.kind == Work.OPTED_OUT
        phoned(story, item)
        check_in.refresh_from_db()
        assert check_in.state == CheckIn.State.REACHED
    story.after(days=10)
    story.no_text()


def phoned(story: Story, item: WorkItem) -> None:
    """Staff have reached the patient."""
    assert worklist.close(
        item, outcome="reached", note="Well.", user=story.world.nurse, now=story.now
    )


def close_desk(story: Story) -> None:
    """Staff do what has come up so far."""
    for item in WorkItem.objects.filter(closed_at=None):
        worklist.close(
            item,
            outcome=WorkItem.Outcome.DONE,
            note="Noted.",
            user=story.world.nurse,
            now=story.now,
        )


def test_stop_alone_ends_texts_and_hands_each_check_in_to_staff(story: Story) -> None:
    episode = story.follow()
    story.says("STOP")
    story.hears("unsubscribed")
    story.no_text()
    assert story.work() == ["opted_out"]
    close_desk(story)
    without_texts(story, episode)
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    "words", ["please stop texting me", "STOP. leave me alone", "no more texts please"]
)
def test_in_words_it_is_confirmed_once(story: Story, words: str) -> None:
    story.follow()
    story.says(words)
    story.hears("you will get no more texts")
    story.says(words)
    story.no_text()
    assert opted_out()
    assert story.work()[0] == "opted_out"


def test_pain_that_does_not_stop_is_no_opt_out(story: Story) -> None:
    episode = story.follow()
    for words in (
        "the pain won't stop",
        "it does not stop hurting",
        "can you make the pain stop",
        "should I stop taking my ibuprofen?",
        "I want to stop the tingling",
    ):
        story.says(words)
        assert not opted_out(), words
    assert episode.texts.count() == 5
    assert not episode.texts.filter(intent="opt_out").exists()
    assert story.work()
    story.ignore(story.patient_number, *story.team())


def test_stop_with_a_red_flag_pages_and_the_patient_is_phoned(story: Story) -> None:
    story.follow()
    story.says("STOP texting me. I can't feel my legs and I wet myself")
    assert "911" in story.hears("you will get no more texts")
    assert story.paged(0).level == Page.Level.EMERGENCY
    assert "call" in story.work()
    assert opted_out()
    story.says("my legs are completely numb")
    story.no_text()


def test_stop_in_the_middle_of_a_check_in(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    story.says("1")
    story.hears("")
    story.says("stop ")
    story.hears("unsubscribed")
    close_desk(story)
    story.after(hours=5)
    story.no_text()
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.SENT
    assert story.work() == ["opted_out"]


def test_a_stop_that_the_network_does_not_know_is_obeyed_and_confirmed_once(
    story: Story,
) -> None:
    story.follow()
    story.says(" Stop.")
    assert opted_out()
    assert story.work() == ["opted_out"]
    story.hears("you will get no more texts from us")
    story.after(minutes=1)
    story.says("ALTO")
    story.after(hours=2)
    story.no_text()


def test_start_undoes_it(story: Story) -> None:
    episode = story.follow()
    story.says("STOP")
    story.hears("unsubscribed")
    story.says("START")
    story.hears("re-subscribed")
    assert not opted_out()
    close_desk(story)
    story.asks(episode)
    story.well(episode)
    assert story.work() == []


def test_opt_in_in_words_is_for_a_human(story: Story) -> None:
    story.follow()
    story.says("STOP")
    story.hears("unsubscribed")
    close_desk(story)
    story.says("please text me again")
    story.no_text()
    assert opted_out()
    assert "question" in story.work()


def test_an_opt_out_that_only_the_provider_knows_of(story: Story) -> None:
    episode = story.follow()
    story.fault(Kind.REFUSED, story.patient_number, code=21610)
    story.until(episode.check_ins.get(key="d1").planned_for)
    story.no_text()
    assert OptOut.objects.get().source == "provider"
    assert story.work() == ["opted_out"]
    story.after(hours=2)
    close_desk(story)
    story.after(hours=4)
    assert story.work() == ["opted_out"]


def test_a_second_opt_out_at_the_provider_is_no_error(story: Story) -> None:
    episode = story.follow()
    story.says("STOP")
    story.hears("unsubscribed")
    story.says("START")
    story.hears("re-subscribed")
    close_desk(story)
    story.fault(Kind.REFUSED, story.patient_number, code=21610)
    story.until(episode.check_ins.get(key="d1").planned_for)
    assert opted_out()
    assert story.work() == ["opted_out"]


def test_consent_withdrawn_in_the_middle(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    withdraw_consent(episode.patient, how="By phone.", now=story.now)
    story.says("1")
    story.no_text()
    story.after(hours=6)
    assert "opted_out" in story.work()
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.SENT
    story.says("my legs are so weak I can't stand")
    story.no_text()
    story.paged(0)


def test_consent_given_again_lets_what_is_to_come_be_texted(story: Story) -> None:
    episode = story.follow()
    withdraw_consent(episode.patient, how="By phone.", now=story.now)
    first, second = episode.check_ins.filter(state=CheckIn.State.PLANNED)[:2]
    story.until(first.planned_for)
    story.no_text()
    assert story.work() == ["opted_out"]
    phoned(story, WorkItem.objects.get(check_in=first))
    give_consent(
        episode.patient, how="verbal", given_at=story.now, by=story.world.nurse, now=story.now
    )
    # What went by meanwhile is not asked after the fact.
    story.no_text()
    story.until(second.planned_for)
    story.hears("Reply")
    second.refresh_from_db()
    assert second.state == CheckIn.State.SENT
