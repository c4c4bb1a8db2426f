"""The figures narrowed and taken away, and the letter: whoever takes something proves who."""

from typing import Any

import pytest
from playwright.sync_api import Download, Locator, expect
from playwright.sync_api import Page as Window

from tests import signed_in
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene
from tests.monitor.dashboard.test_sign_in import PASSWORD, cheap_hash
from tests.world import World

__all__ = ["cheap_hash"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def an_hour_ago(client: Any, user: Any) -> None:
    signed_in.verified(client, user, ago=3600)


@pytest.fixture
def nurse(world: World) -> Any:
    world.nurse.set_password(PASSWORD)
    world.nurse.save()
    return world.nurse


def taken(hand: Hand, target: Locator) -> Download:
    """The file that a link or a button gives."""
    # A paper is drawn meanwhile, which a busy machine takes its time for.
    hand.window.set_default_timeout(30_000)
    with hand.window.expect_download() as found:
        hand.press(target)
    return found.value


def proved(hand: Hand, target: Locator) -> Download:
    """The same, after who it is was asked for."""
    window: Window = hand.window
    hand.press(target)
    hand.write(window.get_by_label("Password"), PASSWORD)
    if not hand.by_keyboard:
        clean(window, "main")
    return taken(hand, window.get_by_role("button", name="Confirm"))


@pytest.mark.does("figures", "figures-on-call", "figures-csv", "figures-pdf")
@pytest.mark.does("monthly-report", "account_reauthenticate")
def test_figures_are_narrowed_and_taken_away(
    visitor: Visitor, nurse: Any, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=nurse, size=size, sign_in=an_hour_ago)
    window.goto("/figures")
    hand, show = Hand(window, way), window.get_by_role("button", name="Show", exact=True)
    hand.date(window.get_by_label("From", exact=True), "2020-01-01")
    hand.press(show)
    expect(window.get_by_text("Choose a year at most.")).to_be_visible()
    hand.choose(window.get_by_label("Clinician", exact=True), "Dr. Osei")
    hand.choose(window.get_by_label("Procedure", exact=True), "epidural steroid injection")
    hand.press(show)
    expect(window.get_by_text("4 follow-ups of 4 patients")).to_be_visible()
    expect(window.get_by_label("Clinician", exact=True)).to_have_value("Dr. Osei")
    file = proved(hand, window.get_by_role("link", name="CSV of").first)
    assert file.path().read_bytes().startswith(b"\xef\xbb\xbf")
    hand.press(window.get_by_role("link", name="Back to where you were"))
    expect(window.get_by_label("Clinician", exact=True)).to_have_value("Dr. Osei")
    hand.press(window.get_by_role("main").get_by_role("link", name="On call"))
    expect(window.get_by_role("heading", name="On-call figures")).to_be_visible()
    file = taken(hand, window.get_by_role("link", name="All of it as PDF"))
    assert file.path().read_bytes().startswith(b"%PDF")
    hand.date(window.get_by_label("Monthly report"), "2026-03")
    file = taken(hand, window.get_by_role("button", name="One page as PDF"))
    assert file.suggested_filename == "harbor-spine-clinic-2026-03.pdf"


@pytest.mark.does("letter", "letter-pdf")
def test_a_letter_is_made(
    visitor: Visitor, nurse: Any, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=nurse, size=size, sign_in=an_hour_ago)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    hand = Hand(window, way)
    hand.press(window.get_by_role("link", name="Follow-up letter"))
    hand.choose(window.get_by_label("Language of the letter"), "Español")
    expect(window.locator("article.letter")).to_have_attribute("lang", "es")
    file = proved(hand, window.get_by_role("button", name="Make the PDF"))
    assert file.suggested_filename.endswith("-es.pdf")
    assert "Adler" not in file.suggested_filename
    hand.press(window.get_by_role("link", name="Back to where you were"))
    expect(window.get_by_role("heading", name="Made so far")).to_be_visible()
