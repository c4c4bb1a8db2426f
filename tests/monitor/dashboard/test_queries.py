"""How often a page asks the database does not hang on how much there is."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.crowd.clinics import EVERYWHERE
from monitor.crowd.filling import Crowd, fill
from monitor.dashboard import idle
from monitor.models import Alert, WorkItem
from patients.models import Patient

pytestmark = pytest.mark.django_db
Ask = Callable[[Client], object]
HTMX = {"HX-Request": "true"}
# At the end of a New York day, so that there is work on the list in both.
NOW = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
SMALL, LARGE = Crowd(100, clinics=2, a_day=10), Crowd(500, clinics=2, a_day=50)

PAGES: dict[str, Ask] = {
    "worklist": lambda client: client.get("/"),
    "worklist, polled": lambda client: client.get("/", headers=HTMX),
    "today": lambda client: client.get("/today?day=2026-03-03"),
    "newest patients": lambda client: client.get("/patients"),
    "search": lambda client: client.post("/patients", {"q": "a"}),
    "palette": lambda client: client.post("/palette", {"q": "ma"}, headers=HTMX),
    "no relief": lambda client: client.get("/no-relief"),
    "duplicates": lambda client: client.post(
        "/register/duplicates", {"given_name": "A", "family_name": "Ba"}, headers=HTMX
    ),
}


def counted(crowd: Crowd) -> dict[str, int]:
    """Queries of each page with this crowd, which is gone afterwards."""
    with transaction.atomic():
        fill(crowd, now=NOW)
        client = Client()
        client.force_login(get_user_model().objects.get(username=EVERYWHERE))
        found = {name: queries(client, ask) for name, ask in PAGES.items()}
        # Whose story is longest: a page, work, and every check-in.
        flagged = Alert.objects.order_by("opened_at")[0].episode.patient_id
        found["patient"] = queries(client, lambda one: one.get(f"/patients/{flagged}"))
        assert WorkItem.objects.filter(closed_at=None).exists()
        assert Patient.objects.count() == crowd.patients
        transaction.set_rollback(True)
    return found


def queries(client: Client, ask: Ask) -> int:
    ask(client)
    with CaptureQueriesContext(connection) as seen:
        ask(client)
    return len(seen)


def test_five_times_the_patients_are_as_many_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a slow machine the session would be written in one of the two.
    monkeypatch.setattr(idle, "NEXT_WRITE_SECONDS", 3600)
    small = counted(SMALL)
    assert counted(LARGE) == small
    # What everybody waits for every five seconds.
    assert small["worklist, polled"] <= 14
    assert small["patient"] <= 38
