"""Whatever happens in a drill: no patient comes of it or is texted, and pages go first."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.models import Alert, Episode
from notifications.models import Message, Page, Responder, Team
from notifications.oncall import delivery, drills, handing_on, paging
from notifications.oncall.swapping import NotPossible
from patients.models import Patient
from tests.notifications.oncall.ward import open_page
from tests.world import NOW, World

DEEDS = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from(["sweep", "take", "close", "pass", "call in", "stop", "page", "drill"]),
        st.integers(0, 2),
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=DEEDS)
@pytest.mark.django_db
def test_a_drill_makes_no_patient_and_texts_none_and_never_stands_beside_a_page(
    world: World, story: list[tuple[int, str, int]]
) -> None:
    with transaction.atomic():
        world.register()
        patients = {patient.phone for patient in Patient.objects.all()}
        rows = (Patient.objects.count(), Episode.objects.count(), Alert.objects.count())
        people = list(Responder.objects.filter(team=world.team).order_by("pk"))
        staff = {person.phone for person in people}
        now = NOW
        for seconds, deed, place in story:
            now += timedelta(seconds=seconds)
            act(world.team, deed, people[place], now)
            unclosed = Page.every.exclude(state="closed")
            assert not (
                unclosed.filter(drill=True).exists()
                and Page.objects.exclude(state="closed").exists()
            )
        assert rows == (
            Patient.objects.count(),
            Episode.objects.count(),
            Alert.objects.count(),
        )
        for page in Page.every.filter(drill=True):
            to = set(
                Message.objects.filter(ref__startswith=f"page:{page.pk}").values_list(
                    "to", flat=True
                )
            )
            assert to <= staff and not to & patients
            assert page.due_at is not None or page.state == "closed"
        transaction.set_rollback(True)


def act(team: Team, deed: str, who: Responder, now: datetime) -> None:
    page = Page.every.exclude(state="closed").order_by("opened_at").first()
    if deed == "page":
        open_page(team, now=now)
    elif deed == "drill":
        try:
            drills.start(team, by=None, now=now)
        except NotPossible:
            assert page is not None
    elif deed == "sweep":
        paging.sweep(now=now)
        drills.sweep(now=now)
    elif deed == "stop":
        delivery.stopped(who, address=who.phone, now=now)
    elif page is not None and deed == "take":
        paging.acknowledge(page, who, via="web", now=now)
    elif page is not None and deed == "close":
        paging.close(page, who, outcome="advised", now=now)
    elif page is not None and deed == "pass":
        handing_on.pass_on(page, who, via="web", now=now)
    elif page is not None and deed == "call in":
        handing_on.call_in(page, who, who=who, now=now)
