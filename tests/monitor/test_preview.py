"""What is shown before a registration is saved is what is sent after it."""

from datetime import timedelta

import pytest

from monitor import preview
from monitor.models import Episode
from notifications.models import Message
from patients.models import Patient, Procedure
from tests.world import NOW, World, registration


def unsaved(world: World, *, language: str = "en", hours: int = 5) -> Procedure:
    form = registration(performed_at=NOW - timedelta(hours=hours), language=language)
    patient = Patient(clinic=world.clinic, language=language, born_on=form.born_on)
    return Procedure(
        patient=patient,
        kind=form.kind,
        region=form.region,
        performed_at=form.performed_at,
        baseline_pain=6,
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_same_texts_at_the_same_times(language: str, world: World) -> None:
    shown = preview.texts(unsaved(world, language=language), now=NOW)
    assert not Patient.objects.exists()
    episode = Episode.objects.get(procedure=world.register(language=language))
    sent = Message.objects.order_by("due_at").values_list("due_at", "body")
    assert [(one.due_at, *one.bodies) for one in shown[:2]] == list(sent)
    planned = episode.check_ins.values_list("key", "planned_for")
    assert [(one.key, one.due_at) for one in shown[2:]] == list(planned)
    assert all("{" not in body for one in shown for body in one.bodies)


def test_what_is_too_late_for_a_text_is_said(world: World) -> None:
    shown = preview.texts(unsaved(world, hours=4 * 24), now=NOW)
    assert [one.key for one in shown if one.late] == ["d1"]
