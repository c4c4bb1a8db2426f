"""The warning before a session ends, and what was written in it; the proof before an export."""

from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from pytest_django import Settings

from monitor.models import Draft, Note
from tests import signed_in
from tests.browser.conftest import Visitor
from tests.monitor.dashboard.scene import Scene, make_scene
from tests.monitor.dashboard.test_sign_in import PASSWORD, cheap_hash
from tests.notifications.oncall.ward import person
from tests.world import World

__all__ = ["cheap_hash"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "She says that the leg is"


@pytest.fixture
def scene(world: World) -> Scene:
    return make_scene(world, now=datetime.now(UTC))


def come_back(visitor: Visitor, window: Window, user: Any, path: str) -> None:
    """Sign in again in the same browser, as the same user or another."""
    value = visitor.session(user)
    window.context.add_cookies(
        [{"name": "sessionid", "value": value, "url": visitor.server.url}]
    )
    window.goto(path)


@pytest.mark.does("stay")
def test_warned_one_stays(
    visitor: Visitor, world: World, scene: Scene, settings: Settings, size: str, way: str
) -> None:
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 600, 599
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    window.get_by_label("What was said or seen").fill(WORDS)
    dialog = window.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    stay = window.get_by_role("button", name="Stay")
    expect(stay).to_be_focused()
    if way == "keyboard":
        assert Axe().run(window).response["violations"] == []
        window.keyboard.press("Enter")
    else:
        stay.click()
    expect(dialog).not_to_be_visible()
    expect(window.get_by_label("What was said or seen")).to_have_value(WORDS)


def test_signed_out_the_words_are_there_again(
    visitor: Visitor, world: World, scene: Scene, settings: Settings, size: str
) -> None:
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 8, 4
    window = visitor.window(user=world.nurse, size=size)
    path = f"/patients/{scene.flagged.patient_id}"
    window.goto(path)
    window.get_by_label("What was said or seen").fill(WORDS)
    # The list's own questions keep nothing open.
    window.wait_for_url("**/sign-in?next=*", timeout=40_000)
    assert Draft.objects.get().user == world.nurse
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 900, 120
    come_back(visitor, window, world.auditor, path)
    expect(window.get_by_role("heading", name="Ruth Adler")).to_be_visible()
    assert WORDS not in window.content()
    come_back(visitor, window, world.nurse, path)
    field = window.get_by_label("What was said or seen")
    expect(field).to_have_value(WORDS)
    expect(window.get_by_text("is here again. It is not sent yet.")).to_be_visible()
    window.get_by_role("button", name="Keep the note").press("Enter")
    expect(window.get_by_text("The note is kept.")).to_be_visible()
    assert Note.objects.get().body == WORDS
    assert not Draft.objects.exists()


def test_words_in_a_sheet_are_found_again(
    visitor: Visitor, world: World, scene: Scene, settings: Settings
) -> None:
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 8, 4
    window = visitor.window(user=world.nurse)
    window.goto("/")
    window.locator(f"#item-{scene.item.pk}").get_by_role("link", name="Note").click()
    window.locator("#act-body").fill(WORDS)
    window.wait_for_url("**/sign-in?next=*", timeout=40_000)
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 900, 120
    come_back(visitor, window, world.nurse, "/")
    window.get_by_role("link", name="Go on writing there").press("Enter")
    expect(window.locator("#act-body")).to_have_value(WORDS)
    visitor.complaints.clear()


def test_an_address_for_others_asks_who_is_there(
    visitor: Visitor, world: World, size: str
) -> None:
    lead = person(world.team, "Okafor").user
    lead.set_password(PASSWORD)
    lead.save()

    def an_hour_ago(client: Any, user: Any) -> None:
        signed_in.verified(client, user, ago=3600)

    window = visitor.window(user=lead, size=size, sign_in=an_hour_ago)
    window.goto("/rota")
    window.get_by_role("button", name="Address of the whole rota").press("Enter")
    window.get_by_label("Password").focus()
    window.keyboard.type(PASSWORD)
    assert Axe().run(window).response["violations"] == []
    window.keyboard.press("Enter")
    expect(window.get_by_text("shown this once")).to_be_visible()
