from datetime import date, timedelta
from typing import Any

import pytest

from patients.models import Consent, Patient, Procedure
from patients.registration import Refused, Warned, has_consent, register, withdraw_consent
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def test_a_registration_saves_patient_procedure_and_consent(world: World) -> None:
    procedure = world.register()
    patient = procedure.patient
    assert (patient.clinic, patient.phone) == (world.clinic, "+12015550123")
    assert procedure.registered_by == world.nurse
    assert has_consent(patient)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("given_name", " ", "Enter the given name"),
        ("family_name", "", "Enter the family name"),
        ("born_on", None, "Enter the date of birth"),
        ("born_on", date(2027, 1, 1), "in the future"),
        ("born_on", date(1890, 1, 1), "120 years"),
        ("phone", "12", "No phone in US"),
        ("language", "English", "Choose the language"),
        ("contraindications", ("gout",), "Not known: gout"),
        ("kind", "massage", "Choose one of"),
        ("region", "", "Choose one of"),
        ("side", "up", "Choose one of"),
        ("clinician", "", "who performed"),
        ("baseline_pain", 11, "0 to 10"),
        ("performed_at", None, "day and time"),
        ("performed_at", NOW + timedelta(hours=1), "future"),
        ("performed_at", NOW - timedelta(days=15), "14 days ago"),
        ("consent_given_at", None, "consent"),
        ("consent_given_at", NOW + timedelta(days=1), "future"),
        ("consent_how", "", "how the consent"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_saved(
    world: World, field: str, value: Any, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        world.register(**{"consent_given_at": NOW - timedelta(hours=6), field: value})
    assert list(refused.value.errors) == [field]
    assert why in refused.value.errors[field]
    assert not Patient.objects.exists()


def test_every_fault_is_named_at_once(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.register(phone="x", clinician="", consent_how="telepathy")
    assert set(refused.value.errors) == {"phone", "clinician", "consent_how"}


def test_the_same_person_and_procedure_on_one_day_is_refused(world: World) -> None:
    world.register()
    with pytest.raises(Refused, match="already registered"):
        world.register(given_name="RUTH ", performed_at=NOW - timedelta(hours=1))
    assert Procedure.objects.count() == 1


def test_the_day_is_the_clinics_own(world: World) -> None:
    """23:30 and 00:30 in New York are one UTC day and two local ones."""
    late = NOW.replace(day=3, hour=4, minute=30)
    world.register(performed_at=late)
    world.register(performed_at=late + timedelta(hours=1))
    assert Procedure.objects.count() == 2


def test_another_procedure_keeps_the_one_patient_with_the_newest_phone(world: World) -> None:
    world.register(record_number="A-17")
    second = world.register(kind="facet_joint", phone="201 555 0187", anticoagulant=True)
    patient = Patient.objects.get()
    assert (patient.phone, patient.anticoagulant) == ("+12015550187", True)
    assert patient.record_number == "A-17"
    assert second.patient == patient


def test_the_same_name_at_the_other_clinic_is_another_patient(world: World) -> None:
    world.register()
    elsewhere = world.register_elsewhere()
    assert elsewhere.patient.clinic == world.other
    assert Patient.objects.count() == 2


def steroid_injections(world: World, days_ago: tuple[int, ...], region: str = "lumbar") -> None:
    for days in days_ago:
        at = NOW - timedelta(days=days)
        world.register(now=at, performed_at=at - timedelta(hours=1), region=region)


@pytest.mark.parametrize(
    ("days_ago", "region", "limit", "warned"),
    [
        ((300, 200, 100), "lumbar", 3, True),
        ((300, 200), "lumbar", 3, False),
        ((370, 200, 100), "lumbar", 3, False),
        ((300, 200, 100), "cervical", 3, False),
        ((300, 200, 100), "lumbar", 4, False),
    ],
)
def test_the_fourth_steroid_injection_to_one_area_in_a_year_warns(
    world: World, days_ago: tuple[int, ...], region: str, limit: int, *, warned: bool
) -> None:
    steroid_injections(world, days_ago, region)
    world.clinic.steroid_limit = limit
    world.clinic.save()
    form = world.form()
    if not warned:
        register(form, clinic=world.clinic, by=world.nurse, now=NOW)
        return
    with pytest.raises(Warned, match="number 4 to this area"):
        register(form, clinic=world.clinic, by=world.nurse, now=NOW)
    register(form, clinic=world.clinic, by=world.nurse, now=NOW, accept_warnings=True)


def test_a_contraindication_warns_by_name(world: World) -> None:
    form = world.form(contraindications=("bleeding_disorder",))
    with pytest.raises(Warned, match="a bleeding disorder"):
        register(form, clinic=world.clinic, by=world.nurse, now=NOW)


def test_a_withdrawn_consent_is_kept_and_no_longer_in_force(world: World) -> None:
    patient = world.register().patient
    withdraw_consent(patient, how="by telephone", now=NOW)
    assert not has_consent(patient)
    assert Consent.objects.get().withdrawn_how == "by telephone"
