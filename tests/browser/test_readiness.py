"""One's channels, who is ready, and drills."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from notifications.models import ContactCheck, ContactMethod, Message, Page
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.test_accessible import check
from tests.monitor.dashboard.channel_scene import TOKEN, every_state, past_drill, wait_for
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


@pytest.mark.does("channels", "add-channel", "send-code", "enter-code", "drop-channel")
@pytest.mark.does("confirm-channel", "responders")
def test_a_channel_is_verified_confirmed_and_dropped(
    size: str, way: str, visitor: Visitor, world: World
) -> None:
    novak = person(world.team, "Novak")
    novak.contacts.filter(channel="voice").delete()
    push = ContactMethod.objects.create(
        responder=novak, channel="apprise", address="json://127.0.0.1:9/x"
    )
    wait_for(push, TOKEN)
    window = visitor.window(user=novak.user, size=size)
    window.goto("/channels")
    hand, main = Hand(window, way), window.get_by_role("main")
    expect(window.get_by_text("You are not ready to be on call.")).to_be_visible()
    hand.choose(window.get_by_label("Kind"), "E-mail")
    hand.write(window.get_by_label("Number or address"), "novak@harbor.example")
    hand.press(window.get_by_role("button", name="Add and send a code"))
    code = window.get_by_label("The code, until")
    hand.write(code, "000")
    hand.press(window.get_by_role("button", name="Verify"))
    expect(window.get_by_text("That is not the code.")).to_be_visible()
    ContactCheck.objects.update(made_at=datetime.now(UTC) - timedelta(minutes=2))
    hand.press(window.get_by_role("button", name="Send a code to novak@harbor.example"))
    expect(window.get_by_text("A code is on its way")).to_be_visible()
    newest = Message.objects.filter(channel="email").latest("created_at")
    hand.write(code, newest.body.split("code is ")[1][:6])
    hand.press(window.get_by_role("button", name="Verify"))
    expect(window.get_by_text("You are ready to be on call.")).to_be_visible()
    window.goto(f"/channels/confirm/{TOKEN}")
    hand.press(window.get_by_role("button", name="Yes, it reached me"))
    expect(window.get_by_text("Thank you: this channel reaches you.")).to_be_visible()
    hand.press(window.get_by_role("button", name="Use novak@harbor.example no more"))
    expect(window.get_by_text("The channel is not used any more.")).to_be_visible()
    hand.press(main.get_by_role("link", name="Who is ready"))
    expect(window.locator(".row-card", has_text="Dr. Novak")).to_contain_text(
        "Ready · push or chat, SMS"
    )
    hand.press(main.get_by_role("link", name="My channels"))
    expect(window).to_have_title("My channels · Spinewatch")


@pytest.mark.does("drills", "start-drill", "drill", "acknowledge-drill")
def test_a_drill(size: str, way: str, visitor: Visitor, world: World) -> None:
    window = visitor.window(user=person(world.team, "Okafor").user, size=size)
    window.goto("/rota")
    hand, main = Hand(window, way), window.get_by_role("main")
    hand.press(main.get_by_role("link", name="Drills"))
    hand.press(window.get_by_role("button", name="Begin a drill now"))
    expect(window.get_by_role("heading", name="DRILL")).to_be_visible()
    expect(window.get_by_text("There is no patient.")).to_be_visible()
    hand.press(window.get_by_role("button", name="Acknowledge the drill"))
    expect(window.locator("#standing")).to_contain_text("Acknowledged by Dr. Okafor")
    page = Page.every.get()
    assert page.closed_at is not None and page.closed_at <= datetime.now(UTC)
    hand.press(main.get_by_role("link", name="Drills"))
    hand.press(window.get_by_role("link", name=page.reference))
    expect(window.get_by_role("heading", name="Rung by rung")).to_be_visible()
