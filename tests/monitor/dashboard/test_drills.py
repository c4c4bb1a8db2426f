"""Drills on the staff pages: begun by a lead, acknowledged by a tap, never among the pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Page, Team
from tests.monitor.dashboard.channel_scene import past_drill
from tests.monitor.dashboard.scene import Scene
from tests.notifications.oncall.ward import open_page, person
from tests.world import World


def post(client: Client, name: str, *args: Any) -> str:
    text: str = client.post(reverse(name, args=args), follow=True).content.decode()
    return text


@pytest.fixture
def lead(client: Client, world: World) -> Client:
    client.force_login(person(world.team, "Okafor").user)
    return client


def test_a_lead_begins_one_and_somebody_acknowledges_it(lead: Client, world: World) -> None:
    assert "There was no drill yet." in lead.get("/drills").content.decode()
    text = post(lead, "start-drill", world.team.pk)
    assert "The drill has begun" in text and "There is no patient." in text
    page = Page.every.get()
    assert "It is running" in text
    # What was sent links to the page's address.
    answer = lead.get(f"/p/{page.reference}")
    assert answer.status_code == 302 and answer["Location"] == f"/drills/{page.reference}"
    text = post(lead, "acknowledge-drill", page.reference)
    assert "The drill is over." in text and "Acknowledged by Dr. Okafor" in text
    assert "nothing was changed" in post(lead, "acknowledge-drill", page.reference)
    assert "Acknowledged by Dr. Okafor" in lead.get("/drills").content.decode()


def test_only_who_leads_begins_one(client: Client, world: World) -> None:
    for who in (world.nurse, person(world.team, "Chen").user):
        client.force_login(who)
        assert "Begin a drill now" not in client.get("/drills").content.decode()
        path = reverse("start-drill", args=[world.team.pk])
        assert client.post(path).status_code == 403
    assert not Page.every.exists()


def test_not_while_there_is_a_page(lead: Client, world: World) -> None:
    open_page(world.team)
    assert "A page is not closed yet" in post(lead, "start-drill", world.team.pk)
    assert Page.every.count() == 1


def test_it_is_on_no_worklist_and_among_no_pages(client: Client, scene: Scene) -> None:
    page = past_drill(scene.page.team)
    client.force_login(scene.responder.user)
    board = client.get("/").content.decode()
    # As the incident that it is, and as nothing else.
    assert "Nobody acknowledged a drill" in board
    assert board.count(page.reference) == 2 and f"page-{page.reference}" not in board
    for name in ("acknowledge", "close-page", "pass-on", "call-patient", "page-note"):
        assert client.post(reverse(name, args=[page.reference])).status_code == 404


def test_how_often_is_said(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert "It is planned within a minute." in client.get("/drills").content.decode()
    Team.objects.update(drills="never")
    assert "an administrator chooses how often" in client.get("/drills").content.decode()
    client.cookies["django_language"] = "es"
    assert "Simulacros" in client.get("/drills").content.decode()
