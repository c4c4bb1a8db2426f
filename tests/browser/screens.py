"""What must be true of every screen, whatever is open on it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Window


def clean(window: Window, part: str = "html") -> None:
    """Axe finds nothing in either theme, and nothing is wider than the screen.

    `part` is a selector of what axe looks at, where the page is long.
    """
    for theme in ("dark", "light"):
        window.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = Axe().run(window, context=part).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{window.url} is {wide} px too wide"
