"""The paging's own faults on the worklist: counted, below the work unless a page is open."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from notifications.models import Incident
from notifications.oncall import incidents, paging
from tests.monitor.dashboard.scene import Scene
from tests.world import World


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def sections(client: Client) -> list[str]:
    shown = client.get("/").content.decode()
    return re.findall(r'<section id="(pages|incidents|work)"', shown)


def chip(client: Client) -> int:
    shown = client.get("/").content.decode()
    found = re.search(r'id="chip-paging".*?class="count">(\d+)</span> Paging', shown)
    assert found is not None
    return int(found[1])


def test_below_the_work_once_somebody_has_every_page(
    nurse: Client, scene: Scene, world: World
) -> None:
    now = datetime.now(UTC)
    incidents.note(Incident.Kind.EMPTY_RUNG, team=world.team, detail="rung 1", now=now)
    assert sections(nurse) == ["pages", "incidents", "work"]
    assert chip(nurse) == 2
    paging.acknowledge(scene.page, scene.responder, via="web", now=now)
    assert sections(nurse) == ["pages", "work", "incidents"]
    # That a phone was busy is over; that nobody stands on a rung is not.
    assert chip(nurse) == 1
    assert "voice: busy" not in nurse.get("/").content.decode()


def test_the_counter_is_there_without_any(nurse: Client) -> None:
    assert chip(nurse) == 0
    assert sections(nurse) == []
