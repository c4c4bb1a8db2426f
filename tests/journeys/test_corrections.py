"""A human reads a text otherwise than the program did: assessed anew, the old one kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from monitor import corrections
from monitor.models import Answer, Assessment, Correction, TextRead, WorkItem
from notifications.models import Page
from tests.journeys.conftest import Story


@pytest.fixture(autouse=True)
def other_texts(story: Story) -> Iterator[None]:
    """What is texted meanwhile is other tests' concern."""
    yield
    story.ignore(story.patient_number, *story.team())


def correct(story: Story, read: TextRead, **changes: Any) -> Correction:
    values: dict[str, Any] = {"findings": (), "answers": {}, "why": "Read it."}
    return corrections.correct(
        read, by=story.world.nurse, now=story.now, **{**values, **changes}
    )


def said(story: Story, words: str) -> TextRead:
    """The patient writes in the first check-in."""
    story.says(words)
    return TextRead.objects.get(inbound__body=words)


def test_what_was_harmless_to_the_program_pages_once_a_human_says_so(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    read = said(story, "all good thanks for asking")
    assert not Page.objects.exists()
    made = correct(story, read, findings=["saddle_numbness"])
    assert Page.objects.get().level == "emergency"
    assert made.assessment.level == 3
    assert made.assessment.reasons[0]["rule"] == "saddle_numbness.new"
    first = Assessment.objects.filter(inbound=read.inbound).order_by("pk").first()
    assert first is not None and first.level < 2
    # The conversation knows it too: what comes next cannot make it harmless again.
    story.says("ok bye")
    assert Assessment.objects.latest("pk").level == 3


def test_a_red_flag_that_was_none_lowers_the_assessment_and_keeps_page_and_old(
    story: Story,
) -> None:
    episode = story.follow()
    story.asks(episode)
    read = said(story, "I cant feel it when i wipe")
    page = Page.objects.get()
    made = correct(story, read, findings=["site_soreness"])
    assert made.assessment.level == 0
    assert Assessment.objects.filter(inbound=read.inbound, level=3).exists()
    page.refresh_from_db()
    assert page.state == "open"
    assert Page.objects.count() == 1


def test_the_same_flag_corrected_in_a_detail_does_not_page_again(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    read = said(story, "I cant feel it when i wipe")
    correct(story, read, findings=["saddle_numbness"], why="The words stand.")
    assert Page.objects.count() == 1


def test_another_text_of_the_check_in_keeps_what_it_says(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    unclear = said(story, "qwxz blorp 77 zzz")
    other = said(story, "and a bit sore")
    made = correct(story, other, findings=["site_soreness"])
    assert made.assessment.level == 1
    correct(story, unclear, findings=[])
    again = correct(story, other, findings=["bruising"])
    assert again.assessment.level == 0


def test_answers_are_corrected_by_a_further_row(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.well(episode)
    given = Answer.objects.get(question="pain_score")
    read = TextRead.objects.get(inbound=given.inbound)
    made = correct(story, read, answers={"pain_score": 9})
    assert [one.value for one in Answer.objects.filter(question="pain_score")] == [2, 9]
    assert Answer.objects.latest("pk").correction
    assert made.assessment.level >= 1
    assert any("9" in one["words"] for one in made.assessment.reasons)


def test_the_work_of_reading_is_done_with_it(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    read = said(story, "qwxz blorp 77 zzz")
    item = WorkItem.objects.get(inbound=read.inbound, kind="read")
    correct(story, read, findings=[])
    item.refresh_from_db()
    assert (item.outcome, item.closed_by) == ("corrected", story.world.nurse)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"why": " "}, "Say why"),
        ({"findings": ["ennui"]}, "No such finding: ennui"),
        ({"answers": {"pain_score": 11}}, "cannot be answered with 11"),
        ({"answers": {"shoe_size": 9}}, "cannot be answered"),
    ],
)
def test_refused_with_nothing_changed(changes: dict[str, Any], told: str, story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    read = said(story, "1")
    before = Assessment.objects.count()
    with pytest.raises(corrections.Refused, match=told):
        correct(story, read, **changes)
    assert Assessment.objects.count() == before
    assert not Correction.objects.exists()


def test_a_correction_is_final(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    made = correct(story, said(story, "1"), findings=[])
    made.why = "Other."
    with pytest.raises(DatabaseError), transaction.atomic():
        made.save()
