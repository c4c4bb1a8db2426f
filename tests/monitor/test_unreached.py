"""Which check-ins an emergency ended without a contact; Today and the figures agree."""

from datetime import date, timedelta

import pytest

from monitor import amendments, checkins, notes, worklist
from monitor.dashboard.today import left, sort_out
from monitor.figures import follow_up, month
from monitor.figures.cohort import cohort
from monitor.figures.rates import Share
from monitor.figures.scope import Scope
from monitor.levels import Level
from monitor.models import Assessment, CheckIn, Episode, WorkItem
from monitor.unreached import unreached
from notifications.models import Page, Responder
from notifications.oncall import paging
from tests.monitor.figures.ward import contact, flag, follow
from tests.world import NOW, World

THEN = NOW - timedelta(days=3)
State = CheckIn.State


def emergency(world: World, n: int, *, level: str = "emergency") -> tuple[Episode, Page]:
    """A first check-in that the patient's own text ended, and its page."""
    episode = follow(world, n)
    page = flag(episode, at=THEN, level=level)
    check_in = episode.check_ins.get(key="d1")
    Assessment.objects.create(
        episode=episode,
        check_in=check_in,
        at=THEN,
        protocol=episode.protocol,
        protocol_digest=episode.protocol_digest,
        level=Level.parse(level),
        score=97,
        reasons=[],
    )
    CheckIn.objects.filter(pk=check_in.pk).update(
        state=State.ANSWERED, ended_at=THEN, due_at=None, sent_at=THEN, first_reply_at=THEN
    )
    return episode, page


def close(page: Page, outcome: str, *, minutes: float = 9) -> None:
    chen = Responder.objects.get(team=page.team, name="Dr. Chen")
    now = THEN + timedelta(minutes=minutes)
    paging.close(page, chen, outcome=outcome, note="x", now=now)
    page.refresh_from_db()


def nobody(world: World) -> list[tuple[str, bool]]:
    found = unreached(CheckIn.objects.filter(episode__clinic=world.clinic))
    return [(one.key, one.page_open) for one in found]


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        ("", [("d1", True)]),
        ("not_reached", [("d1", False)]),
        ("false_alarm", []),
        ("advised", []),
        ("seen", []),
        ("emergency_care", []),
        ("imaging", []),
    ],
)
def test_by_the_pages_outcome(world: World, outcome: str, found: list[object]) -> None:
    _episode, page = emergency(world, 1)
    if outcome:
        close(page, outcome)
    assert nobody(world) == found


def test_who_answered_in_full_was_contacted(world: World) -> None:
    """Neither an urgent flag nor an emergency after the end cuts a check-in short."""
    _episode, page = emergency(world, 1, level="urgent")
    close(page, "not_reached")
    episode, later = emergency(world, 2)
    episode.check_ins.filter(key="d1").update(ended_at=THEN - timedelta(hours=1))
    close(later, "not_reached")
    assert nobody(world) == []


@pytest.mark.parametrize(("hours", "found"), [(2, []), (25, [("d1", False)])])
@pytest.mark.parametrize("how", ["note", "work", "hand", "late work", "another page"])
def test_who_is_reached_within_a_day_otherwise(
    world: World, how: str, hours: float, found: list[object]
) -> None:
    episode, page = emergency(world, 1)
    close(page, "not_reached")
    now = THEN + timedelta(hours=hours)
    call = WorkItem.objects.get(episode=episode, kind="call")
    if how == "note":
        notes.called(
            reached=True, clinic=world.clinic, by=world.nurse, episode=episode, now=now
        )
    elif how == "work":
        worklist.close(call, outcome="reached", note="", user=world.nurse, now=now)
    elif how == "hand":
        first = episode.check_ins.get(key="d1")
        checkins.reached_by_phone(first, now=now, by=world.nurse)
    elif how == "late work":
        close(worklist.page_for(call, level=Level.URGENT, now=now), "seen", minutes=hours * 60)
    else:
        close(flag(episode, at=now), "advised", minutes=hours * 60)
    assert nobody(world) == found


@pytest.mark.parametrize(("hours", "found"), [(2, []), (25, [("d1", False)])])
def test_a_corrected_outcome_is_a_contact_from_then_on(
    world: World, hours: float, found: list[object]
) -> None:
    _episode, page = emergency(world, 1)
    close(page, "not_reached")
    chen = Responder.objects.get(team=page.team, name="Dr. Chen")
    amendments.amend(
        page,
        chen,
        outcome="emergency_care",
        known="not_reached",
        why="She was in the ER.",
        now=THEN + timedelta(hours=hours),
    )
    assert nobody(world) == found


def test_one_that_was_said_to_be_reached_and_was_not(world: World) -> None:
    _episode, page = emergency(world, 1)
    close(page, "advised")
    chen = Responder.objects.get(team=page.team, name="Dr. Chen")
    amendments.amend(
        page, chen, outcome="not_reached", known="advised", why="Wrong button.", now=NOW
    )
    assert nobody(world) == [("d1", False)]


def test_today_and_the_figures_agree(world: World) -> None:
    contact(follow(world, 1), "d1", State.ANSWERED, replied=timedelta(minutes=1))
    contact(follow(world, 2), "d1", State.MISSED)
    _running, _page = emergency(world, 3)
    for n, outcome in ((4, "not_reached"), (5, "advised")):
        close(emergency(world, n)[1], outcome)
    elsewhere = follow(world, 6, elsewhere=True)
    contact(elsewhere, "d1", State.MISSED)
    firsts = CheckIn.objects.filter(episode__clinic=world.clinic, key="d1")
    owed = left(world.nurse, firsts)
    today = sort_out(firsts, owed)
    assert [len(rows) for rows in (today.made, today.waiting, today.failed)] == [2, 1, 2]
    assert sorted(
        (len(one.pages), [item.kind for item in one.work]) for one in owed.values()
    ) == [
        (0, ["call"]),
        (1, []),
    ]
    scope = Scope(world.clinic, date(2026, 2, 1), date(2026, 2, 28))
    [first] = [one for one in follow_up.contacts(cohort(scope)) if one.key == "d1"]
    assert first.contacted == Share(2, 4)
    assert (first.answered, first.missed, first.unreached, first.open) == (2, 1, 1, 1)
    assert month.course(scope)[-1].contacted == Share(2, 4)
