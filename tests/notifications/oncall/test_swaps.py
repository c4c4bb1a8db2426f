"""Swaps: asked, accepted or declined by the two people, and never at the cost of coverage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifications.models import (
    Layer,
    LayerHours,
    LayerMember,
    Override,
    Responder,
    Swap,
    TimeOff,
)
from notifications.oncall import changes, swaps
from notifications.oncall.rota import Plan, shifts
from notifications.oncall.rotation import Rotation
from notifications.oncall.swapping import NotPossible, Span, exchange
from tests.notifications.oncall.duty import DAY, HOUR, line, on_call, span, texts
from tests.notifications.oncall.test_rota import plans
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

# Dr. Chen has the week of NOW, until Monday at eight; Dr. Novak the one after it.
THURSDAY = span(2, 12)
NEXT_TUESDAY = span(7, 12)


@pytest.fixture
def asked(world: World) -> Swap:
    return swaps.ask(
        line(world.team),
        asker=person(world.team, "Chen"),
        asked=person(world.team, "Novak"),
        span=THURSDAY,
        back=NEXT_TUESDAY,
        now=NOW,
    )


def test_until_it_is_accepted_nothing_changes(world: World, asked: Swap) -> None:
    assert asked.state == Swap.State.ASKED
    assert on_call(world.team, THURSDAY.starts_at) == "Dr. Chen"
    assert texts(person(world.team, "Novak")) == [
        "Spinewatch rota: Dr. Chen asks you to take a shift from Thu 05 Mar 15:00. "
        "Answer at http://testserver/rota"
    ]


def test_accepted_it_moves_both_shifts_and_no_more(world: World, asked: Swap) -> None:
    done = swaps.accept(asked, person(world.team, "Novak"), now=NOW + HOUR)
    assert (done.state, done.due_at) == (Swap.State.ACCEPTED, None)
    moments = {
        THURSDAY.starts_at - HOUR: "Dr. Chen",
        THURSDAY.starts_at: "Dr. Novak",
        THURSDAY.ends_at: "Dr. Chen",
        NEXT_TUESDAY.starts_at - HOUR: "Dr. Novak",
        NEXT_TUESDAY.starts_at: "Dr. Chen",
        NEXT_TUESDAY.ends_at: "Dr. Novak",
    }
    assert {at: on_call(world.team, at) for at in moments} == moments
    assert texts(person(world.team, "Chen")) == [
        "Spinewatch rota: Dr. Novak takes your shift from Thu 05 Mar 15:00."
    ]


@pytest.mark.parametrize(
    ("verb", "who", "state", "told", "words"),
    [
        (swaps.decline, "Novak", "declined", "Chen", "Dr. Novak cannot take your shift"),
        (swaps.withdraw, "Chen", "withdrawn", "Novak", "Dr. Chen no longer asks you"),
    ],
)
def test_declined_or_withdrawn_it_is_over(
    verb: Callable[..., Swap],
    who: str,
    state: str,
    told: str,
    words: str,
    world: World,
    asked: Swap,
) -> None:
    assert verb(asked, person(world.team, who), now=NOW + HOUR).state == state
    assert words in texts(person(world.team, told))[-1]
    assert on_call(world.team, THURSDAY.starts_at) == "Dr. Chen"
    with pytest.raises(NotPossible, match="is over"):
        swaps.accept(asked, person(world.team, "Novak"), now=NOW + HOUR)


def test_only_the_two_may_speak_and_each_for_themselves(world: World, asked: Swap) -> None:
    for verb, name in (
        (swaps.accept, "Chen"),
        (swaps.accept, "Okafor"),
        (swaps.decline, "Chen"),
        (swaps.withdraw, "Novak"),
    ):
        with pytest.raises(NotPossible, match="somebody else"):
            verb(asked, person(world.team, name), now=NOW)
    asked.refresh_from_db()
    assert asked.state == Swap.State.ASKED


def test_unanswered_it_lapses_when_the_first_shift_begins(world: World, asked: Swap) -> None:
    almost = THURSDAY.starts_at - timedelta(seconds=1)
    assert swaps.lapse_due(now=almost) == {"lapsed": 0, "failed": 0}
    with pytest.raises(NotPossible, match="is over"):
        swaps.accept(asked, person(world.team, "Novak"), now=THURSDAY.starts_at)
    assert swaps.lapse_due(now=THURSDAY.starts_at) == {"lapsed": 1, "failed": 0}
    asked.refresh_from_db()
    assert asked.state == Swap.State.LAPSED
    assert "stays yours" in texts(person(world.team, "Chen"))[-1]
    assert not Override.objects.exists()


def test_a_swap_on_which_the_program_fails_keeps_no_other_waiting(
    world: World, asked: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = swaps.ask(
        line(world.team),
        asker=person(world.team, "Chen"),
        asked=person(world.team, "Okafor"),
        span=THURSDAY,
        now=NOW,
    )
    end = swaps._end

    def broken(swap: Swap, *args: object, **options: object) -> Swap:
        if swap.pk == asked.pk:
            raise RuntimeError
        return end(swap, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(swaps, "_end", broken)
    assert swaps.lapse_due(now=THURSDAY.starts_at) == {"lapsed": 1, "failed": 1}
    other.refresh_from_db()
    assert other.state == Swap.State.LAPSED


def test_of_two_swaps_of_one_shift_only_the_first_comes_about(
    world: World, asked: Swap
) -> None:
    chen, okafor = person(world.team, "Chen"), person(world.team, "Okafor")
    second = swaps.ask(line(world.team), asker=chen, asked=okafor, span=THURSDAY, now=NOW)
    swaps.accept(asked, person(world.team, "Novak"), now=NOW)
    with pytest.raises(NotPossible, match="no shift to pass on"):
        swaps.accept(second, okafor, now=NOW)
    assert on_call(world.team, THURSDAY.starts_at) == "Dr. Novak"


def test_what_somebody_else_has_by_then_does_not_pass_over(world: World, asked: Swap) -> None:
    changes.override(
        line(world.team),
        person(world.team, "Okafor"),
        starts_at=THURSDAY.starts_at,
        ends_at=THURSDAY.starts_at + 2 * HOUR,
        by=world.nurse,
        now=NOW,
    )
    swaps.accept(asked, person(world.team, "Novak"), now=NOW)
    assert on_call(world.team, THURSDAY.starts_at) == "Dr. Okafor"
    assert on_call(world.team, THURSDAY.starts_at + 2 * HOUR) == "Dr. Novak"


def test_what_another_layer_stands_over_is_not_passed_on(world: World) -> None:
    """Thursday evenings are Dr. Okafor's, and stay so when the week's day changes hands."""
    evenings = Layer.objects.create(
        team=world.team,
        name="Evenings",
        over=line(world.team),
        starts_on=date(2026, 1, 1),
        handover_at=time(8),
    )
    LayerHours.objects.create(layer=evenings, weekdays=[3], starts=time(18), ends=time(22))
    okafor = person(world.team, "Okafor")
    LayerMember.objects.create(layer=evenings, responder=okafor, position=0)
    chen, novak = person(world.team, "Chen"), person(world.team, "Novak")
    swap = swaps.ask(line(world.team), asker=chen, asked=novak, span=THURSDAY, now=NOW)
    swaps.accept(swap, novak, now=NOW)
    # From three in the afternoon until three at night.
    found = [
        on_call(world.team, THURSDAY.starts_at + hours * HOUR) for hours in (0, 2, 3, 6, 7, 11)
    ]
    assert found == ["Dr. Novak"] * 2 + ["Dr. Okafor"] * 2 + ["Dr. Novak"] * 2


def test_what_cannot_be_asked_for(world: World) -> None:
    team, other = world.team, world.other_line.team
    chen, novak = person(team, "Chen"), person(team, "Novak")
    for asker, whom, when, words in (
        (chen, chen, THURSDAY, "somebody else"),
        (chen, person(other, "Patel"), THURSDAY, "on the team"),
        (person(other, "Patel"), novak, THURSDAY, "on the team"),
        (chen, novak, NEXT_TUESDAY, "no shift to pass on"),
        (chen, novak, span(-1, 48), "has begun"),
        (chen, novak, span(-3, 24), "is over"),
        (chen, novak, Span(NOW + DAY, NOW + DAY), "end after it begins"),
        (chen, novak, span(1, 24 * 400), "longer than a year"),
    ):
        with pytest.raises(NotPossible, match=words):
            swaps.ask(line(team), asker=asker, asked=whom, span=when, now=NOW)
    TimeOff.objects.create(
        responder=novak, starts_at=THURSDAY.ends_at - HOUR, ends_at=THURSDAY.ends_at + DAY
    )
    with pytest.raises(NotPossible, match="has time off then"):
        swaps.ask(line(team), asker=chen, asked=novak, span=THURSDAY, now=NOW)
    Responder.objects.filter(pk=novak.pk).update(active=False)
    novak.refresh_from_db()
    with pytest.raises(NotPossible, match="on the team"):
        swaps.ask(line(team), asker=chen, asked=novak, span=THURSDAY, now=NOW)


def test_whoever_left_meanwhile_takes_no_shift() -> None:
    plan = Plan(
        1,
        ZoneInfo("UTC"),
        Rotation((1, 2), date(2026, 3, 2), time(8)),
        people=frozenset({1}),
    )
    with pytest.raises(NotPossible, match="no longer on the team"):
        exchange([plan], asker=1, asked=2, span=THURSDAY)


@given(plans(), st.integers(1, 9), st.integers(1, 9), st.data())
def test_a_swap_preserves_coverage_and_touches_nobody_else(
    drawn: tuple[Plan, datetime], asker: int, asked: int, data: st.DataObject
) -> None:
    assume(asker != asked)
    plan, start = replace(drawn[0], people=None), drawn[1]
    end = start + timedelta(days=10)
    begin, length = data.draw(st.tuples(st.integers(0, 200), st.integers(1, 80)))
    wanted = Span(start + begin * HOUR, start + (begin + length) * HOUR)
    try:
        taken = exchange([plan], asker=asker, asked=asked, span=wanted)
    except NotPossible:
        return
    before = shifts(plan, start=start, end=end)
    after = shifts(replace(plan, overrides=(*plan.overrides, *taken)), start=start, end=end)
    for old in before:
        for new in after:
            if old.starts_at < new.ends_at and new.starts_at < old.ends_at:
                assert (old.person is None) is (new.person is None)
                if old.person != new.person:
                    assert (old.person, new.person) == (asker, asked)
                    assert wanted.starts_at <= new.starts_at < wanted.ends_at
