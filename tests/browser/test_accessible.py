"""Every page, at both sizes and in both themes: axe finds nothing, nothing overflows."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django import Settings

from tests.browser.conftest import Visitor
from tests.monitor.dashboard.rota_scene import plan_changes, plan_trouble
from tests.monitor.dashboard.scene import make_scene, stranger, without_relief
from tests.notifications.oncall.ward import person
from tests.protocols import NAME, NEXT, Shelf
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


PROTOCOLS = (
    "/protocols",
    f"/protocols/{NAME}",
    f"/protocols/{NEXT}/since/{NAME}",
)


def check(window: Page, path: str) -> None:
    window.goto(path)
    # What is folded must be accessible once it is not.
    window.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = Axe().run(window).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], path
    wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{path} is {wide} px too wide"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page(
    theme: str, size: str, visitor: Visitor, world: World, settings: Settings, shelf: Shelf
) -> None:
    shelf.land_next()
    settings.DEMO = True
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    check(visitor.window(size=size, theme=theme), "/sign-in")
    window = visitor.window(user=world.nurse, size=size, theme=theme)
    figures = ("/figures", "/figures/on-call")
    for path in ("/", "/patients", "/no-relief", "/rota", *figures):
        check(window, path)
    scene = make_scene(world, now=datetime.now(UTC))
    stranger(world, now=datetime.now(UTC))
    without_relief(scene.silent)
    patient = f"/patients/{scene.flagged.patient_id}"
    item = f"/work/{scene.item.pk}?do="
    text = f"/texts/{scene.flagged.texts.all()[0].pk}/correct"
    asking = f"/patients/{scene.item.episode.patient_id}" if scene.item.episode else ""
    for path in (
        "/",
        "/patients",
        patient,
        asking,
        "/register",
        "/phones",
        "/today",
        "/no-relief",
        text,
        *figures,
        f"/episodes/{scene.flagged.pk}/letter",
        *PROTOCOLS,
    ):
        check(window, path)
    for act in ("close", "note", "phone", "text", "assign"):
        check(window, item + act)
    on_call = visitor.window(user=scene.responder.user, size=size, theme=theme)
    for page in (scene.page, scene.taken):
        check(window, f"/p/{page.reference}")
        check(on_call, f"/p/{page.reference}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sheet_and_palette(theme: str, size: str, visitor: Visitor, world: World) -> None:
    scene = make_scene(world, now=datetime.now(UTC))
    window = visitor.window(user=world.nurse, size=size, theme=theme)
    window.goto("/")
    window.locator(f"#item-{scene.item.pk}").get_by_role("link", name="Text").click()
    window.get_by_label("In your own words").wait_for()
    assert Axe().run(window).response["violations"] == []
    window.keyboard.press("Escape")
    window.keyboard.press("Control+k")
    window.keyboard.type("ad")
    window.get_by_role("option", name="Ruth Adler").wait_for()
    assert Axe().run(window).response["violations"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_rota_with_everything(theme: str, size: str, visitor: Visitor, world: World) -> None:
    plan_changes(world)
    plan_trouble(world)
    lead = visitor.window(user=person(world.team, "Okafor").user, size=size, theme=theme)
    check(lead, "/rota?day=2026-11-01&hour=01:30&level=emergency")
    # The check has opened the folds that it found.
    for form in lead.locator("details.act:not([open])").all():
        form.locator("summary").press("Enter")
    lead.get_by_role("button", name="Enter", exact=True).first.press("Enter")
    lead.get_by_text("Nothing was saved.").wait_for()
    assert Axe().run(lead).response["violations"] == []
    lead.get_by_role("button", name="Address of the whole rota").press("Enter")
    lead.get_by_text("shown this once").wait_for()
    assert Axe().run(lead).response["violations"] == []
    assert lead.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_is_wrong_with_a_form(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/register")
    window.get_by_role("button", name="Register", exact=True).click()
    window.get_by_text("Enter the given name.").wait_for()
    assert Axe().run(window).response["violations"] == []


def test_refusals(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    check(window, "/p/NONE")
    check(visitor.window(user=world.outsider), "/")
    # The browser itself notes that a page came with 404 or 403.
    assert len(visitor.complaints) == 2
    assert all("status of 40" in one for one in visitor.complaints)
    visitor.complaints.clear()
