"""Texts of responders that are no command: a colleague is no stranger, and may be a patient."""

import pytest

from monitor.models import Alert, TextRead, WorkItem
from notifications.models import ContactMethod, Message, Page, Responder
from patients.models import Patient
from tests.journeys.conftest import Story

RED = "I cannot feel my legs and cannot pee"
SLIPS = ("11 9", "cannot take it, driving")


def flagged(story: Story) -> Page:
    """Ruth's red flag pages Dr. Chen."""
    story.follow()
    story.says(RED)
    story.ignore()
    return story.paged(0)


def nothing_came_of_it(story: Story, chen: Responder, *, pages: int) -> None:
    """No page, no work, and none of the words that patients and strangers get."""
    assert Page.objects.count() == pages
    assert not WorkItem.objects.filter(kind="unknown_number").exists()
    assert not Message.objects.filter(key__startswith="stranger:").exists()
    story.no_text(chen.phone)


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_while_a_page_is_open_is_answered_with_what_can_be_replied(
    story: Story, words: str
) -> None:
    page, chen = flagged(story), story.responder(0)
    story.replies(chen, words)
    said = story.hears("to take it", chen.phone)
    assert f"Reply {page.code} for {page.reference}" in said
    assert said.startswith("9 is no outcome: 1 to 6." if words == "11 9" else "Not understood")
    nothing_came_of_it(story, chen, pages=1)


@pytest.mark.parametrize("words", SLIPS)
def test_so_is_one_of_whoever_has_the_page(story: Story, words: str) -> None:
    page, chen = flagged(story), story.responder(0)
    story.replies(chen, str(page.code))
    story.hears("You have EMERGENCY", chen.phone)
    story.replies(chen, words)
    said = story.hears(f"You have {page.reference}: reply {page.code} then 1", chen.phone)
    assert "take it" not in said
    nothing_came_of_it(story, chen, pages=1)


@pytest.mark.parametrize("words", [*SLIPS, RED])
def test_without_a_page_too(story: Story, words: str) -> None:
    chen = story.responder(0)
    story.replies(chen, words)
    said = story.hears("no page waits for your reply", chen.phone)
    assert story.world.clinic.phone in said and "911" in said
    nothing_came_of_it(story, chen, pages=0)


def test_a_machine_at_a_colleagues_number_is_answered_five_times(story: Story) -> None:
    chen = story.responder(0)
    for _text in range(8):
        story.replies(chen, "I am driving and will answer later.")
    assert len(story.ignore(chen.phone)) == 5
    nothing_came_of_it(story, chen, pages=0)


def test_a_colleague_who_is_a_patient_pages_by_a_red_flag(story: Story) -> None:
    chen = story.responder(0)
    karl = story.follow(given_name="Karl", phone=chen.phone)
    story.replies(chen, RED)
    story.ignore(*story.team())
    page = Page.objects.get()
    assert Alert.objects.get().page == page
    assert TextRead.objects.get().episode == karl
    # So does one that comes while a page is open; help is given beside it.
    story.replies(chen, "11 9")
    story.replies(chen, "I have a fever of 103 and chills")
    assert any(said.startswith("9 is no outcome") for said in story.ignore(*story.team()))
    assert TextRead.objects.filter(episode=karl).count() == 3
    assert "fever" in Alert.objects.get().codes


def test_one_who_is_registered_without_a_follow_up_pages_as_well(story: Story) -> None:
    chen = story.responder(0)
    Patient.objects.create(
        clinic=story.world.clinic,
        given_name="Karl",
        family_name="Chen",
        born_on="1960-01-01",
        phone=chen.phone,
        created_at=story.now,
    )
    story.replies(chen, RED)
    story.ignore(*story.team())
    assert WorkItem.objects.get(kind="unknown_number").page == Page.objects.get()


@pytest.mark.parametrize("gone", ["left", "given up", "never verified"])
def test_a_number_that_is_nobodys_way_is_a_strangers(story: Story, gone: str) -> None:
    chen = story.responder(0)
    ways = ContactMethod.objects.filter(responder=chen)
    if gone == "left":
        Responder.objects.filter(pk=chen.pk).update(active=False)
    elif gone == "given up":
        ways.update(active=False)
    else:
        ways.update(verified_at=None)
    story.replies(chen, RED)
    said = story.ignore(chen.phone)
    assert any("we do not know this number" in body for body in said)
    assert WorkItem.objects.get(kind="unknown_number").page == Page.objects.get()
    story.ignore(*story.team())


def test_the_other_clinics_responder_is_a_stranger_here(story: Story) -> None:
    other = Responder.objects.filter(team=story.world.other_line.team)[0]
    story.replies(other, "Can my mother take a bath?")
    story.hears("we do not know this number", other.phone)
    assert story.work() == ["unknown_number"]
