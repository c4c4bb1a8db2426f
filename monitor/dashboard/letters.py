"""The follow-up letter: a look at it first, then the PDF, which is recorded."""

import uuid
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitor import access, changes
from monitor.dashboard.doors import allowed, members_only, must
from monitor.dashboard.letter_text import Letter, letter
from monitor.dashboard.paper import paper
from monitor.dashboard.step_up import stepped_up
from monitor.models import Access, Change, Episode
from monitor.oversight import looked


@require_safe
@members_only
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter as it would be written now, in the language asked for."""
    episode = _episode(request, pk)
    now = datetime.now(UTC)
    language = _language(request.GET.get("language", ""))
    _looked(request, episode, detail=language, now=now)
    made = Change.objects.filter(episode=episode, what=Change.What.LETTER)
    with override(language):
        written = letter(request.user, episode, now=now)
    context = {
        "episode": episode,
        "letter": written,
        "letter_language": language,
        "languages": settings.LANGUAGES,
        "made": made.select_related("by").order_by("-at", "-pk"),
        "may": allowed(request, episode.clinic),
        "zone": episode.clinic.zone,
    }
    return render(request, "dashboard/letter.html", context)


@require_POST
@members_only
@stepped_up
def make(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter as PDF; that it was made, by whom and as what, is kept with the follow-up.

    The file's name is the follow-up's reference, which says nothing of the patient.
    """
    episode = _episode(request, pk)
    must(request, episode.clinic)
    now = datetime.now(UTC)
    language = _language(request.POST.get("language", ""))
    with override(language):
        body = on_paper(letter(request.user, episode, now=now), lang=language, now=now)
    _looked(request, episode, detail=f"{language} PDF", now=now)
    changes.record(
        Change.What.LETTER,
        episode=episode,
        by=request.user,
        now=now,
        after=f"{language} {sha256(body).hexdigest()}",
    )
    name = f"follow-up-letter-{episode.reference}-{language}.pdf"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/pdf", headers=disposition)


def _looked(request: HttpRequest, episode: Episode, *, detail: str, now: datetime) -> None:
    looked(
        Access.What.LETTER,
        by=request.user,
        clinic=episode.clinic,
        patient=episode.patient,
        detail=detail,
        now=now,
    )


def on_paper(written: Letter, *, lang: str, now: datetime) -> bytes:
    """The letter as PDF, in the language that is active."""
    foot = f"{written.clinic} · {written.date}"
    with paper(written.title, foot=foot, lang=lang, now=now) as sheet:
        sheet.title(written.clinic)
        sheet.paragraph(f"{written.phone} · {written.date}")
        sheet.heading(written.title)
        if written.interim:
            sheet.paragraph(interim(), bold=True)
        for section in written.sections:
            sheet.heading(section.title)
            for line in section.lines:
                sheet.paragraph(line)
            if section.rows:
                narrow = () if section.heads else (1, 3)
                sheet.table(section.heads, section.rows, widths=narrow)
        sheet.small(written.closing)
        return sheet.bytes()


def interim() -> str:
    """What stands above a letter of a follow-up that is not over."""
    return _("Interim: the follow-up is still running.")


def _language(asked: str) -> str:
    known = [code for code, _name in settings.LANGUAGES]
    if asked in known:
        return asked
    current = get_language() or "en"
    return current if current in known else "en"


def _episode(request: HttpRequest, pk: uuid.UUID) -> Episode:
    mine = access.episodes(request.user).select_related("clinic", "patient", "procedure")
    return get_object_or_404(mine, pk=pk)
