"""What staff do all day, by keyboard and by mouse, on a desk and on a phone."""

import re
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
from notifications.models import Message, Page, PageEvent, Swap, TimeOff
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
    # The first time: tests/browser/test_sign_in.py goes on from here.
    expect(window).to_have_title("Second factor · Spinewatch")
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


class Keyboard:
    """Counts the keys; a nurse presses three a second."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.pressed = 0

    def press(self, key: str) -> None:
        self.window.keyboard.press(key)
        self.pressed += 1

    def write(self, words: str) -> None:
        self.window.keyboard.type(words)
        self.pressed += len(words)

    def tab_to(self, name: str) -> None:
        for _key in range(12):
            if focused(self.window) == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not in reach of Tab")


def test_register_in_under_a_minute_by_keyboard_alone(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    world.register(clinician="Dr. Osei")
    window.goto("/")
    keys = Keyboard(window)
    keys.press("g")
    keys.press("r")
    expect(window.get_by_label("Given name")).to_be_focused()
    # A clock that is a minute ahead is let pass.
    then = datetime.now(world.clinic.zone)
    for name, words in (
        ("id_given_name", "Miriam"),
        ("id_family_name", "Castellano"),
        ("id_born_on", "06021957"),
        ("id_phone", "2015550177"),
        ("id_kind", "epi"),
        ("id_region", "lum"),
        ("id_side", "le"),
        ("id_levels", "L4/5"),
        ("id_performed_at_1", f"{then:%I%M%p}"),
        ("id_baseline_pain", "7"),
        ("id_consent_how", "on p"),
    ):
        keys.tab_to(name)
        keys.write(words)
    expect(window.locator("#preview")).to_contain_text("we will text you")
    keys.tab_to("id_consent_given_at_0")
    keys.press("Enter")
    expect(window.get_by_role("heading", name="Miriam Castellano")).to_be_visible()
    assert keys.pressed < 3 * 60


def to_row(window: Window, name: str) -> None:
    """By j to the row of this id."""
    for _row in range(9):
        window.keyboard.press("j")
        if window.locator(f"#{name} [data-row]:focus").count():
            return
    raise AssertionError(f"{name} is not in reach")


def test_claim_and_close_by_keyboard(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    to_row(window, f"item-{scene.item.pk}")
    window.keyboard.press("c")
    expect(window.get_by_text("It is yours now.")).to_be_visible()
    expect(row).to_contain_text("nurse has it")
    expect(row.locator("[data-row]")).to_be_focused()
    window.keyboard.press("e")
    expect(window.get_by_role("dialog").get_by_label("What came of it")).to_be_focused()
    window.keyboard.type("Done")
    window.keyboard.press("Tab")
    window.keyboard.type("Jokes aside, all is well?")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(window.get_by_text("Closed.", exact=True)).to_be_visible()
    expect(row).to_have_count(0)
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("done", "Jokes aside, all is well?")
    assert scene.item.owner == world.nurse


def test_note_text_assign_and_phone_by_keyboard(
    visitor: Visitor, world: World, scene: Scene
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    sheet = window.get_by_role("dialog")
    to_row(window, f"item-{scene.item.pk}")
    window.keyboard.press("n")
    expect(sheet.get_by_label("Note")).to_be_focused()
    window.keyboard.type("Wife says he sleeps.")
    window.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    # What was written is not lost by Escape.
    window.keyboard.press("n")
    expect(sheet.get_by_label("Note")).to_be_focused()
    expect(sheet.get_by_label("Note")).to_have_value("Wife says he sleeps.")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(row).to_contain_text("Wife says he sleeps.")
    window.keyboard.press("t")
    expect(sheet.get_by_label("In your own words")).to_be_focused()
    window.keyboard.type("Please call us.")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(window.get_by_text("The text is on its way")).to_be_visible()
    window.keyboard.press("a")
    expect(sheet.get_by_label("Who is to have it")).to_be_focused()
    window.keyboard.type("dr-chen")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(row).to_contain_text("dr-chen has it")
    window.keyboard.press("p")
    expect(sheet.get_by_label("What was said")).to_be_focused()
    window.keyboard.type("Advised.")
    window.keyboard.press("Tab")
    window.keyboard.press("Enter")
    expect(row).to_have_count(0)
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("reached", "Advised.")
    assert scene.item.episode is not None
    sent = Message.objects.get(body="Please call us.")
    assert sent.to == scene.item.episode.patient.phone


def test_claim_and_close_by_hand(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    row = window.locator(f"#item-{scene.item.pk}")
    row.get_by_role("button", name="Claim").click()
    expect(row).to_contain_text("nurse has it")
    row.get_by_role("link", name="Close").click()
    sheet = window.get_by_role("dialog")
    expect(sheet).to_contain_text("can i take the ibuprofen again?")
    sheet.get_by_role("button", name="Close it").click()
    expect(sheet).to_be_visible()
    sheet.get_by_label("What came of it").select_option("reached")
    sheet.get_by_label("Note").fill("Advised.")
    sheet.get_by_role("button", name="Close it").click()
    expect(row).to_have_count(0)
    scene.item.refresh_from_db()
    assert scene.item.note == "Advised."


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
    window.get_by_label("Note, kept in the record").fill("MRI at noon")
    window.get_by_role("button", name="Sent for an MRI").click()
    expect(window.get_by_text("The page is closed.")).to_be_visible()
    scene.page.refresh_from_db()
    assert (scene.page.outcome, scene.page.note) == ("imaging", "MRI at noon")


def test_a_note_on_a_page_outlives_the_polls(visitor: Visitor, scene: Scene) -> None:
    window = visitor.window(user=scene.responder.user, size="phone")
    window.goto(f"/p/{scene.taken.reference}")
    note = window.get_by_label("Note, kept in the record")
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


def test_palette(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    palette = window.get_by_role("dialog", name="Commands")
    window.keyboard.press("Control+k")
    window.keyboard.type("today")
    window.keyboard.press("Enter")
    expect(window).to_have_title("Today · Spinewatch")
    window.keyboard.press("Control+k")
    window.keyboard.type("555-1004")
    expect(palette.get_by_role("option")).to_have_count(1)
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="Tom Becker")).to_be_visible()
    assert "Becker" not in window.url
    window.goto("/")
    to_row(window, f"item-{scene.item.pk}")
    window.keyboard.press("Control+k")
    window.keyboard.type("assign")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Tom Becker")
    window.keyboard.press("Enter")
    expect(window.get_by_role("dialog").get_by_label("Who is to have it")).to_be_visible()
    window.keyboard.press("Escape")
    window.get_by_role("button", name="Commands").click()
    palette.get_by_role("option", name="Patients").click()
    expect(window).to_have_title("Patients · Spinewatch")


def test_views_and_groups(visitor: Visitor, world: World, scene: Scene, size: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    window.get_by_role("link", name="Questions").click()
    expect(window.locator(f"#item-{scene.missed.pk}")).to_have_count(0)
    expect(window.locator(f"#item-{scene.item.pk}")).to_be_visible()
    window.get_by_text("Views").click()
    window.get_by_label("Keep these filters as").fill("Only questions")
    window.get_by_role("button", name="Keep the view").click()
    expect(window.get_by_text("Kept as “Only questions”.")).to_be_visible()
    window.goto("/")
    window.keyboard.press("Control+k")
    window.keyboard.type("only questions")
    window.keyboard.press("Enter")
    expect(window.locator(f"#item-{scene.missed.pk}")).to_have_count(0)
    assert window.url.endswith("?show=question")


def test_correct_a_reading(visitor: Visitor, world: World, scene: Scene, size: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.flagged.patient_id}")
    window.get_by_role("link", name="Correct the reading").first.click()
    sheet = window.get_by_role("dialog")
    sheet.get_by_label("sore site").check()
    sheet.get_by_label("Why it is to be read otherwise").fill("Only sore.")
    sheet.get_by_role("button", name="Assess anew").click()
    expect(window.get_by_text("Assessed anew. The program's own")).to_be_visible()
    expect(window.get_by_text("Assessed anew by nurse")).to_be_visible()
    expect(window.get_by_text("as it was first assessed; corrected since")).to_be_visible()


def test_preview_and_duplicates_while_typing(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/register")
    expect(window.get_by_label("Given name")).to_be_focused()
    type_and_tab(window, "Ruth", "Adl")
    expect(window.get_by_text("Ruth Adler, born 2 Mar 1951, is registered")).to_be_visible()
    window.get_by_label("Procedure", exact=True).select_option("facet_joint")
    window.get_by_label("Region").select_option("lumbar")
    window.get_by_role("group", name="Performed").get_by_label("Time").fill("00:01")
    preview = window.locator("#preview")
    expect(preview).to_contain_text("Harbor Spine Clinic: we will text you")
    window.get_by_label("Language of the texts").select_option("es")
    expect(preview).not_to_contain_text("we will text you")
    assert Patient.objects.count() == 4


def test_note_and_call_from_the_patients_page(
    visitor: Visitor, world: World, scene: Scene, size: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto(f"/patients/{scene.silent.patient_id}")
    if size == "phone":
        window.get_by_role("navigation", name="At hand").get_by_text("Note").click()
    else:
        window.keyboard.press("n")
    expect(window.get_by_label("What was said or seen")).to_be_focused()
    window.keyboard.type("All well, went shopping.")
    window.get_by_role("button", name="Phoned: reached").click()
    expect(window.get_by_text("The call is kept.")).to_be_visible()
    expect(window.locator(".note-body")).to_contain_text("went shopping")
    scene.missed.refresh_from_db()
    assert scene.missed.outcome == "done"


def test_today_by_keyboard(visitor: Visitor, world: World, scene: Scene, size: str) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/")
    window.keyboard.press("g")
    window.keyboard.press("t")
    expect(window.get_by_role("heading", name="Today")).to_be_visible()
    window.keyboard.press("h")
    expect(window.get_by_text("Not contacted: a failure each")).to_be_visible()
    window.get_by_role("link", name="Grace Lindqvist").first.click()
    expect(window.get_by_role("heading", name="Grace Lindqvist")).to_be_visible()


def test_theme_and_language_can_be_chosen(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    window.keyboard.press("?")
    window.get_by_label("Light or dark").select_option("dark")
    assert window.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    window.get_by_label("Language of these pages").select_option("es")
    window.get_by_role("button", name="Change").click()
    expect(window.get_by_role("heading", name="Lista de trabajo")).to_be_visible()
    assert window.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert window.evaluate("document.documentElement.lang") == "es"


def test_it_prints(visitor: Visitor, world: World, scene: Scene) -> None:
    window = visitor.window(user=world.nurse)
    window.emulate_media(media="print")
    for path in ("/", f"/patients/{scene.flagged.patient_id}", "/today"):
        window.goto(path)
        expect(window.get_by_role("banner")).to_be_hidden()
        expect(window.get_by_role("heading", level=1)).to_be_visible()
    expect(window.get_by_role("button", name="Send", exact=True)).to_be_hidden()


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
    expect(window.locator(".messages")).to_contain_text("Done.")
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
    expect(window.locator(".messages")).to_contain_text("The time off is entered.")
    [off] = TimeOff.objects.all()
    assert (off.responder.name, off.ends_at - off.starts_at) == ("Dr. Chen", timedelta(days=2))
