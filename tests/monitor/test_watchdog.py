"""What should have happened and did not is found, told and done; nothing else is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor import watchdog, worklist
from monitor.models import Alert, Assessment, Episode, WorkItem
from notifications.models import Inbound, Incident, Message, Page
from notifications.oncall import paging
from tests.monitor.dashboard.scene import assess, hear, make_scene
from tests.notifications.oncall.ward import kinds, open_page, person
from tests.world import NOW, World


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def put_off(page: Page, due_at: datetime) -> None:
    Page.objects.filter(pk=page.pk).update(due_at=due_at)


def watch(now: datetime) -> watchdog.Found:
    found = watchdog.look(now=now)
    assert watchdog.act(found, now=now)["failed"] == 0
    return found


def incidents() -> list[str]:
    return list(Incident.objects.filter(kind="stuck").values_list("detail", flat=True))


def sent(page: Page) -> None:
    Message.objects.filter(ref=f"page:{page.pk}").update(state="cancelled", settled_at=NOW)


def test_a_clinic_in_the_middle_of_its_day_is_left_alone(world: World) -> None:
    make_scene(world, now=NOW)
    assert watch(NOW).nothing
    assert incidents() == []


def test_a_page_is_never_found_before_its_sweeps_have_had_their_time(world: World) -> None:
    page = open_page(world.team)
    sent(page)
    for minutes in (0, 1, 4.9, 5, 6.9):
        assert watchdog.look(now=after(minutes)).nothing
    assert watchdog.look(now=after(7.1)).pages == (page.pk,)


def test_a_page_that_did_not_climb_climbs_and_is_told_of(world: World) -> None:
    page = open_page(world.team)
    other = open_page(world.other_line.team, now=after(20))
    watch(after(20))
    page.refresh_from_db()
    assert (page.state, page.climbs, page.due_at) == ("open", 1, after(25))
    assert kinds(page)[2:4] == ["rearmed", "climbed"]
    assert kinds(other) == ["opened", "paged"]
    [incident] = Incident.objects.filter(kind="stuck", page=page)
    assert incident.team == world.team
    assert not watchdog.look(now=after(20)).pages


def test_an_outcome_that_nobody_waits_for_any_more(world: World) -> None:
    page = open_page(world.team)
    paging.acknowledge(page, person(world.team, "Chen"), via="web", now=after(1))
    assert watchdog.look(now=after(17.9)).nothing
    watch(after(18.1))
    page.refresh_from_db()
    assert (page.state, page.acknowledged_by) == ("open", None)


@pytest.mark.parametrize("take", [False, True])
def test_a_step_that_is_planned_for_never(
    world: World,
    take: bool,  # noqa: FBT001
) -> None:
    page = open_page(world.team)
    if take:
        paging.acknowledge(page, person(world.team, "Chen"), via="web", now=after(0))
    sent(page)
    put_off(page, after(60 * 24 * 365))
    assert watchdog.look(now=after(1)).pages == (page.pk,)
    watch(after(1))
    page.refresh_from_db()
    assert page.climbs == 1
    assert page.due_at == after(6)


def test_a_closed_page_is_done(world: World) -> None:
    page = open_page(world.team)
    paging.close(page, person(world.team, "Chen"), outcome="advised", now=after(1))
    Message.objects.update(state="cancelled", settled_at=NOW)
    assert watchdog.look(now=after(10_000)).nothing


@pytest.fixture
def episode(world: World) -> Episode:
    return Episode.objects.select_related("clinic", "patient").get(procedure=world.register())


def flagged(episode: Episode, at: datetime) -> Assessment:
    return assess(episode, hear(episode, "numb", at=at, words="numb"), at=at)


def test_a_red_flag_without_a_page_is_paged_for_once(world: World, episode: Episode) -> None:
    stored = flagged(episode, NOW)
    assert watchdog.look(now=after(1.9)).flags == ()
    assert watchdog.look(now=after(3)).flags == (stored.pk,)
    watch(after(3))
    item = WorkItem.objects.get(episode=episode, kind="call")
    assert item.page is not None and item.page.level == "emergency"
    assert item.why == watchdog.NOT_PAGED
    watch(after(3.5))
    assert Page.objects.count() == 1
    assert incidents() == ["a red flag that nobody was called for"]


def test_a_red_flag_whose_page_was_closed_since_is_no_news(
    world: World, episode: Episode
) -> None:
    stored = flagged(episode, NOW)
    page = open_page(world.team)
    Alert.objects.create(episode=episode, page=page, assessment=stored, opened_at=NOW)
    # The same flag told again while the page is open makes no further page.
    flagged(episode, after(1))
    paging.close(page, person(world.team, "Chen"), outcome="advised", now=after(2))
    assert watchdog.look(now=after(30)).flags == ()
    late = flagged(episode, after(10))
    assert watchdog.look(now=after(30)).flags == (late.pk,)


def test_an_alert_without_a_page_can_not_be(episode: Episode) -> None:
    field: Any = Alert._meta.get_field("page")
    assert not field.null


def test_a_text_that_was_never_read_is_read(world: World) -> None:
    page, chen = open_page(world.team), person(world.team, "Chen")
    text = Inbound.objects.create(
        sender=world.line.sender,
        to_number=world.line.sender.number,
        provider_sid="SM" + "9" * 32,
        from_number=chen.phone,
        body=str(page.code),
        received_at=NOW,
        due_at=after(60 * 24),
    )
    assert watchdog.look(now=after(1)).texts == ()
    watch(after(3))
    text.refresh_from_db()
    assert text.handled_at == after(3)
    page.refresh_from_db()
    assert page.acknowledged_by == chen
    assert "a text that was never read" in incidents()


def test_work_without_a_deadline_pages_again(world: World, episode: Episode) -> None:
    item = worklist.add("read", clinic=world.clinic, episode=episode, why="Why.", now=NOW)
    WorkItem.objects.filter(pk=item.pk).update(due_at=None)
    assert watchdog.look(now=item.deadline).work == ()
    watch(item.deadline + timedelta(minutes=3))
    item.refresh_from_db()
    assert item.due_at is not None
    assert incidents() == ["work past its deadline"]


def test_one_that_fails_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_page(world.team), open_page(world.team, now=after(1))
    real = paging.climb_due

    def poisoned(key: Any, *, now: datetime) -> bool:
        if key == first.pk:
            raise ZeroDivisionError
        return real(key, now=now)

    monkeypatch.setattr(paging, "climb_due", poisoned)
    Message.objects.update(state="cancelled", settled_at=NOW)
    found = watchdog.look(now=after(20))
    assert watchdog.act(found, now=after(20)) == {"done": 1, "failed": 1}
    second.refresh_from_db()
    assert second.climbs == 1


def test_it_is_cheap(world: World) -> None:
    with CaptureQueriesContext(connection) as few:
        watchdog.look(now=NOW)
    for _ in range(12):
        open_page(world.team)
    with CaptureQueriesContext(connection) as many:
        watchdog.look(now=NOW)
    assert len(few) == len(many) == 5
    with connection.cursor() as cursor:
        # Small tables are read whole, whatever indexes they have.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in many.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
