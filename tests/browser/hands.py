"""Two ways of working: the keyboard alone, and the mouse alone (but for what is written)."""

from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Window

IN_REACH = "one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility()"


def focused(window: Window) -> str:
    """The id of what has the focus."""
    return str(window.evaluate("document.activeElement.id"))


def type_and_tab(window: Window, *words: str) -> None:
    """Write into one field after the other."""
    for word in words:
        window.keyboard.type(word)
        window.keyboard.press("Tab")


def to_row(window: Window, name: str) -> None:
    """By j to the row of this id."""
    for _row in range(9):
        window.keyboard.press("j")
        if window.locator(f"#{name} [data-row]:focus").count():
            return
    raise AssertionError(f"{name} is not in reach")


def open_menu(window: Window) -> None:
    """The menu, by keyboard; where it is open already it stays so."""
    if not window.locator("#menu[open]").count():
        window.locator("#menu > summary").press("Enter")


class Hand:
    """Works a window by `way`, "keyboard" or "mouse".

    By keyboard each thing must be a stop of Tab, and answer to Enter or the space bar.
    """

    def __init__(self, window: Window, way: str) -> None:
        self.window, self.way = window, way

    @property
    def by_keyboard(self) -> bool:
        return self.way == "keyboard"

    def press(self, target: Locator) -> None:
        """A button, a link, or the summary of a fold."""
        if self.by_keyboard:
            self._reach(target)
            self.window.keyboard.press("Enter")
        else:
            target.click()

    def tick(self, target: Locator) -> None:
        """A box."""
        if self.by_keyboard:
            self._reach(target)
            self.window.keyboard.press("Space")
        else:
            target.click()
        expect(target).to_be_checked()

    def write(self, target: Locator, words: str) -> None:
        """Words into a field, in place of what was there."""
        if self.by_keyboard:
            self._reach(target)
            self.window.keyboard.press("Control+A")
        else:
            target.click(click_count=3)
        self.window.keyboard.type(words)

    def date(self, target: Locator, value: str) -> None:
        """A day or a time; the browser's own picker is not ours to test."""
        if self.by_keyboard:
            self._reach(target)
        else:
            target.click()
        target.fill(value)

    def choose(self, target: Locator, label: str) -> None:
        """An option of a list, by its words."""
        if self.by_keyboard:
            self._reach(target)
            self.window.keyboard.type(label)
        else:
            target.select_option(label=label)
        expect(target.locator("option:checked")).to_have_text(label)

    def _reach(self, target: Locator) -> None:
        target.wait_for()
        assert target.evaluate(IN_REACH), f"{target} is no stop of Tab"
        target.focus()
        expect(target).to_be_focused()
