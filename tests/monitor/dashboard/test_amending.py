"""Correcting what came of a page, from its page and from the patient's."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import amendments, changes, worklist
from monitor.levels import Level
from monitor.models import Access, Change
from notifications.models import Page, Responder
from notifications.oncall import paging
from tests.monitor.dashboard.scene import Scene
from tests.world import World

WHY = "MRI of today: epidural haematoma."


@pytest.fixture
def page(scene: Scene) -> Page:
    paging.close(
        scene.page, scene.responder, outcome="false_alarm", note="Slept.", now=datetime.now(UTC)
    )
    scene.page.refresh_from_db()
    return scene.page


@pytest.fixture
def on_call(client: Client, scene: Scene) -> Client:
    client.force_login(scene.responder.user)
    return client


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def correct(client: Client, page: Page, **changes: str) -> str:
    entered = {"outcome": "imaging", "known": page.outcome, "why": WHY, **changes}
    answer = client.post(f"/p/{page.reference}/correct", entered, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_is_said_on_the_page_and_in_the_story(
    on_call: Client, page: Page, scene: Scene
) -> None:
    path = f"/p/{page.reference}/correct"
    assert path in said(on_call, f"/p/{page.reference}")
    assert path in said(on_call, f"/patients/{scene.flagged.patient_id}")
    form = said(on_call, path)
    assert 'value="imaging"' in form and 'value="false_alarm" id=' not in form
    text = correct(on_call, page)
    assert "Corrected. The page stays closed" in text
    assert "<strong>Sent for an MRI</strong>" in text
    assert "from “false alarm” to “sent for an MRI”" in text
    assert WHY in text and "Slept." in text
    page.refresh_from_db()
    assert (page.state, page.outcome) == ("closed", "imaging")
    story = said(on_call, f"/patients/{scene.flagged.patient_id}")
    assert "Outcome corrected" in story and WHY in story
    assert "Closed by Dr. Chen at" in story and ": false alarm. Corrected by Dr. Chen" in story
    letter = said(on_call, f"/episodes/{scene.flagged.pk}/letter?language=en")
    assert "false alarm (Dr. Chen" in letter
    assert "Corrected: sent for an MRI (Dr. Chen" in letter and WHY.rstrip(".") in letter


def test_what_is_refused_keeps_what_was_written(on_call: Client, page: Page) -> None:
    text = correct(on_call, page, outcome="seen", why=" ")
    assert "Say why the outcome is another one. Nothing was changed." in text
    assert 'value="seen" id="outcome-seen" checked' in text
    text = correct(on_call, page, outcome="")
    assert "Choose what came of it. Nothing was changed." in text
    assert f'value="{WHY}"' in text
    page.refresh_from_db()
    assert page.outcome == "false_alarm"


def test_two_at_once(on_call: Client, page: Page) -> None:
    correct(on_call, page)
    text = correct(on_call, page, outcome="seen", known="false_alarm")
    assert "Somebody has corrected it meanwhile: look at it again." in text
    # The form is of the outcome as it is now.
    assert 'name="known" value="imaging"' in text


def test_a_page_that_is_out_has_no_form(on_call: Client, scene: Scene) -> None:
    path = f"/p/{scene.page.reference}"
    assert f"{path}/correct" not in said(on_call, path)
    assert "The page is not closed" in said(on_call, f"{path}/correct")
    assert "The page is not closed" in correct(on_call, scene.page)


def test_who_may_not_is_offered_nothing(
    client: Client, page: Page, scene: Scene, world: World
) -> None:
    client.force_login(world.nurse)
    path = f"/p/{page.reference}/correct"
    assert client.get(path).status_code == 403
    assert client.post(path, {"outcome": "imaging", "why": WHY}).status_code == 403
    for shown in (f"/p/{page.reference}", f"/patients/{scene.flagged.patient_id}"):
        assert path not in said(client, shown)
    page.refresh_from_db()
    assert page.outcome == "false_alarm"


def test_a_look_at_the_form_is_kept(on_call: Client, page: Page, scene: Scene) -> None:
    said(on_call, f"/p/{page.reference}/correct")
    look = Access.objects.latest("pk")
    assert (look.what, look.detail) == (Access.What.PAGE, page.reference)
    assert (look.patient, look.by) == (scene.flagged.patient, scene.responder.user)


def test_what_it_opens_again_is_said(on_call: Client, page: Page) -> None:
    text = correct(on_call, page, outcome="not_reached")
    assert "1 piece of work for the patient is open" in text


def test_a_letter_with_the_old_outcome_is_to_be_made_anew(
    on_call: Client, page: Page, scene: Scene
) -> None:
    assert "make it anew" not in correct(on_call, page)
    page.refresh_from_db()
    changes.record(
        Change.What.LETTER,
        episode=scene.flagged,
        by=scene.responder.user,
        now=datetime.now(UTC),
    )
    text = correct(on_call, page, outcome="seen")
    assert "A follow-up letter was made with the old outcome: make it anew." in text


def test_the_page_of_late_work_is_found_from_the_patient(on_call: Client, scene: Scene) -> None:
    now = datetime.now(UTC)
    page = worklist.page_for(scene.item, level=Level.URGENT, now=now)
    paging.close(page, scene.responder, outcome="advised", now=now)
    page.refresh_from_db()
    assert scene.item.episode is not None
    path = f"/patients/{scene.item.episode.patient_id}"
    assert f'href="/p/{page.reference}"' in said(on_call, path)
    correct(on_call, page, outcome="false_alarm")
    assert "Outcome corrected" in said(on_call, path)


def test_queries_do_not_grow_with_corrections(
    on_call: Client, page: Page, scene: Scene
) -> None:
    paths = (f"/p/{page.reference}", f"/patients/{scene.flagged.patient_id}")
    correct(on_call, page)
    for path in paths:
        said(on_call, path)
    few = [queries(on_call, path) for path in paths]
    novak = Responder.objects.get(name="Dr. Novak")
    for number in range(6):
        page.refresh_from_db()
        amendments.amend(
            page,
            novak,
            outcome="seen" if page.outcome == "imaging" else "imaging",
            known=page.outcome,
            why="Again.",
            now=datetime.now(UTC) + timedelta(seconds=number),
        )
    assert [queries(on_call, path) for path in paths] == few


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        said(client, path)
    return len(found)
