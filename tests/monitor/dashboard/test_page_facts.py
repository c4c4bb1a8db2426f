"""What whoever is called must know before phoning stands under the name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import episodes
from monitor.conversation import Reply
from monitor.models import Alert
from notifications import optouts, outbox
from notifications.models import Message, Page
from patients.registration import withdraw_consent
from tests.monitor.dashboard.scene import Scene

pytestmark = pytest.mark.django_db
PHONE = "phone at once"


@pytest.fixture
def on_call(client: Client, scene: Scene) -> Client:
    client.force_login(scene.responder.user)
    return client


def shown(client: Client, page: Page, language: str = "en") -> str:
    headers = {"Accept-Language": language}
    answer = client.get(f"/p/{page.reference}", headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def tell(scene: Scene, key: str, **state: object) -> Message:
    """Put a text of the protocol as the program does, and let it come so far."""
    episode, now = scene.flagged, datetime.now(UTC)
    episodes.say(episode, [Reply("text", key)], now=now, idempotency=f"reply:{key}")
    message = Message.objects.get(key=f"{episodes.ref(episode)}:reply:{key}:0")
    Message.objects.filter(pk=message.pk).update(**state)
    message.refresh_from_db()
    return message


def settled(state: str, **more: object) -> dict[str, object]:
    now = datetime.now(UTC)
    return {"state": state, "provider_sid": f"SM{state}", "settled_at": now, **more}


def test_the_procedure_its_age_and_the_risks(on_call: Client, scene: Scene) -> None:
    text = shown(on_call, scene.page)
    assert "Epidural steroid injection, lumbar L4/5, left, 1 d 2 h ago" in text
    assert "risk-strong" not in text
    patient, done = scene.flagged.patient, scene.flagged.procedure
    patient.anticoagulant = patient.diabetes = patient.immune_problem = True
    patient.contraindications = ["bleeding_disorder"]
    patient.save()
    done.region = "cervical"
    done.save()
    text = shown(on_call, scene.page)
    for risk in (
        "blood thinner",
        "cervical",
        "weak immune system",
        "diabetes",
        "a bleeding disorder",
    ):
        assert f'<strong class="risk risk-strong">{risk}</strong>' in text
    assert "anticoagulante" in shown(on_call, scene.page, "es")


@pytest.mark.parametrize(
    ("state", "words"),
    [("created", "on its way"), ("delivered", "delivered"), ("undelivered", "not delivered")],
)
def test_what_the_patient_was_told(
    on_call: Client, scene: Scene, state: str, words: str
) -> None:
    # The clinic's number was another one then.
    message = tell(scene, "emergency", **settled(state))
    scene.flagged.clinic.emergency_number = "112"
    scene.flagged.clinic.save()
    at = message.created_at.astimezone(scene.flagged.clinic.zone).strftime("%H:%M")
    text = shown(on_call, scene.page)
    assert f"Told to go to the ER {at}: {words}" in text
    assert ("Phone at once." in text) == (state == "undelivered")
    assert "NOT texted" not in text


def test_a_text_that_was_lost_counts_less_than_one_that_was_not(
    on_call: Client, scene: Scene
) -> None:
    tell(scene, "emergency", **settled("failed"))
    tell(scene, "urgent", **settled("delivered"))
    assert "Told that a clinician will call" in shown(on_call, scene.page)
    tell(scene, "self_harm")
    text = shown(on_call, scene.page)
    assert "Told to go to the ER" in text
    assert "on its way" in text


def test_a_question_or_an_older_text_tells_nothing(on_call: Client, scene: Scene) -> None:
    tell(scene, "handed_over")
    old = tell(scene, "emergency")
    Message.objects.filter(pk=old.pk).update(
        created_at=scene.page.opened_at - timedelta(hours=1)
    )
    assert f"The patient was NOT texted (no text went out): {PHONE}" in shown(
        on_call, scene.page
    )


def test_who_wants_no_texts_is_not_told(on_call: Client, scene: Scene) -> None:
    episode, now = scene.flagged, datetime.now(UTC)
    tell(scene, "emergency")
    optouts.opt_out(
        episodes.sender_of(episode), episode.patient.phone, source="keyword", now=now
    )
    # The confirmation of the opt-out is a reply too.
    tell(scene, "opted_out", **settled("delivered", despite_opt_out=True))
    assert f"NOT texted (wants no texts): {PHONE}" in shown(on_call, scene.page)
    withdraw_consent(episode.patient, how="by phone", now=now)
    text = shown(on_call, scene.page)
    assert f'id="told">The patient was NOT texted (consent withdrawn): {PHONE}' in text
    assert "NO se le envió" in shown(on_call, scene.page, "es")


def test_a_page_about_work_or_nobody_says_nothing_of_a_text(
    on_call: Client, scene: Scene
) -> None:
    Alert.objects.filter(page=scene.page).delete()
    scene.item.page = scene.page
    scene.item.save()
    text = shown(on_call, scene.page)
    assert "Tom Becker" in text
    assert "lumbar L4/5" in text
    assert 'id="told"' not in text


def test_queries_do_not_grow_with_the_texts(on_call: Client, scene: Scene) -> None:
    tell(scene, "emergency")
    with CaptureQueriesContext(connection) as few:
        shown(on_call, scene.page)
    for number in range(20):
        outbox.put(
            sender=episodes.sender_of(scene.flagged),
            stream=Message.Stream.TEXT,
            to=scene.flagged.patient.phone,
            body="One more.",
            key=f"more:{number}",
            ref=episodes.ref(scene.flagged),
            now=datetime.now(UTC),
            expires_in=timedelta(hours=1),
        )
    with CaptureQueriesContext(connection) as many:
        shown(on_call, scene.page)
    assert len(many) == len(few)


def test_a_closed_page_says_what_came_of_it_at_the_top(on_call: Client, scene: Scene) -> None:
    path = f"/p/{scene.page.reference}"
    assert 'id="closing"' not in shown(on_call, scene.page)
    on_call.post(f"{path}/call-patient")
    on_call.post(f"{path}/acknowledge")
    on_call.post(f"{path}/close", {"outcome": "imaging", "note": "MRI at noon"})
    text = shown(on_call, scene.page)
    top = text[text.index('id="banner"') : text.index('id="whom"')]
    for part in ("Sent for an MRI", "Dr. Chen", "MRI at noon", "calls the patient"):
        assert part in top
    assert "Dr. Chen ×1" in top
    # Nobody is to be hurried any more.
    assert PHONE not in text
