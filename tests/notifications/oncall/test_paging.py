"""A page from its opening to its outcome, on rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Message, Page, PageEvent, Responder, Rung, Team
from notifications.oncall import escalation, paging, signals
from notifications.oncall.paging import Done
from tests.notifications.oncall.ward import (
    after,
    called,
    kinds,
    open_page,
    person,
    texts_to,
    went_out,
)
from tests.world import NOW, World, make_responder


@pytest.fixture
def team(world: World) -> Team:
    return world.team


@pytest.fixture
def chen(team: Team) -> Responder:
    return person(team, "Chen")


@pytest.fixture
def novak(team: Team) -> Responder:
    return person(team, "Novak")


@pytest.fixture
def okafor(team: Team) -> Responder:
    return person(team, "Okafor")


def heard(page: Page) -> Page:
    page.refresh_from_db()
    return page


def test_a_page_opens_with_its_first_rung_called(team: Team, chen: Responder) -> None:
    page = paging.open_page(team, level="emergency", now=NOW, detail="K2J7M")
    assert (page.state, page.code, page.rung, page.due_at) == ("open", 11, 0, after(5))
    assert escalation.Policy.from_json(heard(page).policy).last == 2
    message = Message.objects.get()
    assert message.to == chen.phone
    assert message.stream == Message.Stream.PAGE
    assert (message.key, message.ref) == (f"page:{page.pk}:0:{chen.pk}", f"page:{page.pk}")
    assert message.body == (
        f"Spinewatch EMERGENCY ref {page.reference}. Reply 11 to take it. "
        f"http://testserver/p/{page.reference}"
    )
    # It is replaced by the next rung's when that is called.
    assert message.expires_at == page.due_at
    assert kinds(page) == ["opened", "paged"]
    opened, paged = page.pageevent_set.all()
    assert opened.detail == "K2J7M"
    assert (paged.responder, paged.message, paged.at) == (chen, message, NOW)


def test_a_page_that_its_caller_undoes_leaves_nothing(team: Team) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        paging.open_page(team, level="urgent", now=NOW)
        raise ZeroDivisionError
    assert not Page.objects.exists()
    assert not Message.objects.exists()


def test_only_the_levels_that_page_open_one(team: Team) -> None:
    with pytest.raises(ValueError, match="review"):
        paging.open_page(team, level="review", now=NOW)


def test_codes_are_the_smallest_free_ones_of_all_who_share_a_number(
    team: Team, world: World, chen: Responder
) -> None:
    pages = [open_page(team) for _ in range(3)]
    assert [page.code for page in pages] == [11, 12, 13]
    paging.close(pages[1], chen, outcome="advised", now=after(1))
    assert open_page(team).code == 12
    shared = Team.objects.create(name="Nights", time_zone="UTC", sender=team.sender)
    make_responder(shared, "Dr. Night", "+12125550199")
    assert open_page(shared).code == 14
    assert open_page(world.other_line.team).code == 11
    assert len({page.reference for page in Page.objects.all()}) == Page.objects.count()


def test_a_page_climbs_when_due_and_repeats_its_last_rung(team: Team) -> None:
    page = open_page(team)
    assert paging.sweep(now=after(4.99)) == {"climbed": 0, "failed": 0}
    for minute in (5, 10, 15, 20):
        assert paging.sweep(now=after(minute)) == {"climbed": 1, "failed": 0}
        assert paging.sweep(now=after(minute)) == {"climbed": 0, "failed": 0}
    everyone = [(3, "Dr. Chen"), (3, "Dr. Novak"), (3, "Dr. Okafor")]
    assert called(page) == [(1, "Dr. Chen"), (2, "Dr. Okafor"), *everyone, *everyone, *everyone]
    assert heard(page).climbs == 4
    assert page.due_at == after(25)


def test_an_urgent_page_waits_longer(team: Team) -> None:
    assert open_page(team, level="urgent").due_at == after(15)


def test_an_edit_of_the_policy_leaves_an_open_page_alone_and_people_are_asked_anew(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    Rung.objects.filter(team=team).exclude(position=0).delete()
    Responder.objects.filter(pk=okafor.pk).update(active=False)
    paging.sweep(now=after(5))
    # The lead's rung is still there, and empty now: everyone, at once.
    assert called(page)[1:] == [(3, "Dr. Chen"), (3, "Dr. Novak")]
    assert [event.detail for event in page.pageevent_set.filter(kind="empty_rung")] == [
        "rung 2"
    ]


def test_a_team_with_nobody_keeps_trying(team: Team, novak: Responder) -> None:
    Responder.objects.filter(team=team).update(active=False)
    page = open_page(team)
    assert kinds(page) == ["opened", "empty_rung", "empty_rung", "empty_rung"]
    assert page.due_at == after(5)
    Responder.objects.filter(pk=novak.pk).update(active=True)
    paging.sweep(now=after(5))
    assert called(page) == [(3, "Dr. Novak")]


def test_a_page_whose_policy_cannot_be_read_climbs_by_the_teams_present_one(
    team: Team,
) -> None:
    page = open_page(team)
    Page.objects.update(policy={"version": 99})
    assert paging.sweep(now=after(5)) == {"climbed": 1, "failed": 0}
    assert called(page) == [(1, "Dr. Chen"), (2, "Dr. Okafor")]


def test_a_page_that_fails_keeps_no_other_waiting(
    team: Team, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    bad = open_page(team)
    good = open_page(world.other_line.team, now=after(1))
    # Real damage: the team's zone is no zone any more.
    Team.objects.filter(pk=team.pk).update(time_zone="Mars/Olympus")
    Page.objects.filter(pk=bad.pk).update(policy={})
    Rung.objects.filter(team=team, target=Rung.Target.RESPONDER).update(
        target=Rung.Target.LAYER,
        responder=None,
        layer=Rung.objects.get(team=team, position=0).layer,
    )
    assert paging.sweep(now=after(6), limit=1) == {"climbed": 1, "failed": 1}
    assert called(good)[-1] == (2, "Dr. Young")
    assert heard(bad).due_at == after(5)
    assert bad.reference in caplog.text and "ZoneInfoNotFoundError" in caplog.text


def test_a_sweep_climbs_so_many_and_the_oldest_first(team: Team) -> None:
    late, later = open_page(team), open_page(team, now=after(1))
    assert paging.sweep(now=after(30), limit=1) == {"climbed": 1, "failed": 0}
    assert heard(late).climbs == 1
    assert heard(later).climbs == 0


def test_whoever_takes_a_page_has_it_and_the_others_hear_of_it(
    team: Team, chen: Responder, novak: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    went_out(page)
    paging.sweep(now=after(5))
    went_out(page)
    result = paging.acknowledge(page, chen, via="web", now=after(6))
    assert (result.done, result.by) == (Done.TAKEN, chen)
    page = heard(page)
    assert (page.state, page.acknowledged_by, page.due_at) == ("acknowledged", chen, after(21))
    assert texts_to(okafor)[1:] == [f"Dr. Chen has {page.reference}."]
    assert len(texts_to(chen)) == 1
    assert texts_to(novak) == []
    last = page.pageevent_set.last()
    assert last is not None
    assert (last.kind, last.responder, last.detail) == ("acknowledged", chen, "web")
    # Nothing climbs until the outcome is due.
    assert paging.sweep(now=after(20.9)) == {"climbed": 0, "failed": 0}


def test_a_call_that_has_not_gone_out_is_taken_back_and_needs_no_news(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    went_out(page)
    paging.sweep(now=after(5))
    paging.acknowledge(page, chen, via="web", now=after(5))
    assert texts_to(okafor) == []


def test_the_second_to_take_it_hears_who_has_it(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    paging.acknowledge(page, chen, via="web", now=after(1))
    for second in (okafor, chen):
        result = paging.acknowledge(page, second, via="web", now=after(2))
        assert (result.done, result.by) == (Done.ALREADY, chen)
    assert heard(page).acknowledged_at == after(1)
    paging.close(page, chen, outcome="advised", now=after(3))
    result = paging.acknowledge(page, okafor, via="web", now=after(4))
    assert (result.done, result.by) == (Done.TOO_LATE, chen)
    assert kinds(page) == ["opened", "paged", "acknowledged", "closed"]


def test_nobody_and_no_stranger_takes_or_closes_a_page(
    team: Team, world: World, chen: Responder
) -> None:
    page = open_page(team)
    stranger = person(world.other_line.team, "Hughes")
    chen.active = False
    for somebody in (stranger, chen):
        with pytest.raises(ValueError, match="active responder"):
            paging.acknowledge(page, somebody, via="web", now=after(1))
        with pytest.raises(ValueError, match="active responder"):
            paging.close(page, somebody, outcome="advised", now=after(1))
    assert heard(page).state == "open"
    for broken in (
        {"state": "acknowledged"},
        {"state": "closed", "outcome": "advised", "due_at": None, "closed_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Page.objects.update(**broken)


def test_without_an_outcome_in_time_it_climbs_again_and_reminds(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    paging.acknowledge(page, chen, via="web", now=after(1))
    assert paging.sweep(now=after(16)) == {"climbed": 1, "failed": 0}
    page = heard(page)
    assert (page.state, page.acknowledged_by, page.rung) == ("open", None, 1)
    assert page.due_at == after(21)
    assert kinds(page)[3:] == ["outcome_overdue", "climbed", "paged", "paged"]
    overdue = page.pageevent_set.get(kind="outcome_overdue")
    assert overdue.responder == chen
    assert "(call 2): no outcome yet. Reply 11 to keep it." in texts_to(chen)[-1]
    assert "(call 2). Reply 11 to take it." in texts_to(okafor)[-1]
    assert paging.acknowledge(page, okafor, via="sms", now=after(17)).done is Done.TAKEN


def test_whoever_left_with_a_page_is_not_reminded(team: Team, chen: Responder) -> None:
    page = open_page(team)
    paging.acknowledge(page, chen, via="web", now=after(1))
    Responder.objects.filter(pk=chen.pk).update(active=False)
    paging.sweep(now=after(16))
    assert called(page)[1:] == [(2, "Dr. Okafor")]


def test_an_outcome_closes_it_and_frees_its_code(team: Team, chen: Responder) -> None:
    page = open_page(team)
    went_out(page)
    paging.acknowledge(page, chen, via="web", now=after(1))
    result = paging.close(page, chen, outcome="imaging", note="today", now=after(9))
    assert (result.done, result.by) == (Done.CLOSED, chen)
    page = heard(page)
    assert (page.state, page.outcome, page.note) == ("closed", "imaging", "today")
    assert (page.due_at, page.closed_by, page.closed_at) == (None, chen, after(9))
    assert paging.sweep(now=after(999)) == {"climbed": 0, "failed": 0}
    assert len(texts_to(chen)) == 1
    again = paging.close(page, chen, outcome="advised", now=after(10))
    assert again.done is Done.TOO_LATE
    assert heard(page).outcome == "imaging"


def test_an_outcome_of_an_open_page_takes_it_first(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    went_out(page)
    result = paging.close(page, okafor, outcome="not_reached", via="sms", now=after(1))
    assert result.done is Done.CLOSED
    assert kinds(page)[2:] == ["acknowledged", "closed"]
    assert heard(page).acknowledged_by == okafor
    assert texts_to(chen)[1:] == [f"{page.reference} is closed by Dr. Okafor."]


def test_closing_a_colleagues_page_tells_the_colleague(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    paging.acknowledge(page, chen, via="web", now=after(1))
    paging.close(page, okafor, outcome="advised", now=after(2))
    assert texts_to(chen)[-1] == f"{page.reference} is closed by Dr. Okafor."
    assert texts_to(okafor) == []


def test_an_outcome_that_there_is_not_closes_nothing(team: Team, chen: Responder) -> None:
    page = open_page(team)
    with pytest.raises(ValueError, match="cured"):
        paging.close(page, chen, outcome="cured", now=after(1))
    assert heard(page).state == "open"


def test_a_new_red_flag_raises_an_open_page_and_calls_at_once(
    team: Team, chen: Responder
) -> None:
    page = open_page(team, level="urgent")
    raised = paging.raise_again(page, level="emergency", now=after(2))
    assert raised is not None
    assert (raised.level, raised.rung, raised.due_at) == ("emergency", 0, after(7))
    assert "EMERGENCY" in texts_to(chen)[-1]
    # A lower level never lowers it, and the climb is not put off.
    raised = paging.raise_again(page, level="urgent", now=after(6))
    assert raised is not None
    assert (raised.level, raised.due_at) == ("emergency", after(7))
    assert called(page) == [(1, "Dr. Chen")] * 3


def test_a_new_red_flag_opens_a_page_that_somebody_has(
    team: Team, chen: Responder, okafor: Responder
) -> None:
    page = open_page(team)
    paging.acknowledge(page, okafor, via="web", now=after(1))
    raised = paging.raise_again(page, level="urgent", now=after(3))
    assert raised is not None
    assert (raised.state, raised.acknowledged_by, raised.due_at) == ("open", None, after(8))
    assert called(page)[1:] == [(1, "Dr. Chen"), (1, "Dr. Okafor")]


def test_a_closed_page_is_not_raised(team: Team, chen: Responder) -> None:
    page = open_page(team)
    paging.close(page, chen, outcome="advised", now=after(1))
    assert paging.raise_again(page, level="emergency", now=after(2)) is None
    assert heard(page).state == "closed"


def test_others_hear_of_it_inside_the_transaction(team: Team, chen: Responder) -> None:
    said: list[tuple[str, datetime]] = []

    def on_taken(*, page: Page, responder: Responder, now: datetime, **_: Any) -> None:
        assert transaction.get_connection().in_atomic_block
        said.append((f"{page.state} by {responder.name}", now))

    def on_closed(*, page: Page, now: datetime, **_: Any) -> None:
        said.append((f"{page.state}: {page.outcome}", now))
        if page.note == "undo":
            raise ZeroDivisionError

    signals.page_acknowledged.connect(on_taken)
    signals.page_closed.connect(on_closed)
    try:
        page = open_page(team)
        with pytest.raises(ZeroDivisionError):
            paging.close(page, chen, outcome="advised", note="undo", now=after(1))
        assert heard(page).state == "open"
        said.clear()
        paging.acknowledge(page, chen, via="web", now=after(1))
        paging.close(page, chen, outcome="seen", now=after(2))
    finally:
        signals.page_acknowledged.disconnect(on_taken)
        signals.page_closed.disconnect(on_closed)
    assert said == [
        ("acknowledged by Dr. Chen", after(1)),
        ("closed: seen", after(2)),
    ]


def test_the_other_clinic_hears_nothing(team: Team, world: World, chen: Responder) -> None:
    page = open_page(team)
    for minute in (5, 10, 15):
        paging.sweep(now=after(minute))
    paging.close(page, chen, outcome="advised", now=after(16))
    numbers = set(Message.objects.values_list("to", flat=True))
    assert numbers == set(Responder.objects.filter(team=team).values_list("phone", flat=True))
    assert not Message.objects.exclude(sender=team.sender).exists()


def test_a_life_shorter_than_a_minute_is_a_minute(team: Team) -> None:
    Rung.objects.filter(team=team).update(emergency_delay=3)
    page = open_page(team)
    assert page.due_at == NOW + timedelta(seconds=3)
    assert Message.objects.get().expires_at == after(1)


def test_events_are_final(team: Team) -> None:
    event = open_page(team).pageevent_set.first()
    assert event is not None
    with pytest.raises(Exception, match="events_are_final"), transaction.atomic():
        PageEvent.objects.filter(pk=event.pk).update(detail="other")
