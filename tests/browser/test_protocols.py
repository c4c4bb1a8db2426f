"""A clinician reads a protocol, compares and signs it, with the keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from monitor.models import SignOff
from patients.models import Membership
from tests.browser.conftest import Visitor
from tests.protocols import NAME, NEXT, Shelf
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinician(world: World) -> Any:
    return Membership.objects.get(clinic=world.clinic, role="clinician").user


def test_read_and_sign_by_keyboard(
    visitor: Visitor, world: World, clinician: Any, shelf: Shelf, size: str
) -> None:
    shelf.land_next()
    window = visitor.window(user=clinician, size=size)
    window.goto("/")
    name = "Read and sign" if size == "desktop" else "6 protocols not signed off"
    window.get_by_role("link", name=name).focus()
    window.keyboard.press("Enter")
    expect(window).to_have_title("Protocols · Spinewatch")
    window.get_by_role("link", name=f"what changed since {NAME}").focus()
    window.keyboard.press("Enter")
    expect(window.locator("ins").first).to_have_text("review")
    window.get_by_role("link", name=NEXT).focus()
    window.keyboard.press("Enter")
    window.get_by_role("link", name="Sign-off").focus()
    window.keyboard.press("Enter")
    # From the place that the link leads to, the next stop is the name.
    window.keyboard.press("Tab")
    expect(window.get_by_label("Clinician who answers for it")).to_be_focused()
    window.keyboard.type("Dr. Mary Okafor")
    window.keyboard.press("Enter")
    expect(window.get_by_text("Dr. Mary Okafor answers for this version")).to_be_visible()
    assert SignOff.objects.get().protocol == NEXT


def test_what_is_printed(visitor: Visitor, world: World, clinician: Any) -> None:
    window = visitor.window(user=clinician)
    window.goto(f"/protocols/{NAME}")
    signature = window.get_by_text("Signature ___")
    expect(signature).to_be_hidden()
    window.emulate_media(media="print")
    expect(signature).to_be_visible()
    expect(window.get_by_text("limb_weakness.new")).to_be_visible()
    for hidden in (".top", ".state", ".contents", "form.act"):
        expect(window.locator(hidden).first).to_be_hidden()
