"""The header: small on a phone, one row at a desk, and everything in the menu."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from pytest_django import Settings

from monitor import heartbeat
from patients.access import Role
from patients.models import Membership
from tests.browser.conftest import SIZES, Visitor
from tests.browser.hands import Hand, open_menu
from tests.monitor.dashboard.scene import Scene
from tests.world import World, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# From its top to the first word of the page, in CSS pixels.
ABOVE = 90
ROW = 52
# Where neither the open menu nor a link is.
OUTSIDE = {"desktop": (10, 890), "phone": (150, 22)}
SMALLEST = """() => [...document.querySelectorAll(
    ".top a, .top button, .top summary, .top input:not([type=hidden]), .state a")]
  .filter((one) => one.checkVisibility() && !one.closest(".brand"))
  .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < 24).map(([name]) => name)"""
HIDDEN = """() => {
  const one = document.activeElement;
  const [box] = one.getClientRects();
  const seen = document.elementFromPoint(
    box.x + Math.min(box.width, innerWidth) / 2, box.y + Math.min(box.height, 40) / 2);
  return one === document.body || one.contains(seen) || one.labels?.[0]?.contains(seen)
    ? "" : one.outerHTML.slice(0, 120);
}"""


@pytest.fixture
def admin(world: World) -> Any:
    """An admin of a long name: the most links, and the least room."""
    user = make_user("admin")
    user.first_name, user.last_name = "Maximiliana", "Featherstonehaugh"
    user.save()
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    return user


def test_a_page_is_reached_by_the_menu(
    visitor: Visitor, admin: Any, size: str, way: str
) -> None:
    window = visitor.window(user=admin, size=size)
    window.goto("/")
    hand, summary = Hand(window, way), window.locator("#menu > summary")
    hand.press(summary)
    hand.press(window.locator(".menu-panel").get_by_role("link", name="Access log"))
    expect(window).to_have_title("Access log · Spinewatch")
    hand.press(summary)
    current = window.locator(".menu-panel [aria-current=page]")
    expect(current).to_have_text("Access log")
    if hand.by_keyboard:
        window.keyboard.press("Escape")
        expect(summary).to_be_focused()
    else:
        window.mouse.click(*OUTSIDE[size])
    expect(current).to_be_hidden()
    hand.press(summary)
    hand.press(window.get_by_role("button", name="Language, looks and keys"))
    expect(window.get_by_role("dialog", name="Language, looks and keys")).to_be_visible()
    window.keyboard.press("Escape")
    expect(summary).to_be_focused()
    hand.press(summary)
    hand.press(window.get_by_role("button", name="Sign out"))
    expect(window).to_have_title("Sign in · Spinewatch")


def test_tab_leaves_the_menu_and_shuts_it(visitor: Visitor, world: World, size: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/protocols")
    open_menu(window)
    for _stop in range(40):
        window.keyboard.press("Tab")
        if not window.locator("#menu :focus").count():
            break
    expect(window.locator("#menu[open]")).to_have_count(0)
    assert window.evaluate(HIDDEN) == ""


def test_the_open_menu(size: str, visitor: Visitor, admin: Any) -> None:
    for theme in ("light", "dark"):
        window = visitor.window(user=admin, size=size, theme=theme)
        window.goto("/today")
        open_menu(window)
        assert Axe().run(window).response["violations"] == []
        assert window.evaluate(SMALLEST) == []
        panel = window.locator(".menu-panel").bounding_box()
        assert panel and panel["y"] + panel["height"] <= SIZES[size][1]


def test_small_on_a_phone_and_well_or_not(visitor: Visitor, world: World, scene: Scene) -> None:
    Membership.objects.create(user=world.nurse, clinic=world.other, role=Role.NURSE)
    heartbeat.keep([], now=datetime.now(UTC))
    window = visitor.window(user=world.nurse, size="phone")
    for path in ("/", "/today", f"/patients/{scene.flagged.patient_id}"):
        window.goto(path)
        expect(window.get_by_text("12 protocols not signed off")).to_be_visible()
        top = window.locator("main").evaluate("one => one.getBoundingClientRect().top")
        assert top <= ABOVE, path
    # Not well: in words, above everything else, and nobody has to look for it.
    heartbeat.keep([], now=datetime(2026, 3, 3, tzinfo=UTC))
    window.goto("/today")
    alert = window.get_by_role("alert").filter(has_text="may be standing still")
    expect(alert).to_be_in_viewport(ratio=1)


def test_one_row_at_a_desk(visitor: Visitor, admin: Any, settings: Settings) -> None:
    settings.DEMO = True
    window = visitor.window(user=admin)
    for language in ("en", "es"):
        cookie = {"name": "django_language", "value": language, "url": visitor.server.url}
        window.context.add_cookies([cookie])  # type: ignore[list-item]
        window.goto("/today")
        assert window.locator("html").get_attribute("lang") == language
        for width in (768, 1024, 1280, 1440):
            window.set_viewport_size({"width": width, "height": 800})
            one_row(window)


def one_row(window: Window) -> None:
    """The header is one row high, in which nothing lies over anything else."""
    assert window.locator(".top").evaluate("one => one.offsetHeight") <= ROW
    assert window.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert window.evaluate(SMALLEST) == []
    shown = [one.bounding_box() for one in window.locator(".bar > *").all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in shown if box]
    assert all(one[1] <= following[0] for one, following in pairwise(ends))


def test_the_search_and_the_commands_on_a_phone(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse, size="phone")
    window.goto("/")
    expect(window.locator(".commands kbd")).to_be_hidden()
    window.keyboard.press("/")
    expect(window.get_by_role("searchbox")).to_be_focused()
    window.keyboard.press("Escape")
    window.get_by_role("button", name="Commands").click()
    window.keyboard.type("drills")
    window.get_by_role("option", name="Drills").click()
    expect(window).to_have_title("Drills · Spinewatch")


def test_without_scripts(visitor: Visitor, world: World) -> None:
    width, height = SIZES["phone"]
    context = visitor.browser.new_context(
        base_url=visitor.server.url,
        java_script_enabled=False,
        viewport={"width": width, "height": height},
    )
    value = visitor.session(world.nurse)
    context.add_cookies([{"name": "sessionid", "value": value, "url": visitor.server.url}])
    window = context.new_page()
    window.goto("/")
    window.locator("#menu > summary").click()
    window.get_by_role("searchbox").fill("nobody of this name")
    window.keyboard.press("Enter")
    window.locator("#menu > summary").click()
    window.get_by_role("link", name="Rota").click()
    expect(window).to_have_title("Rota · Spinewatch")


def test_what_has_the_focus_is_seen(visitor: Visitor, scene: Scene, world: World) -> None:
    for user, path in (
        (scene.responder.user, f"/p/{scene.page.reference}"),
        (scene.responder.user, f"/p/{scene.taken.reference}"),
        (world.nurse, f"/patients/{scene.flagged.patient_id}"),
        (world.nurse, "/"),
    ):
        walk(visitor.window(user=user, size="phone"), path)


def walk(window: Window, path: str) -> None:
    """Tab forward through the page and back: nothing may lie over what has the focus."""
    window.goto(path)
    for key in ("Tab", "Shift+Tab"):
        for _stop in range(45):
            window.keyboard.press(key)
            hidden = window.evaluate(HIDDEN)
            assert hidden == "", (path, key, hidden)
