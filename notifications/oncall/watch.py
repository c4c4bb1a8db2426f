"""Alarms of the rota: a gap is told of while there is time to fill it.

A team's rota is looked through every few minutes. Each gap, and each calendar that cannot be
read, is a row with the moment at which the lead and the desk are to be told: for a gap two
weeks ahead, again when three days and when one day are left. What has been put right by then
is closed without a word, and what is put right afterwards is taken back.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from notifications import outbox
from notifications.models import Layer, Message, Responder, RotaAlarm, RotaWatch, Team
from notifications.oncall import (
    civil,
    readiness_watch,
    rota_texts,
    signals,
    survey,
    weekly_tests,
)
from notifications.oncall.coverage import Trouble

logger = logging.getLogger(__name__)

LOOK_EVERY = timedelta(minutes=5)
# Before a gap begins; the last of them leaves a day to find somebody.
WARN_BEFORE = (timedelta(days=14), timedelta(days=3), timedelta(days=1))
_NEWS_LIFE = timedelta(hours=24)
# A warning of a gap that is further away than this waits for the morning.
_CAN_WAIT = timedelta(hours=20)

Kind = RotaAlarm.Kind


def sweep(*, now: datetime) -> dict[str, int]:
    """Look through the rotas whose turn it is, and give the alarms that are due.

    Any number may run at once. One team, or one alarm, on which the program fails is logged
    by its key and keeps no other waiting; it stays due.
    """
    for team in Team.objects.filter(rotawatch__isnull=True):
        RotaWatch.objects.get_or_create(team=team, defaults={"due_at": now})
    watches = RotaWatch.objects.filter(due_at__lte=now).order_by("due_at")
    alarms = RotaAlarm.objects.filter(due_at__lte=now).order_by("due_at")
    looked = _each(watches.values_list("pk", flat=True)[:200], _look_due, now=now)
    given = _each(alarms.values_list("pk", flat=True)[:200], _give_due, now=now)
    return {"looked": looked[0], "alarmed": given[0], "failed": looked[1] + given[1]}


def look(team: Team, *, now: datetime) -> None:
    """Bring a team's alarms up to date with its rota, and plan its tests. In a transaction.

    A gap that is still there keeps its alarm, whatever its new length; a new one gets one.
    """
    known = list(
        RotaAlarm.objects.select_for_update()
        .filter(team=team, kind=Kind.GAP, closed_at__isnull=True)
        .order_by("starts_at")
    )
    found = survey.take(team, now=now)
    for gap in found.gaps:
        alarm = next((one for one in known if _same(one, gap)), None)
        if alarm is None:
            alarm = RotaAlarm(
                team=team,
                layer_id=gap.layers[0],
                kind=Kind.GAP,
                starts_at=gap.starts_at,
                opened_at=now,
            )
        else:
            known.remove(alarm)
        _move(alarm, gap, now=now)
    for alarm in known:
        close(alarm, now=now)
    readiness_watch.look(team, found, now=now)
    weekly_tests.plan(team, readiness_watch.on_rota(team, found), now=now)


def close(alarm: RotaAlarm, *, now: datetime) -> None:
    """What was wrong is right again: take the alarm back, where it was given."""
    alarm.closed_at, alarm.due_at = now, None
    alarm.save(update_fields=["closed_at", "due_at"])
    if alarm.alarmed_at is not None:
        outbox.cancel(ref=_ref(alarm), now=now)
        signals.rota_righted.send(RotaAlarm, alarm=alarm, now=now)


def leads(team: Team) -> list[Responder]:
    """Who is told of the rota's troubles: the leads, or everybody where there is none."""
    active = list(Responder.objects.filter(team=team, active=True).order_by("pk"))
    return [person for person in active if person.lead] or active


def _each(keys: Iterable[int], work: Callable[..., bool], *, now: datetime) -> tuple[int, int]:
    done = failed = 0
    for key in list(keys):
        try:
            with transaction.atomic():
                done += work(key, now=now)
        # The class alone; the others have their turn.
        except Exception as error:
            logger.error("%s %s: %s", work.__name__, key, type(error).__name__)
            failed += 1
    return done, failed


def _look_due(key: int, *, now: datetime) -> bool:
    rows = RotaWatch.objects.select_for_update(skip_locked=True, of=("self",))
    watch = rows.filter(pk=key, due_at__lte=now).select_related("team").first()
    if watch is None:
        return False
    look(watch.team, now=now)
    watch.due_at = now + LOOK_EVERY
    watch.save(update_fields=["due_at"])
    return True


def _give_due(key: int, *, now: datetime) -> bool:
    """Tell of what is wrong, unless it has been put right meanwhile."""
    rows = RotaAlarm.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(pk=key, due_at__lte=now).select_related("team__sender", "layer")
    alarm = due.first()
    if alarm is None:
        return False
    if alarm.kind == Kind.GAP:
        # Not what was wrong some minutes ago, but what is wrong now.
        look(alarm.team, now=now)
        alarm.refresh_from_db()
        if alarm.due_at is None or alarm.due_at > now:
            return False
    alarm.warnings = max(alarm.warnings + 1, _passed(alarm, now=now))
    alarm.alarmed_at = now
    alarm.due_at = _due(alarm, now=now)
    alarm.save(update_fields=["warnings", "alarmed_at", "due_at"])
    _text_the_leads(alarm, now=now)
    signals.rota_alarmed.send(RotaAlarm, alarm=alarm, now=now)
    return True


def _passed(alarm: RotaAlarm, *, now: datetime) -> int:
    """How many of a gap's warnings belong before now; one that is near skips the first."""
    return sum(alarm.starts_at - before <= now for before in WARN_BEFORE)


def _due(alarm: RotaAlarm, *, now: datetime) -> datetime | None:
    """When a gap is to be told of next; None once all of its warnings are given."""
    if alarm.kind != Kind.GAP or alarm.warnings >= len(WARN_BEFORE):
        return None
    at = max(now, alarm.starts_at - WARN_BEFORE[alarm.warnings])
    if alarm.starts_at - at < _CAN_WAIT:
        return at
    return civil.by_day(at, ZoneInfo(alarm.team.time_zone))


def _same(alarm: RotaAlarm, gap: Trouble) -> bool:
    if alarm.layer_id != gap.layers[0] or alarm.ends_at is None:
        return False
    return alarm.starts_at < gap.ends_at and gap.starts_at < alarm.ends_at


def _move(alarm: RotaAlarm, gap: Trouble, *, now: datetime) -> None:
    """Note a gap's new bounds. One that has begun is seen from now on only."""
    begun = gap.starts_at <= now
    alarm.starts_at = min(alarm.starts_at, gap.starts_at) if begun else gap.starts_at
    alarm.ends_at = gap.ends_at
    # One that has come nearer than its next warning is told of at once.
    alarm.due_at = _due(alarm, now=now)
    alarm.save()


def _text_the_leads(alarm: RotaAlarm, *, now: datetime) -> None:
    body = _words(alarm, alarm.layer)
    for responder in leads(alarm.team):
        outbox.put(
            sender=alarm.team.sender,
            stream=Message.Stream.TEXT,
            to=responder.phone,
            body=body,
            key=f"{_ref(alarm)}:{alarm.warnings}:{responder.pk}",
            ref=_ref(alarm),
            now=now,
            expires_in=_NEWS_LIFE,
        )


def _words(alarm: RotaAlarm, layer: Layer) -> str:
    place: dict[str, Any] = {"line": layer.name, "base_url": settings.PUBLIC_BASE_URL}
    zone = ZoneInfo(alarm.team.time_zone)
    if alarm.kind == Kind.GAP:
        return rota_texts.gap(starts_at=alarm.starts_at, zone=zone, **place)
    if alarm.kind == Kind.IMPORT_STALE:
        return rota_texts.import_stale(since=alarm.starts_at, zone=zone, **place)
    return rota_texts.import_fails(**place)


def _ref(alarm: RotaAlarm) -> str:
    return f"rota-alarm:{alarm.pk}"
