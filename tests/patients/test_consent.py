"""Consent that is given again after it was withdrawn."""

from datetime import timedelta

import pytest

from patients.models import Consent
from patients.registration import Refused, give_consent, has_consent, withdraw_consent
from tests.world import NOW, World

LATER = NOW + timedelta(hours=2)


def test_it_is_a_further_row_and_the_withdrawn_one_stays(world: World) -> None:
    patient = world.register().patient
    withdraw_consent(patient, how="by phone", now=NOW)
    give_consent(patient, how="verbal", given_at=LATER, by=world.nurse, now=LATER)
    assert has_consent(patient)
    first, second = Consent.objects.filter(patient=patient).order_by("pk")
    assert (first.withdrawn_at, first.withdrawn_how) == (NOW, "by phone")
    assert (second.given_at, second.how, second.recorded_by) == (LATER, "verbal", world.nurse)
    # In force already: a form that is sent twice adds nothing.
    give_consent(patient, how="verbal", given_at=LATER, by=world.nurse, now=LATER)
    assert Consent.objects.filter(patient=patient).count() == 2


@pytest.mark.parametrize(
    ("how", "given_at", "field"),
    [
        ("", LATER, "consent_how"),
        ("verbal", None, "consent_given_at"),
        ("verbal", LATER + timedelta(days=1), "consent_given_at"),
        # Before it was withdrawn.
        ("verbal", NOW - timedelta(hours=1), "consent_given_at"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    world: World, how: str, given_at: object, field: str
) -> None:
    patient = world.register().patient
    withdraw_consent(patient, how="by phone", now=NOW)
    with pytest.raises(Refused) as refused:
        give_consent(patient, how=how, given_at=given_at, by=world.nurse, now=LATER)  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]
    assert not has_consent(patient)
