"""Gaps and overlaps, and whom a page would call at some moment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Layer, LayerMember, Override, Responder, TimeOff
from notifications.oncall import coverage, directory, ladder, report, survey
from notifications.oncall.coverage import Kind, Trouble
from notifications.oncall.rota import Away, Plan, Shift, Why, shifts
from notifications.oncall.rota import Override as Laid
from notifications.oncall.rotation import Listed, Rotation, Turn
from tests.notifications.oncall.duty import DAY, HOUR, line
from tests.notifications.oncall.test_rotation import utc
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

UTC_ZONE = ZoneInfo("UTC")
ANN, BEN = 1, 2


def shift(person: int | None, hours: tuple[int, int], why: Why = Why.TURN) -> Shift:
    return Shift(person, why, 1, NOW + hours[0] * HOUR, NOW + hours[1] * HOUR)


def trouble(kind: Kind, hours: tuple[int, int], **about: tuple[int, ...]) -> Trouble:
    return Trouble(
        kind,
        about.get("layers", (1,)),
        about.get("people", ()),
        NOW + hours[0] * HOUR,
        NOW + hours[1] * HOUR,
    )


def test_neighbouring_reasons_are_one_gap() -> None:
    found = [
        shift(ANN, (0, 1)),
        shift(None, (1, 2), Why.CLOSED),
        shift(None, (2, 4), Why.ALL_AWAY),
        shift(BEN, (4, 5)),
        shift(None, (5, 6), Why.LEFT),
    ]
    assert coverage.gaps(1, found) == [trouble(Kind.GAP, (1, 4)), trouble(Kind.GAP, (5, 6))]


def test_one_person_on_two_lines_at_once() -> None:
    first = [shift(ANN, (0, 4)), shift(BEN, (4, 8))]
    second = [shift(BEN, (0, 3)), shift(ANN, (3, 6)), shift(None, (6, 8))]
    assert coverage.twice({1: first, 2: second}) == [
        trouble(Kind.TWICE, (3, 4), layers=(1, 2), people=(ANN,))
    ]


def test_two_who_want_the_same_time() -> None:
    def laid(person: int, hours: tuple[int, int]) -> Laid:
        return Laid(person, NOW + hours[0] * HOUR, NOW + hours[1] * HOUR)

    turns = Rotation((ANN,), date(2026, 1, 1), time(8))
    overrides = (laid(ANN, (0, 3)), laid(BEN, (2, 5)), laid(BEN, (4, 6)), laid(ANN, (5, 7)))
    plan = Plan(1, UTC_ZONE, turns, overrides=overrides)
    assert coverage.overlaps(plan, start=NOW, end=NOW + DAY) == [
        trouble(Kind.OVERLAP, (2, 3), people=(ANN, BEN)),
        trouble(Kind.OVERLAP, (5, 6), people=(BEN, ANN)),
    ]
    listed = Listed(tuple(Turn(one.person, one.starts_at, one.ends_at) for one in overrides))
    found = coverage.overlaps(Plan(1, UTC_ZONE, listed), start=NOW + 5 * HOUR, end=NOW + DAY)
    assert found == [trouble(Kind.OVERLAP, (5, 6), people=(BEN, ANN))]


def test_somebody_who_took_a_shift_during_their_own_time_off() -> None:
    plan = Plan(
        1,
        UTC_ZONE,
        Rotation((ANN,), date(2026, 1, 1), time(8)),
        overrides=(Laid(BEN, NOW, NOW + 4 * HOUR),),
        away=(Away(BEN, NOW + 3 * HOUR, NOW + DAY), Away(ANN, NOW, NOW + HOUR)),
    )
    found = coverage.away(plan, shifts(plan, start=NOW, end=NOW + DAY))
    assert found == [trouble(Kind.AWAY, (3, 4), people=(BEN,))]


def test_a_survey_finds_the_trouble_of_90_days(world: World) -> None:
    assert survey.take(world.team, now=NOW).troubles == []
    for name in ("Chen", "Novak"):
        TimeOff.objects.create(
            responder=person(world.team, name),
            starts_at=NOW + 20 * DAY,
            ends_at=NOW + 21 * DAY,
        )
    second = Layer.objects.create(
        team=world.team, name="Second", starts_on=date(2026, 5, 1), handover_at=time(8)
    )
    LayerMember.objects.create(layer=second, responder=person(world.team, "Okafor"), position=0)
    found = survey.take(world.team, now=NOW).troubles
    first = Layer.objects.get(team=world.team, name="Weekly")
    assert [(one.kind, one.layers) for one in found] == [
        (Kind.GAP, (second.pk,)),
        (Kind.GAP, (first.pk,)),
    ]
    # The one that has not begun, and the day on which both are away.
    assert (found[0].starts_at, found[0].ends_at) == (NOW, utc("2026-05-01T12:00"))
    assert (found[1].starts_at, found[1].ends_at) == (NOW + 20 * DAY, NOW + 21 * DAY)
    Layer.objects.filter(pk=second.pk).update(gaps_allowed=True)
    assert len(survey.take(world.team, now=NOW).gaps) == 1
    assert survey.take(world.other_line.team, now=NOW).troubles == []


def climb(world: World, level: str, at: datetime) -> list[tuple[str, list[str], list[int]]]:
    """(wall time, names, skipped rungs) of each rung that a page would call."""
    zone = ZoneInfo(world.team.time_zone)
    names = dict(Responder.objects.values_list("pk", "name"))
    rungs = ladder.preview(
        directory.policy(world.team),
        level,
        lambda moment: directory.finder(world.team, at=moment),
        at=at,
    )
    return [
        (
            f"{rung.at.astimezone(zone):%H:%M}",
            [names[key] for key in rung.people],
            list(rung.empty),
        )
        for rung in rungs
    ]


def test_who_would_be_paged_on_the_night_of_the_change(world: World) -> None:
    """At 01:55 five minutes on are 03:00; an hour later the shift itself has changed."""
    Layer.objects.filter(team=world.team).update(
        kind=Layer.Kind.DAYS, days=1, handover_at=time(2, 30), starts_on=date(2026, 3, 6)
    )
    just_before = utc("2026-03-08T06:55")
    assert climb(world, "emergency", just_before) == [
        ("01:55", ["Dr. Novak"], []),
        ("03:00", ["Dr. Okafor"], []),
        ("03:05", ["Dr. Chen", "Dr. Novak", "Dr. Okafor"], []),
    ]
    # 02:30 does not exist that night: the handover is at half past three.
    for minutes, name in ((29, "Dr. Novak"), (30, "Dr. Chen")):
        at = utc("2026-03-08T07:00") + timedelta(minutes=minutes)
        assert climb(world, "urgent", at)[0] == (f"03:{minutes}", [name], [])


def test_a_shift_that_changes_while_a_page_climbs_and_a_rung_without_anybody(
    world: World,
) -> None:
    lead = person(world.team, "Okafor")
    Responder.objects.filter(pk=lead.pk).update(active=False)
    assert climb(world, "urgent", NOW) == [
        ("15:00", ["Dr. Chen"], []),
        ("15:15", ["Dr. Chen", "Dr. Novak"], [1]),
    ]
    with pytest.raises(KeyError):
        climb(world, "routine", NOW)


def test_an_override_is_seen_by_the_preview(world: World) -> None:
    Override.objects.create(
        layer=line(world.team),
        responder=person(world.team, "Novak"),
        starts_at=NOW,
        ends_at=NOW + HOUR,
    )
    assert climb(world, "emergency", NOW)[0] == ("15:00", ["Dr. Novak"], [])


def test_people_named_besides_are_seen_by_the_preview_while_they_are_there(
    world: World,
) -> None:
    novak = person(world.team, "Novak")
    world.team.rung_set.get(position=0).people.add(novak)

    def first() -> set[str]:
        roster, rungs = report.ladder_at(world.team, level="emergency", at=NOW)
        return {roster.people[key].name for key in rungs[0].people}

    assert first() == {"Dr. Chen", "Dr. Novak"}
    Responder.objects.filter(pk=novak.pk).update(active=False)
    assert first() == {"Dr. Chen"}
