"""Work for people: one item a matter, a deadline each, and a page past it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import alerts, worklist
from monitor.levels import Level
from monitor.models import Alert, Episode, WorkItem
from notifications.models import Page, Responder
from notifications.oncall import paging
from tests.world import NOW, World

Kind = WorkItem.Kind
# Wednesday, 3:00 in New York.
NIGHT = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def episode(world: World) -> Episode:
    return Episode.objects.get(procedure=world.register())


def add(episode: Episode, kind: str, *, now: datetime = NOW, **more: Any) -> WorkItem:
    clinic = episode.clinic
    return worklist.add(kind, clinic=clinic, episode=episode, why="Why.", now=now, **more)


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_has_a_deadline_in_opening_hours(episode: Episode, kind: str) -> None:
    item = add(episode, kind, now=NIGHT)
    opens = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    at_any_hour = kind in worklist.AT_ANY_HOUR
    start = NIGHT if at_any_hour else opens
    assert item.deadline == item.due_at == start + worklist.WITHIN[Kind(kind)]


@pytest.mark.parametrize("level", [Level.URGENT, Level.EMERGENCY])
def test_what_may_be_a_red_flag_does_not_wait_for_the_morning(
    episode: Episode, level: Level
) -> None:
    assert add(episode, Kind.CALL, now=NIGHT, level=level).deadline == NIGHT + timedelta(
        hours=1
    )


def test_the_same_thing_is_one_item(episode: Episode) -> None:
    check_in = episode.check_ins.get(key="d1")
    assert add(episode, Kind.CALL) == add(episode, Kind.CALL)
    about = add(episode, Kind.CALL, check_in=check_in)
    assert about == add(episode, Kind.CALL, check_in=check_in)
    assert episode.work.count() == 2


def test_two_open_items_of_a_kind_do_not_hinder_a_third(episode: Episode) -> None:
    for key in ("d7", "d14"):
        add(episode, Kind.OPTED_OUT, check_in=episode.check_ins.get(key=key))
    item = add(episode, Kind.OPTED_OUT)
    assert item.check_in is None
    assert item == add(episode, Kind.OPTED_OUT)


def test_an_item_that_was_paged_for_is_not_used_again(episode: Episode) -> None:
    item = add(episode, Kind.CALL)
    worklist.page_for(item, level=Level.URGENT, now=NOW)
    assert add(episode, Kind.CALL) != item


def test_not_reached_on_a_call_opens_another_call(world: World, episode: Episode) -> None:
    item = add(episode, Kind.CALL)
    page = worklist.page_for(item, level=Level.URGENT, now=NOW)
    first = Responder.objects.filter(team=world.team).order_by("pk")[0]
    paging.close(page, first, outcome=Page.Outcome.NOT_REACHED, now=NOW)
    item.refresh_from_db()
    assert item.outcome == WorkItem.Outcome.PAGED
    again = episode.work.get(closed_at=None)
    assert (again.kind, again.page) == (Kind.CALL, None)
    assert again.due_at is not None


def test_past_the_deadline_it_pages_once(episode: Episode) -> None:
    item = add(episode, Kind.READ)
    assert worklist.sweep(now=item.deadline - timedelta(seconds=1))["paged"] == 0
    assert worklist.sweep(now=item.deadline) == {"paged": 1, "failed": 0}
    assert worklist.sweep(now=item.deadline + timedelta(hours=1))["paged"] == 0
    assert Page.objects.count() == 1


def test_it_waits_while_an_alert_of_the_patient_is_open(world: World, episode: Episode) -> None:
    item = add(episode, Kind.READ)
    page = paging.open_page(world.team, level="emergency", now=NOW)
    Alert.objects.create(episode=episode, page=page, codes=["x"], opened_at=NOW)
    assert alerts.open_alert(episode) is not None
    assert worklist.sweep(now=item.deadline)["paged"] == 0
    first = Responder.objects.filter(team=world.team).order_by("pk")[0]
    paging.close(
        page, first, outcome=Page.Outcome.FALSE_ALARM, note="A test.", now=item.deadline
    )
    assert worklist.sweep(now=item.deadline + worklist.AFTER_THE_ALERT)["paged"] == 1


def test_only_one_of_two_closes_it(world: World, episode: Episode) -> None:
    item = add(episode, Kind.READ)
    done = {"outcome": "harmless", "note": "Fine."}
    assert worklist.close(item, **done, user=world.nurse, now=NOW)
    assert not worklist.close(item, **done, user=world.auditor, now=NOW)
    item.refresh_from_db()
    assert (item.closed_by, item.due_at) == (world.nurse, None)


def test_an_owner_does_not_move_the_deadline(world: World, episode: Episode) -> None:
    item = add(episode, Kind.READ)
    deadline = item.due_at
    worklist.assign(item, to=world.nurse)
    item.refresh_from_db()
    assert (item.owner, item.due_at) == (world.nurse, deadline)
