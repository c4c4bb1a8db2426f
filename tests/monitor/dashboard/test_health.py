from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from monitor import heartbeat, vitals
from monitor.models import CheckIn, Episode
from notifications import ticks
from tests.monitor.dashboard.scene import Scene
from tests.protocols import FLARE, Shelf


@pytest.fixture(autouse=True)
def begun(db: None) -> None:
    """Every process is at its work."""
    for name in vitals.TICKS:
        ticks.note(name, now=datetime.now(UTC))


def test_well(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["well"]) == (200, True)
    assert answer.json()["why"] == []


def test_a_process_that_is_down_is_named(client: Client) -> None:
    ticks.note(ticks.PAGES, now=datetime.now(UTC) - timedelta(minutes=5))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["why"] == [
        "Nobody has worked on this for 5 min: the pages. A process is down."
    ]


def test_stuck(client: Client, scene: Scene) -> None:
    late = datetime.now(UTC) - timedelta(minutes=10)
    CheckIn.objects.filter(episode=scene.flagged, key="d7").update(due_at=late)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["overdue_seconds"]["check_in"] >= 600
    assert "Adler" not in answer.content.decode()


def test_changed_protocol_file_is_told_and_not_well_without_a_copy(
    client: Client, shelf: Shelf, scene: Scene
) -> None:
    assert client.get("/health").json()["protocols_changed"] == {"kept": 0, "lost": 0}
    shelf.edit("shared.v1.toml", FLARE, FLARE.replace("routine", "review"))
    answer = client.get("/health")
    assert answer.json()["protocols_changed"] == {"kept": 4, "lost": 0}
    assert answer.status_code == 200
    Episode.objects.filter(pk=scene.flagged.pk).update(protocol_digest="0" * 64)
    answer = client.get("/health")
    assert answer.json()["protocols_changed"] == {"kept": 3, "lost": 1}
    assert (answer.status_code, answer.json()["well"]) == (503, False)


def test_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*, now: datetime) -> Any:
        raise OperationalError

    monkeypatch.setattr(heartbeat, "take", gone)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
