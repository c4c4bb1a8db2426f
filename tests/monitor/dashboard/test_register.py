from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.test import Client

from monitor.dashboard.forms import WallTimeField
from monitor.models import Episode
from notifications import optouts
from patients.models import Membership, Patient, Procedure
from tests.world import World


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def entered(world: World, **changes: Any) -> dict[str, Any]:
    then = datetime.now(world.clinic.zone) - timedelta(hours=3)
    day, clock = then.date().isoformat(), f"{then:%H:%M}"
    values = {
        "clinic": world.clinic.slug,
        "given_name": "Ruth",
        "family_name": "Adler",
        "born_on": "1957-06-02",
        "phone": "(201) 555-0123",
        "language": "en",
        "kind": "epidural_steroid",
        "region": "lumbar",
        "side": "left",
        "levels": "L4/5, L5/S1",
        "performed_at_0": day,
        "performed_at_1": clock,
        "clinician": "Dr. Osei",
        "steroid": "on",
        "baseline_pain": "6",
        "consent_how": "written",
        "consent_given_at_0": day,
        "consent_given_at_1": clock,
    }
    return {**values, **changes}


def test_registered_and_on_to_the_patient(nurse: Client, world: World) -> None:
    answer = nurse.post("/register", entered(world))
    patient = Patient.objects.get()
    assert answer.headers["Location"] == f"/patients/{patient.pk}"
    assert (patient.phone, patient.clinic) == ("+12015550123", world.clinic)
    procedure = Procedure.objects.get()
    assert (procedure.levels, procedure.registered_by) == (["L4/5", "L5/S1"], world.nurse)
    assert abs(procedure.performed_at - (datetime.now(UTC) - timedelta(hours=3))) < timedelta(
        minutes=2
    )
    assert Episode.objects.get().procedure == procedure


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("given_name", "", "Enter the given name."),
        ("born_on", "yesterday", "Enter a valid date."),
        ("phone", "12", "No phone in US has this number."),
        ("performed_at_1", "", "Enter the day and time of the procedure."),
        ("consent_how", "", "Say how the consent was given."),
        ("baseline_pain", "11", "Pain is a whole number from 0 to 10."),
        ("kind", "massage", "Select a valid choice"),
    ],
)
def test_each_error_stands_beside_its_field(
    field: str, value: str, why: str, nurse: Client, world: World
) -> None:
    text = nurse.post("/register", entered(world, **{field: value})).content.decode()
    name = field.removesuffix("_1")
    error = text[text.index(f'id="id_{name}_error"') :]
    assert why in error[: error.index("</p>")]
    assert not Patient.objects.exists()
    assert 'value="Adler"' in text


def test_all_errors_are_shown_at_once(nurse: Client, world: World) -> None:
    text = nurse.post("/register", {"born_on": "nonsense"}).content.decode()
    for name in ("given_name", "family_name", "born_on", "phone", "kind", "performed_at"):
        assert f'id="id_{name}_error"' in text
    assert nurse.get("/register").content.decode().count("_error") == 0


def test_a_warning_must_be_accepted(nurse: Client, world: World) -> None:
    risky = entered(world, contraindications=["infection"])
    text = nurse.post("/register", risky).content.decode()
    assert "an infection anywhere, a contraindication" in text
    assert "Register all the same" in text
    assert not Patient.objects.exists()
    nurse.post("/register", {**risky, "accept_warnings": "on"})
    assert Patient.objects.get().contraindications == ["infection"]


def test_hints_while_typing(nurse: Client, world: World) -> None:
    ask = "/register/duplicates"
    assert nurse.post(ask, entered(world)).content.strip() == b""
    nurse.post("/register", entered(world))
    assert b"Ruth Adler is registered already" in nurse.post(ask, entered(world)).content
    other = nurse.post(ask, entered(world, given_name="Anna")).content
    assert b"1 other patient has this phone" in other


def test_somebody_who_may_be_the_same_is_shown_while_typing(
    nurse: Client, world: World
) -> None:
    nurse.post("/register", entered(world, record_number="HB-7"))
    ask = "/register/duplicates"
    for typed in (
        {"given_name": "R", "family_name": "Adl"},
        {"family_name": "adler", "born_on": "1957-06-02"},
        {"record_number": "hb-7"},
    ):
        told = nurse.post(ask, {"clinic": world.clinic.slug, **typed}).content.decode()
        assert "Ruth Adler, born 2 Jun 1957, is registered: the same person?" in told
        assert f"/patients/{Patient.objects.get().pk}" in told
    for typed in ({"family_name": "A"}, {"family_name": "Adler"}, {"given_name": "Ruth"}):
        told = nurse.post(ask, {"clinic": world.clinic.slug, **typed}).content.decode()
        assert told.strip() == ""


def test_every_text_is_shown_with_its_time_before_anything_is_saved(
    nurse: Client, world: World
) -> None:
    text = nurse.post("/register/preview", entered(world)).content.decode()
    for part in ("Welcome", "Advice", "Day 1", "Day 7", "Day 14", "we will text you"):
        assert part in text
    assert not Patient.objects.exists()
    spanish = nurse.post("/register/preview", entered(world, language="es")).content.decode()
    assert "we will text you" not in spanish
    nothing = nurse.post("/register/preview", entered(world, region="")).content.decode()
    assert "Choose the procedure" in nothing


def test_a_phone_that_sent_stop_is_not_said_to_be_texted(nurse: Client, world: World) -> None:
    optouts.opt_out(world.line.sender, "+12015550123", source="keyword", now=datetime.now(UTC))
    text = nurse.post("/register/preview", entered(world)).content.decode()
    assert "This phone has sent STOP" in text
    assert "we will text you" not in text
    assert "Day 7" in text and text.count("Not texted: staff are asked to phone.") == 3
    # The second clinic's number is another one.
    optouts.opt_in(world.line.sender, "+12015550123", now=datetime.now(UTC))
    optouts.opt_out(
        world.other_line.sender, "+12015550123", source="keyword", now=datetime.now(UTC)
    )
    for phone in ("(201) 555-0123", ""):
        text = nurse.post("/register/preview", entered(world, phone=phone)).content.decode()
        assert "This phone has sent STOP" not in text and "we will text you" in text


def test_the_form_begins_with_what_most_have(nurse: Client, world: World) -> None:
    nurse.post("/register", entered(world, clinician="Dr. Novak"))
    text = nurse.get("/register").content.decode()
    assert 'value="Dr. Novak"' in text
    today = datetime.now(world.clinic.zone).date().isoformat()
    assert f'name="performed_at_0" id="id_performed_at_0" value="{today}"' in text
    # The rules count hours from it: nobody may have it filled in unseen.
    assert 'name="performed_at_1" id="id_performed_at_1" value=""' in text


def test_hints_say_nothing_of_another_clinic(
    nurse: Client, client: Client, world: World
) -> None:
    nurse.post("/register", entered(world))
    client.force_login(world.other_nurse)
    told = client.post("/register/duplicates", entered(world, phone="+12015550123")).content
    assert told.strip() == b""


def test_another_clinic_cannot_be_registered_for(nurse: Client, world: World) -> None:
    nurse.post("/register", entered(world, clinic=world.other.slug))
    assert Patient.objects.get().clinic == world.clinic


def test_on_call_staff_do_not_register(client: Client, world: World) -> None:
    user = Membership.objects.filter(clinic=world.clinic, role="on_call")[0].user
    client.force_login(user)
    assert client.get("/register").status_code == 403


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2026, 3, 8), "01:30", datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        (date(2026, 3, 8), "03:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # Twice on the clock: the first of the two.
        (date(2026, 11, 1), "01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_wall_time(day: date, clock: str, utc: datetime) -> None:
    field = WallTimeField()
    field.zone = ZoneInfo("America/New_York")
    assert field.clean([day.isoformat(), clock]) == utc


def test_a_time_that_the_clocks_skipped_is_refused() -> None:
    field = WallTimeField()
    field.zone = ZoneInfo("America/New_York")
    with pytest.raises(forms.ValidationError, match="skipped"):
        field.clean(["2026-03-08", "02:30"])
