"""Several change one rota at once, on real connections: it never contradicts itself."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from notifications.models import CalendarImport, Layer, Message, Override, RotaAlarm, TimeOff
from notifications.oncall import calendar_fetch, calendar_import, changes, swaps, watch
from notifications.oncall.swapping import NotPossible
from tests.notifications.oncall.duty import DAY, line, span
from tests.notifications.oncall.test_races import at_once
from tests.notifications.oncall.ward import person
from tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
THURSDAY = span(2, 12)


@pytest.fixture
def world() -> World:
    # Committed, for the threads have connections of their own.
    return make_world()


def allowed(work: Callable[[], object]) -> bool:
    try:
        work()
    except NotPossible:
        return False
    return True


def test_of_two_who_accept_the_same_shift_at_once_one_has_it(world: World) -> None:
    asker = person(world.team, "Chen")
    others = [person(world.team, name) for name in ("Novak", "Okafor")]
    for _ in range(ROUNDS):
        Override.objects.all().delete()
        asked = [
            swaps.ask(line(world.team), asker=asker, asked=who, span=THURSDAY, now=NOW)
            for who in others
        ]
        works = (
            partial(allowed, partial(swaps.accept, swap, who, now=NOW))
            for swap, who in zip(asked, others, strict=True)
        )
        assert sorted(map(bool, at_once(*works))) == [False, True]
        assert Override.objects.count() == 1


def test_nobody_is_put_on_call_and_away_at_once(world: World) -> None:
    who = person(world.team, "Okafor")
    times = {"starts_at": THURSDAY.starts_at, "ends_at": THURSDAY.ends_at}
    for _ in range(ROUNDS):
        Override.objects.all().delete()
        TimeOff.objects.all().delete()
        override = partial(
            changes.override, line(world.team), who, **times, by=world.nurse, now=NOW
        )
        off = partial(changes.take_time_off, who, **times, by=world.nurse, now=NOW)
        assert sorted(
            map(bool, at_once(partial(allowed, override), partial(allowed, off)))
        ) == [
            False,
            True,
        ]


def test_several_sweeps_at_once_give_an_alarm_once(world: World) -> None:
    for name in ("Chen", "Novak"):
        TimeOff.objects.create(
            responder=person(world.team, name), starts_at=NOW + DAY, ends_at=NOW + 2 * DAY
        )
    at_once(*(partial(watch.sweep, now=NOW) for _ in range(4)))
    at_once(*(partial(watch.sweep, now=NOW) for _ in range(4)))
    assert RotaAlarm.objects.count() == 1
    assert Message.objects.filter(ref__startswith="rota-alarm").count() == 1


def test_a_calendar_is_fetched_by_one_of_several_sweeps_outside_of_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[datetime] = []

    def fetch(url: str, *, allow_private: bool) -> bytes:
        # Had this thread a transaction open, a row that it holds could not be changed here.
        at_once(lambda: CalendarImport.objects.update(problem="meanwhile"))
        fetched.append(NOW)
        return b"no calendar"

    monkeypatch.setattr(calendar_fetch, "fetch", fetch)
    layer = Layer.objects.get(team=world.team)
    CalendarImport.objects.create(layer=layer, url="https://example.org/", due_at=NOW)
    at_once(*(partial(calendar_import.sweep, now=NOW) for _ in range(3)))
    assert fetched == [NOW]
