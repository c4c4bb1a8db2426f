"""A clinician reads a protocol, compares, signs and chooses it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from monitor.models import SignOff
from patients.models import Membership
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.protocols import NAME, NEXT, Shelf
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinician(world: World) -> Any:
    return Membership.objects.get(clinic=world.clinic, role="clinician").user


@pytest.mark.does("protocols", "protocol", "compared", "sign-protocol", "withdraw-sign-off")
@pytest.mark.does("choose-protocol")
def test_read_compared_signed_withdrawn_and_chosen(
    visitor: Visitor, world: World, clinician: Any, shelf: Shelf, size: str, way: str
) -> None:
    shelf.land_next()
    window = visitor.window(user=clinician, size=size)
    window.goto("/")
    hand = Hand(window, way)
    name = "Read and sign" if size == "desktop" else "6 protocols not signed off"
    hand.press(window.get_by_role("link", name=name))
    expect(window).to_have_title("Protocols · Spinewatch")
    hand.press(window.get_by_role("link", name=f"what changed since {NAME}"))
    expect(window.locator("ins").first).to_have_text("review")
    hand.press(window.get_by_role("link", name=NEXT))
    hand.press(window.get_by_role("link", name="Sign-off"))
    name = window.get_by_label("Clinician who answers for it")
    if hand.by_keyboard:
        # From the place that the link leads to, the next stop is the name.
        window.keyboard.press("Tab")
        expect(name).to_be_focused()
    hand.write(name, "Dr. Mary Okafor")
    hand.press(window.get_by_role("button", name="Sign off this version"))
    expect(window.get_by_text("Dr. Mary Okafor answers for this version")).to_be_visible()
    assert SignOff.objects.get().protocol == NEXT
    hand.press(window.get_by_text("Withdraw the sign-off"))
    hand.write(window.get_by_label("Why"), "The second question reads badly.")
    if not hand.by_keyboard:
        clean(window, "[aria-labelledby=sign-off]")
    hand.press(window.get_by_role("button", name="Withdraw it"))
    expect(window.get_by_text("the earlier one stays on record")).to_be_visible()
    window.goto("/protocols")
    chooser = window.get_by_role("region", name="Epidural steroid injection", exact=True)
    hand.press(chooser.get_by_text("Choose the version of new follow-ups"))
    hand.choose(chooser.get_by_label("New follow-ups take"), NAME)
    hand.press(chooser.get_by_role("button", name="Take it from now on"))
    expect(window.get_by_text("From now on new follow-ups take it.")).to_be_visible()
    expect(
        chooser.locator("li", has_text=f"{NAME} ").get_by_text("new follow-ups take it")
    ).to_be_visible()


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
