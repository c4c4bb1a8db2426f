"""Finding a patient, a command, a page: the search, the palette, the keys."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, open_menu, to_row
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("patients")
def test_a_patient_is_found(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    hand = Hand(window, way)
    for words in ("becker", "555-1004", "hb-20004"):
        if size == "phone":
            hand.press(window.locator("#menu > summary"))
        hand.write(window.get_by_role("searchbox"), words)
        window.keyboard.press("Enter")
        expect(window.get_by_text(f"1 found for “{words}”.")).to_be_visible()
        assert words not in window.url
    if hand.by_keyboard:
        window.keyboard.press("Escape")
        window.keyboard.press("j")
        window.keyboard.press("Enter")
    else:
        window.get_by_role("link", name="Tom Becker").click()
    expect(window.get_by_role("heading", name="Tom Becker")).to_be_visible()


@pytest.mark.does("palette", "no-relief")
def test_the_palette(visitor: Visitor, world: World, scene: Scene, size: str, way: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    palette = window.get_by_role("dialog", name="Commands")
    by_keyboard = way == "keyboard"

    def open_with(words: str) -> None:
        if by_keyboard:
            window.keyboard.press("Control+k")
        else:
            window.get_by_role("button", name="Commands").click()
        window.keyboard.type(words)

    def take(name: str) -> None:
        option = palette.get_by_role("option", name=name)
        expect(option).to_be_visible()
        if by_keyboard:
            expect(palette.get_by_role("option", selected=True)).to_contain_text(name)
            window.keyboard.press("Enter")
        else:
            option.click()

    open_with("today")
    take("Today")
    expect(window).to_have_title("Today · Spinewatch")
    open_with("relief")
    take("No relief")
    expect(window).to_have_title("No relief · Spinewatch")
    open_with("555-1004")
    take("Tom Becker")
    expect(window.get_by_role("heading", name="Tom Becker")).to_be_visible()


def test_keys_help_search_and_never_while_typing(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    window.keyboard.press("?")
    expect(window.get_by_role("dialog", name="Keys")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("dialog", name="Keys")).to_be_hidden()
    window.keyboard.press("/")
    window.keyboard.type("gwj?ck")
    expect(window.get_by_role("searchbox")).to_have_value("gwj?ck")
    window.keyboard.press("Escape")
    window.keyboard.press("g")
    window.keyboard.press("p")
    expect(window).to_have_title("Patients · Spinewatch")
    window.keyboard.press("/")
    window.keyboard.type("becker")
    window.keyboard.press("Enter")
    expect(window.get_by_text("1 found for “becker”.")).to_be_visible()
    assert "becker" not in window.url
    window.keyboard.press("j")
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="Tom Becker")).to_be_visible()


def test_single_keys_can_be_switched_off(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    open_menu(window)
    window.get_by_role("button", name="Language, looks and keys").click()
    window.get_by_label("Single keys work on this computer").uncheck()
    window.get_by_role("button", name="Close").click()
    window.keyboard.press("?")
    expect(window.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_the_rows_acts_are_in_the_palette(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    palette = window.get_by_role("dialog", name="Commands")
    to_row(window, f"item-{scene.item.pk}")
    window.keyboard.press("Control+k")
    window.keyboard.type("assign")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Tom Becker")
    window.keyboard.press("Enter")
    expect(window.get_by_role("dialog").get_by_label("Who is to have it")).to_be_visible()
