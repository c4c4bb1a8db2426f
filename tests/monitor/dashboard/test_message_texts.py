"""The page of a clinic's ready texts, and their place beside the box of a text."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import ready_texts
from monitor.models import ReadyText, Revision
from monitor.starters import STARTERS
from notifications.models import Message
from patients.access import Role
from patients.models import Membership, Patient
from tests.monitor.dashboard.scene import Scene
from tests.world import World, make_user

CALL = {"en": "{clinic}: call {phone}.", "es": "{clinic}: llame al {phone}."}
FILLED = "Harbor Spine Clinic: call +1 212-555-0100."
POLL = {"HX-Request": "true"}


@pytest.fixture
def boss(world: World) -> Client:
    user = make_user("boss")
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    one = Client()
    one.force_login(user)
    return one


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def html(client: Client, path: str = "/message-texts") -> str:
    return client.get(path).content.decode()


def form(**changes: str) -> dict[str, str]:
    words = {f"words_{lang}": text for lang, text in CALL.items()}
    return {"name": "Call us", **words, **changes}


def keep(world: World, name: str = "Call us", **words: str) -> ReadyText:
    return ready_texts.save(world.clinic, name=name, words=words or CALL)


def test_empty_it_says_what_to_do_to_whoever_may(boss: Client, nurse: Client) -> None:
    page = html(boss)
    assert "Take one of the suggestions below as it is, or write your own." in page
    assert page.count("Add it as it is") == len(STARTERS)
    page = html(nurse)
    assert "The clinic's admin writes them here" in page
    assert "Add it as it is" not in page


def test_it_says_where_the_protocols_texts_stand_and_why(nurse: Client) -> None:
    page = html(nurse)
    assert "A clinician signs them off word by word" in page
    assert 'href="/protocols?clinic=harbor-spine-clinic"' in page


def test_a_suggestion_is_added_by_one_click_and_offered_no_more(
    boss: Client, world: World
) -> None:
    page = boss.get("/message-texts")
    first = page.context["starters"][0]
    words = {f"words_{lang}": text for lang, text in first.words.items()}
    given = {"clinic": world.clinic.slug, "name": first.name, **words}
    assert boss.post("/message-texts/add", given).status_code == 302
    one = ReadyText.objects.get()
    assert (one.name, one.words) == (STARTERS[0].name, dict(STARTERS[0].words))
    assert len(boss.get("/message-texts").context["starters"]) == len(STARTERS) - 1
    assert Revision.objects.get(table="monitor_readytext").by.username == "boss"


def test_written_shown_as_sent_with_segments_and_changed(boss: Client, world: World) -> None:
    assert boss.post("/message-texts/add", form()).status_code == 302
    page = html(boss)
    assert f"<p>{FILLED}</p>" in page
    assert "<p>Harbor Spine Clinic: llame al +1 212-555-0100.</p>" in page
    assert "1 segment, 42 units of GSM-7" in page
    one = ReadyText.objects.get()
    form_page = html(boss, f"/message-texts/{one.pk}")
    assert "{clinic}: call {phone}.</textarea>" in form_page
    assert "What was sent stays as it was." in form_page
    changed = form(name="Call", words_es="")
    assert boss.post(f"/message-texts/{one.pk}", changed).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.words) == ("Call", {"en": CALL["en"]})
    assert "No words in Spanish: it is not offered" in html(boss)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"name": "TAKEN"}, "Another ready text has this name"),
        ({"words_en": "", "words_es": " "}, "Write the words in one language at least."),
        (
            {"words_en": "Dear {name}"},
            "{name} is not filled in: only {clinic} and {phone} are.",
        ),
        ({"words_en": "Call {phone"}, "A brace stands alone, or twice."),
        ({"words_es": "x" * 481}, "it has 481 characters: shorten it to 480."),
        ({"words_en": "Reply YES."}, "“Reply YES” suggests a word that carriers take"),
        ({"words_es": "¿Y su espalda?"}, "“espalda” may tell what was done"),
    ],
)
def test_refused_with_what_to_do_and_nothing_lost(
    change: dict[str, str], words: str, boss: Client, world: World
) -> None:
    keep(world, "taken")
    page = boss.post("/message-texts/add", form(**change))
    text = page.content.decode()
    assert (page.status_code, words in text) == (200, True), text
    assert "Nothing was saved." in text
    for value in form(**change).values():
        assert page.context["form"]["name"].value() == form(**change)["name"]
        assert not value.strip() or value in text.replace("&#x27;", "'")
    assert ReadyText.objects.count() == 1


def test_the_preview_says_what_it_costs_and_what_is_wrong(boss: Client) -> None:
    def seen(lang: str, **words: str) -> str:
        answer = boss.post(f"/message-texts/preview?lang={lang}", words, headers=POLL)
        return str(answer.content.decode())

    shown = seen("es", words_es="Llámenos al {phone}.", words_en="{name}")
    assert '<div class="bubble ours" lang="es"><p>Llámenos al +1 212-555-0100.</p>' in shown
    assert "1 segment, 28 units of UCS-2" in shown
    assert "error" not in shown
    assert "{name} is not filled in" in seen("en", words_en="Dear {name}")
    assert "No words in English" in seen("en", words_en=" ")
    assert "No words in English" in seen("xx", words_xx="Hm")
    assert not ReadyText.objects.exists()


def test_moved_retired_brought_back_and_removed(boss: Client, world: World) -> None:
    first, second = keep(world, "first"), keep(world, "second")

    def act(one: ReadyText, name: str, **given: Any) -> str:
        answer = boss.post(f"/message-texts/{one.pk}/{name}", given, follow=True)
        assert answer.status_code == 200
        return str(answer.content.decode())

    page = act(second, "move", by="-1")
    assert page.index("second") < page.index("first</a>")
    assert page.count("autofocus") == 1
    act(second, "move", by="1")
    assert "Retired: it is offered no more." in act(first, "retire")
    page = act(second, "remove")
    assert "It is in use, or was sent: it stays." in page
    assert "It is offered again." in act(first, "bring-back")
    act(first, "retire")
    keep(world, "First")
    assert "Another ready text has this name" in act(first, "bring-back")
    assert "Remove: it was never sent" in html(boss)
    assert "Removed. The changes page still has its words." in act(first, "remove")
    assert not ReadyText.objects.filter(pk=first.pk).exists()
    # Somebody else was changing it meanwhile: what they wrote is kept, and it stays retired.
    act(second, "retire")
    assert boss.post(f"/message-texts/{second.pk}", form(name="Late")).status_code == 302
    second.refresh_from_db()
    assert (second.name, second.retired_at is None) == ("Late", False)


def test_the_changes_page_tells_by_language(boss: Client, world: World) -> None:
    boss.post("/message-texts/add", form())
    one = ReadyText.objects.get()
    boss.post(f"/message-texts/{one.pk}", form(words_es="{clinic}: llame."))
    page = html(boss, "/changes")
    assert "<strong>Ready text</strong> Call us" in page
    newest = page.split("row-card")[1]
    assert "words: es:</span> <del>{clinic}: llame al {phone}.</del>" in newest
    assert "<ins>{clinic}: llame.</ins>" in newest
    assert "words: en" not in newest


def test_an_admin_elsewhere_changes_nothing_here(world: World) -> None:
    one = keep(world)
    user = make_user("boss-elsewhere")
    Membership.objects.create(user=user, clinic=world.other, role=Role.ADMIN)
    client = Client()
    client.force_login(user)
    assert client.get(f"/message-texts/{one.pk}").status_code == 404
    assert client.post(f"/message-texts/{one.pk}/retire").status_code == 404
    client.post("/message-texts/add", form(clinic=world.clinic.slug))
    assert ReadyText.objects.filter(clinic=world.other).count() == 1
    assert ReadyText.objects.filter(clinic=world.clinic).get() == one


def test_offered_beside_the_box_of_a_piece_of_work(
    nurse: Client, world: World, scene: Scene
) -> None:
    path = f"/work/{scene.item.pk}?do=text"
    assert "There are no ready texts yet." in html(nurse, path)
    one, english = keep(world), keep(world, "English", en="Call us.")
    retired = keep(world, "Gone")
    ready_texts.retire(retired, now=scene.page.opened_at)
    page = html(nurse, path)
    assert f'<option value="{one.pk}" data-words="{FILLED}">Call us</option>' in page
    assert "Gone" not in page
    assert "Call us" not in html(nurse, f"/work/{scene.item.pk}?do=note")
    # Without scripts the page itself is asked for the words, by the text's key.
    page = html(nurse, f"{path}&ready={one.pk}")
    assert f"data-first>{FILLED}</textarea>" in page
    Patient.objects.update(language="es")
    page = html(nurse, f"{path}&ready={english.pk}")
    assert 'data-words="Harbor Spine Clinic: llame al +1 212-555-0100."' in page
    assert f'<option value="{english.pk}" disabled>English (not in Spanish)</option>' in page
    assert "data-first></textarea>" in page


def test_another_clinics_words_are_not_in_the_box(
    world: World, scene: Scene, nurse: Client
) -> None:
    theirs = ready_texts.save(world.other, name="Theirs", words={"en": "Fenwick."})
    Membership.objects.create(user=world.nurse, clinic=world.other, role=Role.NURSE)
    keep(world)
    for path in (f"/work/{scene.item.pk}?do=text", f"/patients/{scene.silent.patient_id}?x=1"):
        page = html(nurse, f"{path}&ready={theirs.pk}")
        assert "Call us" in page
        assert "Theirs" not in page
        assert "Fenwick." not in page


def test_sending_what_was_put_in_keeps_it_for_good(
    nurse: Client, boss: Client, world: World, scene: Scene
) -> None:
    one = keep(world)
    page = html(nurse, f"/patients/{scene.silent.patient_id}?ready={one.pk}")
    assert f'data-key="t">{FILLED}</textarea>' in page
    given = {"body": FILLED, "token": str(uuid.uuid4())}
    assert nurse.post(f"/episodes/{scene.silent.pk}/text", given).status_code == 302
    assert Message.objects.filter(body=FILLED).count() == 1
    boss.post(f"/message-texts/{one.pk}/retire")
    assert "Remove: it was never sent" not in html(boss)
    boss.post(f"/message-texts/{one.pk}/remove")
    assert ReadyText.objects.filter(pk=one.pk).exists()


def test_who_may_not_text_is_offered_nothing(
    client: Client, world: World, scene: Scene
) -> None:
    keep(world)
    client.force_login(world.auditor)
    assert "Call us" not in html(client, f"/patients/{scene.silent.patient_id}")
    assert "Call us" not in html(client, f"/work/{scene.item.pk}?do=text")
    assert FILLED in html(client)


def test_any_number_of_them_is_one_query(nurse: Client, world: World, scene: Scene) -> None:
    def asked(path: str) -> int:
        nurse.get(path)
        with CaptureQueriesContext(connection) as seen:
            nurse.get(path)
        return len(seen)

    paths = (f"/patients/{scene.silent.patient_id}", f"/work/{scene.item.pk}?do=text")
    before = [asked(path) for path in paths]
    for number in range(12):
        keep(world, f"text {number}")
    assert [asked(path) for path in paths] == before
    with CaptureQueriesContext(connection) as seen:
        nurse.get(paths[0])
    assert sum("readytext" in one["sql"] for one in seen) == 1


def test_settings_and_commands_lead_there(boss: Client, nurse: Client) -> None:
    assert 'href="/message-texts?clinic=harbor-spine-clinic"' in html(boss, "/settings")
    assert 'data-href="/message-texts"' in html(nurse, "/patients")
