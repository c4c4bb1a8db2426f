"""The outcome of a closed page, corrected: kept, proved, and nobody is called for it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from notifications.models import Message, Page, PageAmendment, PageEvent, Responder, Team
from notifications.oncall import amending, paging, proof
from tests.notifications.oncall.ward import after, kinds, open_page, person
from tests.world import World

WHY = "The MRI of the next day shows a haematoma."


@pytest.fixture
def team(world: World) -> Team:
    return world.team


@pytest.fixture
def chen(team: Team) -> Responder:
    return person(team, "Chen")


@pytest.fixture
def page(team: Team, chen: Responder) -> Page:
    one = open_page(team)
    paging.close(one, chen, outcome="false_alarm", note="Wrong button.", now=after(4))
    one.refresh_from_db()
    return one


def amend(page: Page, by: Responder, **changes: Any) -> PageAmendment:
    said = {"outcome": "imaging", "known": "false_alarm", "why": WHY, "now": after(900)}
    return amending.amend(page, by, **{**said, **changes})


def test_the_old_outcome_is_kept_and_nobody_is_called(team: Team, page: Page) -> None:
    before = kinds(page), set(Message.objects.values_list("pk", "state"))
    novak = person(team, "Novak")
    one = amend(page, novak)
    page.refresh_from_db()
    assert (page.state, page.outcome, page.note) == ("closed", "imaging", "Wrong button.")
    assert (page.closed_by, page.closed_at) == (person(team, "Chen"), after(4))
    assert (one.before, one.after, one.why) == ("false_alarm", "imaging", WHY)
    assert (one.responder, one.at) == (novak, after(900))
    assert page.closed_as == "false alarm"
    assert kinds(page) == [*before[0], "amended"]
    assert set(Message.objects.values_list("pk", "state")) == before[1]
    # And may be corrected again.
    amend(page, novak, outcome="seen", known="imaging", why="It was the other patient.")
    page.refresh_from_db()
    assert (page.outcome, page.closed_as) == ("seen", "false alarm")


def test_it_is_in_the_proof_by_its_codes(team: Team, page: Page) -> None:
    amend(page, person(team, "Novak"))
    connection.check_constraints()
    page.refresh_from_db()
    assert proof.verify_page(page).faults == proof.verify_team(team).faults == []
    event = page.pageevent_set.get(kind=PageEvent.Kind.AMENDED)
    assert event.detail == "imaging instead of false_alarm"
    assert WHY not in "".join(proof.export_page(page))


@pytest.mark.parametrize("outcome", ["seen", "false_alarm"])
def test_an_outcome_that_was_changed_without_it_is_found(
    team: Team, page: Page, outcome: str
) -> None:
    amend(page, person(team, "Novak"))
    connection.check_constraints()
    Page.objects.filter(pk=page.pk).update(outcome=outcome)
    page.refresh_from_db()
    [fault] = proof.verify_page(page).faults
    assert "its outcome is not the one that was kept" in str(fault)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"why": "  "}, "Say why"),
        ({"outcome": "nonsense"}, "Choose what came of it"),
        ({"outcome": "false_alarm"}, "the outcome already"),
        ({"known": "seen"}, "corrected it meanwhile"),
    ],
)
def test_what_is_refused_changes_nothing(
    page: Page, chen: Responder, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(amending.Refused, match=said):
        amend(page, chen, **changes)
    page.refresh_from_db()
    assert page.outcome == "false_alarm"
    assert not PageAmendment.objects.exists()


def test_a_page_that_is_out_is_closed_and_not_corrected(team: Team, chen: Responder) -> None:
    one = open_page(team)
    with pytest.raises(amending.Refused, match="not closed"):
        amend(one, chen, known="")


def test_a_drill_has_no_outcome(team: Team, chen: Responder) -> None:
    drill = paging.open_page(team, level="emergency", drill=True, now=after(0))
    paging.acknowledge(drill, chen, via="web", now=after(1))
    with pytest.raises(amending.Refused, match="A drill"):
        amend(drill, chen, known="")


def test_only_who_is_on_the_team(world: World, page: Page, chen: Responder) -> None:
    stranger = person(world.other_line.team, "Hughes")
    chen.active = False
    chen.save()
    for nobody in (stranger, chen):
        with pytest.raises(ValueError, match="active responder"):
            amend(page, nobody)


def test_a_correction_is_final(page: Page, chen: Responder) -> None:
    one = amend(page, chen)
    for change in (lambda: one.delete(), lambda: one.save()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
