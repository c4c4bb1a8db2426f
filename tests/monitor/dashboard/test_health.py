from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from monitor import heartbeat
from monitor.models import CheckIn
from tests.monitor.dashboard.scene import Scene


@pytest.mark.django_db
def test_well(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["well"]) == (200, True)


def test_stuck(client: Client, scene: Scene) -> None:
    late = datetime.now(UTC) - timedelta(minutes=10)
    CheckIn.objects.filter(episode=scene.flagged, key="d7").update(due_at=late)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["overdue_seconds"]["check_in"] >= 600
    assert "Adler" not in answer.content.decode()


def test_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*, now: datetime) -> Any:
        raise OperationalError

    monkeypatch.setattr(heartbeat, "take", gone)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
