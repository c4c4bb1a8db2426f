"""Drills: begun on a schedule or by hand, through the real channels, with nobody in danger.

A drill opens a page that is marked as one and that nothing but this package's rows knows of.
It begins only while there is no page, and a page that opens ends it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from notifications.models import Drill, Page, Sender, Team
from notifications.oncall import civil, paging
from notifications.oncall.swapping import NotPossible

logger = logging.getLogger(__name__)

# A new team puts its rota in order first.
FIRST_AFTER = timedelta(days=7)
# A little short of the period: the slot is a weekday's, and comes next after that.
EVERY = {
    Team.Drills.WEEKLY: timedelta(days=6),
    Team.Drills.MONTHLY: timedelta(days=27),
    Team.Drills.QUARTERLY: timedelta(days=90),
}
PUT_OFF = timedelta(hours=1)
# What a drill is paged as: the shorter delays, as it matters most.
_LEVEL = Page.Level.EMERGENCY


@transaction.atomic
def start(team: Team, *, by: Any, now: datetime) -> Drill:
    """Begin a drill now. NotPossible while there is a page, or another drill."""
    if _is_busy(team):
        raise NotPossible("A page is not closed yet: a drill waits for it. Nothing was sent.")
    if Page.every.filter(drill=True, team=team).exclude(state=Page.State.CLOSED).exists():
        raise NotPossible("A drill is running already.")
    page = paging.open_page(team, level=_LEVEL, now=now, drill=True)
    return Drill.objects.create(team=team, page=page, started_at=now, asked_by=by)


def sweep(*, now: datetime) -> dict[str, int]:
    """Plan each team's next drill, and begin those that are due. Any number may run."""
    counts = {"drilled": 0, "failed": 0}
    planned = Drill.objects.filter(due_at__isnull=False)
    teams = Team.objects.exclude(drills=Team.Drills.NEVER).exclude(sender__rehearsal=True)
    for team in teams.exclude(pk__in=planned.values("team")):
        _plan(team, now=now)
    due = planned.filter(due_at__lte=now).order_by("due_at")
    for key in list(due.values_list("pk", flat=True)[:100]):
        try:
            with transaction.atomic():
                counts["drilled"] += _begin_due(key, now=now)
        # The class alone; the others have their turn.
        except Exception as error:
            logger.error("drill %s: %s", key, type(error).__name__)
            counts["failed"] += 1
    return counts


def _plan(team: Team, *, now: datetime) -> None:
    last = Drill.objects.filter(team=team, started_at__isnull=False).first()
    after = now + FIRST_AFTER
    if last is not None and last.started_at is not None:
        after = max(now, last.started_at + EVERY[Team.Drills(team.drills)])
    Drill.objects.get_or_create(
        team=team,
        due_at__isnull=False,
        defaults={"due_at": _slot(team, after=after)},
    )


def _slot(team: Team, *, after: datetime) -> datetime:
    return civil.next_slot(team.pk, after=after, zone=ZoneInfo(team.time_zone))


def _begin_due(key: int, *, now: datetime) -> bool:
    drill = (
        Drill.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=key, due_at__lte=now)
        .select_related("team__sender")
        .first()
    )
    if drill is None:
        return False
    team = drill.team
    if team.drills == Team.Drills.NEVER:
        drill.delete()
    elif not civil.is_for_tests(now, ZoneInfo(team.time_zone)):
        drill.due_at = _slot(team, after=now)
        drill.save(update_fields=["due_at"])
    elif _is_busy(team) or Page.every.filter(drill=True, team=team, state=Page.State.OPEN):
        drill.put_off += 1
        drill.due_at = now + PUT_OFF
        drill.save(update_fields=["put_off", "due_at"])
    else:
        drill.page = paging.open_page(team, level=_LEVEL, now=now, drill=True)
        drill.started_at, drill.due_at = now, None
        drill.save(update_fields=["page", "started_at", "due_at"])
    return True


def _is_busy(team: Team) -> bool:
    """Whether a page of those who are paged from the same number is not closed.

    With the number's row locked until the end, so that none opens meanwhile.
    """
    Sender.objects.select_for_update(no_key=True).get(pk=team.sender_id)
    pages = Page.objects.filter(team__sender=team.sender_id)
    return pages.exclude(state=Page.State.CLOSED).exists()
