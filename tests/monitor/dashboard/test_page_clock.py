"""How long is left is said as a length beside its moment, never as "14:59"."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from monitor.dashboard import wording
from notifications.models import Page
from tests.monitor.dashboard.scene import Scene

NOW = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [
        (899, "in 14 min", "en 14 min"),
        (60, "in 1 min", "en 1 min"),
        (59, "in 59 s", "en 59 s"),
        (0, "in 0 s", "en 0 s"),
        (-5, "5 s late", "5 s de retraso"),
        (-60, "1 min late", "1 min de retraso"),
        (7500, "in 2 h 05 min", "en 2 h 05 min"),
    ],
)
def test_a_countdown_in_words(seconds: int, english: str, spanish: str) -> None:
    deadline = NOW + timedelta(seconds=seconds)
    with override("en"):
        assert wording.countdown(deadline, now=NOW) == english
    with override("es"):
        assert wording.countdown(deadline, now=NOW) == spanish


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_page_row_and_patient_say_the_length_and_the_moment(
    client: Client, scene: Scene, language: str
) -> None:
    client.force_login(scene.responder.user)
    due_at = datetime.now(UTC) + timedelta(minutes=14, seconds=30)
    Page.objects.update(due_at=due_at)
    clock = due_at.astimezone(scene.flagged.clinic.zone).strftime("%H:%M")
    ahead = {"en": "in 14 min", "es": "en 14 min"}[language]
    for path in (
        "/",
        f"/p/{scene.page.reference}",
        f"/p/{scene.taken.reference}",
        f"/patients/{scene.flagged.patient_id}",
    ):
        text = client.get(path, headers={"Accept-Language": language}).content.decode()
        assert f">{ahead}</time> ({clock})" in text
        assert not re.search(r"data-until[^>]*>-?\d+:\d\d<", text)
