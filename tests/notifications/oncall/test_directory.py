"""Rota and policy as the rows have them at the moment that they are asked."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from notifications.models import (
    Layer,
    LayerHours,
    LayerMember,
    Override,
    Responder,
    Rung,
    Team,
)
from notifications.oncall import directory, escalation
from notifications.oncall.escalation import Target
from tests.notifications.oncall.ward import person
from tests.world import NOW, World


def names(team: Team, rung: escalation.Rung, at: datetime = NOW) -> set[str]:
    people = directory.finder(team, at=at)(rung)
    return set(Responder.objects.filter(pk__in=people).values_list("name", flat=True))


def test_the_policy_is_what_the_rows_say_and_ends_with_everyone(world: World) -> None:
    Rung.objects.filter(team=world.team, position=0).update(emergency_delay=61)
    Rung.objects.filter(team=world.team, target=Rung.Target.EVERYONE).delete()
    policy = directory.policy(world.team)
    assert [(rung.target, rung.emergency_delay) for rung in policy.rungs] == [
        (Target.LAYER, 61),
        (Target.RESPONDER, 300),
        (Target.EVERYONE, 300),
    ]
    assert policy.rungs[1].of == person(world.team, "Okafor").pk
    assert policy.outcome_within("urgent") == timedelta(minutes=30)


def test_who_is_on_call_follows_the_wall_time_of_the_team(world: World) -> None:
    def on_call(team: Team, at: datetime) -> list[str | None]:
        return [who.name if who else None for _, who in directory.who_is_on_call(team, at=at)]

    # Monday's handover at eight: five hours apart in winter, and four while only one
    # of the two has changed its clocks.
    assert on_call(world.team, datetime(2026, 3, 2, 12, 59, tzinfo=UTC)) == ["Dr. Novak"]
    assert on_call(world.team, datetime(2026, 3, 2, 13, 0, tzinfo=UTC)) == ["Dr. Chen"]
    assert on_call(world.other_line.team, datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) == [
        "Dr. Hughes"
    ]
    assert on_call(world.team, datetime(2026, 3, 9, 11, 59, tzinfo=UTC)) == ["Dr. Chen"]
    assert on_call(world.team, datetime(2026, 3, 9, 12, 0, tzinfo=UTC)) == ["Dr. Novak"]


def test_an_override_counts_only_while_it_lasts(world: World) -> None:
    layer = Layer.objects.get(team=world.team)
    Override.objects.create(
        layer=layer,
        responder=person(world.team, "Okafor"),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
    )
    rung = directory.policy(world.team).rungs[0]
    assert names(world.team, rung, NOW - timedelta(seconds=1)) == {"Dr. Chen"}
    assert names(world.team, rung, NOW) == {"Dr. Okafor"}
    assert names(world.team, rung, NOW + timedelta(hours=1)) == {"Dr. Chen"}


def test_people_are_looked_up_anew_and_somebody_who_left_is_nobody(world: World) -> None:
    rota, lead, everyone = directory.policy(world.team).rungs
    who = directory.finder(world.team, at=NOW)
    chen = person(world.team, "Chen")
    assert set(who(rota)) == {chen.pk}
    Responder.objects.filter(pk=chen.pk).update(active=False)
    assert set(who(rota)) == set()
    assert names(world.team, everyone) == {"Dr. Novak", "Dr. Okafor"}
    assert directory.who_is_on_call(world.team, at=NOW)[0][1] is None
    gone = escalation.Rung(Target.LAYER, 999_999, 1, 1)
    assert names(world.team, gone) == set()
    assert names(world.team, lead) == {"Dr. Okafor"}


def test_nobody_of_another_team_is_ever_found(world: World) -> None:
    stranger = person(world.other_line.team, "Hughes")
    layer = Layer.objects.create(
        team=world.team, name="Wrong", starts_on=date(2026, 1, 5), handover_at=time(8)
    )
    LayerMember.objects.create(layer=layer, responder=stranger, position=0)
    for target, of in ((Target.LAYER, layer.pk), (Target.RESPONDER, stranger.pk)):
        assert names(world.team, escalation.Rung(target, of, 1, 1)) == set()
    other_layer = Layer.objects.get(team=world.other_line.team)
    assert names(world.team, escalation.Rung(Target.LAYER, other_layer.pk, 1, 1)) == set()
    assert names(world.team, escalation.Rung(Target.EVERYONE, None, 1, 1)) == {
        "Dr. Chen",
        "Dr. Novak",
        "Dr. Okafor",
    }


def layer_over(world: World, name: str, **changes: Any) -> Layer:
    """A layer over the team's own, with the lead as its one member."""
    base = Layer.objects.get(team=world.team, name="Weekly")
    rest = {"starts_on": date(2026, 1, 1), "handover_at": time(8), "over": base, **changes}
    layer = Layer.objects.create(team=world.team, name=name, **rest)
    LayerMember.objects.create(layer=layer, responder=person(world.team, "Okafor"), position=0)
    return layer


def test_a_layer_over_the_line_stands_in_while_it_has_somebody(world: World) -> None:
    nights = layer_over(world, "Nights")
    LayerHours.objects.create(layer=nights, weekdays=[1], starts=time(20), ends=time(8))
    rung = directory.policy(world.team).rungs[0]
    evening = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    assert names(world.team, rung, evening - timedelta(seconds=1)) == {"Dr. Chen"}
    assert names(world.team, rung, evening) == {"Dr. Okafor"}
    assert names(world.team, rung, evening + timedelta(hours=12)) == {"Dr. Chen"}
    # Lines are listed once each, and a rung may also call the layer alone.
    assert [layer.name for layer, _ in directory.who_is_on_call(world.team, at=NOW)] == [
        "Weekly"
    ]
    alone = escalation.Rung(Target.LAYER, nights.pk, 1, 1)
    assert names(world.team, alone, evening - timedelta(seconds=1)) == set()
    assert names(world.team, alone, evening) == {"Dr. Okafor"}
    # Of two layers over one line the lower position comes first.
    top = layer_over(world, "Holidays", position=1)
    Override.objects.create(
        layer=top,
        responder=person(world.team, "Novak"),
        starts_at=evening,
        ends_at=evening + timedelta(hours=1),
    )
    assert names(world.team, rung, evening) == {"Dr. Okafor"}
    Layer.objects.filter(pk=nights.pk).update(position=2)
    assert names(world.team, rung, evening) == {"Dr. Novak"}


def test_a_team_keeps_the_holidays_of_its_clinic(world: World) -> None:
    layer_over(world, "Holidays", holidays=Layer.Holidays.ONLY)
    rung = directory.policy(world.team).rungs[0]
    fourth = datetime(2026, 7, 4, 16, 0, tzinfo=UTC)
    assert (world.team.country, world.other_line.team.country) == ("US", "GB")
    assert names(world.team, rung, fourth) == {"Dr. Okafor"}
    assert names(world.team, rung, fourth + timedelta(days=1)) == {"Dr. Novak"}
    # Boxing Day is one in London only.
    boxing_day = datetime(2026, 12, 26, 16, 0, tzinfo=UTC)
    assert names(world.team, rung, boxing_day) != {"Dr. Okafor"}
    Team.objects.filter(pk=world.team.pk).update(country="GB", subdivision="ENG")
    world.team.refresh_from_db()
    assert names(world.team, rung, boxing_day) == {"Dr. Okafor"}


@pytest.mark.parametrize(
    ("changes", "at", "name"),
    [
        ({"kind": "hours", "hours": 12}, datetime(2026, 3, 4, 0, 59, tzinfo=UTC), "Dr. Chen"),
        ({"kind": "hours", "hours": 12}, datetime(2026, 3, 4, 1, 0, tzinfo=UTC), "Dr. Novak"),
        ({"days": 1}, datetime(2026, 3, 3, 12, 59, tzinfo=UTC), "Dr. Chen"),
        ({"days": 1}, datetime(2026, 3, 3, 13, 0, tzinfo=UTC), "Dr. Novak"),
        (
            {"kind": "weekdays", "handover_days": [0, 4]},
            datetime(2026, 3, 6, 13, 0, tzinfo=UTC),
            "Dr. Novak",
        ),
        ({"kind": "calendar"}, NOW, None),
    ],
)
def test_every_kind_of_rotation_is_read(
    world: World, changes: dict[str, Any], at: datetime, name: str | None
) -> None:
    Layer.objects.filter(team=world.team).update(**changes)
    [(_layer, who)] = directory.who_is_on_call(world.team, at=at)
    assert (who.name if who else None) == name


def test_reading_a_rota_takes_as_many_queries_for_ten_layers_as_for_one(
    world: World, django_assert_num_queries: Any
) -> None:
    rung = directory.policy(world.team).rungs[0]
    who = directory.finder(world.team, at=NOW)
    with django_assert_num_queries(7):
        who(rung)
    for number in range(10):
        layer = layer_over(world, f"Layer {number}", kind=Layer.Kind.CALENDAR)
        LayerHours.objects.create(layer=layer, weekdays=[0], starts=time(8), ends=time(9))
        for days in range(-20, 20):
            Override.objects.create(
                layer=layer,
                responder=person(world.team, "Okafor"),
                starts_at=NOW + timedelta(days=days),
                ends_at=NOW + timedelta(days=days, hours=1),
            )
    with django_assert_num_queries(7):
        assert len(who(rung)) == 1
    everyone = directory.policy(world.team).rungs[-1]
    with django_assert_num_queries(1):
        who(everyone)


def test_what_the_admin_refuses(world: World) -> None:
    base, other = (Layer.objects.get(team=team) for team in (world.team, world.other_line.team))
    over = layer_over(world, "Nights")
    world.team.country = ""
    plain = {"team": world.team, "name": "X", "starts_on": NOW.date(), "handover_at": time(8)}
    for changes, words in (
        ({"kind": "weekdays"}, "at least one weekday"),
        ({"over": other}, "of the same team"),
        ({"over": over}, "stands over no other"),
        ({"holidays": "only"}, "country first"),
    ):
        with pytest.raises(ValidationError, match=words):
            Layer(**{**plain, **changes}).clean()
    base.over = Layer.objects.create(**{**plain, "name": "Y"})
    with pytest.raises(ValidationError, match="stand over this one"):
        base.clean()
    world.team.country, world.team.subdivision = "US", "QQ"
    with pytest.raises(ValidationError, match="No holidays are known"):
        world.team.clean()
