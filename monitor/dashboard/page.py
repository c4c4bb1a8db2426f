"""A page, for whoever was called: on a phone, with one thumb."""

from datetime import UTC, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access
from monitor.dashboard import board, page_facts, timeline
from monitor.dashboard.doors import allowed_of_team, is_poll, members_only, must_of_team
from monitor.dashboard.forms import PageOutcomeForm
from monitor.dashboard.step_up import stepped_up
from monitor.disposition import Offer
from monitor.episodes import protocol_of
from monitor.models import Access, Alert, WorkItem
from monitor.oversight import looked
from monitor.triage import pressing
from notifications.models import Inbound, Page, PageEvent, Responder
from notifications.oncall import paging, proof
from notifications.oncall.paging import Done

# More texts of one number than anybody reads on a phone.
_HEARD = 10


@require_safe
@members_only
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """Whom it is about, why, who has it, and what the reader may do."""
    if access.drills(request.user).filter(page__reference=reference).exists():
        # What was sent links here; whoever follows it is shown no page of a patient's.
        return redirect("drill", reference=reference)
    one = _page(request, reference)
    row = subject(request, one)
    alert = _alert(request, one)
    may = allowed_of_team(request, one.team_id)
    me = access.responder(request.user, one) if "acknowledge" in may else None
    if request.method == "GET" and not is_poll(request):
        seen(request, row, Access.What.PAGE, one.reference)
    events = list(
        PageEvent.objects.filter(page=one).select_related("responder", "message", "link")
    )
    options, lesser = _options(request, alert)
    context = {
        "page": one,
        "row": row,
        "alert": alert,
        "heard": _heard(request, row),
        "facts": page_facts.facts(row.episode, alert),
        "closing": page_facts.closing(one, events),
        "options": options,
        "lesser": lesser,
        "running": one.state != Page.State.CLOSED,
        "events": [event for event in events if event.kind != PageEvent.Kind.REPORTED],
        "proof": proof.verify_page(one, events=events),
        "entries": proof.shown(events),
        "notes": one.notes.select_related("responder"),
        "me": me,
        "colleagues": _colleagues(one, me),
        "number": access.number_of(request.user, one) if me else "",
        "outcomes": Page.Outcome.choices,
        "zone": row.clinic.zone,
        "now": datetime.now(UTC),
    }
    name = "dashboard/_page_poll.html" if is_poll(request) else "dashboard/page.html"
    return render(request, name, context)


@require_safe
@members_only
@stepped_up
def export(request: HttpRequest, reference: str) -> HttpResponse:
    """The page's chain as a file, that `manage.py proof verify --file` checks anywhere."""
    one = _page(request, reference)
    seen(request, subject(request, one), Access.What.EXPORT, f"{one.reference} proof")
    lines = "".join(f"{line}\n" for line in proof.export_page(one))
    answer = HttpResponse(lines, content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="proof-{one.reference}.jsonl"'
    return answer


def subject(request: HttpRequest, one: Page) -> board.PageRow:
    """What the page is about; to whoever may not see that, there is no such page."""
    row = board.subjects(request.user, [one]).get(one.pk)
    if row is None:
        raise Http404
    return row


def seen(request: HttpRequest, row: board.PageRow, what: str, detail: str) -> None:
    looked(
        what,
        by=request.user,
        clinic=row.clinic,
        patient=row.episode.patient if row.episode else None,
        detail=detail,
        now=datetime.now(UTC),
    )


def _alert(request: HttpRequest, one: Page) -> Alert | None:
    """What the page is about, with the assessment that made it as grave as it is."""
    alert = (
        access.alerts(request.user)
        .filter(page=one)
        .select_related(
            "assessment__inbound__read",
            "assessment__episode__clinic",
            "assessment__episode__procedure",
            "episode__clinic",
            "episode__patient",
            "page",
        )
        .first()
    )
    if alert is None or alert.assessment is None:
        return alert
    # A page that was raised keeps its first assessment; who is called must see the gravest.
    graver = (
        access.assessments(request.user)
        .filter(
            episode=alert.episode, at__gte=alert.opened_at, level__gt=alert.assessment.level
        )
        .select_related("inbound__read", "episode__clinic", "episode__procedure")
        .order_by("-level", "at")
    )
    found = graver.filter(at__lte=one.closed_at) if one.closed_at else graver
    alert.assessment = found.first() or alert.assessment
    return alert


def _heard(request: HttpRequest, row: board.PageRow) -> list[Inbound]:
    """The texts that a page without an alert is about; of an unknown number, all that wait.

    A further red flag of the same number calls again on the same page.
    """
    if row.inbound is None or row.episode is not None:
        return [] if row.inbound is None else [row.inbound]
    texts = access.work(request.user).filter(
        clinic=row.clinic,
        kind=WorkItem.Kind.UNKNOWN_NUMBER,
        inbound__from_number=row.inbound.from_number,
        closed_at__isnull=True,
    )
    found = texts.select_related("inbound__read").order_by("opened_at")[:_HEARD]
    later = [item.inbound for item in found if item.inbound and item.inbound != row.inbound]
    return [row.inbound, *later]


def _colleagues(one: Page, me: Responder | None) -> list[Responder]:
    if me is None or one.state == Page.State.CLOSED:
        return []
    team = Responder.objects.filter(team=one.team_id, active=True).exclude(pk=me.pk)
    return list(team.order_by("name"))


def _options(request: HttpRequest, alert: Alert | None) -> tuple[list[Offer], list[Offer]]:
    """What the sources offer for the gravest findings, and what for the others."""
    if alert is None or alert.assessment is None:
        return [], []
    one, rules = alert.assessment, protocol_of(alert.episode)
    among = access.assessments(request.user).filter(episode=alert.episode)
    codes = pressing(rules, one.shown, one.reasons)
    gravest = {
        option
        for code in codes
        if code in rules.dispositions
        for option in rules.disposition(code)
    }
    offered = timeline.options(rules, one, among=list(among))
    first = [offer for offer in offered if offer.option in gravest]
    return first, [offer for offer in offered if offer.option not in gravest]


@require_POST
@members_only
def acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the page."""
    one, me = called(request, reference)
    result = paging.acknowledge(one, me, via="web", now=datetime.now(UTC))
    if result.done is Done.TAKEN or result.by == me:
        messages.success(request, _("You have it. Say below what came of it."))
    else:
        messages.warning(request, _("%(name)s has it already.") % {"name": result.by.name})
    return redirect("page", reference=reference)


@require_POST
@members_only
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Record what came of the page."""
    one, me = called(request, reference)
    form = PageOutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an outcome. Nothing was saved."))
        return redirect("page", reference=reference)
    result = paging.close(
        one,
        me,
        outcome=form.cleaned_data["outcome"],
        note=form.cleaned_data["note"],
        via="web",
        now=datetime.now(UTC),
    )
    if result.done is Done.CLOSED:
        messages.success(request, _("Recorded. The page is closed."))
    elif result.done is Done.NEEDS_REASON:
        messages.error(
            request, _("Say in the note why it is a false alarm. Nothing was saved.")
        )
    else:
        messages.warning(
            request,
            _("%(name)s had closed it; nothing was changed.") % {"name": result.by.name},
        )
    return redirect("page", reference=reference)


def _page(request: HttpRequest, reference: str) -> Page:
    pages = (
        access.pages(request.user)
        .select_related("team", "acknowledged_by", "closed_by")
        .prefetch_related("amendments__responder")
    )
    return get_object_or_404(pages, reference=reference)


def called(request: HttpRequest, reference: str) -> tuple[Page, Responder]:
    """The page and the user as a responder of its team; 403 for everybody else."""
    one = _page(request, reference)
    must_of_team(request, one.team_id)
    me = access.responder(request.user, one)
    if me is None:
        raise PermissionDenied
    return one, me
