"""A swap begins with the shift that it is about; it is declined, and asked no longer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from notifications.models import Swap
from notifications.oncall import survey, swaps
from notifications.oncall.swapping import Span
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.notifications.oncall.duty import line
from tests.notifications.oncall.ward import person
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def next_shift(world: World, who: Any) -> Any:
    shifts = survey.take(world.team, now=datetime.now(UTC)).lines[line(world.team).pk]
    return next(one for one in shifts[1:] if one.person == who.pk)


@pytest.mark.does("rota", "swap", "answer-swap")
def test_a_shift_is_pointed_at_asked_for_and_asked_no_longer(
    visitor: Visitor, world: World, size: str, way: str
) -> None:
    chen = person(world.team, "Chen")
    theirs = next_shift(world, person(world.team, "Novak"))
    mine = next_shift(world, chen)
    window = visitor.window(user=chen.user, size=size)
    window.goto("/rota")
    hand, box = Hand(window, way), window.get_by_role("region", name="Swaps")
    hand.press(window.get_by_role("link", name="Swap the shift of Dr. Novak").last)
    asked = box.get_by_label("Whom to ask")
    expect(asked.locator("option:checked")).to_have_text("Dr. Novak")
    for label, at in (("My shift from", mine.starts_at), ("My shift until", mine.ends_at)):
        wall = at.astimezone(world.clinic.zone)
        moment = box.get_by_role("group", name=label, exact=True)
        expect(moment.get_by_label("Day")).to_have_value(wall.date().isoformat())
        expect(moment.get_by_label("Time")).to_have_value(f"{wall:%H:%M}")
    if not hand.by_keyboard:
        clean(window, "#changes")
    hand.press(box.get_by_role("button", name="Ask", exact=True))
    expect(window.locator(".messages")).to_contain_text("Nothing changes until they accept.")
    swap = Swap.objects.get()
    assert (swap.starts_at, swap.ends_at) == (mine.starts_at, mine.ends_at)
    assert swap.back_starts_at is not None and swap.back_starts_at >= theirs.starts_at
    hand.press(box.get_by_role("button", name="Withdraw"))
    expect(box).to_contain_text("Withdrawn")
    swap.refresh_from_db()
    assert swap.state == Swap.State.WITHDRAWN


@pytest.mark.does("answer-swap")
def test_a_swap_is_declined(visitor: Visitor, world: World, size: str, way: str) -> None:
    chen, novak = person(world.team, "Chen"), person(world.team, "Novak")
    mine = next_shift(world, chen)
    span = Span(mine.starts_at, mine.ends_at)
    now = datetime.now(UTC)
    swap = swaps.ask(line(world.team), asker=chen, asked=novak, span=span, now=now)
    window = visitor.window(user=novak.user, size=size)
    window.goto("/rota")
    box = window.get_by_role("region", name="Swaps")
    Hand(window, way).press(box.get_by_role("button", name="Decline"))
    expect(box).to_contain_text("Declined")
    swap.refresh_from_db()
    assert swap.state == Swap.State.DECLINED
