"""Behind each door: a user's own clinics, and nothing of any other."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from monitor import access, ready_texts
from tests.journeys.conftest import Story, story

__all__ = ["story"]

DOORS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "episodes": access.episodes,
    "check-ins": access.check_ins,
    "assessments": access.assessments,
    "work": access.work,
    "ready texts": access.ready_texts,
    "alerts": access.alerts,
    "pages": access.pages,
}


def tell(story: Story) -> None:
    """A story at the first clinic that leaves something behind every door."""
    ready_texts.save(story.world.clinic, name="Call us", words={"en": "Call us."})
    story.follow()
    story.says("my legs are so weak I can't stand up")
    story.says("is that normal?")
    story.ignore()
    story.paged(0)


def test_nothing_of_a_clinic_shows_elsewhere(story: Story) -> None:
    tell(story)
    world = story.world
    for name, door in DOORS.items():
        assert door(world.nurse).exists(), name
        for stranger in (world.other_nurse, world.outsider, AnonymousUser()):
            assert not door(stranger).exists(), name


def test_each_clinic_sees_its_own_half(story: Story) -> None:
    tell(story)
    world = story.world
    world.register_elsewhere(now=story.now)
    story.clock.work()
    story.ignore("+447400123456")
    assert access.episodes(world.nurse).count() == 1
    assert access.episodes(world.other_nurse).count() == 1
    mine, theirs = (set(access.check_ins(user)) for user in (world.nurse, world.other_nurse))
    assert mine
    assert theirs
    assert not mine & theirs


def test_only_the_team_answers_a_page(story: Story) -> None:
    tell(story)
    page = story.page()
    doctor = story.responder(0)
    assert access.responder(doctor.user, page) == doctor
    doctor.active = False
    doctor.save()
    assert access.responder(doctor.user, page) is None
    for stranger in (story.world.nurse, story.world.outsider, AnonymousUser()):
        assert access.responder(stranger, page) is None


@pytest.mark.parametrize("name", DOORS)
def test_no_door_multiplies_its_rows(story: Story, name: str) -> None:
    tell(story)
    rows = list(DOORS[name](story.world.nurse))
    assert len(rows) == len(set(rows))
