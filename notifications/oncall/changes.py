"""Changes laid over a rota: overrides and time off. Rows; what is decided is the rota's."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from notifications.models import Layer, Override, Responder, TimeOff
from notifications.oncall import directory, roll_call, rota
from notifications.oncall.swapping import NotPossible

# Longer is a mistake in the year, or a change of the rotation itself.
LONGEST = timedelta(days=366)


def check_span(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """NotPossible for a span that is none, is over, or is longer than a year."""
    if ends_at <= starts_at:
        raise NotPossible("It must end after it begins.")
    if ends_at <= now:
        raise NotPossible("That time is over: nothing was changed.")
    if ends_at - starts_at > LONGEST:
        raise NotPossible("That is longer than a year; change the rotation itself.")


@transaction.atomic
def override(
    layer: Layer,
    responder: Responder,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: Any,
    now: datetime,
) -> Override:
    """Put somebody in a layer's place for a while, whoever has it then.

    NotPossible where that person is not on the team, not ready, or has time off then.
    """
    check_span(starts_at, ends_at, now=now)
    lock(layer)
    _must_be_on_the_team(layer, responder)
    roll_call.require([responder])
    off = TimeOff.objects.filter(
        responder=responder, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if off.exists():
        raise NotPossible("%(name)s has time off then.", name=responder.name)
    return Override.objects.create(
        layer=layer,
        responder=responder,
        starts_at=starts_at,
        ends_at=ends_at,
        made_by=by,
        made_at=now,
    )


@transaction.atomic
def take_time_off(
    responder: Responder, *, starts_at: datetime, ends_at: datetime, by: Any, now: datetime
) -> TimeOff:
    """Let a responder's turns of a while fall to the next in line.

    NotPossible while they have taken somebody's place then: an override names a person, and
    nobody is next in line for it. NotPossible, too, where a turn would fall to somebody who is
    not ready to be on call.
    """
    check_span(starts_at, ends_at, now=now)
    for layer in Layer.objects.filter(team=responder.team_id).order_by("pk"):
        lock(layer)
    taken = Override.objects.filter(
        responder=responder, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if taken.exists():
        raise NotPossible(
            "%(name)s has taken over a shift then: pass it on or remove it first.",
            name=responder.name,
        )
    before = _covering(responder, starts_at, ends_at)
    off = TimeOff.objects.create(
        responder=responder, starts_at=starts_at, ends_at=ends_at, made_by=by, made_at=now
    )
    added = _covering(responder, starts_at, ends_at) - before
    roll_call.require(Responder.objects.filter(pk__in=added).order_by("pk"))
    return off


@transaction.atomic
def end(change: Override | TimeOff, *, now: datetime) -> None:
    """Take back what has not been: all of it, or what is left of it. The past stays."""
    if change.ends_at <= now:
        raise NotPossible("That time is over: nothing was changed.")
    if change.starts_at >= now:
        change.delete()
    else:
        change.ends_at = now
        change.save(update_fields=["ends_at"])


def _covering(responder: Responder, starts_at: datetime, ends_at: datetime) -> set[int]:
    """Who takes others' turns in a span because those are away."""
    found = directory.roster(responder.team, start=starts_at, end=ends_at)
    shifts = (
        shift
        for key in found.lines
        for shift in rota.line_shifts(found.line(key), start=starts_at, end=ends_at)
    )
    return {shift.person for shift in shifts if shift.why is rota.Why.COVER and shift.person}


def lock(layer: Layer) -> None:
    """Hold a layer against others who change what is laid over it, until the end."""
    Layer.objects.select_for_update(no_key=True, of=("self",)).get(pk=layer.pk)


def _must_be_on_the_team(layer: Layer, responder: Responder) -> None:
    if not responder.active or responder.team_id != layer.team_id:
        raise NotPossible("Choose somebody who is on the team.")
