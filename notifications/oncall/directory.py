"""A team's rota and policy, read from its rows."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.models import Layer, Override, Responder, Rung, Team
from notifications.oncall import escalation, rota


def policy(team: Team) -> escalation.Policy:
    """The team's escalation policy as it is written now, made complete."""
    rungs = tuple(
        escalation.Rung(
            target=escalation.Target(rung.target),
            of=rung.layer_id or rung.responder_id,
            emergency_delay=rung.emergency_delay,
            urgent_delay=rung.urgent_delay,
        )
        for rung in Rung.objects.filter(team=team)
    )
    return escalation.Policy(
        rungs=escalation.complete(rungs),
        emergency_outcome_within=team.emergency_outcome_within,
        urgent_outcome_within=team.urgent_outcome_within,
    )


def who_is_on_call(team: Team, *, at: datetime) -> list[tuple[Layer, Responder | None]]:
    """Each layer of a team, in order, with the active responder who has it at an instant."""
    active = {person.pk: person for person in _active(team)}
    zone = ZoneInfo(team.time_zone)
    layers = Layer.objects.filter(team=team)
    on_call = ((layer, _on_call(layer, at=at, zone=zone)) for layer in layers)
    return [
        (layer, None if person is None else active.get(person)) for layer, person in on_call
    ]


def finder(team: Team, *, at: datetime) -> escalation.Who:
    """Who stands behind a rung at an instant: read anew with every call, never from a page.

    Somebody who left (is not active) is nobody, and so is a layer that is gone.
    """

    def who(rung: escalation.Rung) -> set[int]:
        active = {person.pk for person in _active(team)}
        if rung.of is None:
            return active
        if rung.target is escalation.Target.RESPONDER:
            return active & {rung.of}
        layer = Layer.objects.filter(team=team, pk=rung.of).first()
        on_call = layer and _on_call(layer, at=at, zone=ZoneInfo(team.time_zone))
        return active & {on_call}

    return who


def _active(team: Team) -> Iterable[Responder]:
    return Responder.objects.filter(team=team, active=True)


def _on_call(layer: Layer, *, at: datetime, zone: ZoneInfo) -> int | None:
    members = layer.layermember_set.values_list("responder_id", flat=True)
    rotation = rota.Layer(tuple(members), layer.starts_on, layer.handover_at, layer.days)
    overrides = [
        rota.Override(row.responder_id, row.starts_at, row.ends_at)
        for row in Override.objects.filter(
            layer=layer, starts_at__lte=at, ends_at__gt=at
        ).order_by("pk")
    ]
    return rota.on_call(rotation, overrides, at=at, zone=zone)
