"""What can go wrong on the way: texts are not doubled, and pages reach somebody."""

from collections import Counter
from datetime import timedelta

import pytest

from monitor import worklist
from monitor.models import CheckIn, TextRead, WorkItem
from notifications.models import Attempt, Inbound, Message, Page
from notifications.simulator import Kind
from tests.journeys.conftest import Story

WEAK = "my legs are so weak I can't stand up"

BROKEN = {
    "throttled": (Kind.HTTP_429, 3),
    "error 500": (Kind.HTTP_500, 3),
    "error 503": (Kind.HTTP_503, 3),
    "silent after accepting": (Kind.SILENT_AFTER_ACCEPTING, 1),
    "silent before accepting": (Kind.SILENT_BEFORE_ACCEPTING, 1),
    "error after accepting": (Kind.HTTP_500_AFTER_ACCEPTING, 1),
}


def doubled(story: Story, number: str) -> list[str]:
    """What came to a phone more than once."""
    return [body for body, times in Counter(story.phone(number).texts()).items() if times > 1]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_check_in_arrives_once(story: Story, fault: str) -> None:
    episode = story.follow()
    kind, times = BROKEN[fault]
    story.fault(kind, story.patient_number, times=times, seconds=0)
    check_in = episode.check_ins.get(key="d1")
    story.until(check_in.planned_for + timedelta(minutes=10))
    story.hears("reply with a number")
    story.no_text()
    assert doubled(story, story.patient_number) == []
    assert Message.objects.filter(state=Message.State.DELIVERED).count() == 3
    assert story.work() == []


@pytest.mark.parametrize("fault", BROKEN)
def test_a_page_reaches_the_first_on_call_within_a_minute(story: Story, fault: str) -> None:
    story.follow()
    first = story.responder(0).phone
    kind, times = BROKEN[fault]
    story.fault(kind, first, times=times, seconds=0)
    story.says(WEAK)
    story.hears("ER")
    story.after(seconds=60)
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code}")
    story.ignore(first)
    page.refresh_from_db()
    assert page.state == Page.State.ACKNOWLEDGED


def test_a_provider_that_is_down_for_a_while(story: Story) -> None:
    story.follow()
    story.fault(Kind.HTTP_503)
    story.says(WEAK)
    story.after(minutes=6)
    story.no_text(*story.team())
    story.stand_in.faults.clear()
    story.after(minutes=5)
    page = story.page()
    # One text each, however often the page has climbed meanwhile.
    for number in story.team():
        bodies = [body for body in story.ignore(number) if page.reference in body]
        assert 1 <= len(bodies) <= 2
    assert doubled(story, story.patient_number) == []
    assert "ER" in story.hears("")


def test_a_text_that_does_not_arrive_has_an_owner(story: Story) -> None:
    episode = story.follow()
    story.fault(Kind.UNDELIVERED, story.patient_number, code=30003)
    story.until(episode.check_ins.get(key="d1").planned_for)
    assert story.work() == ["undelivered"]
    assert episode.work.get().message is not None
    assert "can't be reached" in episode.work.get().why


def test_texts_that_do_not_arrive_again_and_again(story: Story) -> None:
    episode = story.follow()
    story.fault(Kind.UNDELIVERED, story.patient_number, code=30003)
    check_in = episode.check_ins.get(key="d1")
    story.until(check_in.planned_for)
    first = episode.work.get()
    worklist.close(first, outcome="done", note="", user=story.world.nurse, now=story.now)
    story.after(hours=4)
    second = episode.work.get(closed_at=None, kind=WorkItem.Kind.UNDELIVERED)
    assert second.kind == first.kind == WorkItem.Kind.UNDELIVERED
    worklist.close(second, outcome="reached", note="", user=story.world.nurse, now=story.now)
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.REACHED


@pytest.mark.parametrize(
    "kind",
    [
        Kind.DUPLICATE_CALLBACKS,
        Kind.LATE_CALLBACKS,
        Kind.OUT_OF_ORDER_CALLBACKS,
        Kind.LOST_CALLBACKS,
    ],
)
def test_callbacks_that_come_wrong_change_nothing(story: Story, kind: Kind) -> None:
    story.fault(kind)
    episode = story.follow()
    story.asks(episode)
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code} 1")
    story.hears("closed with 1", story.responder(0).phone)
    story.after(hours=4)
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.DELIVERED}
    assert Attempt.objects.count() == Message.objects.count()
    assert story.work() == []


def test_a_text_that_comes_twice_is_read_once(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.fault(Kind.DUPLICATE_INBOUND, story.patient_number)
    story.says("1")
    story.hears("weak")
    story.no_text()
    story.says("2")
    story.ignore()
    story.paged(0)
    assert Inbound.objects.count() == TextRead.objects.count() == 2
    story.no_text(*story.team())


def test_a_page_that_nobody_reports_on_climbs_by_the_clock(story: Story) -> None:
    story.follow()
    story.fault(Kind.STUCK, story.responder(0).phone)
    story.says(WEAK)
    story.hears("ER")
    story.after(minutes=5)
    story.paged(2)
    story.ignore(*story.team())
