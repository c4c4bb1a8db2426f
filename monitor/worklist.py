"""Work for people: each item has an owner and a deadline, and pages when that passes."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from monitor.levels import Level
from monitor.models import Alert, CheckIn, ClinicLine, Episode, WorkItem
from monitor.opening import hours_of
from monitor.timetable import ClinicHours, business_deadline, same_day_deadline
from notifications.models import Inbound, Message, Page, RotaAlarm
from notifications.oncall import paging
from patients.models import Clinic

logger = logging.getLogger(__name__)

Kind = WorkItem.Kind

# How long each kind of work may wait, in opening hours as a rule. DESIGN: no source says.
WITHIN = {
    Kind.READ: timedelta(hours=2),
    Kind.QUESTION: timedelta(hours=4),
    Kind.HELP: timedelta(minutes=30),
    Kind.CALL: timedelta(hours=1),
    Kind.SILENT: timedelta(hours=4),
    Kind.MISSED: timedelta(hours=2),
    Kind.UNANSWERED: timedelta(hours=2),
    Kind.UNDELIVERED: timedelta(hours=1),
    Kind.OPTED_OUT: timedelta(hours=4),
    Kind.WRONG_PERSON: timedelta(hours=4),
    Kind.UNKNOWN_NUMBER: timedelta(hours=2),
    Kind.SET_ASIDE: timedelta(minutes=30),
    Kind.ROTA: timedelta(hours=8),
}
# What has to be done before something begins may begin at once: then it has so long.
AT_LEAST = timedelta(minutes=30)
# An alert's page climbs until somebody acts: a second one beside it helps nobody.
AFTER_THE_ALERT = timedelta(minutes=5)
# Nobody and nothing has read it.
AT_ANY_HOUR = frozenset({Kind.SET_ASIDE})
# What may be a red flag that was not understood, or a patient whom nobody reached, does not
# wait for Monday: past its deadline on a Saturday it pages.
EVERY_DAY = frozenset(
    {
        Kind.READ,
        Kind.HELP,
        Kind.CALL,
        Kind.MISSED,
        Kind.UNANSWERED,
        Kind.UNDELIVERED,
        Kind.UNKNOWN_NUMBER,
    }
)


def add(
    kind: str,
    *,
    clinic: Clinic,
    why: str,
    now: datetime,
    episode: Episode | None = None,
    check_in: CheckIn | None = None,
    inbound: Inbound | None = None,
    message: Message | None = None,
    alarm: RotaAlarm | None = None,
    before: datetime | None = None,
    level: Level = Level.REVIEW,
    score: int = 0,
    same_day: bool = False,
) -> WorkItem:
    """Open an item; the one that is open already for the same thing is returned instead.

    `same_day`: whatever its kind, it is due before the clinic closes, or within the hour where
    it is closed. `before` brings the deadline forward to the moment by which it must be done,
    within reason.

    Inside the transaction that holds the episode's lock, where there is an episode.
    """
    known = _known(
        kind, clinic=clinic, episode=episode, check_in=check_in, inbound=inbound, alarm=alarm
    )
    if known is not None:
        return known if before is None else _bring_forward(known, before, now=now)
    hours = hours_of(clinic, now=now)
    deadline = deadline_of(kind, hours=hours, level=level, same_day=same_day, now=now)
    if before is not None:
        deadline = min(deadline, max(before, now + AT_LEAST))
    return WorkItem.objects.create(
        kind=kind,
        clinic=clinic,
        episode=episode,
        check_in=check_in,
        inbound=inbound,
        message=message,
        alarm=alarm,
        why=why[:300],
        level=level,
        score=score,
        opened_at=now,
        deadline=deadline,
        due_at=deadline,
    )


def _known(
    kind: str,
    *,
    clinic: Clinic,
    episode: Episode | None,
    check_in: CheckIn | None,
    inbound: Inbound | None,
    alarm: RotaAlarm | None,
) -> WorkItem | None:
    """The item that is there already for the same thing."""
    items = WorkItem.objects.filter(kind=kind, clinic=clinic)
    if alarm is not None:
        return items.filter(alarm=alarm, closed_at__isnull=True).first()
    if inbound is not None:
        return items.filter(inbound=inbound).first()
    items = items.filter(episode=episode, closed_at__isnull=True)
    if check_in is not None:
        return items.filter(check_in=check_in).first()
    # One that was paged for has spent its deadline: what is new needs one of its own.
    return items.filter(check_in=None, inbound=None, page=None).first()


def _bring_forward(item: WorkItem, before: datetime, *, now: datetime) -> WorkItem:
    """What is to be done by then has come nearer."""
    if item.due_at is not None and max(before, now + AT_LEAST) < item.deadline:
        item.deadline = item.due_at = max(before, now + AT_LEAST)
        item.save(update_fields=["deadline", "due_at"])
    return item


def deadline_of(
    kind: str, *, hours: ClinicHours, level: Level, same_day: bool, now: datetime
) -> datetime:
    """In clinic hours; of every day, or at any hour, where that would be too late."""
    kind = Kind(kind)
    if same_day:
        return same_day_deadline(now, hours, WITHIN[Kind.CALL])
    if kind in AT_ANY_HOUR or level.pages:
        return now + WITHIN[kind]
    if kind in EVERY_DAY:
        hours = replace(hours, open_weekdays=frozenset(range(7)), closed_on=frozenset())
    return business_deadline(now, hours, WITHIN[kind])


def assign(item: WorkItem, *, to: Any) -> bool:
    """Make somebody the item's owner, or with None the desk; the deadline stays as it is.

    False: it is closed already, and nothing was changed.
    """
    changed = WorkItem.objects.filter(pk=item.pk, closed_at__isnull=True).update(owner=to)
    item.owner = to if changed else item.owner
    return bool(changed)


def close(item: WorkItem, *, outcome: str, note: str, user: Any, now: datetime) -> bool:
    """Close an item with what came of it. False: somebody else had closed it.

    Who reached the patient about it has made the contact that the check-in was for.
    """
    with transaction.atomic():
        # The follow-up first, as everybody takes the two locks.
        episode = Episode.objects.select_for_update(of=("self",)).filter(work=item).first()
        item = WorkItem.objects.select_for_update().get(pk=item.pk)
        if item.closed_at is not None:
            return False
        item.outcome = WorkItem.Outcome(outcome)
        item.note = note
        item.closed_by = user
        item.closed_at = now
        item.due_at = None
        item.save()
        if episode is not None and item.outcome == WorkItem.Outcome.REACHED:
            contacted(episode, check_in=item.check_in, now=now)
    return True


def contacted(episode: Episode, *, check_in: CheckIn | None = None, now: datetime) -> None:
    """Somebody has spoken with the patient: the check-ins under way, and this one, are done.

    A missed check-in stays missed.
    """
    under_way = Q(state=CheckIn.State.SENT)
    if check_in is not None:
        under_way |= Q(pk=check_in.pk, state__in=CheckIn.OPEN)
    episode.check_ins.filter(under_way).update(
        state=CheckIn.State.REACHED, ended_at=now, due_at=None
    )
    settle(episode, (Kind.SILENT, Kind.MISSED), note="Reached by phone.", now=now)
    if check_in is not None:
        settle(episode, (Kind.CALL, Kind.OPTED_OUT), about=check_in, note="Reached.", now=now)


def settle(
    episode: Episode,
    kinds: tuple[str, ...],
    *,
    note: str,
    now: datetime,
    about: CheckIn | None = None,
) -> None:
    """Close open items that have become needless, saying why: all, or `about` a check-in."""
    items = WorkItem.objects.filter(episode=episode, kind__in=kinds, closed_at__isnull=True)
    if about is not None:
        items = items.filter(check_in=about)
    items.update(outcome=WorkItem.Outcome.DONE, note=note, closed_at=now, due_at=None)


def reopen(item: WorkItem, *, now: datetime) -> bool:
    """Open work again that had become needless and is not, with a whole deadline.

    False: it is open, was paged for, or the same work has been opened since.
    """
    again = WorkItem.objects.filter(kind=item.kind, closed_at__isnull=True)
    if item.check_in_id is not None and again.filter(check_in=item.check_in_id).exists():
        return False
    if item.closed_at is None or item.page_id is not None:
        return False
    item.deadline = deadline_of(
        item.kind,
        hours=hours_of(item.clinic, now=now),
        level=Level(item.level),
        same_day=False,
        now=now,
    )
    item.due_at = item.deadline
    item.outcome, item.note, item.closed_by, item.closed_at = "", "", None, None
    item.save()
    return True


def page_for(item: WorkItem, *, level: Level, now: datetime) -> Page:
    """Page the on-call team about an item, once. Inside the caller's transaction."""
    if item.page is None:
        team = ClinicLine.objects.select_related("team__sender").get(clinic=item.clinic).team
        item.page = paging.open_page(team, level=level.code, now=now)
        item.due_at = None
        item.save(update_fields=["page", "due_at"])
    return item.page


def _overdue(item: WorkItem, *, now: datetime) -> bool:
    """Page for an item, or wait while the team is called about the same patient anyway."""
    alerts = Alert.objects.filter(episode=item.episode_id, episode__isnull=False)
    if alerts.exclude(page__state=Page.State.CLOSED).exists():
        item.due_at = now + AFTER_THE_ALERT
        item.save(update_fields=["due_at"])
        return False
    page_for(item, level=Level.URGENT, now=now)
    return True


def sweep(*, now: datetime) -> dict[str, int]:
    """Page for every item whose deadline has passed with nobody having closed it."""
    counts = {"paged": 0, "failed": 0}
    due = WorkItem.objects.filter(due_at__lte=now).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:500]):
        try:
            with transaction.atomic():
                item = (
                    WorkItem.objects.select_for_update(skip_locked=True)
                    .filter(pk=pk, due_at__lte=now)
                    .first()
                )
                if item is not None:
                    counts["paged"] += _overdue(item, now=now)
        # One item that can't be paged for must not keep the others waiting.
        except Exception as error:
            logger.error("work item %s: %s", pk, type(error).__name__)
            counts["failed"] += 1
    return counts
