"""Who is ready to be on call; the gate before the rota, which takes nobody from a page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import optouts
from notifications.models import (
    ContactMethod,
    ImportedShift,
    Incident,
    Layer,
    Message,
    NotificationRule,
    Override,
    PageEvent,
    Responder,
    Rung,
    Swap,
    Team,
    TimeOff,
)
from notifications.oncall import (
    changes,
    contact_health,
    directory,
    paging,
    readiness,
    readiness_watch,
    roll_call,
    swaps,
    verifying,
    watch,
)
from notifications.oncall.readiness import FEW, STOPPED, UNUSED, Way
from notifications.oncall.swapping import NotPossible
from tests.notifications.oncall.duty import DAY, HOUR, line, span
from tests.notifications.oncall.ward import after, open_page, person, settle
from tests.world import NOW, World, make_ready

SMS = Way(1, "sms", verified=True)
VOICE = Way(2, "voice", verified=True)
MAIL = Way(3, "email", verified=True)


@pytest.mark.parametrize(
    ("ways", "used", "problems"),
    [
        ([SMS, VOICE], [{1}, {1}], ()),
        ([SMS, MAIL], [{1}, {3}], ()),
        ([SMS], [{1}, {1}], (FEW,)),
        ([], [set(), set()], (FEW,)),
        # Two numbers are one kind of channel: they fail together.
        ([SMS, Way(4, "sms", verified=True)], [{1}, {1}], (FEW,)),
        ([SMS, Way(2, "voice", verified=False)], [{1}, {1}], (FEW,)),
        ([Way(1, "sms", verified=True, stopped=True), VOICE], [{1}, {1}], (FEW, STOPPED)),
        # Two are left, and still a page of one level would use neither.
        ([SMS, VOICE, Way(4, "email", verified=False)], [{1}, {4}], (UNUSED,)),
        ([Way(1, "sms", verified=True, stopped=True), VOICE, MAIL], [{1}, {1}], (UNUSED,)),
    ],
)
def test_ready_is_who_has_two_kinds_and_is_paged_by_one(
    ways: list[Way], used: list[set[int]], problems: tuple[str, ...]
) -> None:
    found = readiness.judge(ways, used)
    assert (found.problems, found.ready) == (problems, not problems)


@pytest.fixture
def team(world: World) -> Team:
    return world.team


@pytest.fixture
def novak(team: Team) -> Responder:
    return person(team, "Novak")


def unready(who: Responder) -> Responder:
    """One of two channels is not verified any more."""
    ContactMethod.objects.filter(responder=who, channel="voice").update(verified_at=None)
    return who


def add(team: Team, name: str) -> Callable[[], Any]:
    """The ways onto a rota that a page has."""
    who, chen = person(team, "Novak"), person(team, "Chen")
    hours = span(0.5, 4)
    return {
        "override": lambda: changes.override(
            line(team),
            who,
            starts_at=hours.starts_at,
            ends_at=hours.ends_at,
            by=None,
            now=NOW,
        ),
        "swap": lambda: swaps.ask(line(team), asker=chen, asked=who, span=hours, now=NOW),
        # Chen has this week; the next in line is Novak.
        "time off": lambda: changes.take_time_off(
            chen, starts_at=hours.starts_at, ends_at=hours.ends_at, by=None, now=NOW
        ),
    }[name]


@pytest.mark.parametrize("way", ["override", "swap", "time off"])
def test_who_is_not_ready_is_not_put_on_the_rota(
    team: Team, novak: Responder, way: str
) -> None:
    unready(novak)
    with pytest.raises(NotPossible, match=r"Dr\. Novak is not ready .*“My channels”"):
        add(team, way)()
    assert not Override.objects.exists() and not TimeOff.objects.exists()
    assert not Swap.objects.exists() and not Message.objects.exists()
    make_ready(novak)
    assert add(team, way)()


def test_a_swap_is_asked_again_when_it_is_accepted(team: Team, novak: Responder) -> None:
    swap = add(team, "swap")()
    unready(novak)
    with pytest.raises(NotPossible, match="not ready"):
        swaps.accept(swap, novak, now=NOW)
    make_ready(novak)
    assert swaps.accept(swap, novak, now=NOW).state == Swap.State.ACCEPTED


def test_time_off_needs_nobody_whom_an_override_replaces(team: Team, novak: Responder) -> None:
    unready(novak)
    hours = span(0.5, 4)
    changes.override(
        line(team),
        person(team, "Okafor"),
        starts_at=hours.starts_at,
        ends_at=hours.ends_at,
        by=None,
        now=NOW,
    )
    assert add(team, "time off")()


def test_a_changed_address_is_unverified_whoever_writes_it(novak: Responder) -> None:
    contact = novak.contacts.get(channel="voice")
    assert contact.verified and roll_call.of(novak).ready
    # Not by a form: as a script would.
    ContactMethod.objects.filter(pk=contact.pk).update(address="+12125550188")
    contact.refresh_from_db()
    assert not contact.verified and roll_call.of(novak).problems == (FEW,)
    contact.address = novak.phone
    assert contact.verified


def test_a_new_phone_in_the_record_is_unverified_too(novak: Responder) -> None:
    Responder.objects.filter(pk=novak.pk).update(phone="+12125550188")
    # Without rules a page texts that phone, which nobody ever verified.
    assert roll_call.of(novak).problems == (UNUSED,)


def seen(team: Team) -> list[tuple[str, str]]:
    rows = Incident.objects.filter(team=team, kind="unready", closed_at=None)
    return [(row.responder.name, row.detail) for row in rows if row.responder]


def told(team: Team) -> list[tuple[str, str]]:
    names = dict(Responder.objects.values_list("phone", "name"))
    found = Message.objects.filter(ref__startswith="incident:").order_by("created_at", "to")
    return [(names[one.to], one.body) for one in found]


def test_who_stops_being_ready_is_alarmed_and_taken_back(team: Team, novak: Responder) -> None:
    with transaction.atomic():
        watch.look(team, now=NOW)
    assert seen(team) == []
    unready(novak)
    for minutes in (0, 5, 10):
        with transaction.atomic():
            watch.look(team, now=after(minutes))
        readiness_watch.sweep(now=after(minutes))
    assert seen(team) == [("Dr. Novak", FEW)]
    # Once, to the lead.
    [(name, body)] = told(team)
    assert name == "Dr. Okafor" and "Dr. Novak is on the rota and not ready" in body
    assert len(body) <= 160
    make_ready(novak)
    with transaction.atomic():
        watch.look(team, now=after(15))
    assert seen(team) == []


def test_a_shift_tonight_is_told_by_night_and_one_next_week_in_the_morning(team: Team) -> None:
    # Chen has this week, Novak the next: 03:00 in New York.
    night = NOW + 12 * HOUR
    for name in ("Chen", "Novak"):
        unready(person(team, name))
    with transaction.atomic():
        watch.look(team, now=night)
    due = {
        row.responder.name: row.due_at
        for row in Incident.objects.filter(kind="unready")
        if row.responder
    }
    assert due == {"Dr. Chen": night, "Dr. Novak": NOW + 17 * HOUR}


def test_the_lead_who_is_not_ready_is_told_of_by_the_others(team: Team) -> None:
    unready(person(team, "Okafor"))
    with transaction.atomic():
        watch.look(team, now=NOW)
    readiness_watch.sweep(now=NOW)
    assert [name for name, _body in told(team)] == ["Dr. Chen", "Dr. Novak"]


def test_people_of_an_imported_calendar_are_alarmed_and_keep_their_shifts(
    team: Team, novak: Responder
) -> None:
    other = Layer.objects.create(
        team=team,
        name="Calendar",
        kind="calendar",
        starts_on=NOW.date(),
        handover_at="08:00",
        gaps_allowed=True,
    )
    ImportedShift.objects.create(
        layer=other, responder=novak, starts_at=NOW + DAY, ends_at=NOW + DAY + HOUR
    )
    Layer.objects.get(team=team, name="Weekly").layermember_set.filter(responder=novak).delete()
    unready(novak)
    with transaction.atomic():
        watch.look(team, now=NOW)
    assert seen(team) == [("Dr. Novak", FEW)]
    on_call = dict(directory.who_is_on_call(team, at=NOW + DAY))
    assert on_call[other] == novak


def test_a_way_that_keeps_failing_is_verified_no_more(team: Team, novak: Responder) -> None:
    rung = Rung.objects.get(team=team, position=0)
    rung.target, rung.layer, rung.responder = Rung.Target.RESPONDER, None, novak
    rung.save()
    contact = novak.contacts.get(channel="sms")
    for turn in range(contact_health.FAILS_IN_A_ROW):
        contact.refresh_from_db()
        assert contact.verified
        page = open_page(team, now=after(turn))
        settle(
            Message.objects.get(ref=f"page:{page.pk}", to=novak.phone),
            Message.State.UNDELIVERED,
            now=after(turn),
        )
    contact.refresh_from_db()
    assert not contact.verified and contact.lost_why == "it kept failing"
    assert FEW in roll_call.of(novak).problems


WAYS = st.lists(
    st.tuples(
        st.sampled_from(["sms", "voice", "email"]),
        st.booleans(),  # verified
        st.booleans(),  # active
        st.sampled_from([None, 0, 60]),  # a rule
    ),
    max_size=4,
    unique_by=lambda way: way[0],
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ways=st.tuples(WAYS, WAYS, WAYS), stopped=st.sets(st.integers(0, 2)))
@pytest.mark.django_db
def test_no_page_calls_fewer_people_because_of_the_gate(
    world: World, ways: tuple[list[Any], ...], stopped: set[int]
) -> None:
    """Whoever is ready or not: the same rungs call the same people, each by a way at least."""
    with transaction.atomic():
        people = list(Responder.objects.filter(team=world.team).order_by("pk"))
        before = climb(world.team)
        NotificationRule.objects.all().delete()
        ContactMethod.objects.filter(responder__in=people).update(active=False)
        for place, (who, theirs) in enumerate(zip(people, ways, strict=True)):
            for channel, verified, active, delay in theirs:
                make_way(who, channel, verified=verified, active=active, delay=delay)
            if place in stopped:
                optouts.opt_out(world.team.sender, who.phone, source="keyword", now=NOW)
        watch.look(world.team, now=NOW)
        assert climb(world.team) == before
        transaction.set_rollback(True)


def make_way(
    who: Responder, channel: str, *, verified: bool, active: bool, delay: int | None
) -> None:
    address = f"{who.pk}@harbor.example" if channel == "email" else who.phone
    contact = verifying.add(who, channel=channel, address=address)
    if verified:
        verifying.confirm(contact, now=NOW)
    else:
        ContactMethod.objects.filter(pk=contact.pk).update(verified_at=None)
    if delay is not None:
        NotificationRule.objects.create(contact=contact, delay=delay)
    ContactMethod.objects.filter(pk=contact.pk).update(active=active)


def climb(team: Team) -> list[tuple[str, str]]:
    """(rung, name) of everybody whom a page calls on its way up; each really has a message."""
    page = open_page(team)
    for minutes in (5, 10):
        paging.climb_due(page.pk, now=NOW + timedelta(minutes=minutes))
    made = PageEvent.objects.filter(page=page, kind__in=("paged", "planned"))
    assert not made.filter(message=None).exists()
    at_once = made.filter(kind="paged").select_related("responder")
    return sorted({(one.detail, one.responder.name) for one in at_once if one.responder})
