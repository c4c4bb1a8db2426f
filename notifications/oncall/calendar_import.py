"""Layers whose shifts come from a calendar elsewhere: fetched, kept, and alarmed about.

The last copy that could be read stays in use for as long as the address is silent, and is
expanded anew as time passes. An address that fails for an hour, and a copy that is a day
old, are alarms.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from notifications.models import CalendarImport, ImportedShift, Layer, Responder, RotaAlarm
from notifications.oncall import calendar_fetch, calendar_read, watch
from notifications.oncall.calendar_read import Entry, NotACalendar, Person
from notifications.oncall.coverage import HORIZON

logger = logging.getLogger(__name__)

FETCH_EVERY = timedelta(minutes=15)
# Longer than a fetch may take: meanwhile no other process tries.
_LEASE = timedelta(minutes=2)
FAILS_AFTER = timedelta(hours=1)
STALE_AFTER = timedelta(hours=24)
_BACK = timedelta(days=14)
_STRANGERS_SHOWN = 10

Kind = RotaAlarm.Kind


def sweep(*, now: datetime, limit: int = 3) -> dict[str, int]:
    """Fetch the calendars that are due, each outside of any transaction."""
    counts = {"fetched": 0, "failed": 0}
    for _ in range(limit):
        source = _claim(now=now)
        if source is None:
            break
        try:
            counts["fetched"] += refresh(source, now=now)
        # The class alone: the text may hold anything. Its lease runs out, and it is due.
        except Exception as error:
            logger.error("calendar import %s: %s", source.pk, type(error).__name__)
            counts["failed"] += 1
    return counts


def refresh(source: CalendarImport, *, now: datetime) -> bool:
    """Fetch a calendar and bring its layer's shifts up to date. False: it failed.

    Whatever fails, the shifts are those of the last good copy, and an alarm is on its way.
    """
    try:
        text = calendar_fetch.fetch(
            source.url, allow_private=settings.CALENDAR_IMPORT_ALLOW_PRIVATE
        ).decode("utf-8", errors="replace")
        entries = _read(source.layer, text, now=now)
        if not _matched(source.layer, entries):
            raise NotACalendar("It holds no shift of anybody on the team.")
    except (calendar_fetch.NotFetched, NotACalendar) as error:
        _failed(source, str(error), now=now)
        return False
    _succeeded(source, text, entries, now=now)
    return True


def _claim(*, now: datetime) -> CalendarImport | None:
    with transaction.atomic():
        rows = CalendarImport.objects.select_for_update(skip_locked=True, of=("self",))
        due = rows.filter(due_at__lte=now).select_related("layer__team").order_by("due_at")
        source = due.first()
        if source is not None:
            source.due_at = now + _LEASE
            source.save(update_fields=["due_at"])
    return source


def _read(layer: Layer, text: str, *, now: datetime) -> list[Entry]:
    zone = ZoneInfo(layer.team.time_zone)
    # A little further than anybody looks, since the next copy may be late.
    return calendar_read.read(
        text, start=now - _BACK, end=now + HORIZON + STALE_AFTER, zone=zone
    )


@transaction.atomic
def _succeeded(
    source: CalendarImport, text: str, entries: list[Entry], *, now: datetime
) -> None:
    source = CalendarImport.objects.select_for_update(of=("self",)).get(pk=source.pk)
    strangers = _keep(source.layer, entries)
    source.text, source.fetched_at = text, now
    source.failing_since, source.problem = None, ""
    source.strangers = strangers
    source.due_at = now + FETCH_EVERY
    source.save()
    for alarm in _alarms(source.layer):
        watch.close(alarm, now=now)


@transaction.atomic
def _failed(source: CalendarImport, problem: str, *, now: datetime) -> None:
    source = (
        CalendarImport.objects.select_for_update(of=("self",))
        .select_related("layer__team")
        .get(pk=source.pk)
    )
    source.failing_since = source.failing_since or now
    source.problem = problem[:200]
    source.due_at = now + FETCH_EVERY
    if source.text:
        _keep(source.layer, _read(source.layer, source.text, now=now))
    source.save()
    since = source.fetched_at or source.failing_since
    for kind, starts_at, due_at in (
        (Kind.IMPORT_FAILS, source.failing_since, source.failing_since + FAILS_AFTER),
        (Kind.IMPORT_STALE, since, since + STALE_AFTER),
    ):
        if not _alarms(source.layer).filter(kind=kind).exists():
            RotaAlarm.objects.create(
                team=source.layer.team,
                layer=source.layer,
                kind=kind,
                starts_at=starts_at,
                opened_at=now,
                due_at=max(now, due_at),
            )


def _alarms(layer: Layer) -> Any:
    kinds = (Kind.IMPORT_FAILS, Kind.IMPORT_STALE)
    return RotaAlarm.objects.filter(layer=layer, kind__in=kinds, closed_at__isnull=True)


def _keep(layer: Layer, entries: list[Entry]) -> list[str]:
    """Write a calendar's shifts in place of the earlier ones; returns whom nobody knows."""
    matched = _matched(layer, entries)
    ImportedShift.objects.filter(layer=layer).delete()
    ImportedShift.objects.bulk_create(
        ImportedShift(
            layer=layer, responder_id=key, starts_at=entry.starts_at, ends_at=entry.ends_at
        )
        for entry, key in matched
        if entry.starts_at < entry.ends_at
    )
    known = {entry for entry, _key in matched}
    unknown = dict.fromkeys(entry.summary[:80] for entry in entries if entry not in known)
    return list(unknown)[:_STRANGERS_SHOWN]


def _matched(layer: Layer, entries: list[Entry]) -> list[tuple[Entry, int]]:
    team = Responder.objects.filter(team=layer.team_id, active=True).select_related("user")
    people = {
        one.pk: Person(
            one.pk,
            tuple(filter(None, (one.name, one.user.username, one.user.get_full_name()))),
            tuple(filter(None, (one.user.email,))),
        )
        for one in team
    }
    found = ((entry, calendar_read.person_of(entry, people)) for entry in entries)
    return [(entry, key) for entry, key in found if key is not None]
