"""A patient's page, and the day's."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from monitor.models import CheckIn
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("today", "patient")
def test_today_leads_to_whoever_was_not_contacted(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    if way == "keyboard":
        window.keyboard.press("g")
        window.keyboard.press("t")
    else:
        if size == "phone":
            window.get_by_text("Menu", exact=True).click()
        window.get_by_role("link", name="Today").click()
    expect(window.get_by_role("heading", name="Today")).to_be_visible()
    if way == "keyboard":
        window.keyboard.press("h")
    else:
        window.get_by_role("link", name="The day before").click()
    expect(window.get_by_text("Not contacted: a failure each")).to_be_visible()
    Hand(window, way).press(window.get_by_role("link", name="Grace Lindqvist").first)
    expect(window.get_by_role("heading", name="Grace Lindqvist")).to_be_visible()


@pytest.mark.does("text", "note", "phone", "pause", "resume", "reschedule")
def test_text_note_call_pause_and_move(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.silent.patient_id}")
    hand = Hand(window, way)
    at_hand = window.get_by_role("navigation", name="At hand")
    if size == "phone":
        hand.press(at_hand.get_by_text("Text"))
        expect(window.get_by_label("In your own words")).to_be_focused()
        expect(at_hand.get_by_role("link", name="Call")).to_have_attribute(
            "href", f"tel:{scene.silent.patient.phone}"
        )
    hand.write(window.get_by_label("In your own words"), "Please call us.")
    hand.press(window.get_by_role("button", name="Send", exact=True))
    expect(window.get_by_text("The text is on its way.")).to_be_visible()
    expect(window.locator(".bubble.ours").first).to_contain_text("Please call us.")
    words = window.get_by_label("What was said or seen")
    hand.write(words, "Neighbour has a key.")
    hand.press(window.get_by_role("button", name="Keep the note"))
    expect(window.locator(".note-body")).to_contain_text("Neighbour has a key.")
    hand.write(words, "All well, went shopping.")
    hand.press(window.get_by_role("button", name="Phoned: reached"))
    expect(window.get_by_text("The call is kept.")).to_be_visible()
    scene.missed.refresh_from_db()
    assert scene.missed.outcome == "done"
    hand.press(window.get_by_role("button", name="Pause"))
    expect(window.get_by_text("Paused: the patient's own texts")).to_be_visible()
    hand.press(window.get_by_role("button", name="Resume"))
    expect(window.get_by_text("The follow-up goes on.")).to_be_visible()
    planned = scene.silent.check_ins.filter(state=CheckIn.State.PLANNED).first()
    assert planned is not None
    day = (planned.planned_for + timedelta(days=1)).astimezone(world.clinic.zone).date()
    first = window.locator(".planned").first
    hand.press(first.get_by_text("Move, cancel, or reached by phone"))
    hand.date(first.get_by_label("Day"), day.isoformat())
    hand.date(first.get_by_label("Time"), "11:15")
    hand.press(first.get_by_role("button", name="Move", exact=True))
    expect(window.get_by_text("The check-in is moved.")).to_be_visible()
    planned.refresh_from_db()
    assert f"{planned.planned_for.astimezone(world.clinic.zone):%H:%M}" == "11:15"


@pytest.mark.does("withdraw-consent", "give-consent", "end")
def test_consent_is_withdrawn_and_given_again_and_the_follow_up_ended(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.silent.patient_id}")
    hand = Hand(window, way)
    hand.press(window.get_by_text("Withdraw consent"))
    hand.write(window.get_by_label("How the patient said so"), "by phone")
    hand.press(window.get_by_role("button", name="Withdraw: nothing more is texted"))
    expect(window.get_by_text("no consent: do not text")).to_be_visible()
    expect(window.get_by_label("In your own words")).to_have_count(0)
    hand.press(window.get_by_text("Consent given again"))
    hand.choose(window.get_by_label("The patient agreed to be texted"), "by word of mouth")
    now = datetime.now(world.clinic.zone) + timedelta(minutes=1)
    agreed = window.get_by_role("group", name="Agreed on")
    hand.date(agreed.get_by_label("Day"), now.date().isoformat())
    hand.date(agreed.get_by_label("Time"), f"{now:%H:%M}")
    hand.press(window.get_by_role("button", name="Keep it: check-ins are texted again"))
    expect(window.get_by_text("Consent is kept")).to_be_visible()
    expect(window.get_by_text("no consent: do not text")).to_have_count(0)
    hand.press(window.get_by_text("End the follow-up"))
    hand.write(window.get_by_label("Why"), "Moved abroad.")
    hand.press(window.get_by_role("button", name="End it: nothing more is asked"))
    expect(window.get_by_text("The follow-up has ended.")).to_be_visible()
    scene.silent.refresh_from_db()
    assert (scene.silent.state, scene.silent.ended_why) == ("ended", "Moved abroad.")


@pytest.mark.does("cancel", "reached")
def test_check_ins_are_cancelled_and_done_by_phone(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    planned = list(
        scene.silent.check_ins.filter(state=CheckIn.State.PLANNED).order_by("planned_for")
    )
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.silent.patient_id}")
    hand, first = Hand(window, way), window.locator(".planned").first
    hand.press(window.locator(".timeline").get_by_role("link", name="Phone"))
    sheet = window.get_by_role("dialog")
    expect(sheet.get_by_role("link", name="Call")).to_have_attribute(
        "href", f"tel:{scene.silent.patient.phone}"
    )
    if not hand.by_keyboard:
        clean(window, "dialog")
    hand.write(sheet.get_by_label("What was said"), "No answer.")
    hand.press(sheet.get_by_role("button", name="Not reached"))
    expect(window.locator(".note-body")).to_contain_text("No answer.")
    expect(window.get_by_role("heading", name="Grace Lindqvist")).to_be_visible()
    hand.press(first.get_by_text("Move, cancel, or reached by phone"))
    hand.press(first.get_by_role("button", name="Cancel it"))
    expect(window.get_by_text("The check-in is cancelled.")).to_be_visible()
    hand.press(first.get_by_text("Move, cancel, or reached by phone"))
    hand.press(first.get_by_role("button", name="Reached by phone"))
    expect(window.get_by_text("Recorded: reached by phone.")).to_be_visible()
    for check_in, state in zip(planned, ("cancelled", "reached"), strict=False):
        check_in.refresh_from_db()
        assert check_in.state == state


@pytest.mark.does("correct")
def test_a_reading_is_corrected(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    hand, sheet = Hand(window, way), window.get_by_role("dialog")
    hand.press(window.get_by_role("link", name="Correct the reading").first)
    hand.tick(sheet.get_by_label("sore site"))
    hand.write(sheet.get_by_label("Why it is to be read otherwise"), "Only sore.")
    hand.press(sheet.get_by_role("button", name="Assess anew"))
    expect(window.get_by_text("Assessed anew. The program's own")).to_be_visible()
    expect(window.get_by_text("Assessed anew by nurse")).to_be_visible()
    expect(window.get_by_text("as it was first assessed; corrected since")).to_be_visible()
