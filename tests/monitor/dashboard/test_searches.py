"""Whom a search showed is kept: on its page, in the palette and while registering."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import oversight
from monitor.models import Access
from patients.access import Role
from patients.models import Membership
from tests.monitor.dashboard.scene import Scene
from tests.world import World

SEARCH, PALETTE, DUPLICATES = "/patients", "/palette", "/register/duplicates"
FAMILY = "Quellenhof"


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


@pytest.fixture
def family(world: World) -> list[Any]:
    """Five of one name, of whom two are called alike; and one elsewhere."""
    world.register_elsewhere(family_name=FAMILY, given_name="Anna")
    names = ["Anna", "Annette", "Berta", "Carl", "Dora"]
    return [
        world.register(
            family_name=FAMILY, given_name=name, phone=f"(201) 555-02{place:02}"
        ).patient
        for place, name in enumerate(names)
    ]


def kept() -> list[tuple[str, str, str]]:
    rows = Access.objects.select_related("patient", "clinic").order_by("pk")
    return [(one.what, str(one.patient or ""), one.detail) for one in rows]


@pytest.mark.parametrize("path", [SEARCH, PALETTE])
def test_few_are_named_and_of_many_it_is_kept_how_many(
    path: str, nurse: Client, world: World, family: list[Any]
) -> None:
    assert "Carl" in nurse.post(path, {"q": f"carl {FAMILY}"}).content.decode()
    assert kept() == [("found", f"Carl {FAMILY}", "")]
    assert "Dora" in nurse.post(path, {"q": FAMILY}).content.decode()
    assert kept()[1:] == [("found", "", "5")]
    for one in Access.objects.all():
        assert (one.by, one.clinic) == (world.nurse, world.clinic)


@pytest.mark.parametrize("path", [SEARCH, PALETTE])
def test_what_was_typed_is_not_kept(path: str, nurse: Client, family: list[Any]) -> None:
    nurse.post(path, {"q": "quellen annet"})
    nurse.post(path, {"q": "quelle"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT access::text FROM monitor_access AS access")
        assert "quelle" not in " ".join(row[0] for row in cursor.fetchall()).lower()
    assert len(kept()) == 2


@pytest.mark.parametrize("path", [SEARCH, PALETTE])
def test_nobody_found_is_nobody_shown(path: str, nurse: Client, family: list[Any]) -> None:
    for words in ("nobody-at-all", "", "q"):
        nurse.post(path, {"q": words})
    # One letter is a search on its page, and none in the palette.
    assert kept() == ([("found", "", "5")] if path == SEARCH else [])


def test_while_somebody_types_nothing_is_kept_twice(nurse: Client, family: list[Any]) -> None:
    now = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False) as clock:
        for words in ("qu", "que", f"{FAMILY} a", f"{FAMILY} an", f"{FAMILY} annet"):
            nurse.post(PALETTE, {"q": words})
            clock.shift(2)
        typed = [
            ("found", "", "5"),
            ("found", f"Anna {FAMILY}", ""),
            ("found", f"Annette {FAMILY}", ""),
        ]
        assert kept() == typed
        clock.shift(60)
        nurse.post(PALETTE, {"q": "que"})
        nurse.post(PALETTE, {"q": f"{FAMILY} annet"})
        assert kept() == [*typed, typed[0], typed[2]]


def test_of_a_further_search_it_is_kept_what_it_shows_more(
    nurse: Client, world: World, family: list[Any]
) -> None:
    now = datetime.now(UTC)
    for people in (family[:4], family, family[:4]):
        oversight.searched(people, by=world.nurse, now=now)
    oversight.searched(family[:1], by=world.auditor, now=now + timedelta(seconds=1))
    assert kept() == [("found", "", "4"), ("found", "", "5"), ("found", f"Anna {FAMILY}", "")]


def test_each_clinic_has_its_own_lines(nurse: Client, world: World, family: list[Any]) -> None:
    Membership.objects.create(user=world.nurse, clinic=world.other, role=Role.NURSE)
    nurse.post(SEARCH, {"q": FAMILY})
    rows = Access.objects.values_list("clinic__name", "patient__given_name", "detail")
    assert set(rows) == {
        ("Harbor Spine Clinic", None, "5"),
        ("Fenwick Pain Centre", "Anna", ""),
    }


def test_who_is_refused_leaves_no_line(client: Client, world: World, family: list[Any]) -> None:
    client.force_login(world.outsider)
    for path in (SEARCH, PALETTE, DUPLICATES):
        client.post(path, {"q": FAMILY, "family_name": FAMILY, "given_name": "Anna"})
    assert kept() == []


def test_whom_the_form_of_a_registration_knows(nurse: Client, family: list[Any]) -> None:
    shown = nurse.post(DUPLICATES, {"family_name": FAMILY, "given_name": "Ber"})
    assert f"Berta {FAMILY}" in shown.content.decode()
    assert kept() == [("found", f"Berta {FAMILY}", "")]


def test_what_is_opened_from_a_search_says_so(nurse: Client, family: list[Any]) -> None:
    for path, given in (
        (SEARCH, {"q": f"dora {FAMILY}"}),
        (PALETTE, {"q": f"dora {FAMILY}"}),
        (DUPLICATES, {"family_name": FAMILY, "given_name": "Dora"}),
    ):
        link = f"/patients/{family[4].pk}?from=search"
        assert f'"{link}"' in nurse.post(path, given).content.decode(), path
    assert nurse.get(link).status_code == 200
    nurse.get(f"/patients/{family[4].pk}")
    assert [what for what, _who, _many in kept()] == ["found", "search", "patient"]
    # The newest, which nobody searched for, are a list.
    assert "from=search" not in nurse.get(SEARCH).content.decode()


def test_the_log_shows_them(
    client: Client, world: World, family: list[Any], scene: Scene
) -> None:
    now = datetime.now(UTC)
    oversight.searched(family, by=world.nurse, now=now)
    oversight.searched(family[:1], by=world.nurse, now=now)
    client.force_login(world.auditor)
    page = client.get("/access-log").content.decode()
    assert "5 patients" in page
    assert page.count("shown by a search") == 2
    narrowed = client.post("/access-log", {"patient": f"anna {FAMILY}"}).content.decode()
    assert "5 patients" not in narrowed
    assert narrowed.count("shown by a search") == 1
    spanish = client.get("/access-log", headers={"Accept-Language": "es"}).content.decode()
    assert "5 pacientes" in spanish
    assert "mostrado en una búsqueda" in spanish


def test_the_queries_are_constant(nurse: Client, world: World, family: list[Any]) -> None:
    def asked(people: list[Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            oversight.searched(people, by=world.nurse, now=datetime.now(UTC))
        return len(queries)

    assert asked([]) == 0
    assert [asked(family[:2]), asked(family)] == [2, 2]
