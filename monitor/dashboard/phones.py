"""The demo's two telephones, the patient's and the clinician's, held by the visitor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from monitor import access
from monitor.dashboard.doors import is_poll, members_only
from monitor.dashboard.telephones import Call, StandInSilent, Telephones, Text, quick_replies
from monitor.models import CheckIn, Episode
from notifications.models import Responder
from patients.access import clinics

ACTIONS = frozenset({"answer", "press", "hangup", "reject"})


@dataclass(frozen=True)
class Holder:
    """Somebody whose telephone can be held; `to` is the number that it texts."""

    number: str
    name: str
    to: str
    asked: bool = False


@dataclass(frozen=True)
class Phone:
    """One telephone on the screen."""

    side: str
    holder: Holder | None
    holders: list[Holder]
    texts: list[Text]
    calls: list[Call]
    replies: list[tuple[str, str]]
    trouble: str


@require_safe
@members_only
def phones(request: HttpRequest) -> HttpResponse:
    """Both telephones; a poll that names a `side` gets one screen alone."""
    _demo_only()
    shown = {side: _phone(request.user, side, request.GET) for side in _HOLDERS}
    if is_poll(request) and request.GET.get("side") in shown:
        return _screen(request, shown[request.GET["side"]])
    return render(request, "dashboard/phones.html", {"phones": shown.values()})


@require_POST
@members_only
def send(request: HttpRequest) -> HttpResponse:
    """Send what was typed on a telephone."""
    _demo_only()
    body = request.POST.get("body", "").strip()

    def act(kit: Telephones, holder: Holder) -> None:
        if body:
            kit.send(holder.number, body, to=holder.to)

    return _act(request, act)


@require_POST
@members_only
def call(request: HttpRequest) -> HttpResponse:
    """Answer a call, press a key, reject it or hang up."""
    _demo_only()
    # A button of one key names it itself: "press 4".
    action, _space, key = request.POST.get("action", "").partition(" ")
    if action not in ACTIONS:
        raise Http404
    sid, digits = request.POST.get("sid", ""), key or request.POST.get("digits", "")
    return _act(request, lambda kit, _holder: kit.call(sid, action, digits=digits))


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404


def _act(request: HttpRequest, act: Callable[[Telephones, Holder], None]) -> HttpResponse:
    """Do it on the telephone that the form names, and show what came of it."""
    side = request.POST.get("side", "")
    if side not in _HOLDERS:
        raise Http404
    holder = _chosen(_HOLDERS[side](request.user), request.POST.get(side, ""))
    if holder is None:
        raise Http404
    try:
        act(Telephones(settings.TWILIO_API_BASE_URL), holder)
    except StandInSilent as trouble:
        messages.error(request, str(trouble))
    if is_poll(request):
        return _screen(request, _phone(request.user, side, request.POST))
    kept = QueryDict(mutable=True)
    kept.update({name: request.POST.get(name, "") for name in _HOLDERS})
    return redirect(f"{reverse('phones')}?{kept.urlencode()}")


def _screen(request: HttpRequest, phone: Phone) -> HttpResponse:
    return render(request, "dashboard/_screen.html", {"phone": phone})


def _phone(user: Any, side: str, wanted: Mapping[str, Any]) -> Phone:
    holders = _HOLDERS[side](user)
    holder = _chosen(holders, str(wanted.get(side, "")))
    texts: list[Text] = []
    calls: list[Call] = []
    trouble = ""
    if holder is not None:
        try:
            screen = Telephones(settings.TWILIO_API_BASE_URL).screen(holder.number)
            texts, calls = screen.texts, screen.calls
        except StandInSilent as silent:
            trouble = str(silent)
    replies = quick_replies(texts[-1].body) if texts and not texts[-1].mine else []
    return Phone(side, holder, holders, texts, calls, replies, trouble)


def _chosen(holders: list[Holder], number: str) -> Holder | None:
    same = (holder for holder in holders if holder.number == number)
    return next(same, holders[0] if holders else None)


def _patients(user: Any) -> list[Holder]:
    """Those who are followed, first those with a check-in to answer."""
    asked = CheckIn.objects.filter(episode=OuterRef("pk"), state=CheckIn.State.SENT)
    followed = (
        access.episodes(user)
        .exclude(state=Episode.State.ENDED)
        .select_related("patient", "clinic__line__sender")
        .annotate(asked=Exists(asked))
        .order_by("-asked", "patient__family_name", "patient__given_name")
    )
    holders = [
        Holder(
            number=one.patient.phone,
            name=str(one.patient),
            to=one.clinic.line.sender.number,
            asked=one.asked,
        )
        for one in followed
    ]
    return list({holder.number: holder for holder in reversed(holders)}.values())[::-1]


def _clinicians(user: Any) -> list[Holder]:
    team = (
        Responder.objects.filter(team__clinicline__clinic__in=clinics(user), active=True)
        .select_related("team__sender")
        .distinct()
        .order_by("team", "pk")
    )
    return [Holder(one.phone, one.name, one.team.sender.number) for one in team]


_HOLDERS: dict[str, Callable[[Any], list[Holder]]] = {
    "patient": _patients,
    "clinician": _clinicians,
}
