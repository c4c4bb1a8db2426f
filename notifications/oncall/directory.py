"""A team's rota and policy, read from its rows.

However many layers, members and changes a team has, its rota is read in a fixed number of
queries, and of what is laid over it only what touches the time in question.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.models import (
    Channel,
    ContactMethod,
    ImportedShift,
    Layer,
    LayerHours,
    LayerMember,
    Override,
    Responder,
    Rung,
    Team,
    TimeOff,
)
from notifications.oncall import escalation, public_holidays, rota
from notifications.oncall.rotation import Every, Listed, Rotation, Turn

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Roster:
    """A team's rota over some time.

    `lines` maps each line (a layer that stands over none) to the keys of its layers, the
    strongest first and the line itself last; `plans` and `layers` have all layers by key,
    and `people` all responders of the team, those who left too.
    """

    team: Team
    lines: Mapping[int, tuple[int, ...]]
    plans: Mapping[int, rota.Plan]
    layers: Mapping[int, Layer]
    people: Mapping[int, Responder]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.team.time_zone)

    def line(self, key: int) -> list[rota.Plan]:
        """The plans of a line, or of a layer over one; empty for a layer that is gone."""
        keys = self.lines.get(key, (key,) if key in self.plans else ())
        return [self.plans[one] for one in keys]

    def holder(self, key: int, *, at: datetime) -> Responder | None:
        """The active responder who really has a line at an instant."""
        line = self.line(key)
        held = rota.really_on_call(line, at=at) if line else None
        return self.people[held.person] if held and held.person is not None else None

    def who(self, *, at: datetime) -> escalation.Who:
        """Who stands behind a rung at an instant within the roster's time."""

        def find(rung: escalation.Rung) -> set[int]:
            active = {person.pk for person in self.people.values() if person.active}
            if rung.of is None:
                return active
            besides = active.intersection(rung.also)
            if rung.target is escalation.Target.RESPONDER:
                return besides | (active & {rung.of})
            holder = self.holder(rung.of, at=at)
            return besides if holder is None else besides | {holder.pk}

        return find


def policy(team: Team) -> escalation.Policy:
    """The team's escalation policy as it is written now, made complete."""
    rungs = tuple(
        escalation.Rung(
            target=escalation.Target(rung.target),
            of=rung.layer_id or rung.responder_id,
            emergency_delay=rung.emergency_delay,
            urgent_delay=rung.urgent_delay,
            also=tuple(sorted(person.pk for person in rung.people.all())),
        )
        for rung in Rung.objects.filter(team=team).prefetch_related("people")
    )
    return escalation.Policy(
        rungs=escalation.complete(rungs),
        emergency_outcome_within=team.emergency_outcome_within,
        urgent_outcome_within=team.urgent_outcome_within,
    )


def who_is_on_call(team: Team, *, at: datetime) -> list[tuple[Layer, Responder | None]]:
    """Each line of a team, in order, with the active responder who has it at an instant."""
    found = roster(team, start=at, end=at + _INSTANT)
    return [(found.layers[key], found.holder(key, at=at)) for key in found.lines]


def finder(team: Team, *, at: datetime) -> escalation.Who:
    """Who stands behind a rung at an instant: read anew with every call, never from a page.

    Somebody who left (is not active) is nobody, and so is a layer that is gone.
    """

    def who(rung: escalation.Rung) -> set[int]:
        if rung.target is not escalation.Target.LAYER:
            people = {person.pk: person for person in _people(team)}
            return set(Roster(team, {}, {}, {}, people).who(at=at)(rung))
        return set(roster(team, start=at, end=at + _INSTANT).who(at=at)(rung))

    return who


def at_number(number: str, *, sender: int) -> dict[int, Responder]:
    """Whose phone a number is, among the teams that page from a sender; by the team's id."""
    team = Responder.objects.filter(team__sender=sender, active=True)
    theirs = team.filter(
        contacts__channel=Channel.SMS, contacts__address=number, contacts__active=True
    )
    # The phone in somebody's record counts for more than a contact of somebody else's.
    written = {person.team_id: person for person in (*theirs, *team.filter(phone=number))}
    return proven_at(number, sender=sender) | written


def proven_at(number: str, *, sender: int) -> dict[int, Responder]:
    """Those of them who have shown that it is theirs and have not given it up."""
    ways = ContactMethod.objects.filter(
        channel__in=(Channel.SMS, Channel.VOICE),
        address=number,
        active=True,
        responder__active=True,
        responder__team__sender=sender,
    ).select_related("responder")
    return {
        way.responder.team_id: way.responder
        for way in ways
        if way.verified and way.responder is not None
    }


def roster(team: Team, *, start: datetime, end: datetime) -> Roster:
    """The team's rota as its rows are now, for questions about [start, end)."""
    people = {person.pk: person for person in _people(team)}
    layers = {layer.pk: layer for layer in Layer.objects.filter(team=team)}
    laid_over = _LaidOver.read(layers, start=start, end=end)
    away = _away(people, start=start, end=end)
    holidays = _holidays(team, layers.values(), start=start, end=end)
    active = frozenset(key for key, person in people.items() if person.active)
    plans = {
        key: rota.Plan(
            key=key,
            zone=ZoneInfo(team.time_zone),
            turns=_turns(layer, laid_over),
            windows=tuple(laid_over.windows[key]),
            holidays=rota.Holidays(layer.holidays),
            public_holidays=holidays,
            overrides=tuple(laid_over.overrides[key]),
            away=away,
            people=active,
        )
        for key, layer in layers.items()
    }
    lines = {
        key: (*(other for other, one in layers.items() if one.over_id == key), key)
        for key, layer in layers.items()
        if layer.over_id is None
    }
    return Roster(team, lines, plans, layers, people)


@dataclass(frozen=True)
class _LaidOver:
    """What belongs to some layers, by the layer's key, within some time."""

    members: Mapping[int, list[int]]
    windows: Mapping[int, list[rota.Window]]
    overrides: Mapping[int, list[rota.Override]]
    imported: Mapping[int, list[Turn]]

    @classmethod
    def read(cls, layers: Iterable[int], *, start: datetime, end: datetime) -> "_LaidOver":
        meanwhile = {"starts_at__lt": end, "ends_at__gt": start}
        layers = list(layers)
        found = cls(*(defaultdict(list) for _ in range(4)))
        for member in LayerMember.objects.filter(layer__in=layers):
            found.members[member.layer_id].append(member.responder_id)
        for hours in LayerHours.objects.filter(layer__in=layers):
            window = rota.Window(frozenset(hours.weekdays), hours.starts, hours.ends)
            found.windows[hours.layer_id].append(window)
        for row in Override.objects.filter(layer__in=layers, **meanwhile).order_by("pk"):
            override = rota.Override(row.responder_id, row.starts_at, row.ends_at)
            found.overrides[row.layer_id].append(override)
        for shift in ImportedShift.objects.filter(layer__in=layers, **meanwhile):
            turn = Turn(shift.responder_id, shift.starts_at, shift.ends_at)
            found.imported[shift.layer_id].append(turn)
        return found


def _turns(layer: Layer, laid_over: _LaidOver) -> Rotation | Listed:
    if layer.kind == Layer.Kind.CALENDAR:
        return Listed(tuple(laid_over.imported[layer.pk]))
    by_weekdays = layer.kind == Layer.Kind.WEEKDAYS
    return Rotation(
        members=tuple(laid_over.members[layer.pk]),
        starts_on=layer.starts_on,
        handover_at=layer.handover_at,
        length=layer.hours if layer.kind == Layer.Kind.HOURS else layer.days,
        every=Every(layer.kind),
        weekdays=frozenset(layer.handover_days) if by_weekdays else frozenset(),
    )


def _holidays(
    team: Team, layers: Iterable[Layer], *, start: datetime, end: datetime
) -> frozenset[date]:
    if all(layer.holidays == Layer.Holidays.AS_EVER for layer in layers):
        return frozenset()
    # A day more on both sides: the zone may have another year already, or still.
    years = range((start - timedelta(days=3)).year, (end + timedelta(days=3)).year + 1)
    return public_holidays.days(team.country, team.subdivision, years)


def _away(people: Iterable[int], *, start: datetime, end: datetime) -> tuple[rota.Away, ...]:
    rows = TimeOff.objects.filter(
        responder__in=list(people), starts_at__lt=end, ends_at__gt=start
    ).order_by("pk")
    return tuple(rota.Away(row.responder_id, row.starts_at, row.ends_at) for row in rows)


def _people(team: Team) -> Iterable[Responder]:
    return Responder.objects.filter(team=team)
