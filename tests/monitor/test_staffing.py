"""An alarm of the rota is work for the desk, with a deadline before the gap begins."""

from datetime import timedelta

import pytest

from monitor import worklist
from monitor.models import WorkItem
from notifications.models import Page, TimeOff
from notifications.oncall import paging, watch
from tests.notifications.oncall.duty import DAY, HOUR
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

GAP = NOW + 10 * DAY


@pytest.fixture
def rows(world: World) -> list[TimeOff]:
    return [
        TimeOff.objects.create(
            responder=person(world.team, name), starts_at=GAP, ends_at=GAP + DAY
        )
        for name in ("Chen", "Novak")
    ]


def item() -> WorkItem:
    return WorkItem.objects.get(kind=WorkItem.Kind.ROTA)


def test_a_gap_is_an_item_of_the_own_desk_alone(world: World, rows: list[TimeOff]) -> None:
    watch.sweep(now=NOW)
    assert item().clinic == world.clinic
    assert item().why == "Nobody is on call for Weekly from Fri 13 Mar, 16:00: fill the gap."
    # Eight hours of the clinic's day, from three in the afternoon on.
    assert NOW + 12 * HOUR < item().deadline < NOW + DAY
    # The further warnings find it open.
    watch.sweep(now=GAP - 3 * DAY)
    assert item().closed_at is None


def test_a_gap_that_is_near_has_a_near_deadline(world: World, rows: list[TimeOff]) -> None:
    watch.sweep(now=GAP - 2 * HOUR)
    assert item().deadline == GAP


def test_a_gap_that_comes_nearer_brings_the_deadline_forward(
    world: World, rows: list[TimeOff]
) -> None:
    watch.sweep(now=NOW)
    far = item().deadline
    TimeOff.objects.update(starts_at=NOW)
    watch.sweep(now=NOW + HOUR)
    assert item().deadline == NOW + HOUR + worklist.AT_LEAST < far


def test_filled_it_closes_by_itself(world: World, rows: list[TimeOff]) -> None:
    watch.sweep(now=NOW)
    rows[0].delete()
    watch.sweep(now=NOW + HOUR)
    assert (item().outcome, item().due_at) == (WorkItem.Outcome.DONE, None)
    assert item().note == "The rota has been put right."


def test_past_its_deadline_it_pages_and_the_page_is_about_nobody(
    world: World, rows: list[TimeOff]
) -> None:
    watch.sweep(now=NOW)
    worklist.sweep(now=item().deadline + timedelta(seconds=1))
    page = item().page
    assert page is not None
    paging.close(
        page, person(world.team, "Okafor"), outcome=Page.Outcome.NOT_REACHED, now=NOW + DAY
    )
    assert item().closed_at is not None
    # A patient to phone would be nobody.
    assert WorkItem.objects.count() == 1
