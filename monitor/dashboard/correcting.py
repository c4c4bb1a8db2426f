"""Correcting how a text was read: the form, and the verb behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitor import access, corrections
from monitor.dashboard import wording
from monitor.dashboard.doors import is_poll, members_only, must
from monitor.episodes import protocol_of
from monitor.models import Access, Answer, Episode, TextRead
from monitor.oversight import looked
from monitor.protocol import Protocol
from monitor.protocol.vocabulary import EXPECTED, RED_FLAGS, SOFTER


@dataclass(frozen=True)
class Choice:
    """A finding that the text may state."""

    code: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Asked:
    """A question that the text answered: `options` in words, or none for a number."""

    code: str
    label: str
    options: list[tuple[int, str]]
    value: str


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What the program read, to be read otherwise; the check-in is then assessed anew."""
    read = _read(request, pk)
    must(request, read.clinic)
    given = _given(read)
    if request.method == "GET":
        looked(
            Access.What.TEXT,
            by=request.user,
            clinic=read.clinic,
            patient=_episode(read).patient,
            now=datetime.now(UTC),
        )
    if request.method != "POST":
        return _form(request, read, given, findings=_current(read))
    findings = set(request.POST.getlist("finding"))
    try:
        corrections.correct(
            read,
            findings=findings,
            answers=_changed(request.POST.dict(), given),
            why=request.POST.get("why", ""),
            by=request.user,
            now=datetime.now(UTC),
        )
    except (corrections.Refused, NotANumber) as why:
        messages.error(request, _("%(why)s Nothing was changed.") % {"why": _(str(why))})
        return _form(request, read, given, findings=findings, why=request.POST.get("why", ""))
    messages.success(request, _("Assessed anew. The program's own reading is kept beside it."))
    return redirect("patient", pk=_episode(read).patient_id)


class NotANumber(ValueError):
    """What was entered for a question is no number."""


def _read(request: HttpRequest, pk: int) -> TextRead:
    return get_object_or_404(
        access.texts(request.user)
        .select_related("clinic", "inbound", "episode__patient")
        .prefetch_related("corrections"),
        pk=pk,
    )


def _episode(read: TextRead) -> Episode:
    """404 for the text of somebody whom nobody knows."""
    if read.episode is None:
        raise Http404
    return read.episode


def _current(read: TextRead) -> set[str]:
    past = list(read.corrections.all())
    return set(past[-1].findings if past else read.findings)


def _given(read: TextRead) -> dict[str, float]:
    """The newest answers that came with this text."""
    answers = Answer.objects.filter(inbound=read.inbound).order_by("pk")
    return dict(answers.values_list("question", "value"))


def _changed(entered: Mapping[str, str], given: Mapping[str, float]) -> dict[str, float]:
    """The answers that were set to something else."""
    changed = {}
    for code, before in given.items():
        try:
            value = float(entered.get(f"answer-{code}", before))
        except ValueError:
            raise NotANumber(_("An answer is a number.")) from None
        if value != before:
            changed[code] = value
    return changed


def _form(
    request: HttpRequest,
    read: TextRead,
    given: Mapping[str, float],
    *,
    findings: set[str],
    why: str = "",
) -> HttpResponse:
    episode = _episode(read)
    protocol = protocol_of(episode)
    context = {
        "read": read,
        "patient": episode.patient,
        "groups": [
            (_("Red flags"), _choices(RED_FLAGS, findings)),
            (_("To look at"), _choices(SOFTER, findings)),
            (_("Expected"), _choices(EXPECTED, findings)),
        ],
        "answers": [_asked(protocol, code, value) for code, value in given.items()],
        "why": why,
        "zone": read.clinic.zone,
    }
    name = "dashboard/_correct.html" if is_poll(request) else "dashboard/correct.html"
    return render(request, name, context)


def _choices(codes: frozenset[str], chosen: set[str]) -> list[Choice]:
    return [
        Choice(code, wording.finding(code), code in chosen)
        for code in sorted(codes, key=lambda code: wording.finding(code))
    ]


def _asked(protocol: Protocol, code: str, value: float) -> Asked:
    question = protocol.questions.get(code)
    options = list(enumerate(wording.options(protocol, code), 1)) if question else []
    return Asked(code, wording.question(protocol, code), options, f"{value:g}")
