"""A page of the on-call team, on a desk and on a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from notifications.models import Inbound, Message, Page, PageEvent
from notifications.oncall import paging
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene

LONG = "and then it got worse again while i was sitting and i did not know whom to ask " * 12
# What may be hit at points of the bar besides the bar itself and what it stands on.
BENEATH = """() => {
  const bar = document.getElementById("at-hand"), box = bar.getBoundingClientRect();
  const found = new Set();
  for (let x = box.left + 2; x < box.right; x += 12)
    for (let y = box.top + 1; y < box.bottom; y += 6)
      for (const one of document.elementsFromPoint(x, y))
        if (!bar.contains(one) && !one.contains(bar)) found.add(one.id || one.className);
  return [...found];
}"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("page", "acknowledge", "page-note", "call-in", "close-page")
def test_a_page_is_taken_noted_shared_and_closed(
    visitor: Visitor, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=scene.responder.user, size=size)
    window.goto(f"/p/{scene.page.reference}")
    hand, take = Hand(window, way), window.get_by_role("button", name="Acknowledge")
    # With one thumb, without scrolling.
    expect(take).to_be_in_viewport(ratio=1)
    hand.press(take)
    expect(window.get_by_text("Dr. Chen has it since")).to_be_visible()
    hand.write(window.get_by_label("A note for the others"), "Calling her now.")
    hand.press(window.get_by_role("button", name="Keep the note"))
    expect(window.locator("#notes")).to_contain_text("Calling her now.")
    hand.choose(window.get_by_label("Call in", exact=True), "Dr. Novak")
    hand.press(window.get_by_role("button", name="Call in too"))
    expect(window.locator("#events")).to_contain_text("Dr. Novak")
    hand.write(window.get_by_label("Note, kept in the record"), "MRI at noon")
    hand.press(window.get_by_role("button", name="Sent for an MRI"))
    expect(window.get_by_text("The page is closed.")).to_be_visible()
    scene.page.refresh_from_db()
    assert (scene.page.outcome, scene.page.note) == ("imaging", "MRI at noon")


@pytest.mark.does("call-patient", "pass-on", "proof")
def test_the_patient_is_called_and_the_page_passed_on(
    visitor: Visitor, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=scene.responder.user, size=size)
    window.goto(f"/p/{scene.page.reference}")
    hand, phone = Hand(window, way), scene.flagged.patient.phone
    dial = window.get_by_role("link", name="Call ")
    expect(dial).to_have_attribute("href", f"tel:{phone}")
    expect(dial).to_be_in_viewport(ratio=1)
    hand.press(window.get_by_role("button", name="Call through the clinic's number"))
    expect(window.get_by_text("Your phone rings in a moment")).to_be_visible()
    assert Message.objects.get(channel="bridge").body == phone
    hand.press(window.get_by_text("Proof: "))
    if not hand.by_keyboard:
        clean(window, "#proof")
    with window.expect_download() as file:
        hand.press(window.get_by_role("link", name="Download the proof"))
    assert phone not in file.value.path().read_text()
    hand.choose(window.get_by_label("Pass on to"), "Dr. Okafor")
    hand.press(window.get_by_role("button", name="Pass on", exact=True))
    expect(window.locator("#events")).to_contain_text("Dr. Okafor")
    passed = PageEvent.objects.filter(page=scene.page, kind=PageEvent.Kind.PASSED_ON)
    assert passed.count() == 1


# A phone of 360 by 640 pixels, and the same at 200 %.
@pytest.mark.parametrize(("width", "height"), [(360, 640), (180, 320)])
def test_nothing_lies_beneath_what_is_at_hand(
    visitor: Visitor, scene: Scene, width: int, height: int
) -> None:
    Inbound.objects.filter(read__episode=scene.flagged).update(body=LONG)
    window = visitor.window(user=scene.responder.user, size="phone")
    window.set_viewport_size({"width": width, "height": height})
    window.goto(f"/p/{scene.page.reference}")
    expect(window.locator("#system [role=alert]")).to_be_visible()
    for name in ("Call", "Acknowledge"):
        button = window.locator("#at-hand").get_by_text(name)
        expect(button).to_be_in_viewport(ratio=1)
    assert window.evaluate(BENEATH) == []
    # It begins at its top, with what the system has to say, and only one thing scrolls.
    expect(window.locator("#system [role=alert]")).to_be_in_viewport()
    assert window.evaluate("document.documentElement.scrollHeight <= innerHeight")
    # What is at hand leaves room to read, and all can be scrolled to.
    last = window.get_by_text("Proof: ")
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)
    assert window.evaluate(BENEATH) == []
    whole = window.locator(".whole").bounding_box()
    assert whole is not None and whole["height"] >= height / 3
    end = window.locator(".bubble.theirs").first
    end.evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    assert window.evaluate(BENEATH) == []


def test_what_is_at_hand_follows_the_page(visitor: Visitor, scene: Scene) -> None:
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.page.reference}")
    expect(window.get_by_role("button", name="Acknowledge")).to_be_visible()
    paging.acknowledge(scene.page, scene.responder, via="sms", now=datetime.now(UTC))
    expect(window.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(window.locator("#at-hand a")).to_be_in_viewport(ratio=1)
    # By the keyboard it scrolls before anything has the focus.
    window.keyboard.press("End")
    expect(window.get_by_text("Proof: ")).to_be_in_viewport(ratio=1)


def test_a_note_on_a_page_outlives_the_polls(visitor: Visitor, scene: Scene) -> None:
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.taken.reference}")
    note = window.get_by_label("Note, kept in the record")
    note.fill("half a sen")
    with window.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        pass
    window.wait_for_timeout(200)
    expect(note).to_have_value("half a sen")
    expect(note).to_be_focused()


def test_the_clock_ticks_in_words(visitor: Visitor, scene: Scene) -> None:
    due_at = datetime.now(UTC) + timedelta(seconds=66)
    Page.objects.filter(pk=scene.page.pk).update(due_at=due_at)
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.page.reference}")
    # Without the polls: the browser alone keeps it right.
    window.route("**/p/*", lambda route: route.fulfill(status=204))
    clock = window.locator("#standing time")
    expect(clock).to_have_text("in 1 min")
    expect(clock).to_have_text(re.compile(r"^in 5\d s$"))
    clock.evaluate("(one) => { one.dataset.until = new Date(Date.now() - 61_000).toJSON(); }")
    expect(clock).to_have_text("1 min late")


def test_the_facts_are_on_a_phones_first_screen(visitor: Visitor, scene: Scene) -> None:
    patient = scene.flagged.patient
    patient.anticoagulant = patient.diabetes = True
    patient.save()
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.page.reference}")
    for part in ("#standing", "#facts", "#told", ".bubble"):
        expect(window.locator(part)).to_be_in_viewport(ratio=1)
    take = window.get_by_role("button", name="Acknowledge")
    expect(take).to_be_in_viewport(ratio=1)
    tops = [window.locator(one).bounding_box() for one in (".bubble", "#at-hand")]
    words, buttons = (box for box in tops if box is not None)
    assert words["y"] + words["height"] <= buttons["y"]
    for box in ("html", "#at-hand a", "#at-hand button"):
        assert window.locator(box).evaluate("(one) => one.scrollWidth <= one.clientWidth")
