"""Several at once, on real connections: exactly one wins, and nothing is lost."""

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications import outbox
from notifications.models import ContactMethod, Message, NotificationRule, Page, Responder
from notifications.oncall import calls, handing_on, paging
from notifications.oncall.paging import Done
from tests.notifications.oncall.ward import (
    after,
    calls_to,
    kinds,
    open_page,
    person,
    reply,
    settle,
)
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


@pytest.fixture
def world() -> World:
    # Committed, for the threads have connections of their own.
    return make_world()


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all works at the same moment; their results in order. Their errors are raised."""
    barrier = Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def test_of_those_who_take_a_page_at_once_one_has_it(world: World) -> None:
    team = world.team
    people = [person(team, name) for name in ("Chen", "Novak", "Okafor")]

    for _ in range(ROUNDS):
        page = open_page(team)
        results = at_once(
            *(partial(paging.acknowledge, page, who, via="web", now=after(1)) for who in people)
        )
        assert all(isinstance(result, paging.Result) for result in results)
        found = [result for result in results if isinstance(result, paging.Result)]
        page.refresh_from_db()
        assert sorted(result.done for result in found) == [
            Done.ALREADY,
            Done.ALREADY,
            Done.TAKEN,
        ]
        assert {result.by for result in found} == {page.acknowledged_by}
        assert kinds(page).count("acknowledged") == 1


def test_a_page_climbs_once_however_many_sweep(world: World) -> None:
    for _ in range(ROUNDS):
        page = open_page(world.team)
        at_once(*[partial(paging.sweep, now=after(5))] * 4)
        page.refresh_from_db()
        assert (page.climbs, page.rung) == (1, 1)
        assert kinds(page).count("paged") == 2


def test_an_acknowledgement_that_races_a_climb_is_kept(world: World) -> None:
    chen = person(world.team, "Chen")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        result, _swept = at_once(
            partial(paging.acknowledge, page, chen, via="web", now=after(5)),
            partial(paging.sweep, now=after(5)),
        )
        assert isinstance(result, paging.Result) and result.done is Done.TAKEN
        page.refresh_from_db()
        assert (page.state, page.acknowledged_by, page.due_at) == (
            "acknowledged",
            chen,
            after(20),
        )
        # Whatever the climb wrote before, nothing of it is still to go out.
        waiting = Message.objects.filter(ref=f"page:{page.pk}", state=Message.State.CREATED)
        assert not waiting.exists()
        assert kinds(page)[-1] == "acknowledged"
        paging.close(page, chen, outcome="advised", now=after(6))


def test_an_outcome_that_races_its_deadline_closes(world: World) -> None:
    chen = person(world.team, "Chen")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        paging.acknowledge(page, chen, via="web", now=after(0))
        at_once(
            partial(paging.close, page, chen, outcome="seen", now=after(15)),
            partial(paging.sweep, now=after(15)),
        )
        page.refresh_from_db()
        assert (page.state, page.closed_by) == ("closed", chen)


def test_a_new_red_flag_that_races_an_outcome_is_not_lost(world: World) -> None:
    chen = person(world.team, "Chen")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        paging.acknowledge(page, chen, via="web", now=after(0))
        raised, closed = at_once(
            partial(paging.raise_again, page, level="emergency", now=after(2)),
            partial(paging.close, page, chen, outcome="seen", now=after(2)),
        )
        assert isinstance(closed, paging.Result) and closed.done is Done.CLOSED
        # Either the flag came first and is in the timeline, or its caller is told.
        assert (raised is None) == ("raised" not in kinds(page))


def test_a_call_lost_while_the_page_climbs_or_is_taken_stops_neither(world: World) -> None:
    chen, novak = person(world.team, "Chen"), person(world.team, "Novak")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        [call] = calls_to(page, chen)
        Message.objects.filter(pk=call.pk).update(state="sending", lease_until=after(0))
        at_once(
            partial(settle, call, Message.State.UNDELIVERED, now=after(5)),
            partial(paging.sweep, now=after(5)),
            partial(paging.acknowledge, page, novak, via="web", now=after(5)),
        )
        page.refresh_from_db()
        assert (page.state, page.due_at) == ("acknowledged", after(20))
        assert kinds(page).count("lost") == 1
        paging.close(page, novak, outcome="advised", now=after(6))


def test_a_report_that_races_a_stop_deadlocks_neither(world: World) -> None:
    chen = person(world.team, "Chen")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        [call] = calls_to(page, chen)
        at_once(
            partial(settle, call, Message.State.FAILED, now=after(1)),
            partial(reply, chen, "STOP", keyword="stop", now=after(1)),
        )
        page.refresh_from_db()
        assert page.due_at == after(1)
        assert kinds(page).count("lost") == 1
        paging.close(page, chen, outcome="advised", now=after(6))


def test_pages_that_open_at_once_have_codes_of_their_own(world: World) -> None:
    pages = at_once(*[partial(open_page, world.team)] * 6)
    codes = sorted(page.code for page in pages if isinstance(page, Page))
    assert codes == [11, 12, 13, 14, 15, 16]


def test_a_call_that_expires_while_the_page_is_taken_deadlocks_neither(world: World) -> None:
    chen = person(world.team, "Chen")
    for _ in range(ROUNDS):
        page = open_page(world.team)
        at_once(
            partial(outbox.sweep, Message.Stream.PAGE, now=after(5)),
            partial(paging.acknowledge, page, chen, via="web", now=after(5)),
        )
        page.refresh_from_db()
        assert page.acknowledged_by == chen
        paging.close(page, chen, outcome="advised", now=after(6))


def by_text_and_then_by_call(responder: Responder) -> None:
    for channel, delay in (("sms", 0), ("voice", 300)):
        contact, _new = ContactMethod.objects.get_or_create(
            responder=responder, channel=channel, address=responder.phone
        )
        NotificationRule.objects.create(contact=contact, delay=delay)


def test_a_lost_text_that_races_the_call_behind_it_makes_one_call(world: World) -> None:
    chen = person(world.team, "Chen")
    by_text_and_then_by_call(chen)
    for _ in range(ROUNDS // 3):
        page = open_page(world.team)
        text = Message.objects.get(ref=f"page:{page.pk}", channel="sms")
        call = Message.objects.get(ref=f"page:{page.pk}", channel="voice")
        Message.objects.filter(pk=text.pk).update(state="sending", lease_until=after(0))
        # The call's own time has come in this very moment.
        Message.objects.filter(pk=call.pk).update(expires_at=after(5))
        at_once(
            partial(settle, text, Message.State.UNDELIVERED, now=after(5)),
            partial(outbox.sweep, Message.Stream.PAGE, now=after(5)),
            partial(paging.sweep, now=after(5)),
        )
        page.refresh_from_db()
        call.refresh_from_db()
        # It had expired: whoever came first, it is lost once and the page has moved on.
        assert call.state == "failed"
        assert kinds(page).count("lost") == 2
        assert page.state == "open" and page.due_at is not None
        paging.close(page, chen, outcome="advised", now=after(6))


def test_of_a_passing_on_and_a_taking_at_once_nobody_is_left_out(world: World) -> None:
    chen, novak = person(world.team, "Chen"), person(world.team, "Novak")
    for _ in range(ROUNDS // 3):
        page = open_page(world.team)
        passed, taken = at_once(
            partial(handing_on.pass_on, page, chen, via="web", now=after(1)),
            partial(paging.acknowledge, page, novak, via="key press", now=after(1)),
        )
        assert isinstance(taken, paging.Result) and taken.done is Done.TAKEN
        assert isinstance(passed, paging.Result)
        assert passed.done in (Done.PASSED_ON, Done.ALREADY)
        page.refresh_from_db()
        assert (page.state, page.acknowledged_by) == ("acknowledged", novak)
        paging.close(page, novak, outcome="advised", now=after(2))


def test_the_same_failure_of_many_pages_is_one_incident(world: World) -> None:
    chen = person(world.team, "Chen")
    pages = [open_page(world.team) for _ in range(6)]
    texts = [calls_to(page, chen)[0] for page in pages]
    Message.objects.filter(pk__in=[text.pk for text in texts]).update(
        state="sending", lease_until=after(0)
    )
    at_once(*[partial(settle, text, Message.State.FAILED, now=after(1)) for text in texts])
    incident = chen.incident_set.get()
    assert incident.times == 6
    assert all(calls.present(page).count() == 1 for page in pages)
