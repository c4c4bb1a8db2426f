"""What staff do all day, by keyboard and by mouse, on a desk and on a phone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from monitor import worklist
from monitor.models import WorkItem
from notifications import outbox
from notifications.models import Page, PageEvent, Swap, TimeOff
from notifications.simulator import Simulator
from patients.models import Patient
from tests.browser.conftest import Visitor
from tests.monitor.dashboard.rota_scene import plan_changes
from tests.monitor.dashboard.scene import Scene, make_scene
from tests.notifications.oncall.ward import person
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(world: World) -> Scene:
    return make_scene(world, now=datetime.now(UTC))


def test_sign_in_by_keyboard(visitor: Visitor, world: World, size: str) -> None:
    world.nurse.set_password("a long one for a test")
    world.nurse.save()
    window = visitor.window(size=size)
    window.goto("/register")
    expect(window).to_have_title("Sign in · Spinewatch")
    window.keyboard.type("nurse")
    window.keyboard.press("Tab")
    window.keyboard.type("wrong")
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("do not match")
    window.get_by_label("Password").fill("a long one for a test")
    window.keyboard.press("Enter")
    expect(window).to_have_title("Register · Spinewatch")
    window.get_by_role("button", name="Sign out").click()
    expect(window).to_have_title("Sign in · Spinewatch")


def test_register_by_keyboard(visitor: Visitor, world: World, size: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/register")
    then = datetime.now(world.clinic.zone) - timedelta(hours=3)
    window.get_by_label("Given name").focus()
    type_and_tab(window, "Ruth", "Adler", "06021957")
    window.keyboard.press("Tab") if focused(window) != "id_phone" else None
    type_and_tab(window, "(201) 555-0123")
    window.get_by_label("Procedure", exact=True).select_option("epidural_steroid")
    window.get_by_label("Region").select_option("lumbar")
    window.get_by_label("Side").select_option("left")
    performed = window.get_by_role("group", name="Performed")
    performed.get_by_label("Day").fill(then.date().isoformat())
    performed.get_by_label("Time").fill(f"{then:%H:%M}")
    window.get_by_label("Performed by").fill("Dr. Osei")
    window.keyboard.press("Enter")
    expect(window.get_by_text("Say how the consent was given.")).to_be_visible()
    assert not Patient.objects.exists()
    window.get_by_label("The patient agreed to be texted").select_option("written")
    window.get_by_role("button", name="Register", exact=True).click()
    expect(window.get_by_role("heading", name="Ruth Adler")).to_be_visible()
    assert Patient.objects.get().born_on.isoformat() == "1957-06-02"


def type_and_tab(window: Window, *words: str) -> None:
    for word in words:
        window.keyboard.type(word)
        window.keyboard.press("Tab")


def focused(window: Window) -> str:
    return str(window.evaluate("document.activeElement.id"))


def test_claim_and_close_by_keyboard(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    for _row in range(4):
        window.keyboard.press("j")
    expect(window.locator(f"#item-{scene.item.pk} [data-row]")).to_be_focused()
    window.keyboard.press("c")
    expect(window.get_by_text("It is yours now.")).to_be_visible()
    for _row in range(4):
        window.keyboard.press("j")
    window.keyboard.press("e")
    window.keyboard.type("Done")
    window.keyboard.press("Tab")
    window.keyboard.type("Jokes aside, all is well?")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(window.get_by_text("Closed.", exact=True)).to_be_visible()
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("done", "Jokes aside, all is well?")
    assert scene.item.owner == world.nurse


def test_claim_and_close_by_hand(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    row.get_by_role("button", name="Claim").click()
    row.get_by_text("Close", exact=True).click()
    row.get_by_label("What came of it").select_option("reached")
    row.get_by_label("Note").fill("Advised.")
    row.get_by_role("button", name="Close it").click()
    expect(row).to_have_count(0)
    scene.item.refresh_from_db()
    assert scene.item.note == "Advised."


def test_the_list_is_live_and_leaves_alone_what_is_in_hand(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    row.get_by_text("Close", exact=True).click()
    note = row.get_by_label("Note")
    note.fill("half a sen")
    now = datetime.now(UTC)
    worklist.close(scene.item, outcome="done", note="", user=world.auditor, now=now)
    worklist.close(scene.missed, outcome="reached", note="", user=world.auditor, now=now)
    new = worklist.add(WorkItem.Kind.HELP, clinic=world.clinic, why="Help.", now=now)
    expect(window.locator(f"#item-{new.pk}")).to_be_visible()
    expect(window.locator(f"#item-{scene.missed.pk}")).to_have_count(0)
    expect(note).to_have_value("half a sen")
    expect(note).to_be_focused()
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
    window.get_by_role("button", name="Keys").click()
    window.get_by_label("Single keys work on this computer").uncheck()
    window.get_by_role("button", name="Close").click()
    window.keyboard.press("?")
    expect(window.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_acknowledge_and_outcome(visitor: Visitor, scene: Scene, size: str) -> None:
    window = visitor.window(user=scene.responder.user, size=size)
    window.goto(f"/p/{scene.page.reference}")
    take = window.get_by_role("button", name="Acknowledge")
    expect(take).to_be_in_viewport(ratio=1)
    take.click()
    expect(window.get_by_text("Dr. Chen has it since")).to_be_visible()
    window.get_by_label("Note").fill("MRI at noon")
    window.get_by_role("button", name="Sent for an MRI").click()
    expect(window.get_by_text("The page is closed.")).to_be_visible()
    scene.page.refresh_from_db()
    assert (scene.page.outcome, scene.page.note) == ("imaging", "MRI at noon")


def test_a_note_on_a_page_outlives_the_polls(visitor: Visitor, scene: Scene) -> None:
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.taken.reference}")
    note = window.get_by_label("Note")
    note.fill("half a sen")
    with window.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        pass
    window.wait_for_timeout(200)
    expect(note).to_have_value("half a sen")
    expect(note).to_be_focused()


def test_pause_and_text_from_the_patients_page(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    window.get_by_role("button", name="Pause").click()
    expect(window.get_by_text("Paused: the patient's own texts")).to_be_visible()
    window.get_by_role("button", name="Resume").click()
    window.get_by_label("In your own words").fill("Please call us.")
    window.get_by_role("button", name="Send", exact=True).click()
    expect(window.get_by_text("The text is on its way.")).to_be_visible()
    expect(window.locator(".bubble.ours").first).to_contain_text("Please call us.")


@pytest.fixture
def stand_in(settings: Settings, world: World, live_server: LiveServer) -> Iterator[Simulator]:
    """Its webhooks go to the live server, signed."""
    settings.PUBLIC_BASE_URL = live_server.url
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID, auth_token=settings.TWILIO_AUTH_TOKEN
    ) as one:
        one.add_number(world.line.sender.number, sms_url=f"{live_server.url}/twilio/text")
        settings.TWILIO_API_BASE_URL = one.base_url
        settings.DEMO = True
        yield one
    connection.close()


def test_two_phones(visitor: Visitor, world: World, scene: Scene, stand_in: Simulator) -> None:

    window = visitor.window(user=world.nurse)
    window.goto("/phones")
    patient = window.get_by_role("region", name="The patient's phone")
    patient.get_by_label("Whose phone").select_option(label="Grace Lindqvist")
    patient.get_by_label("Text message").fill("I can't feel anything when I wipe")
    patient.get_by_role("button", name="Send").click()
    log = patient.get_by_role("log")
    expect(log).to_contain_text("I can't feel anything when I wipe")
    expect(patient.get_by_label("Text message")).to_have_value("")
    page = Page.objects.exclude(pk__in=[scene.page.pk, scene.taken.pk])
    wait_until(window, page.exists)
    assert page.get().level == "emergency"
    for stream in ("page", "text"):
        outbox.sweep(stream, now=datetime.now(UTC))
    expect(log).to_contain_text("911")
    # Whoever is on call this week has it, and takes it by the code that is offered.
    called = PageEvent.objects.filter(page=page.get(), responder__isnull=False)[0].responder
    assert called is not None
    clinician = window.get_by_role("region", name="The clinician's phone")
    clinician.get_by_label("Whose phone").select_option(label=called.name)
    code = clinician.get_by_role("button", name=str(page.get().code), exact=True)
    code.click()
    wait_until(window, page.filter(acknowledged_by=called).exists)


def wait_until(window: Window, happened: Callable[[], bool]) -> None:
    for _time in range(60):
        if happened():
            return
        window.wait_for_timeout(250)
    raise AssertionError("It did not happen.")


def test_a_swap_is_accepted_on_the_phone(visitor: Visitor, world: World, size: str) -> None:
    keys = plan_changes(world)
    swap = Swap.objects.select_related("asked__user").get(pk=keys["swap"])
    window = visitor.window(user=swap.asked.user, size=size)
    window.goto("/rota")
    window.get_by_role("button", name="Accept").focus()
    window.keyboard.press("Enter")
    expect(window.get_by_role("status")).to_contain_text("Done.")
    swap.refresh_from_db()
    assert swap.state == Swap.State.ACCEPTED
    expect(window.locator("#changes")).to_contain_text("by a swap")


def test_time_off_is_entered_by_keyboard(visitor: Visitor, world: World, size: str) -> None:
    window = visitor.window(user=person(world.team, "Chen").user, size=size)
    window.goto("/rota")
    window.get_by_text("Enter my time off").press("Enter")
    for name, day in (("From", "2030-06-01"), ("Until", "2030-06-03")):
        moment = window.get_by_role("group", name=name, exact=True)
        moment.get_by_label("Day").fill(day)
        moment.get_by_label("Time").fill("08:00")
    window.get_by_role("button", name="Enter", exact=True).press("Enter")
    expect(window.get_by_role("status")).to_contain_text("The time off is entered.")
    [off] = TimeOff.objects.all()
    assert (off.responder.name, off.ends_at - off.starts_at) == ("Dr. Chen", timedelta(days=2))
