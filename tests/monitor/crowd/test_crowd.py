"""A crowd of made-up patients: consistent, the same each time, only where nothing was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import Client

from monitor import heartbeat
from monitor.crowd import filling
from monitor.crowd.clinics import EVERYWHERE
from monitor.crowd.people import identity, reference
from monitor.models import Alert, CheckIn, Episode, TextRead, WorkItem
from notifications.models import Message, Page, Sender
from patients.models import Clinic, Patient
from patients.phone import mobile
from patients.registration import find_patient
from tests.world import World, registration

# A Tuesday, half past four in New York: the silent wait for a call.
NOW = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
CROWD = filling.Crowd(240, clinics=2, a_day=12)
OURS = ("patients", "notifications", "monitor")
pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> dict[str, int]:
    return filling.fill(CROWD, now=NOW)


def everything() -> dict[str, Any]:
    """What must be the same each time: all but the keys that the database gives."""
    return {
        "patients": list(Patient.objects.order_by("pk").values("pk", "given_name", "phone")),
        "check-ins": list(CheckIn.objects.order_by("pk").values("pk", "state", "ended_at")),
        "messages": list(Message.objects.order_by("pk").values("pk", "body", "key", "to")),
        "work": list(WorkItem.objects.order_by("pk").values("pk", "kind", "closed_at")),
        "pages": list(Page.objects.order_by("pk").values("pk", "reference", "outcome")),
    }


def filled(crowd: filling.Crowd) -> dict[str, Any]:
    with transaction.atomic():
        filling.fill(crowd, now=NOW)
        found = everything()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    first = filled(filling.Crowd(60, clinics=2, a_day=5))
    assert filled(filling.Crowd(60, clinics=2, a_day=5)) == first
    other = filled(filling.Crowd(60, clinics=2, a_day=5, seed=1))
    assert all(other[name] != rows for name, rows in first.items() if rows)


def test_every_reference_leads_somewhere(crowd: dict[str, int]) -> None:
    """The rows were written without the server's own look at the foreign keys."""
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    for model in models:
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model:
                there = field.related_model.objects.values("pk")
                astray = model.objects.exclude(**{field.attname: None})
                assert not astray.exclude(**{f"{field.attname}__in": there}).exists(), field


def test_what_belongs_together_is_of_one_clinic(crowd: dict[str, int]) -> None:
    assert Clinic.objects.count() == 2
    assert set(Patient.objects.values_list("clinic", flat=True).distinct()) == set(
        Clinic.objects.values_list("pk", flat=True)
    )
    assert not Episode.objects.exclude(clinic=F("patient__clinic")).exists()
    assert not WorkItem.objects.exclude(clinic=F("episode__clinic")).exists()
    assert not TextRead.objects.exclude(clinic=F("episode__clinic")).exists()
    assert not Alert.objects.exclude(page__team=F("episode__clinic__line__team")).exists()
    # Nothing of it can reach a network.
    assert not Sender.objects.filter(rehearsal=False).exists()


def test_the_proportions(crowd: dict[str, int]) -> None:
    assert crowd["patients"] == 240
    assert crowd["check ins"] == 720
    over = Episode.objects.filter(began_at__lt="2026-02-10T00:00Z").values("pk")
    marks = [f"episode:{one['pk']}" for one in over]
    assert 9 < Message.objects.filter(ref__in=marks).count() / len(marks) < 11
    ended = CheckIn.objects.filter(episode__in=over, key="d1")
    answered = ended.filter(state="answered").count() / ended.count()
    # monitor/simulation/rates.toml: 78 % of the first check-ins.
    assert 0.65 < answered < 0.85
    assert Page.objects.filter(state="closed").exists()
    assert WorkItem.objects.filter(closed_at=None).exists()


def test_nothing_is_overdue_and_the_program_goes_on_with_it(crowd: dict[str, int]) -> None:
    assert heartbeat.take(now=NOW).well
    last = CheckIn.objects.order_by("-pk")[0]
    again = CheckIn.objects.create(
        episode=last.episode, key="d30", planned_for=NOW, expires_at=NOW
    )
    assert again.pk == crowd["check ins"] + 1
    known = Patient.objects.order_by("pk")[0]
    form = registration(
        given_name=known.given_name.lower(),
        family_name=known.family_name.upper(),
        born_on=known.born_on,
    )
    assert find_patient(form, clinic=known.clinic) == known


@pytest.fixture
def nurse(crowd: dict[str, int], client: Client) -> Iterator[Client]:
    client.force_login(get_user_model().objects.get(username=EVERYWHERE))
    return client


def test_its_pages_open(nurse: Client) -> None:
    for path in ("/", "/today", "/patients", "/no-relief", "/rota", "/protocols"):
        assert nurse.get(path).status_code == 200, path
    flagged = Alert.objects.order_by("pk")[0]
    assert nurse.get(f"/p/{flagged.page.reference}").status_code == 200
    some = Patient.objects.order_by("pk").values_list("pk", flat=True)[:3]
    for pk in (flagged.episode.patient_id, *some):
        assert nurse.get(f"/patients/{pk}").status_code == 200


def test_it_fills_only_what_is_empty(world: World) -> None:
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("load", "--patients", "5")
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    "wrong", [["--patients", "0"], ["--clinics", "9"], ["--now", "yesterday"]]
)
def test_the_command_says_what_to_write_instead(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("load", *wrong)
    assert not Clinic.objects.exists()


def test_no_two_have_the_same_phone_record_number_or_reference() -> None:
    dice = Random(0)
    people = [identity(number, language="en", dice=dice) for number in range(5000)]
    assert (
        len({one.phone for one in people}) == len({one.record_number for one in people}) == 5000
    )
    assert all(mobile(one.phone, country="US") == one.phone for one in people[:300])
    numbers = [*range(3000), *range(1_824_494, 1_827_000)]
    assert len({reference(number) for number in numbers}) == len(numbers)
    assert max(len(reference(number)) for number in numbers) <= 12
