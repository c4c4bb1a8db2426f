"""The worklist: each act on a row; live, and still where somebody reads."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from monitor import worklist
from monitor.models import WorkItem
from notifications.models import Message
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, to_row
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("item", "claim", "assign", "work-note", "work-phone", "work-text", "close")
def test_a_row_is_noted_texted_phoned_assigned_claimed_and_closed(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    hand, row = Hand(window, way), window.locator(f"#item-{scene.item.pk}")
    sheet = window.get_by_role("dialog")

    def act(name: str, key: str) -> None:
        """By its single key from the row, or by the button on it."""
        if hand.by_keyboard:
            row.locator("[data-row]").focus()
            window.keyboard.press(key)
        else:
            row.get_by_text(name, exact=True).click()

    if hand.by_keyboard:
        to_row(window, f"item-{scene.item.pk}")
    act("Note", "n")
    expect(sheet.get_by_label("Note")).to_be_focused()
    window.keyboard.type("Wife says he sleeps.")
    window.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    # What was written is not lost by Escape.
    act("Note", "n")
    expect(sheet.get_by_label("Note")).to_have_value("Wife says he sleeps.")
    hand.press(sheet.get_by_role("button", name="Keep the note"))
    expect(row).to_contain_text("Wife says he sleeps.")
    act("Text", "t")
    hand.write(sheet.get_by_label("In your own words"), "Please call us.")
    hand.press(sheet.get_by_role("button", name="Send"))
    expect(window.get_by_text("The text is on its way")).to_be_visible()
    act("Phone", "p")
    hand.write(sheet.get_by_label("What was said"), "No answer.")
    hand.press(sheet.get_by_role("button", name="Not reached"))
    expect(row).to_contain_text("No answer.")
    act("Assign", "a")
    hand.choose(sheet.get_by_label("Who is to have it"), "dr-chen")
    hand.press(sheet.get_by_role("button", name="Assign"))
    expect(row).to_contain_text("dr-chen has it")
    act("Claim", "c")
    expect(row).to_contain_text("nurse has it")
    act("Close", "e")
    hand.choose(sheet.get_by_label("What came of it"), "Reached by phone")
    hand.write(sheet.get_by_label("Note"), "Advised.")
    hand.press(sheet.get_by_role("button", name="Close it"))
    expect(row).to_have_count(0)
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("reached", "Advised.")
    assert scene.item.owner == world.nurse
    assert Message.objects.filter(body="Please call us.").count() == 1


@pytest.mark.does("worklist", "save-view", "drop-view", "close-incident")
def test_filters_and_views(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    worklist.assign(scene.missed, to=world.nurse)
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    hand = Hand(window, way)
    hand.press(window.get_by_role("button", name="Seen to"))
    expect(window.get_by_text("Closed. It comes back if it happens again.")).to_be_visible()
    expect(window.get_by_role("region", name="The paging itself")).to_have_count(0)
    missed, item = (window.locator(f"#item-{one.pk}") for one in (scene.missed, scene.item))
    hand.choose(window.get_by_label("Whose work"), "only mine")
    if hand.by_keyboard:
        window.keyboard.press("Enter")
    expect(item).to_have_count(0)
    expect(missed).to_be_visible()
    # A page is never filtered away.
    expect(window.locator(f"#page-{scene.page.reference}")).to_be_visible()
    window.goto("/")
    hand.press(window.get_by_role("link", name="Questions"))
    expect(window.get_by_role("link", name="Questions")).to_have_attribute(
        "aria-current", "true"
    )
    expect(missed).to_have_count(0)
    hand.press(window.get_by_text("Views"))
    hand.write(window.get_by_label("Keep these filters as"), "Only questions")
    hand.press(window.get_by_role("button", name="Keep the view"))
    expect(window.get_by_text("Kept as “Only questions”.")).to_be_visible()
    window.goto("/")
    hand.press(window.get_by_text("Views (1)"))
    hand.press(window.get_by_role("link", name="Only questions"))
    expect(item).to_be_visible()
    expect(missed).to_have_count(0)
    assert window.url.endswith("?show=question")
    hand.press(window.get_by_text("Views (1)"))
    hand.press(window.get_by_role("button", name="Remove Only questions"))
    expect(window.get_by_text("The view is removed.")).to_be_visible()


def test_a_sheet_says_what_is_wrong_and_keeps_what_was_written(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    window.locator(f"#item-{scene.item.pk}").get_by_role("link", name="Close").click()
    sheet = window.get_by_role("dialog")
    sheet.get_by_label("What came of it").select_option("done")
    sheet.get_by_label("Note").fill("half a sentence")
    now = datetime.now(UTC)
    worklist.close(scene.item, outcome="reached", note="", user=world.auditor, now=now)
    sheet.get_by_role("button", name="Close it").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Somebody had closed this already")
    expect(sheet.get_by_label("Note")).to_have_value("half a sentence")
    window.context.clear_cookies()
    sheet.get_by_role("button", name="Close it").click()
    expect(sheet.get_by_role("alert")).to_contain_text("What you wrote is still here")
    expect(sheet.get_by_label("Note")).to_have_value("half a sentence")
    assert all("Failed to" in one for one in visitor.complaints)
    visitor.complaints.clear()


def test_the_list_is_live_and_leaves_alone_what_is_in_hand(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    row.get_by_role("link", name="Note").focus()
    now = datetime.now(UTC)
    worklist.close(scene.item, outcome="done", note="", user=world.auditor, now=now)
    worklist.close(scene.missed, outcome="reached", note="", user=world.auditor, now=now)
    new = worklist.add(WorkItem.Kind.HELP, clinic=world.clinic, why="Help.", now=now)
    expect(window.locator(f"#item-{new.pk}")).to_be_visible()
    expect(window.locator(f"#item-{scene.missed.pk}")).to_have_count(0)
    expect(row.get_by_text("Tom Becker")).to_be_visible()
    assert "Closed at" in str(row.get_attribute("data-gone"))


def test_a_row_with_the_focus_keeps_it(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    link = window.locator(f"#item-{scene.missed.pk} [data-row]")
    link.focus()
    now = datetime.now(UTC)
    worklist.close(scene.missed, outcome="reached", note="", user=world.auditor, now=now)
    new = worklist.add(WorkItem.Kind.HELP, clinic=world.clinic, why="Help.", now=now, score=100)
    expect(window.locator(f"#item-{new.pk}")).to_be_visible()
    expect(link).to_be_focused()


def test_a_row_under_the_mouse_stays(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    row.get_by_text("can i take").hover()
    now = datetime.now(UTC)
    worklist.close(scene.item, outcome="done", note="", user=world.auditor, now=now)
    expect(row).to_have_attribute("data-gone", re.compile("Closed at"))
    window.mouse.move(1, 1)
    expect(row).to_have_count(0)


def test_it_says_when_it_is_not_live(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    banner = window.locator("#not-live")
    expect(banner).to_be_hidden()
    window.context.set_offline(True)
    expect(banner).to_be_visible()
    window.context.set_offline(False)
    expect(banner).to_be_hidden()
    window.context.clear_cookies()
    expect(banner).to_be_visible()
    expect(window.locator(f"#item-{scene.item.pk}")).to_be_visible()
    # The browser's own notes on the requests that failed.
    assert all("Failed to" in one for one in visitor.complaints)
    visitor.complaints.clear()
