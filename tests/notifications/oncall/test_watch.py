"""A gap is told of while there is time to fill it: to the lead, and through a signal."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from notifications.models import Message, Responder, RotaAlarm, RotaWatch, TimeOff
from notifications.oncall import signals, watch
from tests.notifications.oncall.duty import DAY, HOUR, line, texts
from tests.notifications.oncall.test_rotation import utc
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

GAP = NOW + 20 * DAY


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What was sent: "alarmed" and "righted", in order."""
    said: list[str] = []

    def alarmed(*_args: Any, **_options: Any) -> None:
        said.append("alarmed")

    def righted(*_args: Any, **_options: Any) -> None:
        said.append("righted")

    signals.rota_alarmed.connect(alarmed)
    signals.rota_righted.connect(righted)
    yield said
    signals.rota_alarmed.disconnect(alarmed)
    signals.rota_righted.disconnect(righted)


def both_away(world: World, *, hours: float = 24) -> list[TimeOff]:
    return [
        TimeOff.objects.create(
            responder=person(world.team, name), starts_at=GAP, ends_at=GAP + hours * HOUR
        )
        for name in ("Chen", "Novak")
    ]


def alarm() -> RotaAlarm:
    return RotaAlarm.objects.get()


def test_a_full_rota_is_looked_through_every_few_minutes_and_is_silent(world: World) -> None:
    assert watch.sweep(now=NOW) == {"looked": 2, "alarmed": 0, "failed": 0}
    assert watch.sweep(now=NOW + timedelta(minutes=4))["looked"] == 0
    assert watch.sweep(now=NOW + watch.LOOK_EVERY)["looked"] == 2
    assert not RotaAlarm.objects.exists()


def test_a_gap_is_told_two_weeks_three_days_and_one_day_ahead(
    world: World, heard: list[str]
) -> None:
    both_away(world)
    lead = person(world.team, "Okafor")
    watch.sweep(now=NOW)
    assert (alarm().layer, alarm().starts_at, alarm().ends_at) == (
        line(world.team),
        GAP,
        GAP + DAY,
    )
    told = []
    for hours in range(0, 20 * 24 + 1, 12):
        before = len(texts(lead))
        watch.sweep(now=NOW + hours * HOUR)
        if len(texts(lead)) > before:
            told.append((GAP - NOW - hours * HOUR) / DAY)
    assert told == [14, 3, 1]
    assert texts(lead)[0] == (
        "Spinewatch rota: nobody is on call for Weekly from Mon 23 Mar 16:00. "
        "Fill it: http://testserver/rota"
    )
    assert heard == ["alarmed"] * 3
    assert texts(person(world.team, "Chen")) == []
    assert not Message.objects.filter(sender=world.other_line.sender).exists()
    # Nothing more is due; it stays open while it lasts.
    assert (alarm().due_at, alarm().closed_at) == (None, None)
    watch.sweep(now=GAP + 23 * HOUR)
    assert alarm().closed_at is None
    watch.sweep(now=GAP + 25 * HOUR)
    assert alarm().closed_at is not None


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        # In the morning after a night, unless it is near.
        ("2026-03-24T06:00", "2026-03-10T12:00"),
        ("2026-03-24T01:00", "2026-03-10T12:00"),
        ("2026-03-24T13:00", "2026-03-10T13:00"),
        ("2026-03-04T06:00", "2026-03-03T20:00"),
    ],
)
def test_a_warning_waits_for_the_morning_unless_the_gap_is_near(
    world: World, begins: str, told: str
) -> None:
    for name in ("Chen", "Novak"):
        TimeOff.objects.create(
            responder=person(world.team, name),
            starts_at=utc(begins),
            ends_at=utc(begins) + HOUR,
        )
    watch.sweep(now=NOW)
    assert (alarm().alarmed_at or alarm().due_at) == utc(told)


def test_a_gap_that_begins_now_is_told_at_once(world: World, heard: list[str]) -> None:
    Responder.objects.filter(pk=person(world.team, "Chen").pk).update(active=False)
    watch.sweep(now=NOW)
    told = texts(person(world.team, "Okafor"))
    assert [words.partition(" from ")[2][:16] for words in sorted(told)] == [
        "Mon 16 Mar 08:00",
        "Tue 03 Mar 15:00",
    ]
    # It goes on, and is seen a little later each time: it is still the same.
    for minutes in range(5, 60, 5):
        watch.sweep(now=NOW + timedelta(minutes=minutes))
    [first, *later] = RotaAlarm.objects.order_by("starts_at")
    assert first.starts_at == NOW
    assert len(texts(person(world.team, "Okafor"))) == 2
    # Dr. Chen's further weeks are gaps of their own.
    assert [one.due_at for one in later[1:]] == [one.starts_at - 14 * DAY for one in later[1:]]


def test_what_is_filled_before_it_is_told_is_never_told(world: World, heard: list[str]) -> None:
    rows = both_away(world)
    watch.sweep(now=NOW)
    rows[0].delete()
    # Not looked at again yet when it falls due: it is looked at then.
    RotaWatch.objects.update(due_at=GAP)
    watch.sweep(now=GAP - 14 * DAY)
    assert (alarm().alarmed_at, heard) == (None, [])
    assert alarm().closed_at == GAP - 14 * DAY


def test_what_is_filled_afterwards_is_taken_back(world: World, heard: list[str]) -> None:
    rows = both_away(world)
    watch.sweep(now=NOW)
    watch.sweep(now=GAP - 14 * DAY)
    rows[0].delete()
    watch.sweep(now=GAP - 13 * DAY)
    assert heard == ["alarmed", "righted"]
    assert texts(person(world.team, "Okafor")) == []
    # Should it open again it is a new one, told at once.
    both_away(world)
    watch.sweep(now=GAP - 12 * DAY)
    assert heard == ["alarmed", "righted", "alarmed"]


def test_a_gap_that_moves_keeps_its_alarm(world: World) -> None:
    rows = both_away(world)
    watch.sweep(now=NOW)
    for row in rows:
        row.starts_at -= 2 * DAY
        row.ends_at -= HOUR
        row.save()
    watch.sweep(now=NOW + DAY)
    assert (alarm().starts_at, alarm().ends_at) == (GAP - 2 * DAY, GAP + 23 * HOUR)
    assert alarm().due_at == GAP - 16 * DAY


def test_without_a_lead_everybody_is_told(world: World) -> None:
    Responder.objects.filter(team=world.team).update(lead=False)
    both_away(world)
    watch.sweep(now=GAP - DAY)
    for name in ("Chen", "Novak", "Okafor"):
        assert len(texts(person(world.team, name))) == 1


def test_one_team_on_which_the_program_fails_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    look = watch.look

    def broken(team: Any, *, now: Any) -> None:
        if team == world.team:
            raise RuntimeError("Dr. Chen")
        look(team, now=now)

    monkeypatch.setattr(watch, "look", broken)
    assert watch.sweep(now=NOW) == {"looked": 1, "alarmed": 0, "failed": 1}
    assert RotaWatch.objects.get(team=world.team).due_at == NOW
    assert "Chen" not in caplog.text
