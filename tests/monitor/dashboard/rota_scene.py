"""A rota with something of every kind, of this moment, for the staff pages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from notifications.models import (
    CalendarImport,
    Layer,
    LayerHours,
    LayerMember,
    Override,
    TimeOff,
)
from notifications.oncall import calendar_links, directory, swaps
from notifications.oncall.swapping import Span
from tests.notifications.oncall.duty import line
from tests.notifications.oncall.ward import person
from tests.world import World

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def on_hand(world: World, *, from_now: timedelta) -> tuple[str, Span]:
    """Who has the line's turn in a while, and four hours of it."""
    start = (datetime.now(UTC) + from_now).replace(minute=0, second=0, microsecond=0)
    [(_line, who)] = directory.who_is_on_call(world.team, at=start)
    assert who is not None
    return who.name.removeprefix("Dr. "), Span(start, start + 4 * HOUR)


def plan_changes(world: World) -> dict[str, Any]:
    """An override, time off, a swap that is asked for, and a link; their keys by name."""
    now = datetime.now(UTC)
    name, span = on_hand(world, from_now=2 * DAY)
    other = "Novak" if name == "Chen" else "Chen"
    swap = swaps.ask(
        line(world.team),
        asker=person(world.team, name),
        asked=person(world.team, other),
        span=span,
        now=now,
    )
    override = Override.objects.create(
        layer=line(world.team),
        responder=person(world.team, "Okafor"),
        starts_at=now + 4 * DAY,
        ends_at=now + 4 * DAY + 8 * HOUR,
        made_by=person(world.team, "Okafor").user,
        made_at=now,
    )
    off = TimeOff.objects.create(
        responder=person(world.team, other), starts_at=now + 9 * DAY, ends_at=now + 12 * DAY
    )
    link, _token = calendar_links.make(world.team, by=person(world.team, "Chen").user, now=now)
    return {
        "team": world.team.pk,
        "override": override.pk,
        "time_off": off.pk,
        "swap": swap.pk,
        "link": link.pk,
    }


def plan_trouble(world: World) -> None:
    """Gaps, overlaps, layers over the line, and a calendar that cannot be read."""
    now = datetime.now(UTC)
    base = line(world.team)
    for name in ("Chen", "Novak"):
        TimeOff.objects.create(
            responder=person(world.team, name),
            starts_at=now + 9 * DAY,
            ends_at=now + 10 * DAY,
        )
    nights = Layer.objects.create(
        team=world.team,
        name="Weekend nights",
        over=base,
        starts_on=date(2026, 1, 1),
        handover_at=time(8),
    )
    LayerHours.objects.create(layer=nights, weekdays=[5, 6], starts=time(20), ends=time(8))
    LayerMember.objects.create(layer=nights, responder=person(world.team, "Okafor"), position=0)
    second = Layer.objects.create(
        team=world.team,
        name="Second call",
        kind=Layer.Kind.CALENDAR,
        position=1,
        starts_on=date(2026, 1, 1),
        handover_at=time(8),
        gaps_allowed=True,
    )
    CalendarImport.objects.create(
        layer=second,
        url="https://calendars.example.org/secret/rota.ics",
        failing_since=now - HOUR,
        problem="The host answers with status 503.",
        strangers=["Dr. Nobody"],
        due_at=now + HOUR,
    )
    for name in ("Chen", "Okafor"):
        Override.objects.create(
            layer=base,
            responder=person(world.team, name),
            starts_at=now + 6 * DAY,
            ends_at=now + 6 * DAY + 2 * HOUR,
        )
