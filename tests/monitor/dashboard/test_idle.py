"""A session that nobody touches ends on the server, and loses nothing that was written."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from monitor import drafts
from monitor.models import Draft
from tests import signed_in
from tests.monitor.dashboard.scene import Scene
from tests.world import World

PATH = "/patients/1"
WORDS = {"/episodes/1/note": {"body": "She says that"}}
POLL = {"HX-Request": "true", "X-Poll": "1"}


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def later(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def keep(client: Client, pages: Any, **more: str) -> Any:
    return client.post("/session/draft", {"pages": json.dumps(pages), **more})


def test_it_ends_after_fifteen_minutes(nurse: Client) -> None:
    assert nurse.get("/").status_code == 200
    with later(14):
        assert nurse.get("/").status_code == 200
    with later(28):
        assert nurse.get("/").status_code == 200
    with later(44):
        assert nurse.get("/").url == "/sign-in?next=/"
        assert nurse.post("/session/stay").url.startswith("/sign-in")
    # And stays so, whatever the clock says.
    assert nurse.get("/").status_code == 302


def test_a_list_that_asks_for_news_keeps_nothing_open(nurse: Client) -> None:
    nurse.get("/")
    for minutes in (5, 10, 14):
        with later(minutes):
            assert nurse.get("/", headers=POLL).status_code == 200
    with later(16):
        assert nurse.get("/", headers=POLL).status_code == 401


def test_staying_and_acts_in_place_do(nurse: Client, scene: Scene) -> None:
    nurse.get("/")
    with later(14):
        assert nurse.post("/session/stay").status_code == 204
    with later(28):
        claim = f"/work/{scene.item.pk}/claim"
        assert nurse.post(claim, headers={"HX-Request": "true"}).status_code == 200
    with later(42):
        assert nurse.get("/").status_code == 200


def test_how_long_is_a_setting(nurse: Client, settings: Settings) -> None:
    settings.IDLE_SECONDS = 300
    nurse.get("/")
    assert 'data-limit="300"' in nurse.get("/").content.decode()
    with later(6):
        assert nurse.get("/").status_code == 302


def test_what_was_written_comes_back_once(nurse: Client, world: World) -> None:
    nurse.get("/")
    with later(16):
        # The session has ended: it may still leave behind what was in it, and nothing else.
        assert keep(nurse, {PATH: WORDS}, end="1").status_code == 204
        assert nurse.get("/").status_code == 302
        assert nurse.post("/session/draft/take", {"path": PATH}).status_code == 302
        nurse.force_login(world.nurse)
        assert 'data-drafts="1"' in nurse.get("/").content.decode()
        back = nurse.post("/session/draft/take", {"path": PATH}).json()
        assert back == {"fields": WORDS, "elsewhere": []}
        assert nurse.post("/session/draft/take", {"path": PATH}).json()["fields"] == {}
        assert 'data-drafts="1"' not in nurse.get("/").content.decode()


def test_nobody_else_ever_has_it(nurse: Client, world: World) -> None:
    keep(nurse, {PATH: WORDS}, end="1")
    assert nurse.get("/").status_code == 302
    for other in (world.auditor, world.other_nurse):
        nurse.force_login(other)
        assert 'data-drafts="1"' not in nurse.get("/").content.decode()
        heard = nurse.post("/session/draft/take", {"path": PATH}).json()
        assert heard == {"fields": {}, "elsewhere": []}
    assert Client().post("/session/draft", {"pages": "{}"}).status_code == 401
    assert Draft.objects.get().user == world.nurse


def test_where_else_something_waits(nurse: Client) -> None:
    keep(nurse, {"/": {}, "/work/1?do=note": WORDS, PATH: WORDS})
    back = nurse.post("/session/draft/take", {"path": PATH}).json()
    assert back["elsewhere"] == ["/work/1?do=note"]


def test_after_a_day_it_is_gone(nurse: Client, world: World) -> None:
    keep(nurse, {PATH: WORDS})
    now = timezone.now() + timedelta(hours=25)
    assert drafts.places(world.nurse, now=now) == []
    assert drafts.take(world.nurse, PATH, now=now) == {}
    drafts.keep(world.auditor, "/", WORDS, now=now)
    assert list(Draft.objects.values_list("user", flat=True)) == [world.auditor.pk]


@pytest.mark.parametrize("pages", ["", "[]", '"x"', "{", '{"/": 3}', '{"/": {"a": "b"}}'])
def test_what_is_no_draft_is_refused(nurse: Client, pages: str) -> None:
    assert nurse.post("/session/draft", {"pages": pages}).status_code == 400
    assert not Draft.objects.exists()


def test_too_much_is_refused(nurse: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 3)
    assert keep(nurse, {PATH: {"/": {"body": "x" * 70_000}}}).status_code == 400
    for number in range(6):
        keep(nurse, {f"/patients/{number}": WORDS})
    assert Draft.objects.count() <= drafts.MOST


def test_emptied_fields_are_forgotten(nurse: Client) -> None:
    keep(nurse, {PATH: WORDS})
    keep(nurse, {PATH: {}})
    assert not Draft.objects.exists()


def test_an_unverified_session_gets_nothing_back(client: Client, world: World) -> None:
    keep_client = Client()
    keep_client.force_login(world.nurse)
    keep(keep_client, {PATH: WORDS})
    signed_in.by_password(client, world.nurse)
    assert client.post("/session/draft/take", {"path": PATH}).status_code == 302
    assert Draft.objects.exists()
