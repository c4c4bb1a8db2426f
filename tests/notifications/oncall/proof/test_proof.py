"""The proof in the database: written with what it records, and every change of it is found."""

import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings

from notifications import settling
from notifications.gateways.base import StatusUpdate
from notifications.models import Message, Page, PageEvent, ProofHead, ProofLink, Team
from notifications.oncall import chain, handing_on, paging, proof
from tests.notifications.oncall.test_laws import STORIES, do, with_rules
from tests.notifications.oncall.test_races import at_once
from tests.notifications.oncall.ward import (
    after,
    calls_to,
    open_page,
    person,
    settle,
    went_out,
)
from tests.world import NOW, World, make_world

committed = pytest.mark.django_db(transaction=True)


def commit() -> None:
    """Do what is left to the end of the transaction, without ending it."""
    connection.check_constraints()


@pytest.fixture
def team(world: World) -> Team:
    return world.team


def story(team: Team) -> Page:
    """A page that is lost, called, taken, late for its outcome, passed on and closed."""
    chen, novak = person(team, "Chen"), person(team, "Novak")
    page = open_page(team)
    went_out(page)
    [call] = calls_to(page, chen)
    settle(call, Message.State.ACCEPTED, now=after(0.1))
    settle(call, Message.State.DELIVERED, now=after(0.2))
    call.refresh_from_db()
    late = StatusUpdate(str(call.provider_sid), "queued", None, str(call.pk))
    settling.settle(late, now=after(0.3))
    paging.sweep(now=after(5))
    paging.acknowledge(page, chen, via="sms", now=after(6))
    paging.sweep(now=after(22))
    paging.acknowledge(page, novak, via="web", now=after(23))
    handing_on.pass_on(page, novak, to=chen, via="web", now=after(24))
    handing_on.call_in(page, novak, who=person(team, "Okafor"), now=after(25))
    paging.close(page, chen, outcome="emergency_care", via="key press", now=after(26))
    commit()
    page.refresh_from_db()
    return page


def entries(page: Page) -> list[dict[str, object]]:
    rows = ProofLink.objects.filter(page=page).order_by("number")
    return [json.loads(link.entry) for link in proof.links(rows)]


def test_everything_is_in_it(team: Team) -> None:
    page = story(team)
    said = entries(page)
    kinds = [one["kind"] for one in said]
    assert kinds[:5] == ["opened", "paged", "accepted", "delivered", "reported"]
    assert {"climbed", "outcome_overdue", "passed_on", "added", "closed"} <= set(kinds)
    opened, called, _accepted, delivered, late = said[:5]
    assert (opened["level"], opened["due"]) == ("emergency", "2026-03-03T20:05:00.000000+00:00")
    assert len(str(opened["policy"])) == 64
    chen = person(team, "Chen")
    assert called["who"] == f"responder:{chen.pk}"
    assert (called["channel"], called["to"]) == ("sms", proof.tag(chen.phone))
    assert (delivered["status"], delivered["sid"]) == (
        "delivered",
        calls_to(page, chen)[0].provider_sid,
    )
    assert (late["status"], late["detail"]) == ("delivered", "queued")
    assert said[-1]["detail"] == "emergency_care key press"
    assert proof.verify_page(page).faults == []
    report = proof.verify_team(team)
    assert (report.faults, report.entries) == ([], len(said))


def test_nobody_is_named(team: Team) -> None:
    page = story(team)
    text = "\n".join(proof.export_page(page))
    for responder in team.responder_set.all():
        assert responder.name not in text and responder.phone not in text


def test_an_export_is_checked_without_the_database(
    world: World, django_assert_num_queries: Callable[[int], object]
) -> None:
    page, other = story(world.team), open_page(world.team)
    elsewhere = open_page(world.other_line.team)
    commit()
    one, whole = (
        "".join(f"{line}\n" for line in lines)
        for lines in (proof.export_page(page), proof.export_team(world.team))
    )
    with django_assert_num_queries(0):
        assert chain.check_file(one).intact
        report = chain.check_file(whole)
    assert (report.intact, report.pages) == (True, {page.reference, other.reference})
    assert elsewhere.reference not in whole


def test_what_was_not_committed_is_not_in_it(team: Team) -> None:
    page = open_page(team)
    commit()
    with transaction.atomic():
        paging.sweep(now=after(5))
        commit()
        transaction.set_rollback(True)
    commit()
    assert [one["kind"] for one in entries(page)] == ["opened", "paged"]
    assert proof.verify_team(team).intact


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notifications_pageevent SET detail = 'x'",
        "DELETE FROM notifications_pageevent",
        "TRUNCATE notifications_pageevent CASCADE",
        "UPDATE notifications_prooflink SET digest = 'x'",
        "DELETE FROM notifications_prooflink",
        "TRUNCATE notifications_prooflink",
        "UPDATE notifications_proofhead SET place = 0",
        "DELETE FROM notifications_proofhead",
        "TRUNCATE notifications_proofhead",
    ],
)
def test_the_database_refuses(statement: str, team: Team) -> None:
    open_page(team)
    commit()
    with pytest.raises(DatabaseError, match=r"pgtrigger|never emptied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def intruding() -> Iterator[None]:
    """Somebody who has switched the triggers off."""
    with pgtrigger.ignore():
        yield
        commit()


def first_place(report: chain.Report) -> int:
    return report.faults[0].place


class TestAnIntruder:
    @pytest.fixture
    def pages(self, team: Team) -> list[Page]:
        pages = [story(team), open_page(team), open_page(team)]
        commit()
        return pages

    def test_changes_an_entry(self, team: Team, pages: list[Page]) -> None:
        event = PageEvent.objects.filter(page=pages[0], kind="acknowledged").first()
        assert event is not None
        said = json.loads(event.entry) | {"detail": "web"}
        with intruding():
            PageEvent.objects.filter(pk=event.pk).update(
                detail="web", entry=chain.canonical(said)
            )
        for report in (proof.verify_team(team), proof.verify_page(pages[0])):
            [fault] = report.faults
            assert (fault.page, fault.number) == (pages[0].reference, event.link.number)
            assert "its hash" in fault.what

    def test_changes_a_row_and_not_what_was_hashed(self, team: Team, pages: list[Page]) -> None:
        event = PageEvent.objects.filter(page=pages[0], kind="delivered").first()
        assert event is not None
        with intruding():
            PageEvent.objects.filter(pk=event.pk).update(at=event.at - timedelta(minutes=3))
        [fault] = proof.verify_team(team).faults
        assert fault.what == "the row is not what was kept: at"

    def test_takes_out_an_entry(self, team: Team, pages: list[Page]) -> None:
        event = PageEvent.objects.filter(page=pages[0], kind="outcome_overdue").get()
        place = event.link.place
        with intruding():
            ProofLink.objects.filter(event=event).delete()
            PageEvent.objects.filter(pk=event.pk).delete()
        assert first_place(proof.verify_team(team)) == place + 1
        assert not proof.verify_page(pages[0]).intact

    def test_cuts_off_the_end_of_a_page(self, team: Team, pages: list[Page]) -> None:
        event = PageEvent.objects.filter(page=pages[0]).last()
        assert event is not None
        place = event.link.place
        with intruding():
            ProofLink.objects.filter(event=event).delete()
            PageEvent.objects.filter(pk=event.pk).delete()
        assert first_place(proof.verify_team(team)) == place + 1
        # The page alone shows it too: it says that it is closed.
        assert "outcome" in proof.verify_page(pages[0]).faults[0].what

    def test_takes_out_a_whole_page(self, team: Team, pages: list[Page]) -> None:
        gone = pages[1]
        place = ProofLink.objects.filter(page=gone).order_by("place")[0].place
        with intruding():
            ProofLink.objects.filter(page=gone).delete()
            PageEvent.objects.filter(page=gone).delete()
            Page.objects.filter(pk=gone.pk).delete()
        fault = proof.verify_team(team).faults[0]
        assert f"place {place} of the team's chain is missing" in fault.what

    def test_takes_out_the_last_page_of_all(self, team: Team, pages: list[Page]) -> None:
        gone = pages[-1]
        with intruding():
            ProofLink.objects.filter(page=gone).delete()
            PageEvent.objects.filter(page=gone).delete()
            Page.objects.filter(pk=gone.pk).delete()
        assert "it ends at place" in proof.verify_team(team).faults[0].what

    def test_writes_an_event_past_the_chain(self, team: Team, pages: list[Page]) -> None:
        with intruding():
            PageEvent.objects.create(page=pages[1], at=NOW, kind="acknowledged")
        for report in (proof.verify_team(team), proof.verify_page(pages[1])):
            assert "stands in no chain" in report.faults[0].what

    def test_rewrites_everything_and_is_known_by_a_head_elsewhere(
        self, team: Team, pages: list[Page]
    ) -> None:
        head = ProofHead.objects.get(team=team)
        kept = {"team": team.pk, "place": head.place, "anchor": head.anchor}
        assert proof.passes_through(**kept)
        assert proof.heads() == {str(team.pk): [head.place, head.anchor]}
        with intruding():
            ProofLink.objects.filter(team=team).update(anchor="f" * 64)
        assert not proof.passes_through(**kept)

    def test_says_that_somebody_has_it_who_did_not_take_it(
        self, team: Team, pages: list[Page]
    ) -> None:
        Page.objects.filter(pk=pages[1].pk).update(
            state="acknowledged",
            acknowledged_by=person(team, "Novak"),
            acknowledged_at=after(1),
        )
        [fault] = proof.verify_team(team).faults
        assert (fault.page, fault.what) == (
            pages[1].reference,
            "whoever has it did not take it",
        )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=STORIES)
@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_the_chain_holds(
    world: World, story: list[tuple[int, tuple[str, ...]]]
) -> None:
    with transaction.atomic():
        with_rules(world.team)
        page, now = open_page(world.team), NOW
        for seconds, deed in story:
            now += timedelta(seconds=seconds)
            do(deed, page, world.team, now)
            commit()
        commit()
        page.refresh_from_db()
        assert proof.verify_page(page).faults == []
        report = proof.verify_team(world.team)
        assert (report.faults, report.entries) == ([], PageEvent.objects.count())
        assert chain.check_file("".join(f"{one}\n" for one in proof.export_page(page))).intact
        transaction.set_rollback(True)


@committed
def test_many_at_once_are_one_chain() -> None:
    team = make_world().team
    people = [person(team, name) for name in ("Chen", "Novak", "Okafor")]
    for _ in range(4):
        pages = [open_page(team), open_page(team)]
        for page in pages:
            went_out(page)
        at_once(
            *(
                partial(paging.acknowledge, pages[0], who, via="web", now=after(1))
                for who in people
            ),
            *(
                partial(settle, call, Message.State.DELIVERED, now=after(1))
                for page in pages
                for call in calls_to(page, people[0])
            ),
            partial(handing_on.pass_on, pages[1], people[0], via="web", now=after(1)),
            partial(paging.sweep, now=after(5)),
        )
        for page in pages:
            paging.close(page, people[0], outcome="advised", now=after(6))
    assert proof.verify_team(team).faults == []
    assert ProofLink.objects.count() == PageEvent.objects.count()


def test_pages_of_before_get_a_proof_of_what_is_known(team: Team) -> None:
    migration = importlib.import_module("notifications.migrations.0008_proof_of_old_pages")
    with intruding():
        pages = [story(team), open_page(team)]
        PageEvent.objects.update(entry="{}")
    assert not ProofLink.objects.exists()
    migration.link(apps, None)
    open_page(team)
    commit()
    assert proof.verify_team(team).faults == []
    assert entries(pages[0])[0]["kept"] == "before there was a proof"
    assert proof.heads()[str(team.pk)][0] == PageEvent.objects.count()
