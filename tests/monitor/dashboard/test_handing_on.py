"""What a responder may do with a page besides taking and closing it, on its screen."""

import pytest
from django.test import Client

from monitor import worklist
from notifications.models import Incident, Message, PageEvent, Responder
from tests.monitor.dashboard.scene import Scene, stranger
from tests.world import NOW, World


@pytest.fixture
def on_call(client: Client, scene: Scene) -> Client:
    client.force_login(scene.responder.user)
    return client


def said(client: Client, path: str, **form: object) -> str:
    """The page that follows."""
    return client.post(path, form, follow=True).content.decode()


def test_the_screen_offers_it_to_the_team(on_call: Client, scene: Scene) -> None:
    text = on_call.get(f"/p/{scene.page.reference}").content.decode()
    for part in ("Call through the clinic", "Pass on", "Dr. Novak", "Call in too", "Keep the"):
        assert part in text
    assert "+12125550111" not in text


def test_passed_on_to_a_colleague(on_call: Client, scene: Scene, world: World) -> None:
    novak = Responder.objects.get(team=world.team, name="Dr. Novak")
    text = said(on_call, f"/p/{scene.taken.reference}/pass-on", to=novak.pk)
    assert "Dr. Novak is being called" in text
    scene.taken.refresh_from_db()
    assert (scene.taken.state, scene.taken.acknowledged_by) == ("open", None)
    assert Message.objects.filter(to=novak.phone, body__contains=scene.taken.reference).exists()


def test_passed_on_to_whoever_comes_next(on_call: Client, scene: Scene) -> None:
    assert "whoever comes next is being called" in said(
        on_call, f"/p/{scene.taken.reference}/pass-on", to=""
    )


def test_what_a_colleague_has_is_not_passed_on(
    client: Client, scene: Scene, world: World
) -> None:
    client.force_login(Responder.objects.get(team=world.team, name="Dr. Novak").user)
    text = said(client, f"/p/{scene.taken.reference}/pass-on")
    assert "Dr. Chen has it already" in text


def test_a_colleague_is_called_in(on_call: Client, scene: Scene, world: World) -> None:
    novak = Responder.objects.get(team=world.team, name="Dr. Novak")
    text = said(on_call, f"/p/{scene.page.reference}/call-in", who=novak.pk)
    assert "Dr. Novak is being called" in text
    assert PageEvent.objects.filter(page=scene.page, kind="added").exists()


@pytest.mark.parametrize("who", ["", "x", "0", "of another team"])
def test_nobody_else_is_called(who: str, on_call: Client, scene: Scene, world: World) -> None:
    if who == "of another team":
        who = str(Responder.objects.filter(team=world.other_line.team)[0].pk)
    for action, field in (("call-in", "who"), ("pass-on", "to")):
        if who or action == "call-in":
            answer = on_call.post(f"/p/{scene.page.reference}/{action}", {field: who})
            assert answer.status_code == 404


def test_a_note_is_shown_to_the_others(on_call: Client, scene: Scene) -> None:
    text = said(on_call, f"/p/{scene.page.reference}/note", text="Left a message at noon")
    assert "Dr. Chen: Left a message at noon" in text
    assert "Nothing was saved" in said(on_call, f"/p/{scene.page.reference}/note", text=" ")


def test_the_patient_is_called_through_the_clinic(
    on_call: Client, scene: Scene, world: World
) -> None:
    text = said(on_call, f"/p/{scene.page.reference}/call-patient")
    assert "press 1 there" in text
    call = Message.objects.get(channel="bridge")
    assert (call.to, call.body) == (scene.responder.phone, scene.flagged.patient.phone)
    assert call.sender == world.line.sender


def test_so_is_whoever_wrote_from_a_number_that_nobody_has(
    on_call: Client, scene: Scene, world: World
) -> None:
    item = stranger(world, now=NOW)
    page = worklist.page_for(item, level=worklist.Level.URGENT, now=NOW)
    # Nothing was received, so that there is no number to call.
    assert on_call.post(f"/p/{page.reference}/call-patient").status_code == 404


def test_a_false_alarm_needs_a_reason(on_call: Client, scene: Scene) -> None:
    path = f"/p/{scene.taken.reference}/close"
    assert "why it is a false alarm" in said(on_call, path, outcome="false_alarm")
    scene.taken.refresh_from_db()
    assert scene.taken.state == "acknowledged"
    assert "Recorded" in said(on_call, path, outcome="false_alarm", note="the wrong chart")


def test_what_is_wrong_with_the_paging_is_on_the_worklist(
    client: Client, scene: Scene, world: World
) -> None:
    client.force_login(world.nurse)
    text = client.get("/").content.decode()
    assert "The paging itself" in text and "voice: busy" in text
    path = f"/incidents/{scene.incident.pk}/close"
    assert "Closed." in said(client, path)
    assert "voice: busy" not in client.get("/").content.decode()
    assert "had closed this already" in said(client, path)
    assert Incident.objects.get().closed_by == "nurse"
