import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

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
