"""The proof on the page's view, and as a file."""

import pgtrigger
from django.db import connection
from django.test import Client

from notifications.models import PageEvent
from notifications.oncall import chain
from tests.monitor.dashboard.scene import Scene
from tests.world import World


def test_it_is_shown_and_can_be_taken_along(client: Client, scene: Scene, world: World) -> None:
    connection.check_constraints()
    client.force_login(world.nurse)
    text = client.get(f"/p/{scene.taken.reference}").content.decode()
    assert "3 entries, intact" in " ".join(text.split())
    answer = client.get(f"/p/{scene.taken.reference}/proof")
    assert answer["Content-Disposition"].endswith(f'"proof-{scene.taken.reference}.jsonl"')
    exported = answer.content.decode()
    assert chain.check_file(exported).faults == []
    assert "Dr. Chen" not in exported and "Haddad" not in exported


def test_a_broken_one_is_loud(client: Client, scene: Scene, world: World) -> None:
    connection.check_constraints()
    with pgtrigger.ignore():
        PageEvent.objects.filter(page=scene.taken, kind="acknowledged").update(detail="web")
    client.force_login(world.nurse)
    text = client.get(f"/p/{scene.taken.reference}").content.decode()
    assert "The proof of this page is broken" in text
    assert "the row is not what was kept: detail" in text
