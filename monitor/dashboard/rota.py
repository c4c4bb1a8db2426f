"""The rota's page: who is on call, the weeks to come, what is wrong, and a preview."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitor import access
from monitor.dashboard import rota_calendar, swap_start
from monitor.dashboard.doors import allowed_of_team, members_only
from monitor.dashboard.rota_forms import MomentForm, OverrideForm, SwapForm, TimeOffForm
from notifications.models import CalendarImport, CalendarLink, Layer, Responder, Swap, Team
from notifications.oncall import (
    calendar_export,
    calendar_links,
    coverage,
    directory,
    readiness_watch,
    report,
    rota,
    rotation,
    survey,
)

_A_YEAR = timedelta(days=366)
_SMALL_HOURS = time(3)
_OWN_SHIFTS = 6
_TROUBLES = 30


@dataclass(frozen=True)
class Trouble:
    """Something wrong with the rota, in words for the page."""

    kind: str
    layers: str
    people: str
    starts_at: datetime
    ends_at: datetime

    @property
    def gap(self) -> bool:
        return self.kind == coverage.Kind.GAP


@dataclass(frozen=True)
class Called:
    """A rung of the preview."""

    number: int
    at: datetime
    people: str
    skipped: str


@dataclass(frozen=True)
class Ladder:
    """Whom a page would call that opened at `at`; the wall time may not have been there."""

    at: datetime
    rungs: list[Called]
    skipped_hour: bool
    second_time: bool


@require_safe
@members_only
def page(request: HttpRequest) -> HttpResponse:
    """The page of one of the user's teams; `team` chooses among several."""
    team = chosen(request)
    if team is None:
        return render(request, "dashboard/rota.html", {"teams": []})
    return render(request, "dashboard/rota.html", context(request, team))


@require_safe
@members_only
def on_call(request: HttpRequest) -> HttpResponse:
    """Who is on call now, next and on the day of `at`, as JSON."""
    team = chosen(request)
    if team is None:
        return JsonResponse({"error": _("Your clinics have no on-call team yet.")}, status=404)
    text = request.GET.get("at", "")
    try:
        at = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        return JsonResponse({"error": _("Write `at` as in 2026-03-08T02:30.")}, status=400)
    moments = (at,) if at.tzinfo else rotation.readings(at, ZoneInfo(team.time_zone))
    return JsonResponse(report.who(team, at=moments[0]).to_json())


@require_safe
@never_cache
def calendar(request: HttpRequest, pk: uuid.UUID, token: str) -> HttpResponse:
    """A rota for calendar programs; its address is the key, and 404 without it."""
    now = datetime.now(UTC)
    link = calendar_links.find(pk, token, now=now)
    if link is None or not _may_still_see(link):
        raise Http404
    raw = calendar_export.export(link.team, responder=link.responder, now=now)
    return HttpResponse(raw, content_type="text/calendar; charset=utf-8")


def _may_still_see(link: CalendarLink) -> bool:
    """Whether whoever made a link could still read the rota by signing in."""
    by = link.made_by
    return by.is_active and access.teams(by).filter(pk=link.team_id).exists()


def chosen(request: HttpRequest) -> Team | None:
    """The team that the address names, or the user's first. 404 for one of another clinic."""
    teams = access.teams(request.user).order_by("name", "pk")
    wanted = request.GET.get("team", "")
    if not wanted:
        return teams.first()
    found = teams.filter(pk=wanted).first() if wanted.isdecimal() else None
    if found is None:
        raise Http404
    return found


def context(request: HttpRequest, team: Team, **forms: Any) -> dict[str, Any]:
    """All that the page shows; `forms` are those that came back with errors."""
    now = datetime.now(UTC)
    zone = ZoneInfo(team.time_zone)
    may = allowed_of_team(request, team.pk)
    me = access.member(request.user, team) if "swap" in may else None
    leads = "override" in may and access.leads(request.user, team)
    start, end = rota_calendar.span(zone, now=now)
    roster = directory.roster(team, start=start, end=end)
    found = survey.take(team, now=now)
    moment = MomentForm(request.GET) if request.GET.get("day") else None
    change = rotation.next_change(now, zone, within=_A_YEAR)
    wanted = request.GET.get("swap", "") if me else ""
    start_from = swap_start.pointed_at(
        found.lines, layer=wanted, until=request.GET.get("until", "")
    )
    return {
        "teams": list(access.teams(request.user).order_by("name", "pk")),
        "team": team,
        "zone": zone,
        "now": now,
        "today": now.astimezone(zone).date(),
        "me": me,
        "leads": leads,
        "report": _now_and_next(report.who(team, at=now)),
        "calendars": [
            (roster.layers[key], rota_calendar.weeks(roster, key, now=now))
            for key in roster.lines
        ],
        "troubles": _in_words(found)[:_TROUBLES],
        "more_troubles": max(0, len(found.troubles) - _TROUBLES),
        "imports": _imports(team),
        "moment": moment or MomentForm(initial=_first_question(now, zone)),
        "ladders": _ladders(team, moment, zone) if moment is not None else [],
        "day_report": _day(team, moment, zone) if moment is not None else None,
        "clocks_change": change,
        "own_shifts": _own_shifts(found, me),
        "unready": readiness_watch.unready(team, found),
        **_changes(request, team, me, leads=leads, now=now),
        **_forms(team, me, leads=leads),
        "swap_form": _swap_form(team, me, found, start_from, now=now),
        "swap_wanted": wanted,
        "swap_lost": wanted and start_from is None,
        **forms,
    }


def _forms(team: Team, me: Responder | None, *, leads: bool) -> dict[str, Any]:
    return {
        "override_form": OverrideForm(team=team) if leads else None,
        "time_off_form": TimeOffForm(team=team, me=me, leads=leads) if leads or me else None,
    }


def _swap_form(
    team: Team,
    me: Responder | None,
    found: survey.Survey,
    start_from: rota.Shift | None,
    *,
    now: datetime,
) -> SwapForm | None:
    if me is None:
        return None
    initial = swap_start.initial(found.lines, start_from, me=me.pk, now=now)
    return SwapForm(team=team, me=me, initial=initial)


def _changes(
    request: HttpRequest, team: Team, me: Responder | None, *, leads: bool, now: datetime
) -> dict[str, Any]:
    """What is laid over the rota and not over yet; a lead sees all swaps, others their own."""
    user = request.user
    swaps = access.swaps(user).filter(layer__team=team)
    if not leads:
        swaps = swaps.filter(Q(asker=me) | Q(asked=me)) if me else swaps.none()
    return {
        "overrides": access.overrides(user)
        .filter(layer__team=team, ends_at__gt=now)
        .select_related("layer", "responder", "made_by")
        .order_by("starts_at"),
        "time_off": access.time_off(user)
        .filter(responder__team=team, ends_at__gt=now)
        .select_related("responder")
        .order_by("starts_at"),
        "swaps": swaps.filter(Q(due_at__isnull=False) | Q(ends_at__gt=now))
        .select_related("layer", "asker", "asked")
        .order_by("state", "starts_at"),
        "asked_state": Swap.State.ASKED,
        "links": _links(user, team, leads=leads),
    }


def _links(user: Any, team: Team, *, leads: bool) -> QuerySet[Any]:
    links = access.calendar_links(user).filter(team=team, revoked_at__isnull=True)
    links = links if leads else links.filter(made_by=user)
    return links.select_related("responder", "made_by").order_by("made_at")


def _now_and_next(found: report.Report) -> list[dict[str, Any]]:
    horizon = found.at + coverage.HORIZON
    return [
        {
            "line": one.line,
            "name": found.name(one.now),
            "note": rota_calendar.note(one.now.why),
            # The end of what was looked at is the end of nobody's shift.
            "until": one.now.ends_at if one.now.ends_at < horizon else None,
            "next": found.name(one.next),
            "next_at": one.next.starts_at if one.next else None,
        }
        for one in found.lines
    ]


def _in_words(found: survey.Survey) -> list[Trouble]:
    """Gaps first, each kind in the order of time."""
    layers, people = found.roster.layers, found.roster.people
    words = [
        Trouble(
            one.kind.value,
            ", ".join(layers[key].name for key in one.layers),
            ", ".join(people[key].name for key in one.people if key in people),
            one.starts_at,
            one.ends_at,
        )
        for one in found.troubles
    ]
    return sorted(words, key=lambda one: not one.gap)


def _imports(team: Team) -> list[dict[str, Any]]:
    sources = CalendarImport.objects.filter(layer__team=team).select_related("layer")
    found = [{"source": one, "host": urlsplit(one.url).hostname} for one in sources]
    without = Layer.objects.filter(
        team=team, kind=Layer.Kind.CALENDAR, calendarimport__isnull=True
    )
    return found + [{"layer": layer} for layer in without]


def _first_question(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The coming night."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.hour >= _SMALL_HOURS.hour)
    return {"day": day, "hour": f"{_SMALL_HOURS:%H:%M}", "level": "emergency"}


def _ladders(team: Team, moment: MomentForm, zone: ZoneInfo) -> list[Ladder]:
    if not moment.is_valid():
        return []
    found = []
    for place, at in enumerate(rotation.readings(moment.wall, zone)):
        level = moment.cleaned_data["level"]
        roster, rungs = report.ladder_at(team, level=level, at=at)
        called = [
            Called(
                rung.number + 1,
                rung.at,
                ", ".join(roster.people[key].name for key in rung.people),
                ", ".join(str(number + 1) for number in rung.empty),
            )
            for rung in rungs
        ]
        skipped = rotation.is_skipped(moment.wall, zone)
        found.append(Ladder(at, called, skipped, place > 0))
    return found


def _day(team: Team, moment: MomentForm, zone: ZoneInfo) -> list[tuple[Layer, list[Any]]]:
    if not moment.is_valid():
        return []
    found = report.who(team, at=rotation.readings(moment.wall, zone)[0])
    day = moment.cleaned_data["day"]
    return [(one.line, rota_calendar.pieces(one.day, day, found.roster)) for one in found.lines]


def _own_shifts(found: survey.Survey, me: Responder | None) -> list[tuple[Layer, rota.Shift]]:
    """The next shifts of whoever looks."""
    own = [
        (found.roster.layers[key], shift)
        for key, shifts in found.lines.items()
        for shift in shifts
        if me is not None and shift.person == me.pk
    ]
    return sorted(own, key=lambda one: one[1].starts_at)[:_OWN_SHIFTS]
