"""The outcome of a closed page is put right, on a desk and on a phone."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from notifications.oncall import paging
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("correct-outcome")
def test_from_the_patient_to_the_page(
    visitor: Visitor, scene: Scene, size: str, way: str
) -> None:
    page = scene.page
    paging.close(
        page, scene.responder, outcome="false_alarm", note="Slept.", now=datetime.now(UTC)
    )
    window = visitor.window(user=scene.responder.user, size=size)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    hand = Hand(window, way)
    hand.press(window.get_by_role("link", name="Correct the outcome"))
    expect(window).to_have_title("Correct the outcome · Spinewatch")
    if not hand.by_keyboard:
        clean(window, "#main")
    hand.tick(window.get_by_label("Sent for an MRI"))
    hand.write(window.get_by_label("Why it is another one"), "MRI: haematoma")
    hand.press(window.get_by_role("button", name="Correct it"))
    expect(window.get_by_text("The page stays closed")).to_be_visible()
    closing = window.locator("#closing")
    expect(closing).to_contain_text("from “false alarm” to “sent for an MRI”: MRI: haematoma")
    # And from the page itself.
    hand.press(window.get_by_role("link", name="Correct the outcome"))
    hand.tick(window.get_by_label("To be seen by the clinic"))
    hand.write(window.get_by_label("Why it is another one"), "Was another patient's")
    hand.press(window.get_by_role("button", name="Correct it"))
    expect(closing).to_contain_text("Was another patient's")
    page.refresh_from_db()
    assert (page.state, page.outcome) == ("closed", "seen")
