"""Who looked at whom, and what was changed: kept for good, and read by admin and auditor."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import oversight
from monitor.dashboard import idle
from monitor.dashboard.phrases import TABLES
from monitor.models import Access, Revision
from notifications.models import ContactMethod, Layer, Override
from patients.access import Role
from patients.models import Membership
from tests.monitor.dashboard.scene import Scene
from tests.world import World, make_user

POLL = {"HX-Request": "true"}


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


@pytest.fixture
def auditor(world: World) -> Client:
    other = Client()
    other.force_login(world.auditor)
    return other


def seen() -> list[tuple[str, str, str]]:
    return [
        (one.what, str(one.patient), one.by.username)
        for one in Access.objects.select_related("patient", "by").order_by("pk")
    ]


def test_every_look_is_kept(nurse: Client, scene: Scene) -> None:
    patient = f"/patients/{scene.flagged.patient_id}"
    nurse.get("/")
    nurse.get("/patients")
    assert seen() == []
    nurse.get(patient)
    nurse.get(f"{patient}?from=search")
    nurse.get(f"/p/{scene.page.reference}")
    nurse.get(f"/p/{scene.page.reference}", headers=POLL)
    nurse.get(f"/work/{scene.item.pk}", headers=POLL)
    nurse.get(f"/texts/{scene.flagged.texts.all()[0].pk}/correct")
    assert seen() == [
        ("patient", "Ruth Adler", "nurse"),
        ("search", "Ruth Adler", "nurse"),
        ("page", "Ruth Adler", "nurse"),
        ("work", "Tom Becker", "nurse"),
        ("text", "Ruth Adler", "nurse"),
    ]
    assert Access.objects.get(what="page").detail == scene.page.reference


def test_who_is_refused_has_seen_nothing(client: Client, world: World, scene: Scene) -> None:
    for user in (world.other_nurse, world.outsider):
        client.force_login(user)
        client.get(f"/patients/{scene.flagged.patient_id}")
        client.get(f"/p/{scene.page.reference}")
    assert seen() == []


@pytest.mark.parametrize("model", [Access, Revision])
def test_nothing_is_rewritten(model: Any, nurse: Client, scene: Scene) -> None:
    nurse.get(f"/patients/{scene.flagged.patient_id}")
    for change in (
        lambda: model.objects.update(at=datetime.now(UTC)),
        model.objects.all().delete,
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert model.objects.exists()


def test_the_auditor_reads_and_narrows_it(
    nurse: Client, auditor: Client, world: World, scene: Scene
) -> None:
    nurse.get(f"/patients/{scene.flagged.patient_id}")
    auditor.get(f"/patients/{scene.silent.patient_id}")
    page = auditor.get("/access-log").content.decode()
    assert "Ruth Adler" in page
    assert "Grace Lindqvist" in page
    today = datetime.now(world.clinic.zone).date()
    for given, there, absent in (
        ({"patient": "adler"}, "Ruth Adler", "Grace Lindqvist"),
        ({"patient": "HB-20003"}, "Grace Lindqvist", "Ruth Adler"),
        ({"person": str(world.nurse.pk)}, "Ruth Adler", "Grace Lindqvist"),
        (
            {"since": str(today), "until": str(today), "patient": "ruth"},
            "Ruth Adler",
            "Lindqvist",
        ),
        ({"since": str(today + timedelta(days=1))}, "Nobody has looked", "Ruth Adler"),
        ({"patient": "nobody-at-all"}, "Nobody has looked", "Ruth Adler"),
    ):
        page = auditor.post("/access-log", given).content.decode()
        assert there in page, given
        assert absent not in page, given
    assert "valid date" in auditor.post("/access-log", {"since": "soon"}).content.decode()


@pytest.mark.parametrize("path", ["/access-log", "/changes"])
def test_it_is_for_admin_and_auditor(path: str, client: Client, world: World) -> None:
    for role in Role.values:
        user = make_user(f"some-{role}")
        Membership.objects.create(user=user, clinic=world.clinic, role=role)
        client.force_login(user)
        may = role in (Role.ADMIN, Role.AUDITOR)
        assert client.get(path).status_code == (200 if may else 403), role


def test_another_clinic_reads_nothing_of_it(nurse: Client, world: World, scene: Scene) -> None:
    nurse.get(f"/patients/{scene.flagged.patient_id}")
    boss = make_user("boss")
    Membership.objects.create(user=boss, clinic=world.other, role=Role.ADMIN)
    nurse.force_login(boss)
    for path in ("/access-log", f"/access-log?clinic={world.clinic.slug}", "/changes"):
        page = nurse.get(path).content.decode()
        assert "Adler" not in page
        assert "Harbor" not in page
    page = nurse.post("/access-log", {"clinic": world.clinic.slug}).content.decode()
    assert "Adler" not in page


def test_the_queries_are_constant(
    auditor: Client, world: World, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "NEXT_WRITE_SECONDS", 3600)

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            auditor.get(path)
        return len(queries)

    now = datetime.now(UTC)
    auditor.get("/")
    auditor.get(f"/patients/{scene.flagged.patient_id}")
    few = {path: asked(path) for path in ("/access-log", "/changes")}
    for _n in range(120):
        oversight.looked(
            "patient",
            by=world.nurse,
            clinic=world.clinic,
            patient=scene.silent.patient,
            now=now,
        )
        world.clinic.steroid_limit += 1
        world.clinic.save()
    # A list of one table asks for fewer names than one of all tables.
    assert all(asked(path) <= most for path, most in few.items())
    assert "Older" in auditor.get("/access-log").content.decode()
    older = auditor.post("/access-log", {"page": "1"}).content.decode()
    assert "Newer" in older
    assert "Grace Lindqvist" in older


def test_a_setting_before_and_after(world: World, client: Client, auditor: Client) -> None:
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.create_superuser("root"))
    path = f"/admin/patients/clinic/{world.clinic.pk}/change/"
    fields = client.get(path).context["adminform"].form.initial
    data = {name: "" if value is None else value for name, value in fields.items()}
    data |= {"open_weekdays": "0,1,2,3,4", "protocol_settings": '{"severe_pain_score": 8}'}
    assert client.post(path, {**data, "phone": "+12125550199"}).status_code == 302
    one = Revision.objects.filter(table="patients_clinic").latest("pk")
    assert one.before == {"phone": "+12125550100", "protocol_settings": {}}
    assert one.after == {"phone": "+12125550199", "protocol_settings": {"severe_pain_score": 8}}
    assert one.by.username == "root"
    page = auditor.get("/changes").content.decode()
    assert "<del>+12125550100</del> → <ins>+12125550199</ins>" in page
    assert "root" in page


def test_staff_rota_and_patients(world: World, scene: Scene, auditor: Client) -> None:
    membership = Membership.objects.get(user=world.nurse)
    membership.role = Role.CLINICIAN
    membership.save()
    layer = Layer.objects.get(team=world.team)
    responder = scene.responder
    now = datetime.now(UTC)
    override = Override.objects.create(
        layer=layer, responder=responder, starts_at=now, ends_at=now + timedelta(hours=1)
    )
    override.delete()
    patient = scene.flagged.patient
    patient.phone = "+12015559999"
    patient.save()
    patient.save()
    found = {one.table: one for one in Revision.objects.order_by("pk")}
    role = found["patients_membership"]
    assert (role.before, role.after) == ({"role": "nurse"}, {"role": "clinician"})
    assert (role.clinic, role.by) == (world.clinic, None)
    assert found["notifications_override"].after is None
    assert found["notifications_override"].team == world.team
    phones = [
        (one.before, one.after) for one in Revision.objects.filter(table="patients_patient")
    ]
    assert phones == [({"phone": "+12015551001"}, {"phone": "+12015559999"})]
    page = auditor.get("/changes").content.decode()
    # Whose, by name: the row's own number tells nobody anything.
    assert "<strong>Staff</strong> nurse" in page
    assert "<strong>Patient</strong> Ruth Adler" in page
    for words in ("Override", "removed", "Staff", "clinician", "+12015559999", "Dr. Chen"):
        assert words in page


def test_a_secret_is_never_copied(world: World, scene: Scene) -> None:
    before = Revision.objects.order_by("-pk").first()
    contact = ContactMethod.objects.create(
        responder=scene.responder, channel="sms", address="+12125550177", secret="hush-hush"
    )
    contact.secret = "other-secret"
    contact.save()
    rows = Revision.objects.filter(
        table="notifications_contactmethod", pk__gt=before.pk if before else 0
    ).order_by("pk")
    kept = str([(one.before, one.after) for one in rows])
    assert "hush" not in kept
    assert "other-secret" not in kept
    assert "+12125550177" not in kept
    assert rows[1].after == {"secret": "(hidden)"}


def test_who_it_was_is_of_this_request_alone(world: World, client: Client) -> None:
    client.force_login(world.nurse)
    client.post("/views", {"name": "x", "query": ""})
    world.clinic.steroid_limit = 5
    world.clinic.save()
    assert Revision.objects.latest("pk").by is None


def test_every_table_that_is_named_has_its_trigger(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keep_revision'"
        )
        assert {row[0] for row in cursor.fetchall()} == set(TABLES)
