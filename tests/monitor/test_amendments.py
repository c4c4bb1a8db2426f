"""What a corrected outcome takes back, and what it leaves to people."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor import amendments, checkins, episodes, notes, worklist
from monitor.amendments import Amended
from monitor.levels import Level
from monitor.models import CheckIn, Episode, WorkItem
from notifications.models import Message, Page, PageEvent, Responder
from notifications.oncall import amending, paging
from tests.monitor.dashboard.scene import hear
from tests.monitor.figures.ward import flag, follow
from tests.world import NOW, World

Kind = WorkItem.Kind
MORNING = NOW + timedelta(hours=16)


@pytest.fixture
def episode(world: World) -> Episode:
    """Somebody whose first check-in is out, and waits for its answer."""
    one = follow(world, 1, performed_at=NOW - timedelta(hours=24))
    one.check_ins.filter(key="d1").update(
        state=CheckIn.State.SENT, sent_at=NOW, step=CheckIn.Step.REMIND
    )
    return one


@pytest.fixture
def chen(world: World) -> Responder:
    return Responder.objects.get(team=world.team, name="Dr. Chen")


def first(episode: Episode) -> CheckIn:
    return episode.check_ins.get(key="d1")


def closed(episode: Episode, by: Responder, outcome: str) -> Page:
    page = flag(episode, at=NOW)
    paging.close(page, by, outcome=outcome, note="x", now=NOW + timedelta(minutes=9))
    page.refresh_from_db()
    return page


def amend(page: Page, by: Responder, outcome: str, *, now: datetime = MORNING) -> Amended:
    page.refresh_from_db()
    return amendments.amend(
        page, by, outcome=outcome, known=page.outcome, why="Wrong button.", now=now
    )


def unread(episode: Episode, n: int = 0) -> WorkItem:
    at = NOW + timedelta(minutes=1, seconds=n)
    inbound = hear(episode, "hm", at=at)
    return worklist.add(
        Kind.READ, clinic=episode.clinic, episode=episode, inbound=inbound, why="Read", now=at
    )


def waiting(episode: Episode) -> list[str]:
    rows = WorkItem.objects.filter(episode=episode, closed_at__isnull=True)
    return sorted(rows.values_list("kind", flat=True))


def test_what_was_real_pages_nobody_and_closes_nothing(
    episode: Episode, chen: Responder
) -> None:
    page = closed(episode, chen, "false_alarm")
    text = unread(episode)
    sent = Message.objects.count()
    done = amend(page, chen, "emergency_care")
    assert (done.reopened, done.still_open) == (0, 1)
    assert waiting(episode) == [Kind.READ]
    text.refresh_from_db()
    # When, and by whom, the patient was reached is not known from it.
    assert first(episode).state == CheckIn.State.SENT
    page.refresh_from_db()
    assert (page.state, page.due_at, page.outcome) == ("closed", None, "emergency_care")
    assert Page.objects.count() == 1
    assert Message.objects.count() == sent
    assert paging.sweep(now=MORNING + timedelta(days=1))["climbed"] == 0


def test_nobody_reached_after_all(episode: Episode, chen: Responder) -> None:
    text = unread(episode)
    page = closed(episode, chen, "advised")
    text.refresh_from_db()
    assert first(episode).state == CheckIn.State.REACHED
    assert text.closed_at is not None
    done = amend(page, chen, "not_reached")
    # The check-in, the text that nobody had read, and a call to make.
    assert (done.reopened, done.still_open) == (2, 2)
    assert waiting(episode) == [Kind.CALL, Kind.READ]
    one = first(episode)
    assert (one.state, one.step, one.ended_at) == ("sent", CheckIn.Step.MISS, None)
    assert one.due_at == episodes.due_of(episode, one, CheckIn.Step.MISS)
    text.refresh_from_db()
    assert text.due_at == text.deadline > MORNING
    assert text.notes.get().body == "Wrong button."
    call = WorkItem.objects.get(kind=Kind.CALL)
    assert (call.level, call.due_at) == (Level.URGENT, MORNING + timedelta(hours=1))
    # Past its deadline a call pages as all work does; the page that was closed does not.
    worklist.sweep(now=MORNING + timedelta(hours=2))
    call.refresh_from_db()
    assert call.page is not None and call.page != page
    # And the check-in ends as missed where nobody makes the contact.
    assert one.due_at is not None
    checkins.sweep(now=one.due_at)
    assert first(episode).state == CheckIn.State.MISSED
    assert Kind.MISSED in waiting(episode)


def test_one_whose_time_is_over_is_missed_at_the_next_sweep(
    episode: Episode, chen: Responder
) -> None:
    page = closed(episode, chen, "seen")
    later = NOW + timedelta(days=6)
    amend(page, chen, "not_reached", now=later)
    assert first(episode).due_at == later
    checkins.sweep(now=later)
    item = WorkItem.objects.get(kind=Kind.MISSED)
    assert (first(episode).state, item.closed_at) == (CheckIn.State.MISSED, None)
    assert item.why.startswith("SYSTEM FAILURE")


def test_a_paused_follow_up_asks_nothing_until_it_goes_on(
    episode: Episode, chen: Responder
) -> None:
    page = closed(episode, chen, "seen")
    episodes.pause(episode, now=NOW + timedelta(hours=1))
    amend(page, chen, "not_reached")
    assert (first(episode).state, first(episode).due_at) == (CheckIn.State.SENT, None)


def test_one_that_has_ended_hears_of_it_at_once(episode: Episode, chen: Responder) -> None:
    page = closed(episode, chen, "seen")
    episodes.end(episode, why="moved", now=NOW + timedelta(hours=1))
    amend(page, chen, "not_reached")
    assert first(episode).due_at == MORNING


def test_a_false_alarm_leaves_a_call_to_make(episode: Episode, chen: Responder) -> None:
    page = closed(episode, chen, "advised")
    amend(page, chen, "false_alarm")
    call = WorkItem.objects.get(kind=Kind.CALL)
    assert (call.why, call.level) == (amendments.NOBODY_KNOWN, Level.REVIEW)
    assert first(episode).state == CheckIn.State.SENT
    # "Reached by phone" there makes the contact.
    worklist.close(call, outcome="reached", note="", user=chen.user, now=MORNING)
    assert first(episode).state == CheckIn.State.REACHED


def test_a_false_alarm_with_nothing_settled_is_no_work(
    episode: Episode, chen: Responder
) -> None:
    episode.check_ins.filter(key="d1").update(
        state=CheckIn.State.ANSWERED, ended_at=NOW, due_at=None
    )
    page = closed(episode, chen, "advised")
    assert amend(page, chen, "false_alarm").still_open == 0


def test_whoever_was_reached_otherwise_stays_reached(
    episode: Episode, world: World, chen: Responder
) -> None:
    text = unread(episode)
    page = closed(episode, chen, "advised")
    then = NOW + timedelta(hours=2)
    notes.called(reached=True, clinic=world.clinic, by=world.nurse, episode=episode, now=then)
    amend(page, chen, "false_alarm")
    assert (first(episode).state, first(episode).ended_at) == (CheckIn.State.REACHED, then)
    # Who spoke with the patient then had not read the text.
    assert waiting(episode) == [Kind.READ]
    text.refresh_from_db()
    assert text.closed_at is None


def test_reached_by_another_page(episode: Episode, chen: Responder) -> None:
    unread(episode)
    page = closed(episode, chen, "advised")
    then = NOW + timedelta(hours=2)
    other = flag(episode, at=then)
    paging.close(other, chen, outcome="seen", now=then + timedelta(minutes=5))
    assert amend(page, chen, "false_alarm").reopened == 0
    assert first(episode).state == CheckIn.State.REACHED


def test_a_contact_that_came_too_late_does_not_count(
    episode: Episode, world: World, chen: Responder
) -> None:
    page = closed(episode, chen, "advised")
    then = NOW + timedelta(days=6)
    notes.called(reached=True, clinic=world.clinic, by=world.nurse, episode=episode, now=then)
    amend(page, chen, "false_alarm", now=then + timedelta(hours=1))
    assert first(episode).state == CheckIn.State.SENT
    assert first(episode).due_at == then + timedelta(hours=1)


def test_silence_that_was_broken_since_is_not_asked_about(
    episode: Episode, chen: Responder
) -> None:
    worklist.add(Kind.SILENT, clinic=episode.clinic, episode=episode, why="No reply", now=NOW)
    page = closed(episode, chen, "advised")
    second = episode.check_ins.get(key="d7")
    checkins.answered(episode, second, now=NOW + timedelta(days=6))
    amend(page, chen, "not_reached", now=NOW + timedelta(days=6, hours=1))
    assert waiting(episode) == [Kind.CALL]


def test_late_work_and_its_page(episode: Episode, chen: Responder) -> None:
    """The page of a piece of work: what its row says is put right too."""
    item = unread(episode)
    page = worklist.page_for(item, level=Level.URGENT, now=NOW)
    paging.close(page, chen, outcome="not_reached", now=NOW + timedelta(minutes=5))
    amend(page, chen, "seen")
    item.refresh_from_db()
    assert (item.outcome, item.note) == (WorkItem.Outcome.PAGED, "to be seen by the clinic")
    # The call that "not reached" had left stays until somebody says what came of it.
    assert waiting(episode) == [Kind.CALL]


def stranger(world: World, n: int) -> WorkItem:
    at = NOW + timedelta(seconds=n)
    inbound = hear(follow(world, 7 + n), "help", at=at)
    inbound.from_number = "+12015550188"
    inbound.save()
    return worklist.add(
        Kind.UNKNOWN_NUMBER, clinic=world.clinic, inbound=inbound, why="Who?", now=at
    )


def test_an_unknown_number(world: World, chen: Responder) -> None:
    one, other = stranger(world, 1), stranger(world, 2)
    page = worklist.page_for(one, level=Level.URGENT, now=NOW)
    paging.close(page, chen, outcome="advised", now=NOW + timedelta(minutes=5))
    other.refresh_from_db()
    assert other.closed_at is not None
    assert amend(page, chen, "not_reached").reopened == 1
    other.refresh_from_db()
    assert other.closed_at is None
    assert WorkItem.objects.filter(kind=Kind.CALL, episode=None, closed_at=None).count() == 1


def test_a_page_of_the_rota(world: World, chen: Responder) -> None:
    item = worklist.add(Kind.ROTA, clinic=world.clinic, why="A gap", now=NOW)
    page = worklist.page_for(item, level=Level.URGENT, now=NOW)
    paging.close(page, chen, outcome="advised", now=NOW + timedelta(minutes=5))
    amend(page, chen, "not_reached")
    assert WorkItem.objects.filter(closed_at=None).count() == 0


def test_what_is_refused_undoes_it_all(episode: Episode, chen: Responder) -> None:
    page = closed(episode, chen, "advised")
    with pytest.raises(amending.Refused):
        amendments.amend(
            page, chen, outcome="not_reached", known="advised", why="", now=MORNING
        )
    assert first(episode).state == CheckIn.State.REACHED
    assert not PageEvent.objects.filter(kind=PageEvent.Kind.AMENDED).exists()


def test_advice_to_rest_is_held_from_whoever_is_in_hospital(
    world: World, chen: Responder
) -> None:
    """What "false alarm" had let go out must not follow "go to the ER"."""
    episode = follow(world, 3, performed_at=NOW - timedelta(hours=3))
    episodes.hold_advice(episode, now=NOW)
    page = closed(episode, chen, "false_alarm")
    held: Any = Message.objects.filter(key__contains=":held", state=Message.State.CREATED)
    assert held.exists()
    amend(page, chen, "imaging", now=NOW + timedelta(minutes=10))
    assert not held.exists()
