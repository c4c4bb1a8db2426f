from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import worklist
from monitor.models import CheckIn, WorkItem
from notifications.models import Page, PageEvent, Responder
from tests.monitor.dashboard.scene import Scene
from tests.world import World


@pytest.fixture
def on_call(client: Client, scene: Scene) -> Client:
    client.force_login(scene.responder.user)
    return client


def shown(client: Client, page: Page, **headers: str) -> str:
    answer = client.get(f"/p/{page.reference}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_signed_out_it_tells_nothing_and_comes_back(client: Client, scene: Scene) -> None:
    path = f"/p/{scene.page.reference}"
    answer: Any = client.get(path, follow=True)
    text = answer.content.decode()
    assert "Adler" not in text
    scene.responder.user.set_password("a long one for a test")
    scene.responder.user.save()
    person = {"login": scene.responder.user.username, "password": "a long one for a test"}
    answer = client.post("/sign-in", {**person, "next": path})
    assert (answer.status_code, answer.url) == (302, path)
    # Whoever has no second factor yet sets one up before anything is shown.
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, "/account/second-factor/")


def test_who_it_is_about_and_why(on_call: Client, scene: Scene) -> None:
    text = shown(on_call, scene.page)
    for part in (
        "Ruth Adler",
        'href="tel:+12015551001"',
        "cauda equina",
        "<mark>cant feel it when i wipe</mark>",
        "Examine now",
        "Acknowledge: I take it",
    ):
        assert part in text
    assert "What came of it" not in text


def test_acknowledge_and_then_the_outcome(on_call: Client, scene: Scene) -> None:
    check_in = scene.flagged.check_ins.get(key="d1")
    CheckIn.objects.filter(pk=check_in.pk).update(state=CheckIn.State.SENT)
    path = f"/p/{scene.page.reference}"
    assert on_call.post(f"{path}/acknowledge").headers["Location"] == path
    scene.page.refresh_from_db()
    assert (scene.page.state, scene.page.acknowledged_by) == ("acknowledged", scene.responder)
    text = shown(on_call, scene.page)
    assert "Dr. Chen has it since" in text
    assert "Acknowledge: I take it" not in text
    on_call.post(f"{path}/close", {"outcome": "nonsense"})
    scene.page.refresh_from_db()
    assert scene.page.state == "acknowledged"
    on_call.post(f"{path}/close", {"outcome": "imaging", "note": "MRI at noon"})
    scene.page.refresh_from_db()
    assert (scene.page.outcome, scene.page.note) == ("imaging", "MRI at noon")
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.REACHED
    assert PageEvent.objects.filter(page=scene.page, kind="acknowledged", detail="web").exists()
    assert 'id="closing"' in shown(on_call, scene.page)


def test_not_reached_leaves_work_for_the_clinic(on_call: Client, scene: Scene) -> None:
    on_call.post(f"/p/{scene.page.reference}/close", {"outcome": "not_reached"})
    assert WorkItem.objects.filter(episode=scene.flagged, kind="call").exists()


def test_whoever_comes_second_is_told_who_has_it(
    client: Client, scene: Scene, world: World
) -> None:
    client.force_login(Responder.objects.get(team=world.team, name="Dr. Novak").user)
    answer = client.post(f"/p/{scene.taken.reference}/acknowledge", follow=True)
    assert "Dr. Chen has it already." in answer.content.decode()
    scene.taken.refresh_from_db()
    assert scene.taken.acknowledged_by == scene.responder


def test_other_staff_read_it_and_cannot_take_it(
    client: Client, scene: Scene, world: World
) -> None:
    client.force_login(world.nurse)
    text = shown(client, scene.page)
    assert "you can read it and not take it" in text
    assert "Acknowledge: I take it" not in text
    for action in ("acknowledge", "close"):
        path = f"/p/{scene.page.reference}/{action}"
        assert client.post(path, {"outcome": "advised"}).status_code == 403
    scene.page.refresh_from_db()
    assert scene.page.state == "open"


def test_a_poll_gets_the_part_that_changes(on_call: Client, scene: Scene) -> None:
    text = shown(on_call, scene.page, **{"HX-Request": "true"})
    assert "<html" not in text
    assert "Nobody has it yet." in text


def test_a_page_of_a_piece_of_work(on_call: Client, scene: Scene) -> None:
    page = worklist.page_for(scene.item, level=worklist.Level.URGENT, now=datetime.now(UTC))
    assert "A question that no rule answers." in shown(on_call, page)


def test_queries_do_not_grow_with_the_events(on_call: Client, scene: Scene) -> None:
    with CaptureQueriesContext(connection) as few:
        shown(on_call, scene.page)
    for _number in range(20):
        PageEvent.objects.create(
            page=scene.page, at=datetime.now(UTC), kind="paged", responder=scene.responder
        )
    with CaptureQueriesContext(connection) as many:
        shown(on_call, scene.page)
    assert len(many) == len(few)


def test_the_clock_of_each_option_runs(on_call: Client, scene: Scene) -> None:
    # The patient wrote two minutes ago.
    text = shown(on_call, scene.page)
    assert "2 to 4 h: <time" in text
    assert "in 3 h 57 min" in text or "in 3 h 58 min" in text
    assert "waiting for 2 min" in text
    page = scene.page
    on_call.post(f"/p/{page.reference}/acknowledge")
    on_call.post(f"/p/{page.reference}/close", {"outcome": Page.Outcome.SEEN, "note": ""})
    closed = shown(on_call, page)
    assert "until" in closed
    assert "waiting for" not in closed
