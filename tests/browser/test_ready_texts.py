"""Ready texts: written and put in order by an admin, put into the box by whoever texts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from monitor import ready_texts
from monitor.models import ReadyText
from monitor.starters import STARTERS
from notifications.models import Message
from patients.access import Role
from patients.models import Membership, Patient
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.test_accessible import check
from tests.monitor.dashboard.scene import Scene
from tests.world import World, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALL = "Harbor Spine Clinic: call +1 212-555-0100."


def boss_of(world: World) -> object:
    user = make_user("boss")
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    return user


def keep(world: World) -> None:
    words = {"en": "{clinic}: call {phone}.", "es": "{clinic}: llame al {phone}."}
    ready_texts.save(world.clinic, name="Call us", words=words)
    ready_texts.save(world.clinic, name="Thanks", words={"en": "Thank you."})


def pick(hand: Hand, ready: Locator, label: str) -> None:
    """By the arrows, past the others, or by the mouse."""
    if not hand.by_keyboard:
        ready.select_option(label=label)
        return
    ready.focus()
    hand.window.keyboard.press("Home")
    while ready.locator("option:checked").text_content() != label:
        hand.window.keyboard.press("ArrowDown")


@pytest.mark.does(
    *("message-texts", "add-message-text", "edit-message-text", "preview-message-text"),
    *("move-message-text", "retire-message-text", "bring-back-message-text"),
    "remove-message-text",
)
def test_suggested_written_ordered_and_retired(
    visitor: Visitor, world: World, size: str, way: str
) -> None:
    window = visitor.window(user=boss_of(world), size=size)
    hand = Hand(window, way)
    window.goto("/")
    window.keyboard.press("Control+k")
    window.keyboard.type("message te")
    window.keyboard.press("Enter")
    expect(window.get_by_text("No ready texts yet.")).to_be_visible()
    hand.press(window.get_by_role("button", name="Add it as it is").first)
    expect(window.get_by_text("Saved: staff find it as")).to_be_visible()
    hand.press(window.get_by_role("link", name="New ready text"))
    hand.write(window.get_by_label("Name", exact=True), "Thanks")
    hand.write(window.get_by_label("Words in English"), "Thank you, {name}.")
    expect(window.get_by_text("{name} is not filled in")).to_be_visible()
    hand.press(window.get_by_role("button", name="Save"))
    expect(window.get_by_text("Nothing was saved.")).to_be_visible()
    expect(window.get_by_label("Words in English")).to_be_focused()
    hand.write(window.get_by_label("Words in English"), "Thank you. {clinic}")
    hand.write(window.get_by_label("Words in Spanish"), "Gracias. {clinic}")
    expect(window.locator("#preview-es .bubble")).to_have_text("Gracias. Harbor Spine Clinic")
    expect(window.locator("#preview-es")).to_contain_text("1 segment, 28 units of GSM-7")
    hand.press(window.get_by_role("button", name="Save"))
    rows = window.locator("li.row-card[id^=text-]")
    expect(rows).to_have_count(2)
    if hand.by_keyboard:
        # Its scripts take the keys once all of the page is there.
        window.wait_for_load_state()
        window.keyboard.press("k")
        window.keyboard.press("u")
    else:
        rows.last.get_by_role("button", name="Up").click()
    expect(rows.first).to_contain_text("Gracias.")
    # The way it went is at its end: the other one has the focus.
    expect(rows.first.get_by_role("button", name="Down")).to_be_focused()
    hand.press(rows.first.get_by_role("button", name="Retire"))
    expect(rows).to_have_count(1)
    hand.press(window.get_by_text("Retired (1)"))
    hand.press(window.get_by_role("button", name="Bring back"))
    expect(rows.first).to_contain_text("Gracias.")
    assert [one.name for one in ReadyText.objects.order_by("position")] == [
        "Thanks",
        STARTERS[0].name,
    ]
    hand.press(rows.last.get_by_role("link", name="Change"))
    hand.write(window.get_by_label("Name", exact=True), "Call us")
    hand.press(window.get_by_role("button", name="Save"))
    expect(rows.last).to_contain_text("Call us")
    hand.press(rows.first.get_by_role("button", name="Retire"))
    hand.press(window.get_by_text("Retired (1)"))
    hand.press(window.get_by_role("button", name="Remove: it was never sent"))
    expect(window.get_by_text("Removed.")).to_be_visible()
    assert [one.name for one in ReadyText.objects.all()] == ["Call us"]


def test_put_into_the_box_and_never_over_what_was_written(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    keep(world)
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    hand, sheet = Hand(window, way), window.get_by_role("dialog")
    row = window.locator(f"#item-{scene.item.pk}")
    if hand.by_keyboard:
        row.locator("[data-row]").focus()
        window.keyboard.press("t")
    else:
        row.get_by_role("link", name="Text").click()
    box, ready = sheet.get_by_label("In your own words"), sheet.get_by_label("Ready text")
    expect(box).to_be_focused()
    expect(sheet.get_by_role("button", name="Put it in")).to_be_hidden()
    pick(hand, ready, "Thanks")
    expect(box).to_have_value("Thank you.")
    # Nobody's own words yet: the next choice takes their place.
    pick(hand, ready, "Call us")
    expect(box).to_have_value(CALL)
    expect(sheet.get_by_text("It is in the box below. Nothing is sent yet.")).to_be_visible()
    hand.write(box, "Tom, no ibuprofen.")
    pick(hand, ready, "Thanks")
    expect(box).to_have_value("Tom, no ibuprofen.")
    expect(sheet.get_by_text("Your own words are in the box")).to_be_visible()
    hand.press(sheet.get_by_role("button", name="After my words"))
    expect(box).to_have_value("Tom, no ibuprofen. Thank you.")
    expect(box).to_be_focused()
    pick(hand, ready, "Call us")
    hand.press(sheet.get_by_role("button", name="In their place"))
    expect(box).to_have_value(CALL)
    hand.write(box, "x" * 470)
    pick(hand, ready, "Thanks")
    hand.press(sheet.get_by_role("button", name="After my words"))
    expect(sheet.get_by_text("Together they are too long")).to_be_visible()
    expect(box).to_have_value("x" * 470)
    hand.press(sheet.get_by_role("button", name="In their place"))
    assert not Message.objects.filter(body="Thank you.").exists()
    hand.press(sheet.get_by_role("button", name="Send"))
    expect(window.get_by_text("The text is on its way")).to_be_visible()
    assert Message.objects.filter(body="Thank you.").count() == 1
    assert ReadyText.objects.get(name="Thanks").first_used_at is not None


def test_on_a_patients_page_in_their_language(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    keep(world)
    Patient.objects.update(language="es")
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.silent.patient_id}")
    ready = window.get_by_label("Ready text")
    expect(ready.get_by_role("option", name="Thanks (not in Spanish)")).to_be_disabled()
    Hand(window, "keyboard").choose(ready, "Call us")
    box = window.get_by_label("In your own words")
    expect(box).to_have_value("Harbor Spine Clinic: llame al +1 212-555-0100.")
    # All of it is seen before it is sent.
    assert box.evaluate("one => one.scrollHeight <= one.clientHeight + 1")


def test_without_scripts_the_page_puts_it_in(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    keep(world)
    context = visitor.browser.new_context(
        base_url=visitor.server.url, java_script_enabled=False
    )
    value = visitor.session(world.nurse)
    context.add_cookies([{"name": "sessionid", "value": value, "url": visitor.server.url}])
    window = context.new_page()
    for path in (f"/patients/{scene.silent.patient_id}", f"/work/{scene.item.pk}?do=text"):
        window.goto(path)
        window.get_by_label("Ready text").select_option(label="Call us")
        window.get_by_role("button", name="Put it in").click()
        expect(window.get_by_label("In your own words")).to_have_value(CALL)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible_empty_full_and_refused(
    theme: str, size: str, visitor: Visitor, world: World, scene: Scene
) -> None:
    boss = visitor.window(user=boss_of(world), size=size, theme=theme)
    check(boss, "/message-texts")
    keep(world)
    nurse = visitor.window(user=world.nurse, size=size, theme=theme)
    check(boss, "/message-texts")
    boss.goto("/message-texts/add")
    boss.get_by_label("Words in English").fill("Call {phone")
    boss.get_by_role("button", name="Save").click()
    boss.get_by_text("Give it a name.").wait_for()
    assert finds(boss) == []
    beside, above = (boss.locator(".languages > div").nth(n).bounding_box() for n in (1, 0))
    assert beside and above
    assert (beside["y"] == above["y"]) == (size == "desktop")
    nurse.goto(f"/work/{scene.item.pk}?do=text")
    nurse.get_by_label("In your own words").fill("Hello.")
    nurse.get_by_label("Ready text").select_option(label="Thanks")
    nurse.get_by_role("button", name="After my words").wait_for()
    assert finds(nurse) == []


def finds(window: Page) -> list[str]:
    return [one["id"] for one in Axe().run(window).response["violations"]]
