"""Figures of follow-ups, by hand, and never of the second clinic."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor import episodes
from monitor.dashboard import follow_up_figures
from monitor.figures import follow_up
from monitor.figures.cohort import cohort, pages_about
from monitor.figures.rates import Share, times
from monitor.figures.relief import relief
from monitor.figures.scope import Scope
from monitor.history import answered
from monitor.models import Answer, CheckIn, Episode
from monitor.outcomes import outcome
from notifications import optouts
from notifications.models import Message
from patients.models import Procedure
from tests.monitor.figures.ward import (
    answer,
    close,
    contact,
    flag,
    follow,
    late_work,
    text,
)
from tests.world import NOW, World

State = CheckIn.State


def february(world: World) -> Scope:
    return Scope(world.clinic, date(2026, 2, 1), date(2026, 2, 28))


def test_what_is_counted_is_the_clinics_and_the_periods(world: World) -> None:
    february_ends = datetime(2026, 3, 1, 5, tzinfo=UTC)
    last = follow(world, 1, performed_at=february_ends - timedelta(minutes=1))
    follow(world, 2, performed_at=february_ends)
    follow(world, 3, performed_at=datetime(2026, 2, 1, 4, 59, tzinfo=UTC))
    first = follow(world, 4, performed_at=datetime(2026, 2, 1, 5, tzinfo=UTC))
    follow(world, 5, elsewhere=True)
    assert set(cohort(february(world)).follow_ups) == {first.pk, last.pk}


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"procedure": "facet_joint"}, {1}),
        ({"clinician": "Dr. Lee"}, {2}),
        ({"protocol": "facet_joint.v1"}, {1}),
        ({"protocol": "facet_joint.v1", "clinician": "Dr. Lee"}, set()),
        ({}, {0, 1, 2}),
    ],
)
def test_filters(world: World, filters: dict[str, str], wanted: set[int]) -> None:
    those = [
        follow(world, 1),
        follow(world, 2, kind="facet_joint"),
        follow(world, 3, clinician="Dr. Lee"),
    ]
    found = cohort(replace(february(world), **filters))
    assert set(found.follow_ups) == {those[place].pk for place in wanted}
    assert found.choices == {
        "procedure": ["epidural_steroid", "facet_joint"],
        "clinician": ["Dr. Lee", "Dr. Osei"],
        "protocol": ["epidural_steroid.v1", "facet_joint.v1"],
    }


def test_replies_by_check_in(world: World) -> None:
    minutes = [4, 1, 30, 9, 2]
    people = [follow(world, n) for n in range(9)]
    for one, took in zip(people, minutes, strict=False):
        contact(one, "d1", State.ANSWERED, replied=timedelta(minutes=took))
    contact(people[5], "d1", State.MISSED)
    contact(people[6], "d1", State.REACHED, texted=False)
    # Begun and open: its reply took a time, and is of no rate yet.
    contact(people[7], "d1", State.SENT, replied=timedelta(minutes=50))
    contact(people[8], "d1", State.CANCELLED)
    other = follow(world, 9, elsewhere=True)
    contact(other, "d1", State.MISSED)
    first, *rest = follow_up.contacts(cohort(february(world)))
    assert first.key == "d1"
    assert first.replied == Share(5, 6)
    assert first.contacted == Share(6, 7)
    assert (first.answered, first.by_phone, first.missed, first.open) == (5, 1, 1, 1)
    assert first.to_reply == times(timedelta(minutes=n) for n in (*minutes, 50))
    assert [one.key for one in rest] == ["d7", "d14"]
    assert rest[0].replied == Share(0, 0)


def test_red_flags_and_pages_for_a_hundred_patients(world: World) -> None:
    people = [follow(world, n) for n in range(4)]
    # The same patient once more.
    flag(follow(world, 3, performed_at=NOW - timedelta(days=8)), at=NOW)
    close(flag(people[0], at=NOW), "Chen", "imaging", after=5)
    flag(people[0], at=NOW + timedelta(hours=2))
    flag(people[1], at=NOW)
    late_work(people[2], world.clinic, at=NOW, kind="silent")
    late_work(None, world.clinic, at=NOW, kind="rota")
    flag(follow(world, 8, performed_at=NOW - timedelta(days=40)), at=NOW)
    flag(follow(world, 9, elsewhere=True), at=NOW)
    counted = cohort(february(world))
    flags = follow_up.flagged(counted)
    found = follow_up.people(counted, flags, pages=pages_about(counted).count())
    assert (found.follow_ups, found.patients) == (5, 4)
    assert found.flagged == Share(3, 5)
    assert (found.pages, found.pages_per_hundred) == (5, 125.0)
    outcomes = [(one.episode, one.outcome) for one in flags]
    assert {outcome for pk, outcome in outcomes if pk == people[0].pk} == {"imaging", ""}
    assert len(outcomes) == 4


def test_relief_is_what_each_patients_page_says(world: World) -> None:
    """The database's last answers are those of `monitor.outcomes`, follow-up by follow-up."""
    pains = [(8, 5, 3), (6, 2, None), (4, None, 4), (0, 1, None), (None, 3, 1), (7, None, None)]
    for n, (before, day_7, day_14) in enumerate(pains):
        one = follow(world, n, baseline_pain=before)
        if day_14 is not None:
            answer(one, "d14", pain_score=day_14, pgic=2)
        if day_7 is not None:
            # Written later than day 14's, and a correction of itself.
            answer(one, "d7", pain_score=9, pgic=5)
            answer(one, "d7", pain_score=day_7)
    answer(follow(world, 9, elsewhere=True, baseline_pain=9), "d7", pain_score=0)
    counted = cohort(february(world))
    answers = follow_up.given(counted)
    found = follow_up.turned_out(counted, answers)
    assert [*found] == ["epidural_steroid"]
    got = relief(found["epidural_steroid"])
    mine = list(Episode.objects.filter(clinic=world.clinic).select_related("procedure"))
    course = answered(mine)
    wanted = [
        outcome(
            episodes.protocol_of(one),
            history=course.get(one.pk, ()),
            baseline_pain=one.procedure.baseline_pain,
        )
        for one in mine
    ]
    changes = [one.pain_change for one in wanted if one.pain_change is not None]
    assert changes == [-5, -4, 0, 1]
    assert (got.follow_ups, got.measured) == (6, len(changes))
    assert got.change == pytest.approx(sum(changes) / len(changes))
    half = [one.half_relief for one in wanted if one.half_relief is not None]
    assert got.half == Share(sum(half), len(half)) == Share(2, 3)
    clear = [one.clear_change for one in wanted if one.clear_change is not None]
    assert got.clear == Share(sum(clear), len(clear)) == Share(2, 4)
    better = [one.much_better for one in wanted if one.much_better is not None]
    assert got.much_better == Share(sum(better), len(better)) == Share(3, 5)
    by_check_in = dict(follow_up.course(answers))
    assert by_check_in["d7"].follow_ups == 4
    assert {(one.before, one.after) for one in by_check_in["d14"].judged} == {
        (8, 3),
        (4, 4),
        (None, 1),
    }


def test_texts_their_cost_and_opt_outs(world: World) -> None:
    world.clinic.segment_price = Decimal("0.0079")
    world.clinic.save()
    one, two = follow(world, 1), follow(world, 2)
    Message.objects.all().delete()
    text(one, 1, Message.State.DELIVERED, segments=2)
    text(one, 2, Message.State.ACCEPTED, segments=None)
    text(one, 3, Message.State.UNDELIVERED, segments=3)
    text(two, 1, Message.State.FAILED, taken=False, segments=None)
    text(two, 2, Message.State.CANCELLED, taken=False, segments=None)
    text(two, 3, Message.State.CREATED, taken=False, segments=None)
    text(follow(world, 5, elsewhere=True), 1, Message.State.DELIVERED, segments=9)
    optouts.opt_out(
        world.line.sender, two.patient.phone, source="keyword", now=NOW - timedelta(days=1)
    )
    optouts.opt_in(world.line.sender, two.patient.phone, now=NOW)
    # Before the follow-up began, and at the second clinic's number.
    optouts.opt_out(
        world.line.sender, one.patient.phone, source="staff", now=NOW - timedelta(days=30)
    )
    optouts.opt_out(world.other_line.sender, one.patient.phone, source="staff", now=NOW)
    found = follow_up.texts(cohort(february(world)))
    assert (found.taken, found.segments, found.unmeasured) == (3, 6, 1)
    assert found.lost == Share(2, 4)
    assert found.opted_out == Share(1, 2)
    assert (found.cost, found.currency) == (Decimal("0.0474"), "USD")
    world.clinic.segment_price = None
    assert follow_up.texts(cohort(february(world))).cost is None


def test_queries_stay_the_same(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            follow_up_figures.parts(february(world), now=NOW)
        return len(found)

    follow(world, 0)
    few = queries()
    for n, kind in enumerate(Procedure.Kind.values, start=1):
        one = follow(world, n, kind=kind)
        contact(one, "d1", State.ANSWERED, replied=timedelta(minutes=n))
        answer(one, "d1", pain_score=n)
        close(flag(one, at=NOW + timedelta(hours=n)), "Chen", "advised", after=4)
    assert Answer.objects.count() == len(Procedure.Kind.values)
    assert queries() == few
    assert few <= 10
