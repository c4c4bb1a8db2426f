"""A patient is registered, on a desk and on a phone."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page as Window
from playwright.sync_api import expect

from patients.models import Patient
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, focused
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.does("register", "duplicates", "preview")
def test_what_is_wrong_known_and_texted_is_shown_before_it_is_saved(
    visitor: Visitor, world: World, scene: Scene, size: str, way: str
) -> None:
    window = visitor.window(user=world.nurse, size=size)
    window.goto("/register")
    hand = Hand(window, way)
    expect(window.get_by_label("Given name")).to_be_focused()
    hand.write(window.get_by_label("Given name"), "Ruth")
    hand.write(window.get_by_label("Family name"), "Adl")
    expect(window.get_by_text("Ruth Adler, born 2 Mar 1951, is registered")).to_be_visible()
    hand.write(window.get_by_label("Family name"), "Adlersen")
    record = window.get_by_label("Record number", exact=True)
    hand.write(record, scene.silent.patient.record_number)
    expect(window.get_by_text("Grace Lindqvist, born 4 Mar 1953, is reg")).to_be_visible()
    hand.write(record, "HB-99999")
    hand.date(window.get_by_label("Date of birth"), "1957-06-02")
    hand.write(window.get_by_label("Mobile phone"), "(201) 555-0123")
    hand.choose(window.get_by_label("Procedure", exact=True), "facet joint injection")
    hand.choose(window.get_by_label("Region"), "Lumbar")
    hand.choose(window.get_by_label("Side"), "Left")
    then = datetime.now(world.clinic.zone) - timedelta(hours=3)
    performed = window.get_by_role("group", name="Performed")
    hand.date(performed.get_by_label("Day"), then.date().isoformat())
    hand.date(performed.get_by_label("Time"), f"{then:%H:%M}")
    hand.write(window.get_by_label("Performed by"), "Dr. Osei")
    preview = window.locator("#preview")
    expect(preview).to_contain_text("Harbor Spine Clinic: we will text you")
    hand.choose(window.get_by_label("Language of the texts"), "Español")
    expect(preview).not_to_contain_text("we will text you")
    register = window.get_by_role("button", name="Register", exact=True)
    hand.press(register)
    expect(window.get_by_text("Say how the consent was given.")).to_be_visible()
    assert Patient.objects.count() == 4
    hand.choose(window.get_by_label("The patient agreed to be texted"), "on paper")
    hand.press(register)
    expect(window.get_by_role("heading", name="Ruth Adlersen")).to_be_visible()
    assert Patient.objects.get(family_name="Adlersen").born_on.isoformat() == "1957-06-02"


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
