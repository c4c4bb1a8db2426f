"""One's own channels, verified by using them; and who of a team is ready to be on call."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitor import access
from monitor.dashboard import rota
from monitor.dashboard.channel_forms import ChannelForm
from monitor.dashboard.doors import members_only, must_of_team
from monitor.dashboard.phrases import said
from notifications.models import Channel, ContactCheck, ContactMethod, Message, Responder
from notifications.oncall import readiness, roll_call, verifying
from notifications.oncall.readiness import Readiness
from notifications.oncall.swapping import NotPossible
from notifications.oncall.verifying import Entered

_TESTS_SHOWN = 4


@dataclass(frozen=True)
class Own:
    """One of the user's contacts. `waiting` is a code that is on its way; `trouble` why not."""

    contact: ContactMethod
    address: str
    works: bool
    stopped: bool
    waiting: ContactCheck | None
    trouble: str
    delays: list[int]
    tests: list[ContactCheck]
    next_test: datetime | None

    @property
    def by_link(self) -> bool:
        return self.contact.channel in verifying.BY_LINK


@dataclass(frozen=True)
class Membership:
    """The user in one team: how ready, by which channels, and a form for a further one."""

    me: Responder
    zone: ZoneInfo
    found: Readiness
    channels: list[Own]
    form: ChannelForm


@require_safe
@members_only
def channels(request: HttpRequest) -> HttpResponse:
    """The user's own page."""
    return _page(request)


@require_POST
@members_only
def add(request: HttpRequest, team: int) -> HttpResponse:
    """Enter a further channel of one's own; it is verified next."""
    found = get_object_or_404(access.teams(request.user), pk=team)
    must_of_team(request, found.pk)
    me = access.member(request.user, found)
    if me is None:
        return _page(request, status=403)
    form = ChannelForm(request.POST, team=found)
    if form.is_valid():
        given = form.cleaned_data
        try:
            contact = verifying.add(me, channel=given["channel"], address=given["address"])
        except ValidationError as wrong:
            form.add_error("address", wrong.messages[0])
        except NotPossible as why:
            form.add_error(None, said(why))
        else:
            return _send(request, contact)
    return _page(request, form=form, team=found.pk)


@require_POST
@members_only
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a code, or a link, through the channel."""
    return _send(request, _own(request, pk))


@require_POST
@members_only
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Type the code in that has come."""
    contact = _own(request, pk)
    entered = verifying.enter(contact, request.POST.get("code", ""), now=_now())
    if entered is Entered.VERIFIED:
        messages.success(request, _("Verified. Pages use this channel from now on."))
    elif entered is Entered.WRONG:
        messages.error(request, _("That is not the code. Look again, and enter it once more."))
    else:
        messages.error(request, _("No code is waited for any more: have a new one sent."))
    return redirect("channels")


@require_POST
@members_only
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a channel no more."""
    contact = _own(request, pk)
    verifying.give_up(contact, now=_now())
    found = roll_call.of(_responder(contact))
    messages.success(request, _("The channel is not used any more."))
    if not found.ready:
        messages.warning(
            request, _("You are not ready to be on call now: verify another channel.")
        )
    return redirect("channels")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link leads: one tap says that it came. Following it alone says nothing.

    Programs that preview links follow them too.
    """
    check = verifying.by_link(token, now=_now())
    if check is not None and _responder(check.contact).user_id != request.user.pk:
        raise Http404
    if request.method == "POST":
        if check is not None and verifying.follow(check, now=_now()):
            messages.success(request, _("Thank you: this channel reaches you."))
        else:
            messages.error(request, _("This link is over. Have a new one sent."))
        return redirect("channels")
    status = 200 if check is not None else 404
    return render(request, "dashboard/confirm_channel.html", {"check": check}, status=status)


@require_safe
@members_only
def responders(request: HttpRequest) -> HttpResponse:
    """Who of a team is ready, and by which channels; no address of anybody."""
    team = rota.chosen(request)
    if team is None:
        return render(request, "dashboard/responders.html", {"teams": []})
    found, on_rota = roll_call.of_team(team), roll_call.on_rota(team)
    people = Responder.objects.filter(team=team, active=True).order_by("name")
    context = {
        "teams": list(access.teams(request.user).order_by("name", "pk")),
        "team": team,
        "people": [(one, found[one.pk], one.pk in on_rota) for one in people],
        "labels": dict(Channel.choices),
        "me": access.member(request.user, team),
        "needed": readiness.NEEDED,
    }
    return render(request, "dashboard/responders.html", context)


def _send(request: HttpRequest, contact: ContactMethod) -> HttpResponse:
    try:
        verifying.ask(contact, now=_now())
    except NotPossible as why:
        messages.error(request, said(why))
    else:
        messages.success(
            request,
            _("A link is on its way: open it there.")
            if contact.channel in verifying.BY_LINK
            else _("A code is on its way: enter it below."),
        )
    return redirect("channels")


def _page(
    request: HttpRequest, *, form: ChannelForm | None = None, team: int = 0, status: int = 200
) -> HttpResponse:
    mine = access.memberships(request.user).select_related("team").order_by("team__name", "pk")
    found = [
        Membership(
            me,
            ZoneInfo(me.team.time_zone),
            roll_call.of(me),
            _channels(me),
            form if form is not None and me.team_id == team else ChannelForm(team=me.team),
        )
        for me in mine
    ]
    context = {"memberships": found, "needed": readiness.NEEDED, "now": _now()}
    return render(request, "dashboard/channels.html", context, status=status)


def _channels(me: Responder) -> list[Own]:
    stopped = roll_call.stopped_numbers(me.team.sender_id)
    rows = ContactMethod.objects.filter(responder=me, active=True).order_by("pk")
    found = []
    for contact in rows.prefetch_related("rules"):
        way = roll_call.way(contact, stopped)
        checks = contact.checks.select_related("message").order_by("-pk")
        code = checks.filter(kind=ContactCheck.Kind.VERIFY).first()
        waits = code is not None and code.state == ContactCheck.State.SENT
        tests = checks.filter(kind=ContactCheck.Kind.TEST)
        planned = tests.filter(state=ContactCheck.State.PLANNED).first()
        found.append(
            Own(
                contact,
                _shown(contact),
                way.works,
                way.stopped,
                code if waits else None,
                _trouble(code),
                sorted({rule.delay for rule in contact.rules.all()}),
                list(tests.exclude(sent_at=None)[:_TESTS_SHOWN]),
                planned.due_at if planned else None,
            )
        )
    return found


def _trouble(code: ContactCheck | None) -> str:
    """Why the last code did not arrive, where that is known."""
    if code is None or code.message is None or code.contact.channel == Channel.VOICE:
        return ""
    return code.message.advice if code.message.state in Message.LOST else ""


def _shown(contact: ContactMethod) -> str:
    """An address as its owner sees it; one of apprise holds a token, so its kind alone."""
    if contact.channel == Channel.APPRISE:
        return contact.label or urlsplit(contact.address).scheme
    return contact.address


def _own(request: HttpRequest, pk: int) -> ContactMethod:
    contacts: Any = access.contacts(request.user).select_related("responder__team__sender")
    found: ContactMethod = get_object_or_404(contacts, pk=pk)
    must_of_team(request, _responder(found).team_id)
    return found


def _responder(contact: ContactMethod) -> Responder:
    if contact.responder is None:
        raise Http404
    return contact.responder


def _now() -> datetime:
    return datetime.now(UTC)
