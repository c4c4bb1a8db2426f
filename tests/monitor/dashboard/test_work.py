"""One piece of work: its sheet, every act on it, views, and the palette."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import worklist
from monitor.models import Change, Note, SavedView, WorkItem
from notifications.models import Message
from patients.registration import withdraw_consent
from tests.monitor.dashboard.scene import Scene, follow, stranger
from tests.world import World

IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


@pytest.mark.parametrize("act", ["close", "note", "phone", "text", "assign", "nonsense"])
def test_the_sheet_has_the_words_the_thread_and_one_form(
    act: str, nurse: Client, scene: Scene
) -> None:
    path = f"/work/{scene.item.pk}?do={act}"
    whole = nurse.get(path).content.decode()
    part = nurse.get(path, headers=IN_PLACE).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    for shown in (whole, part):
        assert "can i take the ibuprofen again?" in shown
        assert shown.count("<form") - (whole is shown) * (whole.count("<form") - 1) == 1
    name = act if act != "nonsense" else "close"
    assert f'action="/work/{scene.item.pk}/{name}"' in part


def test_an_act_in_place_answers_with_what_is_to_be_said(nurse: Client, scene: Scene) -> None:
    path = f"/work/{scene.item.pk}"
    answer = nurse.post(f"{path}/claim", headers=IN_PLACE)
    assert (answer.status_code, answer.json()) == (200, {"said": "It is yours now."})
    answer = nurse.post(f"{path}/close", {"outcome": ""}, headers=IN_PLACE)
    assert (answer.status_code, answer.json()["said"]) == (
        409,
        "Choose an outcome. Nothing was saved.",
    )
    nurse.post(f"{path}/close", {"outcome": "done"}, headers=IN_PLACE)
    for act, data in (
        ("claim", {}),
        ("assign", {"to": ""}),
        ("close", {"outcome": "done"}),
    ):
        answer = nurse.post(f"{path}/{act}", data, headers=IN_PLACE)
        assert answer.status_code == 409
        assert "closed this already" in answer.json()["said"]


def test_assigned_to_a_colleague_and_to_nobody_else(
    nurse: Client, scene: Scene, world: World
) -> None:
    path = f"/work/{scene.item.pk}/assign"
    chen = scene.responder.user
    for to, owner in (
        (chen.pk, chen),
        (world.auditor.pk, chen),
        (world.other_nurse.pk, chen),
        (world.outsider.pk, chen),
        ("x", chen),
        ("", None),
    ):
        nurse.post(path, {"to": to})
        scene.item.refresh_from_db()
        assert scene.item.owner == owner


def test_note_and_calls(nurse: Client, scene: Scene, world: World) -> None:
    path = f"/work/{scene.item.pk}"
    nurse.post(f"{path}/note", {"body": " "})
    nurse.post(f"{path}/phone", {"reached": "perhaps"})
    assert not Note.objects.exists()
    nurse.post(f"{path}/note", {"body": "Wife says he sleeps."})
    nurse.post(f"{path}/phone", {"reached": "no", "body": "Voicemail."})
    scene.item.refresh_from_db()
    assert scene.item.closed_at is None
    assert "Voicemail." in nurse.get("/").content.decode()
    nurse.post(f"{path}/phone", {"reached": "yes", "body": "Advised."})
    scene.item.refresh_from_db()
    assert (scene.item.outcome, scene.item.note) == ("reached", "Advised.")
    assert list(Note.objects.order_by("pk").values_list("kind", flat=True)) == [
        "note",
        "not_reached",
        "reached",
    ]
    assert scene.item.episode is not None
    story = nurse.get(f"/patients/{scene.item.episode.patient_id}").content.decode()
    for words in ("Wife says he sleeps.", "Voicemail.", "Phoned: not reached"):
        assert words in story


def test_a_text_from_the_list(nurse: Client, scene: Scene) -> None:
    words = {"body": "Please call us.", "token": str(uuid.uuid4())}
    for _time in range(2):
        nurse.post(f"/work/{scene.item.pk}/text", words)
    assert Message.objects.filter(body="Please call us.").count() == 1
    assert Change.objects.filter(what="texted").count() == 1
    episode = scene.item.episode
    assert episode is not None
    story = nurse.get(f"/patients/{episode.patient_id}").content.decode()
    assert "nurse · " in story[story.index("Please call us.") :]
    withdraw_consent(episode.patient, how="by phone", now=datetime.now(UTC))
    words = {"body": "Once more.", "token": str(uuid.uuid4())}
    nurse.post(f"/work/{scene.item.pk}/text", words)
    assert not Message.objects.filter(body="Once more.").exists()
    sheet = nurse.get(f"/work/{scene.item.pk}?do=text").content.decode()
    assert "phone instead" in sheet


def test_work_without_a_patient(nurse: Client, world: World) -> None:
    item = stranger(world, now=datetime.now(UTC))
    for act in ("close", "note", "phone", "text", "assign"):
        assert nurse.get(f"/work/{item.pk}?do={act}").status_code == 200
    nurse.post(f"/work/{item.pk}/text", {"body": "Hello", "token": str(uuid.uuid4())})
    assert not Message.objects.filter(body="Hello").exists()
    nurse.post(f"/work/{item.pk}/phone", {"reached": "yes", "body": "His brother."})
    item.refresh_from_db()
    assert item.outcome == "reached"


def test_the_auditor_sees_the_sheet_and_no_form(
    client: Client, world: World, scene: Scene
) -> None:
    client.force_login(world.auditor)
    part = client.get(f"/work/{scene.item.pk}", headers=IN_PLACE).content.decode()
    assert "ibuprofen" in part
    assert "<form" not in part


def test_groups_count_and_narrow(nurse: Client, scene: Scene, world: World) -> None:
    stranger(world, now=datetime.now(UTC))
    shown = nurse.get("/").content.decode()
    for key, count in (("read", 1), ("missed", 1), ("question", 1), ("call", 0)):
        chip = shown[shown.index(f'id="chip-{key}"') :]
        assert f'<span class="count">{count}</span>' in chip[:200]
    chip = shown[shown.index('id="chip-pages"') :]
    assert '<span class="count">1</span>' in chip[:200]
    worklist.assign(scene.item, to=world.auditor)
    free = nurse.get("/?who=free&show=question").content.decode()
    assert f'id="item-{scene.item.pk}"' not in free
    assert scene.page.reference in free
    elsewhere = nurse.get(f"/?clinic={world.other.slug}").content.decode()
    assert f'id="item-{scene.item.pk}"' not in elsewhere


def test_views_are_ones_own(nurse: Client, client: Client, world: World) -> None:
    for name, query in (("", "show=read"), ("x" * 41, "show=read")):
        nurse.post("/views", {"name": name, "query": query})
    assert not SavedView.objects.exists()
    nurse.post("/views", {"name": "Mine", "query": "who=mine&show=silent&evil=1"})
    nurse.post("/views", {"name": "Mine", "query": "who=mine"})
    view = SavedView.objects.get()
    assert (view.user, view.query) == (world.nurse, "who=mine")
    assert 'href="/?who=mine" data-command="Mine"' in nurse.get("/").content.decode()
    client.force_login(world.auditor)
    assert "Mine" not in client.get("/").content.decode()
    assert client.post(f"/views/{view.pk}/drop").status_code == 404
    client.force_login(world.nurse)
    client.post(f"/views/{view.pk}/drop")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [("adl", ["Adler"]), ("555-1002", ["Haddad"]), ("HB-20004", ["Becker"]), ("a", [])],
)
def test_palette_finds_patients(
    words: str, found: list[str], nurse: Client, scene: Scene
) -> None:
    shown = nurse.post("/palette", {"q": words}).content.decode()
    for name in ("Adler", "Haddad", "Becker", "Lindqvist"):
        assert (f" {name}</strong>" in shown) == (name in found)


@pytest.mark.parametrize("path", ["/", "/work/{item}", "/today", "/patients"])
def test_queries_are_constant(path: str, nurse: Client, scene: Scene, world: World) -> None:
    """With ten rows and with a hundred."""
    path = path.format(item=scene.item.pk)
    add_rows(world, 10, since=0)
    with CaptureQueriesContext(connection) as few:
        assert nurse.get(path).status_code == 200
    add_rows(world, 90, since=10)
    with CaptureQueriesContext(connection) as many:
        assert nurse.get(path).status_code == 200
    assert len(many) == len(few)


def add_rows(world: World, count: int, *, since: int) -> None:
    """Work with a note on each, owned by somebody; a patient to ten of them, in the day."""
    now = datetime.now(UTC)
    people = [
        follow(world, "Pat", f"Number{since + n}", days=n % 2, now=now, n=50 + since // 10 + n)
        for n in range(count // 10)
    ]
    items = WorkItem.objects.bulk_create(
        WorkItem(
            clinic=world.clinic,
            episode=people[row % len(people)],
            kind=WorkItem.Kind.CALL,
            why="Call.",
            opened_at=now,
            deadline=now,
            owner=world.nurse,
        )
        for row in range(count)
    )
    Note.objects.bulk_create(
        Note(clinic=world.clinic, item=item, body="N", by=world.nurse, at=now) for item in items
    )
