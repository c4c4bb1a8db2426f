"""Light and dark, English and Spanish, on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("set-language")
def test_theme_and_language_can_be_chosen(
    visitor: Visitor, world: World, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    hand = Hand(window, way)
    if hand.by_keyboard:
        window.keyboard.press("?")
    else:
        window.get_by_role("button", name="Commands").click()
        window.get_by_role("option", name="Keys").click()
    hand.choose(window.get_by_label("Light or dark"), "dark")
    assert window.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    if not hand.by_keyboard:
        clean(window, "dialog[open]")
    hand.choose(window.get_by_label("Language of these pages"), "Español")
    hand.press(window.get_by_role("button", name="Change"))
    expect(window.get_by_role("heading", name="Lista de trabajo")).to_be_visible()
    assert window.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert window.evaluate("document.documentElement.lang") == "es"


def test_it_prints(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.emulate_media(media="print")
    for path in ("/", f"/patients/{scene.flagged.patient_id}", "/today"):
        window.goto(path)
        expect(window.get_by_role("banner")).to_be_hidden()
        expect(window.get_by_role("heading", level=1)).to_be_visible()
    expect(window.get_by_role("button", name="Send", exact=True)).to_be_hidden()
