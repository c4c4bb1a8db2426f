"""The rota changes by hand."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from notifications.models import Swap, TimeOff
from tests.browser.conftest import Visitor
from tests.monitor.dashboard.rota_scene import plan_changes
from tests.notifications.oncall.ward import person
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
