"""Overrides and time off, as they are entered and taken back."""

from datetime import timedelta

import pytest

from notifications.models import Override, TimeOff
from notifications.oncall import changes
from notifications.oncall.swapping import NotPossible, Span
from tests.notifications.oncall.duty import HOUR, line, on_call, span
from tests.notifications.oncall.ward import person
from tests.world import NOW, World


def override(world: World, name: str, when: Span) -> Override:
    return changes.override(
        line(world.team),
        person(world.team, name),
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        by=world.nurse,
        now=NOW,
    )


def time_off(world: World, name: str, when: Span) -> TimeOff:
    return changes.take_time_off(
        person(world.team, name),
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        by=world.nurse,
        now=NOW,
    )


def test_time_off_falls_to_the_next_and_nobody_left_is_nobody(world: World) -> None:
    time_off(world, "Chen", span(1, 24))
    assert on_call(world.team, NOW + timedelta(days=1, hours=1)) == "Dr. Novak"
    time_off(world, "Novak", span(1, 12))
    assert on_call(world.team, NOW + timedelta(days=1, hours=1)) is None
    assert on_call(world.team, NOW + timedelta(days=1, hours=13)) == "Dr. Novak"
    # Time off in the other clinic's team is of no concern here.
    TimeOff.objects.create(
        responder=person(world.other_line.team, "Hughes"),
        starts_at=NOW,
        ends_at=NOW + 24 * HOUR,
    )
    assert on_call(world.team, NOW) == "Dr. Chen"


def test_nobody_is_put_where_they_cannot_be(world: World) -> None:
    time_off(world, "Okafor", span(1, 24))
    with pytest.raises(NotPossible, match=r"Dr\. Okafor has time off then"):
        override(world, "Okafor", span(1.5, 3))
    override(world, "Okafor", span(3, 24))
    with pytest.raises(NotPossible, match="has taken over a shift then"):
        time_off(world, "Okafor", span(3.5, 48))
    with pytest.raises(NotPossible, match="on the team"):
        changes.override(
            line(world.team),
            person(world.other_line.team, "Patel"),
            starts_at=NOW,
            ends_at=NOW + HOUR,
            by=world.nurse,
            now=NOW,
        )


def test_what_has_been_stays_and_what_is_left_is_taken_back(world: World) -> None:
    begun, ahead = override(world, "Okafor", span(-1, 48)), override(world, "Novak", span(3, 1))
    changes.end(begun, now=NOW)
    changes.end(ahead, now=NOW)
    begun.refresh_from_db()
    assert begun.ends_at == NOW
    assert list(Override.objects.all()) == [begun]
    with pytest.raises(NotPossible, match="is over"):
        changes.end(begun, now=NOW)
    assert on_call(world.team, NOW - HOUR) == "Dr. Okafor"
    assert on_call(world.team, NOW) == "Dr. Chen"
