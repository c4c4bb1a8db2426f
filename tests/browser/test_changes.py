"""The rota changes by hand: overrides, time off, swaps, and addresses for calendars."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from notifications.models import CalendarLink, Override, Swap, TimeOff
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.rota_scene import DAY, on_hand
from tests.notifications.oncall.ward import person
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill(hand: Hand, form: Locator, name: str, day: str, time: str) -> None:
    """A day and a time of a form."""
    moment = form.get_by_role("group", name=name, exact=True)
    hand.date(moment.get_by_label("Day"), day)
    hand.date(moment.get_by_label("Time"), time)


@pytest.mark.does("rota", "override", "end-override", "time-off", "end-time-off")
@pytest.mark.does("make-link", "revoke-link")
def test_the_lead_plans(visitor: Visitor, world: World, size: str, way: str) -> None:
    window = visitor.window(user=person(world.team, "Okafor").user, size=size)
    window.goto("/rota")
    hand, said = Hand(window, way), window.locator(".messages")
    preview = window.get_by_role("region", name="Who would be paged")
    hand.date(preview.get_by_label("Day"), "2030-06-01")
    hand.press(window.get_by_role("button", name="Show", exact=True))
    expect(window.get_by_role("heading", name="page opened on Sat 1 Jun")).to_be_visible()
    overrides = window.get_by_role("region", name="Overrides")
    hand.press(overrides.get_by_text("Enter an override"))
    hand.choose(overrides.get_by_label("Who takes it"), "Dr. Okafor")
    fill(hand, overrides, "From", "2030-06-01", "08:00")
    fill(hand, overrides, "Until", "2030-06-01", "07:00")
    enter = overrides.get_by_role("button", name="Enter", exact=True)
    hand.press(enter)
    expect(overrides.get_by_text("It must end after it begins.")).to_be_visible()
    if not hand.by_keyboard:
        clean(window, "#changes")
    fill(hand, overrides, "Until", "2030-06-02", "08:00")
    hand.press(enter)
    expect(said).to_contain_text("The override is entered.")
    assert Override.objects.get().responder.name == "Dr. Okafor"
    hand.press(overrides.get_by_role("button", name="Take back the override of Dr. Okafor"))
    expect(overrides).to_contain_text("No override is planned.")
    away = window.get_by_role("region", name="Time off")
    hand.press(away.get_by_text("Enter time off"))
    hand.choose(away.get_by_label("Who is away"), "Dr. Chen")
    fill(hand, away, "From", "2030-06-01", "08:00")
    fill(hand, away, "Until", "2030-06-03", "08:00")
    hand.press(away.get_by_role("button", name="Enter", exact=True))
    expect(said).to_contain_text("The time off is entered.")
    [off] = TimeOff.objects.all()
    assert (off.responder.name, off.ends_at - off.starts_at) == ("Dr. Chen", timedelta(days=2))
    hand.press(away.get_by_role("button", name="Take back the time off of Dr. Chen"))
    expect(away).to_contain_text("Nobody is away.")
    links = window.get_by_role("region", name="In calendar programs")
    hand.press(links.get_by_role("button", name="Address of the whole rota"))
    expect(window.get_by_label("The new address")).to_have_value(re.compile(r"\.ics$"))
    hand.press(links.get_by_role("button", name="Revoke the address made"))
    expect(links).to_contain_text("No address is in use.")
    assert CalendarLink.objects.get().revoked_at is not None


@pytest.mark.does("swap", "answer-swap")
def test_a_shift_is_swapped(visitor: Visitor, world: World, size: str, way: str) -> None:
    name, span = on_hand(world, from_now=2 * DAY)
    other = "Novak" if name == "Chen" else "Chen"
    window = visitor.window(user=person(world.team, name).user, size=size)
    window.goto("/rota")
    hand, swaps = Hand(window, way), window.get_by_role("region", name="Swaps")
    hand.press(swaps.get_by_text("Ask for a swap"))
    hand.choose(swaps.get_by_label("Whom to ask"), f"Dr. {other}")
    for label, at in (("My shift from", span.starts_at), ("My shift until", span.ends_at)):
        wall = at.astimezone(world.clinic.zone)
        fill(hand, swaps, label, wall.date().isoformat(), f"{wall:%H:%M}")
    hand.press(swaps.get_by_role("button", name="Ask", exact=True))
    expect(window.locator(".messages")).to_contain_text("Nothing changes until they accept.")
    theirs = visitor.window(user=person(world.team, other).user, size=size)
    theirs.goto("/rota")
    Hand(theirs, way).press(theirs.get_by_role("button", name="Accept"))
    expect(theirs.locator("#changes")).to_contain_text("by a swap")
    assert Swap.objects.get().state == Swap.State.ACCEPTED
