"""A clinic's own settings, changed by its admin and by nobody else."""

from typing import Any

import pytest
from django.test import Client

from monitor.dashboard import setting_words
from monitor.dashboard.clinic_settings import CUT_OFF, cut_offs
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
        ({"opens": "19:00"}, "It closes after it opens: write a later time."),
        ({"open_weekdays": []}, "Choose at least one day."),
        ({"check_in_at": "21:00"}, "write one from 09:00 to before 20:00."),
        ({"check_in_at": "03:00"}, "No texts are sent at this time"),
        # Hours that do not go over midnight would stop the clinic's whole timetable.
        ({"quiet_from": "01:00"}, "write a time before 01:00."),
        ({"cut_off_severe_pain_score": "10"}, "Write a number from 7 to 9 (points of 10)"),
        ({"cut_off_severe_pain_score": "much"}, "or leave it empty: then 8 counts."),
        ({"cut_off_long_follow_up": "2"}, "Select a valid choice"),
        ({"steroid_limit": "-1"}, "Write a whole number from 0 to 12."),
        ({"steroid_limit": "40"}, "Write a whole number from 0 to 12."),
        ({"emergency_number": "ask us"}, "Write 2 to 8 digits, as in 911."),
        ({"emergency_number": ""}, "Write 2 to 8 digits, as in 911."),
        ({"opens": ""}, "Write a time of day, as in 09:30."),
        ({"opens": "noon"}, "Write a time of day, as in 09:30."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    change: dict[str, Any], said: str, boss: Client, world: World
) -> None:
    page = boss.post("/settings/save", entered(boss, **change)).content.decode()
    assert said in page
    assert "Nothing was saved." in page
    assert not Revision.objects.filter(table="patients_clinic", before__isnull=False).exists()


def test_each_cut_off_says_what_it_is(boss: Client) -> None:
    form = boss.get("/settings").context["form"]
    assert set(setting_words.WORDS) == set(cut_offs())
    for code, setting in cut_offs().items():
        field = form[CUT_OFF + code]
        assert "_" not in field.label
        assert code.replace("_", " ") != field.label
        if setting.unit == setting_words.SWITCH:
            continue
        assert f"{setting_words.UNITS[setting.unit]})" in field.label
        for number in (setting.least, setting.most, setting.default):
            assert f"{number:g}" in field.help_text


def test_a_switch_is_turned_on_and_given_back_to_the_protocol(
    boss: Client, world: World
) -> None:
    boss.post("/settings/save", entered(boss, cut_off_long_follow_up="1"))
    world.clinic.refresh_from_db()
    assert world.clinic.protocol_settings == {"long_follow_up": 1.0}
    assert '<option value="1" selected>on' in boss.get("/settings").content.decode()
    boss.post("/settings/save", entered(boss, cut_off_long_follow_up=""))
    world.clinic.refresh_from_db()
    assert world.clinic.protocol_settings == {}


@pytest.mark.parametrize(
    "name", ["opens", "open_weekdays", "quiet_until", "steroid_limit", "emergency_number"]
)
def test_each_field_says_what_a_change_does_and_its_default(name: str, boss: Client) -> None:
    field = boss.get("/settings").context["form"][name]
    assert "unless changed" in field.help_text


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
