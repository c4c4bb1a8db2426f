"""A text that the program fails on: kept, tried again, and then a human's, quickly."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor import texts
from monitor.models import WorkItem
from monitor.reading import Reading, read
from notifications.models import Inbound, OptOut
from tests.journeys.conftest import Story

OTHER = "+12015550177"


@pytest.fixture
def poisoned(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Reading fails on every text that holds the word "poison" or is a keyword."""

    def failing(body: str, **details: Any) -> Reading:
        if "poison" in body or body == "STOP":
            raise ArithmeticError("as if by a fault in the program")
        return read(body, **details)

    monkeypatch.setattr(texts, "read", failing)
    return story


def test_it_is_tried_again_and_then_set_aside(poisoned: Story) -> None:
    story = poisoned
    episode = story.follow()
    story.says("poison")
    inbound = Inbound.objects.get()
    assert inbound.handled_at is None
    assert inbound.problem == "ArithmeticError"
    story.after(seconds=30)
    inbound.refresh_from_db()
    assert inbound.attempts_made == 3
    item = WorkItem.objects.get()
    assert (item.kind, item.episode, item.inbound) == ("set_aside", episode, inbound)
    story.no_text()


def test_at_night_too_it_pages_half_an_hour_later(poisoned: Story) -> None:
    story = poisoned
    story.follow()
    zone = story.world.clinic.zone
    three = datetime(2026, 3, 4, 3, 0, tzinfo=zone)
    story.until(three)
    story.says("poison")
    story.after(minutes=31)
    page = story.paged(0)
    assert page.opened_at - three <= timedelta(minutes=31)


def test_it_does_not_keep_others_waiting(poisoned: Story) -> None:
    story = poisoned
    story.follow()
    story.register(given_name="Karl", phone="(201) 555-0177")
    story.after(hours=1, minutes=10)
    story.ignore(OTHER)
    story.says("poison")
    story.says("my legs are so weak I can't stand up", OTHER)
    story.hears("ER", OTHER)
    story.paged(0)


def test_a_stop_that_cannot_be_read_is_obeyed_all_the_same(poisoned: Story) -> None:
    story = poisoned
    story.follow()
    story.says("STOP")
    story.hears("unsubscribed")
    assert OptOut.objects.filter(ended_at=None).exists()
    story.after(seconds=30)
    assert story.work() == ["set_aside"]
