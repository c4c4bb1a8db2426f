"""The form of a swap begins with a shift: the one that was pointed at, or one's own next."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from monitor.dashboard.swap_start import initial, pointed_at
from notifications.models import Swap
from notifications.oncall import survey
from notifications.oncall.rota import Shift, Why
from tests.notifications.oncall.duty import line
from tests.notifications.oncall.ward import person
from tests.world import World

NOW = datetime(2026, 3, 3, 14, 25, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ME, OTHER, LAYER, NIGHTS = 1, 2, 7, 8


def shift(who: int | None, start: float, end: float, layer: int = LAYER) -> Shift:
    return Shift(who, Why.TURN, layer, NOW + start * HOUR, NOW + end * HOUR)


RUNNING, THEIRS, NEXT, NIGHT, LAST = (
    shift(ME, 0, 10),
    shift(OTHER, 10, 30),
    shift(ME, 30, 50),
    shift(OTHER, 50, 60, NIGHTS),
    shift(OTHER, 60, 90),
)
LINES = {LAYER: [RUNNING, THEIRS, NEXT, NIGHT, LAST]}
MINE = {"layer": LAYER, "starts": NEXT.starts_at, "ends": NEXT.ends_at}


@pytest.mark.parametrize(
    ("pointed", "expected"),
    [
        pytest.param(None, MINE, id="none: the next that has not begun"),
        pytest.param(NEXT, MINE, id="my own"),
        pytest.param(
            RUNNING,
            {
                "layer": LAYER,
                "starts": datetime(2026, 3, 3, 15, tzinfo=UTC),
                "ends": RUNNING.ends_at,
            },
            id="the rest of a running one",
        ),
        pytest.param(
            THEIRS,
            {
                **MINE,
                "asked": OTHER,
                "back_starts": THEIRS.starts_at,
                "back_ends": THEIRS.ends_at,
            },
            id="a colleague's, in return for my next",
        ),
        pytest.param(
            NIGHT,
            {
                "layer": NIGHTS,
                "asked": OTHER,
                "back_starts": NIGHT.starts_at,
                "back_ends": NIGHT.ends_at,
            },
            id="of a layer on which I have none",
        ),
        pytest.param(
            LAST,
            {**MINE, "asked": OTHER, "back_starts": LAST.starts_at, "back_ends": None},
            id="whose end is further off than was looked",
        ),
    ],
)
def test_what_stands_in_the_form(pointed: Shift | None, expected: dict[str, Any]) -> None:
    assert initial(LINES, pointed, me=ME, now=NOW) == expected


def test_who_has_no_shift_begins_with_nothing() -> None:
    assert initial({LAYER: [THEIRS]}, None, me=ME, now=NOW) == {}
    assert initial({}, None, me=ME, now=NOW) == {}
    # Minutes before its end nothing is left to be passed on.
    left = initial({LAYER: [shift(ME, 0, 0.2), LAST]}, None, me=ME, now=NOW)
    assert (left["starts"], left["ends"]) == (None, NOW + 0.2 * HOUR)


@pytest.mark.parametrize(
    ("layer", "until", "found"),
    [
        (str(LAYER), NEXT.ends_at.isoformat(), NEXT),
        # A calendar that ends in the middle of a shift.
        (str(LAYER), (NEXT.ends_at - HOUR).isoformat(), NEXT),
        (str(LAYER), NEXT.starts_at.isoformat(), THEIRS),
        (str(NIGHTS), NEXT.ends_at.isoformat(), None),
        (str(LAYER), (NOW + 900 * HOUR).isoformat(), None),
        (str(LAYER), "2026-03-04T08:00", None),
        (str(LAYER), "tomorrow", None),
        ("week", NEXT.ends_at.isoformat(), None),
        ("", "", None),
    ],
)
def test_what_an_address_points_at(layer: str, until: str, found: Shift | None) -> None:
    assert pointed_at(LINES, layer=layer, until=until) == found


def filled(client: Client, path: str) -> dict[str, Any]:
    form = client.get(path).context["swap_form"]
    return {name: form[name].value() for name in form.fields}


@pytest.mark.django_db
def test_asked_as_it_stands_the_shift_passes(client: Client, world: World) -> None:
    me = person(world.team, "Chen")
    client.force_login(me.user)
    shifts = survey.take(world.team, now=datetime.now(UTC)).lines[line(world.team).pk]
    mine = next(one for one in shifts[1:] if one.person == me.pk)
    page = client.get("/rota")
    assert 'id="swapform_starts_0"' in page.content.decode()
    form = page.context["swap_form"]
    inputs = re.findall(r'name="((?:starts|ends)_[01])"[^>]* value="([^"]+)"', str(form))
    data = dict(inputs) | {"layer": mine.layer, "asked": person(world.team, "Okafor").pk}
    client.post(f"/rota/{world.team.pk}/swap", data)
    swap = Swap.objects.get()
    assert (swap.starts_at, swap.ends_at) == (mine.starts_at, mine.ends_at)


@pytest.mark.django_db
def test_the_calendar_leads_to_a_form_with_the_shift(client: Client, world: World) -> None:
    me = person(world.team, "Chen")
    client.force_login(me.user)
    text = client.get("/rota").content.decode()
    links = re.findall(r'href="(/rota\?team=[^"]*swap=[^"#]*)#swaps"', text)
    assert links
    for link in links:
        found = filled(client, link.replace("&amp;", "&"))
        assert found["starts"] or found["asked"]
    assert "That shift is no longer planned" not in text


@pytest.mark.django_db
def test_a_shift_that_is_gone_is_said_to_be(client: Client, world: World) -> None:
    client.force_login(person(world.team, "Chen").user)
    gone = quote((datetime.now(UTC) + timedelta(days=900)).isoformat())
    answer = client.get(f"/rota?swap={line(world.team).pk}&until={gone}")
    assert "That shift is no longer planned" in answer.content.decode()
    assert answer.context["swap_form"]["starts"].value()


@pytest.mark.django_db
def test_who_only_reads_has_no_links_to_swaps(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert ";swap=" not in client.get("/rota").content.decode()
