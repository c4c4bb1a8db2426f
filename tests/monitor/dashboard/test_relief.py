"""How follow-ups turned out, and who is without relief."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.dashboard.relief import without_relief
from monitor.models import Answer, Episode
from patients.models import Procedure
from tests.world import World, make_world

NOW = datetime.now(UTC)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def follow(world: World, n: int, *, days: float, kind: str = "facet_joint") -> Episode:
    """A patient whose procedure was some days ago."""
    then = NOW - timedelta(days=days)
    procedure = world.register(
        now=then,
        given_name=f"Ada{n}",
        phone=f"(201) 555-{1000 + n}",
        kind=kind,
        performed_at=then,
    )
    return Episode.objects.get(procedure=procedure)


def answer(episode: Episode, key: str, **answers: int) -> None:
    for question, value in answers.items():
        Answer.objects.create(
            episode=episode,
            check_in=episode.check_ins.get(key=key),
            question=question,
            value=value,
            at=NOW,
        )


def listed(client: Client) -> str:
    page = client.get("/no-relief")
    assert page.status_code == 200
    return page.content.decode()


def test_relief_is_judged_when_the_sources_allow(client: Client, world: World) -> None:
    facet = follow(world, 1, days=8)
    answer(facet, "d7", relief=3, pain_score=6)
    # A nerve root block may take three weeks.
    block = follow(world, 2, days=8, kind="nerve_root_block")
    answer(block, "d7", relief=3)
    helped = follow(world, 3, days=20)
    answer(helped, "d7", relief=3)
    answer(helped, "d14", relief=2)
    client.force_login(world.nurse)
    text = listed(client)
    assert "Ada1 Adler" in text
    assert "Usual pain since the visit: The same" in text
    assert "pain 6 before, now 6" in text
    assert "1 of 3 steroid injections to this area in 12 months" in text
    assert "missed target or not facet pain" in text
    assert "Ada2" not in text
    assert "Ada3" not in text


def test_injections_of_the_same_area_are_counted(world: World) -> None:
    for days in (400, 200, 100):
        follow(world, 1, days=days)
    now = follow(world, 1, days=8)
    answer(now, "d7", relief=4)
    [row], more = without_relief(world.nurse, now=NOW)
    assert not more
    # 100, 200 and 8 days ago; the one of 400 days ago is more than a year before.
    assert (row.episode, row.injections, row.said) == (now, 3, "Worse")
    assert Procedure.objects.count() == 4


def test_another_clinic_and_an_outsider_see_nobody(client: Client, world: World) -> None:
    answer(follow(world, 1, days=8), "d7", relief=3)
    client.force_login(world.other_nurse)
    assert "Nobody is without relief." in listed(client)
    client.force_login(world.outsider)
    assert client.get("/no-relief").status_code == 403


def test_the_list_takes_as_many_queries_for_ten_as_for_one(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            without_relief(world.nurse, now=NOW)
        return len(caught)

    answer(follow(world, 1, days=8), "d7", relief=3)
    one = queries()
    for n in range(2, 6):
        answer(follow(world, n, days=8), "d7", relief=3)
    assert queries() == one
    assert len(without_relief(world.nurse, now=NOW)[0]) == 5


def test_outcomes_stand_on_the_patient_s_page(client: Client, world: World) -> None:
    episode = follow(world, 1, days=15)
    client.force_login(world.nurse)
    path = f"/patients/{episode.patient_id}"
    assert "No outcome yet." in client.get(path).content.decode()
    answer(episode, "d14", pain_score=2, pgic=2, relief=1)
    text = client.get(path).content.decode()
    for part in (
        "6 before, now 2 of 10",
        "(67 % less)",
        "At least 50 % less pain",
        "much better",
    ):
        assert part in text
