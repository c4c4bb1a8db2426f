import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import worklist
from monitor.dashboard import idle
from monitor.models import CheckIn, WorkItem
from notifications.models import Page
from notifications.oncall import paging
from tests.monitor.dashboard.scene import Scene, follow, stranger
from tests.world import World


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def html(client: Client, path: str = "/", **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_waits(nurse: Client) -> None:
    shown = html(nurse)
    assert "Nothing waits." in shown
    assert re.search(r"Last checked \d\d:\d\d", shown)


def test_pages_come_first_and_work_by_urgency(nurse: Client, scene: Scene) -> None:
    shown = html(nurse)
    order = [f"page-{scene.page.reference}", f"page-{scene.taken.reference}"]
    order += [f"item-{scene.missed.pk}", f"item-{scene.item.pk}"]
    places = [shown.index(f'id="{name}"') for name in order]
    assert places == sorted(places)
    assert "Nobody has it yet." in shown
    assert "Dr. Chen has it since" in shown


def test_a_day_after_without_contact_is_shown_as_a_failure(nurse: Client, scene: Scene) -> None:
    shown = html(nurse)
    row = shown[shown.index(f'id="item-{scene.missed.pk}"') - 200 :]
    assert "failure" in row[:250]
    assert "Failure" in row[:1500]


def test_an_urgent_page_stands_below_an_emergency(
    nurse: Client, scene: Scene, world: World
) -> None:
    item = stranger(world, now=datetime.now(UTC))
    page = worklist.page_for(item, level=worklist.Level.URGENT, now=datetime.now(UTC))
    shown = html(nurse)
    assert shown.index(scene.taken.reference) < shown.index(page.reference)
    assert f'id="item-{item.pk}"' not in shown


def test_filters_narrow_the_work_and_never_the_pages(
    nurse: Client, scene: Scene, world: World
) -> None:
    shown = html(nurse, "/?show=question")
    assert f'id="item-{scene.item.pk}"' in shown
    assert f'id="item-{scene.missed.pk}"' not in shown
    assert scene.page.reference in shown
    worklist.assign(scene.missed, to=world.nurse)
    shown = html(nurse, "/?who=mine")
    assert f'id="item-{scene.item.pk}"' not in shown
    assert f'id="item-{scene.missed.pk}"' in shown


def test_what_somebody_reads_stays_though_it_is_done(
    nurse: Client, scene: Scene, world: World
) -> None:
    now = datetime.now(UTC)
    worklist.close(scene.item, outcome="done", note="", user=world.auditor, now=now)
    name = f"item-{scene.item.pk}"
    assert f'id="{name}"' not in html(nurse, "/", **{"HX-Request": "true"})
    held = html(nurse, f"/?hold={name}&hold=item-nonsense", **{"HX-Request": "true"})
    assert f'id="{name}"' in held
    assert 'data-gone="Closed at' in held
    assert "<html" not in held


def test_claim_and_close_in_place(nurse: Client, scene: Scene, world: World) -> None:
    answer = nurse.post(f"/work/{scene.item.pk}/claim", {"next": "/?show=question"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?show=question")
    scene.item.refresh_from_db()
    assert scene.item.owner == world.nurse
    outcome = {"outcome": "reached", "note": "Advised.", "next": "https://elsewhere.example/"}
    answer = nurse.post(f"/work/{scene.item.pk}/close", outcome)
    assert answer.headers["Location"] == "/"
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("reached", "Advised.")
    assert scene.item.closed_by == world.nurse
    nurse.post(f"/work/{scene.item.pk}/close", {"outcome": "harmless"})
    scene.item.refresh_from_db()
    assert scene.item.outcome == "reached"


@pytest.mark.parametrize("outcome", ["", "nonsense", "paged"])
def test_no_closing_without_an_outcome_of_the_menu(
    outcome: str, nurse: Client, scene: Scene
) -> None:
    nurse.post(f"/work/{scene.item.pk}/close", {"outcome": outcome})
    scene.item.refresh_from_db()
    assert scene.item.closed_at is None


def test_overdue_check_ins_are_called_a_fault(nurse: Client, scene: Scene) -> None:
    assert "overdue" not in html(nurse)
    late = datetime.now(UTC) - timedelta(minutes=5)
    CheckIn.objects.filter(pk=scene.flagged.check_ins.get(key="d7").pk).update(due_at=late)
    assert "1 check-in is overdue" in html(nurse)


def test_the_auditor_has_nothing_to_press(client: Client, world: World, scene: Scene) -> None:
    client.force_login(world.auditor)
    shown = html(client)
    assert scene.page.reference in shown
    assert "/claim" not in shown
    assert "/close" not in shown


def test_queries_do_not_grow_with_the_list(
    nurse: Client, scene: Scene, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The session notes once in a while that somebody is there.
    monkeypatch.setattr(idle, "NEXT_WRITE_SECONDS", 3600)
    with CaptureQueriesContext(connection) as few:
        html(nurse)
    now = datetime.now(UTC)
    for number in range(18):
        episode = follow(world, "Pat", f"Number{number}", days=1, now=now, n=30 + number)
        worklist.add(
            WorkItem.Kind.CALL, clinic=world.clinic, episode=episode, why="Call.", now=now
        )
        paged = worklist.add(
            WorkItem.Kind.READ, clinic=world.clinic, episode=episode, why="Read.", now=now
        )
        worklist.page_for(paged, level=worklist.Level.URGENT, now=now)
    with CaptureQueriesContext(connection) as many:
        html(nurse)
    assert len(many) == len(few)


def test_pages_of_nobody_are_nobodys(nurse: Client, world: World) -> None:
    page = paging.open_page(world.team, level=Page.Level.URGENT, now=datetime.now(UTC))
    assert page.reference not in html(nurse)
    assert nurse.get(f"/p/{page.reference}").status_code == 404
