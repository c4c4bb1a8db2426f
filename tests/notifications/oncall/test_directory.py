"""Rota and policy as the rows have them at the moment that they are asked."""

from datetime import UTC, date, datetime, time, timedelta

from notifications.models import Layer, LayerMember, Override, Responder, Rung, Team
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
