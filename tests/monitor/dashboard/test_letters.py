"""The follow-up letter: what it says in both languages, who may make it, and its trace."""

import io
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pypdf import PdfReader

from monitor import episodes, worklist
from monitor.models import Answer, Change, CheckIn, Episode
from notifications import optouts
from notifications.models import Page
from tests.monitor.dashboard.scene import without_relief
from tests.monitor.figures.ward import answer, close, contact, flag, follow
from tests.world import NOW, World


def told(answer: object) -> str:
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))  # type: ignore[attr-defined]


def read(body: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return " ".join(text.split())


@pytest.fixture
def followed(world: World) -> Episode:
    """A follow-up with two check-ins, a red flag, a false alarm, and its end."""
    one = follow(world, 1, family_name="Żółtowska", baseline_pain=8)
    contact(one, "d1", CheckIn.State.ANSWERED)
    answer(one, "d1", screen=2, pain_score=5, limb_weakness=1, saddle_numbness=2)
    contact(one, "d7", CheckIn.State.MISSED)
    close(flag(one, at=NOW), "Chen", Page.Outcome.IMAGING, after=12)
    close(flag(one, at=NOW + timedelta(hours=3)), "Novak", Page.Outcome.FALSE_ALARM, after=5)
    return one


def test_what_the_letter_says(client: Client, followed: Episode, world: World) -> None:
    # Somebody else's follow-up, the second clinic's too, is not in it.
    answer(follow(world, 2), "d1", pain_score=10)
    close(flag(follow(world, 3, elsewhere=True), at=NOW), "Hughes", "seen", after=1)
    client.force_login(world.nurse)
    page = told(client.get(f"/episodes/{followed.pk}/letter"))
    body = client.post(f"/episodes/{followed.pk}/letter.pdf", {"language": "en"}).content
    for text in (page, read(body)):
        for words in (
            "Ada1 Żółtowska",
            "epidural steroid injection, lumbar, left, L4/5",
            "pain 5 of 10",
            "sent for an MRI (Dr. Chen, 3 Mar 2026, 15:12)",
            "false alarm (Dr. Novak, 3 Mar 2026, 18:05). because",
            "numb saddle area",
            "38 % less",
            "Interim: the follow-up is still running.",
            "What remains open",
        ):
            assert words in text
        assert "Hughes" not in text and "pain 10 of 10" not in text
        # Nothing to report is not reported, nor is the question that only asks for more.
        assert "weakness" not in text and "One or more" not in text


def test_in_spanish(client: Client, followed: Episode, world: World) -> None:
    client.force_login(world.nurse)
    page = told(client.get(f"/episodes/{followed.pk}/letter?language=es"))
    body = client.post(f"/episodes/{followed.pk}/letter.pdf", {"language": "es"})
    for text in (page, read(body.content)):
        assert "Señales de alarma" in text
        assert "zona de la silla dormida" in text
        assert "dolor 5 de 10" in text
        assert "Provisional: el seguimiento continúa." in text
    # The page around it stays in the reader's language.
    assert "Make the PDF" in page
    assert body["Content-Disposition"] == (
        f'attachment; filename="follow-up-letter-{followed.reference}-es.pdf"'
    )


def test_every_making_is_recorded(client: Client, followed: Episode, world: World) -> None:
    client.force_login(world.nurse)
    client.get(f"/episodes/{followed.pk}/letter")
    assert not Change.objects.filter(what="letter").exists()
    bodies = [
        client.post(f"/episodes/{followed.pk}/letter.pdf", {"language": lang}).content
        for lang in ("en", "es")
    ]
    made = list(Change.objects.filter(episode=followed, what="letter").order_by("pk"))
    assert [one.by for one in made] == [world.nurse] * 2
    assert [one.after for one in made] == [
        f"{lang} {sha256(body).hexdigest()}"
        for lang, body in zip(("en", "es"), bodies, strict=True)
    ]
    assert "Follow-up letter made" in told(client.get(f"/patients/{followed.patient_id}"))
    assert "Made so far" in told(client.get(f"/episodes/{followed.pk}/letter"))


def test_what_remains_open(client: Client, followed: Episode, world: World) -> None:
    flag(followed, at=NOW + timedelta(days=1))
    worklist.add(
        worklist.Kind.CALL, clinic=world.clinic, episode=followed, why="Call.", now=NOW
    )
    optouts.opt_out(world.line.sender, followed.patient.phone, source="keyword", now=NOW)
    client.force_login(world.nurse)
    page = told(client.get(f"/episodes/{followed.pk}/letter"))
    assert "A red flag of 4 Mar 2026, 15:00: nobody has said yet what came of it." in page
    assert "A patient to phone, since 3 Mar 2026, 15:00." in page
    assert "Check-in of" in page
    assert "The patient does not want texts." in page


def test_at_the_end_of_a_quiet_follow_up(client: Client, world: World) -> None:
    one = follow(world, 1, performed_at=NOW - timedelta(days=25))
    without_relief(one)
    episodes.end(one, why="All check-ins are done.", now=datetime.now(UTC), by=world.nurse)
    CheckIn.objects.filter(episode=one, key="d21").update(
        state="answered", ended_at=NOW, due_at=None
    )
    client.force_login(world.nurse)
    page = told(client.get(f"/episodes/{one.pk}/letter"))
    assert "Interim" not in page
    assert "All check-ins are done." in page
    assert "None during the follow-up." in page
    assert "What remains open Nothing." in page
    assert Answer.objects.filter(episode=one).exists()


def test_the_auditor_looks_and_makes_none(
    client: Client, followed: Episode, world: World
) -> None:
    client.force_login(world.auditor)
    assert "Make the PDF" not in told(client.get(f"/episodes/{followed.pk}/letter"))
    assert client.post(f"/episodes/{followed.pk}/letter.pdf").status_code == 403
    assert not Change.objects.filter(what="letter").exists()
