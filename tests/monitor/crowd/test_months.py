"""Months beside what a clinic has: its own rows, whole pages, and figures of every month."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from monitor import heartbeat
from monitor.crowd.clinics import Place
from monitor.crowd.months import write_months
from monitor.models import Alert, Answer, Assessment, CheckIn, Episode, WorkItem
from notifications.models import Page, Responder
from notifications.oncall import proof
from tests.world import World

NOW = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
SINCE, UNTIL = date(2025, 8, 1), date(2026, 2, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture
def before(world: World) -> Episode:
    """What the clinic has already."""
    procedure = world.register(now=NOW, performed_at=NOW - timedelta(hours=1))
    return Episode.objects.get(procedure=procedure)


@pytest.fixture
def place(world: World, before: Episode) -> Place:
    people = tuple(Responder.objects.filter(team=world.team))
    place = Place(world.clinic, world.line, world.nurse, people)
    assert write_months(place, since=SINCE, until=UNTIL, a_day=6, now=NOW) > 700
    return place


def test_all_of_it_is_the_clinics_and_over(place: Place, world: World, before: Episode) -> None:
    mine = Episode.objects.exclude(pk=before.pk)
    assert not mine.exclude(clinic=world.clinic).exists()
    assert not Alert.objects.exclude(page__team=world.team).exists()
    # Nothing of it is left to be done: no visitor finds a pile of it.
    assert not CheckIn.objects.filter(episode__in=mine, due_at__isnull=False).exists()
    assert not WorkItem.objects.filter(closed_at=None).exists()
    assert not Page.objects.exclude(state=Page.State.CLOSED).exists()
    assert heartbeat.take(now=NOW).well


def test_what_is_written_next_has_a_number_of_its_own(place: Place, before: Episode) -> None:
    last = CheckIn.objects.order_by("-pk")[0]
    after = CheckIn.objects.create(
        episode=before, key="d30", planned_for=NOW, expires_at=NOW + timedelta(days=1)
    )
    assert after.pk > last.pk
    for model in (Answer, Assessment):
        assert model.objects.order_by("-pk")[0].pk >= model.objects.count()


def test_each_month_has_pages_and_not_all_end_alike(place: Place) -> None:
    closed = Page.objects.filter(state=Page.State.CLOSED)
    months = {(page.opened_at.year, page.opened_at.month) for page in closed}
    assert len(months) >= 6
    outcomes = set(closed.values_list("outcome", flat=True))
    assert {Page.Outcome.ADVISED, Page.Outcome.FALSE_ALARM} < outcomes
    # The made-up rates give a page in about thirty patients.
    assert 1 / 60 < closed.count() / Episode.objects.count() < 1 / 15
    assert not closed.filter(closed_at__lte=F("opened_at")).exists()


def test_its_pages_are_proved(place: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for page in Page.objects.all()[:10]:
        assert proof.verify_page(page).intact
