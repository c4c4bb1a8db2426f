import json

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from monitor.models import KeptProtocol, ProtocolChoice, SignOff
from notifications.models import Page, PageEvent
from tests.monitor.dashboard.scene import Scene

CONFIGURED = {
    "patients.Clinic",
    "patients.Membership",
    "notifications.Sender",
    "notifications.Team",
    "notifications.Responder",
    "notifications.Layer",
    "notifications.Override",
    "monitor.ClinicLine",
}


@pytest.fixture
def boss(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("boss"))
    return client


def test_configuration_can_be_seen_and_added(boss: Client, scene: Scene) -> None:
    labels = {model._meta.label for model in admin.site._registry}
    assert CONFIGURED <= labels
    for label in CONFIGURED:
        name = label.lower().replace(".", "_")
        for page in ("changelist", "add"):
            assert boss.get(reverse(f"admin:{name}_{page}")).status_code == 200


@pytest.mark.parametrize(
    ("entered", "refusal"),
    [
        ('{"severe_pain_score": 7}', None),
        ('{"severe_pain_score": 10}', "severe_pain_score = 10 is outside 7 to 9 points of 10"),
        ('{"severe_pain": 8}', "severe_pain is no setting; use one of"),
        ('{"ask_steroid_effects": true}', "ask_steroid_effects = True is not a number"),
        ("[8]", "Write it like"),
        ("", None),
    ],
)
def test_a_cut_off_outside_its_bounds_is_refused_when_entered(
    entered: str, refusal: str | None, boss: Client, scene: Scene
) -> None:
    clinic = scene.flagged.clinic
    change = reverse("admin:patients_clinic_change", args=[clinic.pk])
    fields = boss.get(change).context["adminform"].form.initial
    data = {name: "" if value is None else value for name, value in fields.items()}
    data |= {"open_weekdays": "0,1,2,3,4", "protocol_settings": entered}
    answer = boss.post(change, data)
    clinic.refresh_from_db()
    if refusal is None:
        assert answer.status_code == 302
        assert clinic.protocol_settings == ({"severe_pain_score": 7} if entered else {})
    else:
        assert refusal in answer.content.decode()
        assert clinic.protocol_settings == {}


@pytest.mark.parametrize("model", [Page, PageEvent])
def test_what_a_program_wrote_is_read_only(
    model: type[Page] | type[PageEvent], boss: Client, scene: Scene
) -> None:
    name = model._meta.label_lower.replace(".", "_")
    row = model.objects.all()[0]
    assert boss.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert boss.get(reverse(f"admin:{name}_add")).status_code == 403
    change = reverse(f"admin:{name}_change", args=[row.pk])
    assert boss.get(change).status_code == 200
    assert boss.post(change, {}).status_code == 403
    assert boss.post(reverse(f"admin:{name}_delete", args=[row.pk]), {}).status_code == 403


@pytest.mark.parametrize("model", [SignOff, ProtocolChoice, KeptProtocol])
def test_who_answers_for_a_protocol_is_read_only(
    model: type[SignOff | ProtocolChoice | KeptProtocol], boss: Client, scene: Scene
) -> None:
    name = model._meta.label_lower.replace(".", "_")
    assert boss.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert boss.get(reverse(f"admin:{name}_add")).status_code == 403


def test_unsigned_use_is_shown_on_every_page(boss: Client, scene: Scene) -> None:
    for page in ("/admin/", "/admin/patients/clinic/", "/admin/monitor/signoff/"):
        said = boss.get(page).content.decode()
        assert "12 protocols in use at 2 clinics are not signed off" in said


def test_unsigned_use_is_not_shown_to_who_may_not_see_clinics(
    client: Client, scene: Scene
) -> None:
    user = get_user_model().objects.create_user("clerk", is_staff=True)
    client.force_login(user)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "Harbor" not in answer.content.decode()


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ('{"severe_pain_score": 10}', "severe_pain_score = 10 is outside 7 to 9"),
        ('{"severe_pain": 8}', "severe_pain is no setting"),
        ('{"severe_pain_score": "8"}', "is not a number"),
        ('{"severe_pain_score": true}', "is not a number"),
        ("[8]", "Write it like"),
        ('{"severe_pain_score": 9}', ""),
        ("{}", ""),
    ],
)
def test_cut_offs_outside_their_bounds_are_refused(
    boss: Client, scene: Scene, entered: str, said: str
) -> None:
    clinic = scene.flagged.clinic
    path = reverse("admin:patients_clinic_change", args=[clinic.pk])
    form = boss.get(path).context["adminform"].form
    values = {key: "" if value is None else value for key, value in form.initial.items()}
    values |= {"open_weekdays": "0,1,2,3,4", "protocol_settings": entered}
    answer = boss.post(path, values)
    clinic.refresh_from_db()
    if said:
        assert said in answer.content.decode()
        assert clinic.protocol_settings == {}
    else:
        assert answer.status_code == 302
        assert clinic.protocol_settings == json.loads(entered)
