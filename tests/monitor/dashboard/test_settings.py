"""A clinic's own settings, changed by its admin and by nobody else."""

from typing import Any

import pytest
from django.test import Client

from monitor.models import Revision
from patients.access import Role
from patients.models import Membership
from tests.world import World, make_user


@pytest.fixture
def boss(client: Client, world: World) -> Client:
    user = make_user("boss")
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    client.force_login(user)
    return client


def entered(client: Client, **changes: Any) -> dict[str, Any]:
    """The form as it stands, with changes."""
    form = client.get("/settings").context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()} | changes


def test_saved_as_it_stands_nothing_changes(boss: Client, world: World) -> None:
    before = vars(type(world.clinic).objects.get(pk=world.clinic.pk))
    assert boss.post("/settings/save", entered(boss)).status_code == 302
    after = vars(type(world.clinic).objects.get(pk=world.clinic.pk))
    before.pop("_state"), after.pop("_state")
    assert before == after


def test_changed_and_kept_with_who_did(boss: Client, world: World) -> None:
    new = {
        "phone": "(212) 555-0177",
        "opens": "07:30",
        "open_weekdays": ["0", "5"],
        "steroid_limit": "4",
        "cut_off_severe_pain_score": "7",
    }
    assert boss.post("/settings/save", entered(boss, **new)).status_code == 302
    clinic = type(world.clinic).objects.get(pk=world.clinic.pk)
    assert (clinic.phone, f"{clinic.opens:%H:%M}") == ("+12125550177", "07:30")
    assert clinic.open_weekdays == [0, 5]
    assert clinic.protocol_settings == {"severe_pain_score": 7.0}
    one = Revision.objects.filter(table="patients_clinic").latest("pk")
    assert one.by.username == "boss"
    assert one.before["phone"] == "+12125550100"
    page = boss.get("/protocols/epidural_steroid.v1").content.decode()
    assert "were last set by boss" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phone": "call us"}, "not a phone number"),
        ({"opens": "19:00"}, "It closes after it opens."),
        ({"open_weekdays": []}, "Choose at least one day."),
        ({"check_in_at": "21:00"}, "No texts are sent at this time."),
        ({"check_in_at": "03:00"}, "No texts are sent at this time."),
        ({"cut_off_severe_pain_score": "10"}, "is outside 7 to 9"),
        ({"cut_off_severe_pain_score": "much"}, "Enter a number"),
        ({"steroid_limit": "-1"}, "greater than or equal to 0"),
        ({"opens": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    change: dict[str, Any], said: str, boss: Client, world: World
) -> None:
    page = boss.post("/settings/save", entered(boss, **change)).content.decode()
    assert said in page
    assert "Nothing was saved." in page
    assert not Revision.objects.filter(table="patients_clinic", before__isnull=False).exists()


def test_only_of_ones_own_clinic(boss: Client, world: World) -> None:
    given = entered(boss, clinic=world.other.slug, steroid_limit="9")
    boss.post("/settings/save", given)
    world.other.refresh_from_db()
    assert world.other.steroid_limit == 3


def test_the_auditor_reads_it(client: Client, world: World) -> None:
    client.force_login(world.auditor)
    page = client.get("/settings").content.decode()
    assert "+12125550100" in page
    assert "Save the settings" not in page
    assert "disabled" in page
