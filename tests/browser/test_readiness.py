"""One's channels, who is ready, and drills: by keyboard, at both sizes, clean for axe."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from notifications.models import Message, Page
from tests.browser.conftest import Visitor
from tests.browser.test_accessible import check
from tests.monitor.dashboard.channel_scene import TOKEN, every_state, past_drill
from tests.notifications.oncall.ward import person
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_empty_full_and_failing(theme: str, size: str, visitor: Visitor, world: World) -> None:
    nurse = visitor.window(user=world.nurse, size=size, theme=theme)
    for path in ("/channels", "/responders", "/drills"):
        check(nurse, path)
    okafor = person(world.team, "Okafor")
    every_state(okafor)
    drill = past_drill(world.team)
    lead = visitor.window(user=okafor.user, size=size, theme=theme)
    for path in (
        "/channels",
        f"/channels/confirm/{TOKEN}",
        "/responders",
        "/rota",
        "/drills",
        f"/drills/{drill.reference}",
    ):
        check(lead, path)
    lead.goto("/channels")
    lead.get_by_role("button", name="Add and send a code").press("Enter")
    lead.get_by_text("Nothing was saved.").wait_for()
    assert Axe().run(lead).response["violations"] == []


def test_a_channel_is_verified_by_keyboard(size: str, visitor: Visitor, world: World) -> None:
    novak = person(world.team, "Novak")
    novak.contacts.filter(channel="voice").delete()
    window = visitor.window(user=novak.user, size=size)
    window.goto("/channels")
    expect(window.get_by_text("You are not ready to be on call.")).to_be_visible()
    window.get_by_label("Kind").focus()
    window.keyboard.type("E-m")
    window.keyboard.press("Tab")
    window.keyboard.type("novak@harbor.example")
    window.keyboard.press("Enter")
    code = window.get_by_label("The code, until")
    code.focus()
    window.keyboard.type(Message.objects.get(channel="email").body.split("code is ")[1][:6])
    window.keyboard.press("Enter")
    expect(window.get_by_text("You are ready to be on call.")).to_be_visible()


def test_a_drill_by_keyboard(size: str, visitor: Visitor, world: World) -> None:
    window = visitor.window(user=person(world.team, "Okafor").user, size=size)
    window.goto("/drills")
    window.get_by_role("button", name="Begin a drill now").press("Enter")
    expect(window.get_by_role("heading", name="DRILL")).to_be_visible()
    expect(window.get_by_text("There is no patient.")).to_be_visible()
    window.get_by_role("button", name="Acknowledge the drill").press("Enter")
    expect(window.locator("#standing")).to_contain_text("Acknowledged by Dr. Okafor")
    page = Page.every.get()
    assert page.closed_at is not None and page.closed_at <= datetime.now(UTC)
