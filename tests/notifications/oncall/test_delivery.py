"""What the network says of a call goes into the timeline, and a lost rung climbs at once."""

import pytest

from notifications.models import Message, Page, Responder, Team
from notifications.oncall import paging
from notifications.oncall.escalation import AGAIN_AFTER_LOST
from tests.notifications.oncall.ward import (
    after,
    called,
    calls_to,
    kinds,
    open_page,
    person,
    reply,
    settle,
    went_out,
)
from tests.world import World

State = Message.State


@pytest.fixture
def team(world: World) -> Team:
    return world.team


@pytest.fixture
def chen(team: Team) -> Responder:
    return person(team, "Chen")


def due(page: Page) -> object:
    page.refresh_from_db()
    return page.due_at


def test_each_word_of_the_network_is_noted_once(team: Team, chen: Responder) -> None:
    page = open_page(team)
    [call] = calls_to(page, chen)
    for state in (State.ACCEPTED, State.ACCEPTED, State.DELIVERED, State.DELIVERED):
        settle(call, state, now=after(0.1))
    assert kinds(page) == ["opened", "paged", "accepted", "delivered"]
    last = page.pageevent_set.last()
    assert last is not None and (last.responder, last.message) == (chen, call)
    # Delivered is not acknowledged.
    assert due(page) == after(5)


@pytest.mark.parametrize("state", [State.FAILED, State.UNDELIVERED])
def test_a_rung_whose_only_call_is_lost_climbs_at_once(
    team: Team, chen: Responder, state: Message.State
) -> None:
    page = open_page(team)
    [call] = calls_to(page, chen)
    settle(call, state, now=after(0.2))
    settle(call, state, now=after(0.3))
    assert kinds(page) == ["opened", "paged", "lost"]
    lost = page.pageevent_set.get(kind="lost")
    assert (lost.responder, lost.detail) == (chen, "unreachable")
    assert due(page) == after(0.2)
    paging.sweep(now=after(0.3))
    assert called(page)[-1] == (2, "Dr. Okafor")


def test_one_call_that_may_still_arrive_keeps_the_rung(team: Team, chen: Responder) -> None:
    page = open_page(team)
    paging.sweep(now=after(5))
    paging.sweep(now=after(10))
    everyone = [calls_to(page, person(team, name))[-1] for name in ("Chen", "Novak", "Okafor")]
    settle(everyone[0], State.FAILED, now=after(10.1))
    settle(everyone[1], State.DELIVERED, now=after(10.1))
    settle(everyone[2], State.UNDELIVERED, now=after(10.1))
    assert due(page) == after(15)


def test_the_last_rung_tries_again_shortly_and_not_in_a_rush(
    team: Team, chen: Responder
) -> None:
    page = open_page(team)
    paging.sweep(now=after(5))
    paging.sweep(now=after(10))
    for name in ("Chen", "Novak", "Okafor"):
        settle(calls_to(page, person(team, name))[-1], State.FAILED, now=after(10.1))
    assert due(page) == after(10.1) + AGAIN_AFTER_LOST
    assert paging.sweep(now=after(10.2)) == {"climbed": 0, "failed": 0}
    assert paging.sweep(now=after(10.7)) == {"climbed": 1, "failed": 0}


def test_a_late_word_of_an_earlier_rung_changes_only_the_timeline(
    team: Team, chen: Responder
) -> None:
    page = open_page(team)
    [first] = calls_to(page, chen)
    paging.sweep(now=after(5))
    settle(first, State.UNDELIVERED, now=after(6))
    assert kinds(page)[-1] == "lost"
    assert due(page) == after(10)


def test_a_late_word_does_not_hurry_a_rung_that_has_nobody(team: Team, chen: Responder) -> None:
    page = open_page(team)
    [first] = calls_to(page, chen)
    Responder.objects.filter(team=team).update(active=False)
    paging.sweep(now=after(5))
    assert kinds(page)[-1] == "empty_rung"
    settle(first, State.UNDELIVERED, now=after(6))
    assert due(page) == after(10)


def test_a_lost_call_of_a_page_that_somebody_has_changes_only_the_timeline(
    team: Team, chen: Responder
) -> None:
    page = open_page(team)
    [call] = calls_to(page, chen)
    went_out(page)
    paging.acknowledge(page, person(team, "Novak"), via="web", now=after(1))
    call.refresh_from_db()
    settle(call, State.UNDELIVERED, now=after(2))
    assert kinds(page)[-1] == "lost"
    assert due(page) == after(16)


def test_texts_that_are_no_call_are_left_alone(team: Team, chen: Responder) -> None:
    page = open_page(team)
    went_out(page)
    paging.acknowledge(page, person(team, "Novak"), via="web", now=after(1))
    news = Message.objects.get(ref=f"page:{page.pk}:news")
    before = kinds(page)
    settle(news, State.FAILED, now=after(2))
    assert kinds(page) == before


def test_stop_from_a_phone_loses_its_calls_and_is_not_taken(
    team: Team, chen: Responder, world: World
) -> None:
    page, other = open_page(team), open_page(world.other_line.team)
    assert reply(chen, "STOP", keyword="stop", now=after(1)) is False
    assert kinds(page)[-1] == "lost"
    assert due(page) == after(1)
    assert kinds(other) == ["opened", "paged"]
    # What the network says later adds nothing.
    settle(calls_to(page, chen)[0], State.FAILED, now=after(1.1))
    assert kinds(page).count("lost") == 1


@pytest.mark.parametrize("keyword", ["start", "help"])
def test_the_carriers_other_words_change_nothing(
    team: Team, chen: Responder, keyword: str
) -> None:
    page = open_page(team)
    assert reply(chen, keyword, keyword=keyword, now=after(1)) is False
    assert kinds(page) == ["opened", "paged"]
