"""Somebody who is on the rota and not ready is alarmed about, until they are or are off it.

They are called all the same: an alarm takes nobody off anything. The leads are told by SMS;
what became of that is a row too (`Incident.due_at`).
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from notifications import outbox
from notifications.models import Incident, Message, Responder, RotaWatch, Team
from notifications.oncall import check_texts, civil, roll_call
from notifications.oncall.readiness import Readiness
from notifications.oncall.survey import Survey

logger = logging.getLogger(__name__)

BY_ITSELF = "put right"
_NEWS_LIFE = timedelta(hours=24)
# Whoever is on call sooner than this is told of by night too.
_CAN_WAIT = timedelta(hours=20)
# Closed by hand and still not put right, it comes back, but not by SMS every few minutes.
_TOLD_AGAIN_AFTER = timedelta(hours=24)

Kind = Incident.Kind


def look(team: Team, survey: Survey, *, now: datetime) -> None:
    """Bring a team's alarms about readiness up to date. In a transaction."""
    shifts = _next_shifts(survey)
    unready = _unready(team, survey)
    rows = Incident.objects.filter(team=team, kind=Kind.UNREADY, closed_at__isnull=True)
    known = {row.responder_id: row for row in rows.select_for_update(of=("self",))}
    for key in set(known) - set(unready):
        close(known[key], now=now)
    for key in set(unready) - set(known):
        _open(team, key, unready[key], shift_at=shifts.get(key), now=now)
    for key in set(unready) & set(known):
        if known[key].detail != detail(unready[key]):
            known[key].detail = detail(unready[key])
            known[key].save(update_fields=["detail"])


def unready(team: Team, survey: Survey) -> list[tuple[str, str]]:
    """(name, why) of who is on the rota, or will be, and not ready."""
    found = _unready(team, survey)
    names = {key: survey.roster.people[key].name for key in found}
    return sorted((names[key], detail(one)) for key, one in found.items())


def on_rota(team: Team, survey: Survey) -> set[int]:
    """The active responders whom layers, rungs, overrides or calendars name, by key."""
    people = survey.roster.people
    shifts = {key for key in _next_shifts(survey) if people[key].active}
    return roll_call.on_rota(team) | shifts


def detail(found: Readiness) -> str:
    """Why somebody is not ready, for the incident and the leads."""
    return found.problems[0] if found.problems else ""


def close(incident: Incident, *, now: datetime) -> None:
    """What was wrong is right again."""
    incident.closed_at, incident.closed_by, incident.due_at = now, BY_ITSELF, None
    incident.save(update_fields=["closed_at", "closed_by", "due_at"])


def look_soon(team: int, *, now: datetime) -> None:
    """Have a team's rota looked through at once.

    Whoever is at it now is not waited for: that look, or the next one, sees the change.
    """
    watch = RotaWatch.objects.select_for_update(skip_locked=True)
    for row in watch.filter(team=team, due_at__gt=now):
        row.due_at = now
        row.save(update_fields=["due_at"])


def sweep(*, now: datetime) -> dict[str, int]:
    """Tell the leads of the incidents of which they are due to hear. Any number may run."""
    counts = {"told": 0, "failed": 0}
    due = Incident.objects.filter(due_at__lte=now).order_by("due_at")
    for key in list(due.values_list("pk", flat=True)[:200]):
        try:
            with transaction.atomic():
                counts["told"] += _tell_due(key, now=now)
        # The class alone; the others have their turn.
        except Exception as error:
            logger.error("incident %s: %s", key, type(error).__name__)
            counts["failed"] += 1
    return counts


def _next_shifts(survey: Survey) -> dict[int, datetime]:
    """When each person's next shift begins."""
    return {
        shift.person: shift.starts_at
        for shifts in survey.lines.values()
        for shift in reversed(shifts)
        if shift.person is not None
    }


def _unready(team: Team, survey: Survey) -> dict[int, Readiness]:
    found = roll_call.of_team(team)
    return {key: found[key] for key in on_rota(team, survey) if not found[key].ready}


def _open(
    team: Team, key: int, found: Readiness, *, shift_at: datetime | None, now: datetime
) -> None:
    earlier = Incident.objects.filter(
        team=team, kind=Kind.UNREADY, responder=key, opened_at__gt=now - _TOLD_AGAIN_AFTER
    ).exclude(closed_by=BY_ITSELF)
    due_at: datetime | None = now
    if shift_at is None or shift_at > now + _CAN_WAIT:
        due_at = civil.by_day(now, ZoneInfo(team.time_zone))
    Incident.objects.create(
        team=team,
        kind=Kind.UNREADY,
        responder_id=key,
        detail=detail(found),
        opened_at=now,
        last_at=now,
        due_at=None if earlier.exists() else due_at,
    )


def _tell_due(key: int, *, now: datetime) -> bool:
    rows = Incident.objects.select_for_update(skip_locked=True, of=("self",))
    incident = (
        rows.filter(pk=key, due_at__lte=now).select_related("team__sender", "responder").first()
    )
    if incident is None:
        return False
    incident.due_at = None
    incident.save(update_fields=["due_at"])
    if incident.closed_at is None and incident.responder is not None:
        for person in _others(incident.team, incident.responder):
            _text(incident, person, now=now)
    return True


def _others(team: Team, about: Responder) -> Iterable[Responder]:
    """The leads; everybody else on the team where there is no other lead."""
    active = Responder.objects.filter(team=team, active=True).exclude(pk=about.pk)
    people = list(active.order_by("pk"))
    return [person for person in people if person.lead] or people


def _text(incident: Incident, person: Responder, *, now: datetime) -> None:
    name = incident.responder.name if incident.responder else ""
    if incident.kind == Kind.STOPPED:
        body = check_texts.stopped(name=name)
    else:
        base = settings.PUBLIC_BASE_URL
        body = check_texts.unready(name=name, why=incident.detail, base_url=base)
    outbox.put(
        sender=incident.team.sender,
        stream=Message.Stream.TEXT,
        to=person.phone,
        body=body,
        key=f"incident:{incident.pk}:{incident.times}:{person.pk}",
        ref=f"incident:{incident.pk}",
        now=now,
        expires_in=_NEWS_LIFE,
    )
