"""A new line is one sign: in a browser's count, on the server, and in what is sent."""

import uuid
from typing import Any

import pytest
from django.test import Client

from monitor.dashboard import forms
from monitor.models import Note
from monitor.staff_words import LONGEST
from notifications.models import Message
from tests.monitor.dashboard.scene import Scene
from tests.world import World

# As a browser sends what it counts as `LONGEST`.
FULL = "\r\n".join(["a" * 9] * (LONGEST // 10)) + "a"


@pytest.mark.parametrize(
    ("form", "field", "more", "most"),
    [
        (forms.TextForm, "body", {"token": str(uuid.uuid4())}, LONGEST),
        (forms.NoteForm, "body", {}, 2000),
        (forms.CallForm, "body", {"reached": "yes"}, 2000),
        (forms.CloseForm, "note", {"outcome": "done"}, 2000),
        (forms.PageOutcomeForm, "note", {"outcome": "imaging"}, 2000),
        (forms.PageNoteForm, "text", {}, 2000),
    ],
)
def test_as_long_as_the_browser_lets_it_be(
    form: Any, field: str, more: dict[str, str], most: int
) -> None:
    words = "a\r\n" * (most // 2 - 1)
    fits, too_long = (form({field: words + end, **more}) for end in ("ab", "abc"))
    assert fits.is_valid(), fits.errors
    assert fits.cleaned_data[field] == "a\n" * (most // 2 - 1) + "ab"
    assert not too_long.is_valid()


def test_a_text_is_sent_as_it_was_counted(client: Client, world: World, scene: Scene) -> None:
    client.force_login(world.nurse)
    assert len(FULL) > LONGEST == len(FULL.replace("\r\n", "\n"))
    token = str(uuid.uuid4())
    path = f"/episodes/{scene.silent.pk}/text"
    answer = client.post(path, {"body": FULL, "token": token}, follow=True)
    assert "Nothing was sent" not in answer.content.decode()
    sent = Message.objects.get(key__endswith=token)
    assert sent.body == FULL.replace("\r\n", "\n")


def test_a_note_keeps_its_lines(client: Client, world: World, scene: Scene) -> None:
    client.force_login(world.nurse)
    client.post(f"/episodes/{scene.silent.pk}/note", {"body": " one\r\ntwo\rthree "})
    assert Note.objects.get(episode=scene.silent).body == "one\ntwo\nthree"
