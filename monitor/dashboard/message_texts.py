"""A clinic's ready texts: read by everybody there, written and put in order by its admin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitor import access, ready_texts
from monitor.dashboard.doors import allowed, members_only, must, open_clinics
from monitor.dashboard.rulebook import Text
from monitor.episodes import values_of
from monitor.models import ReadyText
from monitor.protocol.segments import measure
from monitor.staff_words import LONGEST, Refusal, filled, refusal
from monitor.starters import STARTERS
from patients.models import Clinic

WORDS = "words_"
SAID = {
    "brace": gettext_lazy(
        "A brace stands alone, or twice. Write {clinic} or {phone}, or leave it out."
    ),
    "placeholder": gettext_lazy("%(found)s is not filled in: only {clinic} and {phone} are."),
    "long": gettext_lazy(
        "With the clinic's name and phone it has %(found)s characters: shorten it to "
        "%(longest)s."
    ),
    "keyword": gettext_lazy(
        "“%(found)s” suggests a word that carriers take as consent. Ask for a number, or for a "
        "call."
    ),
    "procedure": gettext_lazy(
        "“%(found)s” may tell what was done, and somebody else may read the phone: leave it "
        "out. The clinic's name is written {clinic}."
    ),
    "taken": gettext_lazy("Another ready text has this name: choose another."),
    "many": gettext_lazy("There are %(found)s ready texts already: retire one first."),
    "empty name": gettext_lazy("Give it a name."),
    "empty words": gettext_lazy("Write the words in one language at least."),
}


def said(one: Refusal, *, of: str = "") -> str:
    """A refusal in the reader's language; `of` is "name" or "words" for what is empty."""
    sentence = SAID[f"empty {of}" if one.why == "empty" else one.why]
    return str(sentence) % {"found": one.found, "longest": LONGEST}


class ReadyTextForm(forms.Form):
    """A name, and the words in each language. What may be kept is decided by the verb."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Staff choose the text by it; patients do not see it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        for lang in ready_texts.languages():
            box = {"class": "form-control", "rows": 5, "lang": lang}
            self.fields[WORDS + lang] = forms.CharField(
                label=_("Words in %(language)s") % {"language": _named(lang)},
                required=False,
                widget=forms.Textarea(attrs=box),
            )

    def words(self) -> dict[str, str]:
        return {lang: self.cleaned_data[WORDS + lang] for lang in ready_texts.languages()}

    def refuse(self, errors: Mapping[str, Refusal]) -> None:
        """Put each refusal beside its field."""
        for field, why in errors.items():
            place = {"name": "name", "words": None}.get(field, WORDS + field)
            self.add_error(place, said(why, of=field))


@dataclass(frozen=True)
class Side:
    """A ready text in one language, as a patient gets it; `text` is None without words."""

    lang: str
    name: str
    text: Text | None
    problem: str = ""


@dataclass(frozen=True)
class Row:
    """A ready text, or a suggestion, in every language."""

    of: ReadyText | None
    name: str
    words: Mapping[str, str]
    sides: list[Side]


@require_safe
@members_only
def message_texts(request: HttpRequest) -> HttpResponse:
    """Those in use, in their order; the retired; and what is suggested."""
    clinic, choices = _clinic(request)
    texts = list(access.ready_texts(request.user).filter(clinic=clinic))
    rows = [_row(clinic, one.name, one.words, one) for one in texts if not one.retired_at]
    context = {
        "clinic": clinic,
        "choices": choices,
        "rows": rows,
        "retired": [one for one in texts if one.retired_at],
        "starters": _starters(clinic, texts),
        "may": allowed(request, clinic),
        "moved": request.GET.get("moved", ""),
        "up": request.GET.get("by") == "-1",
        "zone": clinic.zone,
    }
    return render(request, "dashboard/message_texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""
    clinic, _choices = _clinic(request)
    must(request, clinic)
    return _form(request, clinic, None)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words from now on; what was sent stays as it was."""
    one = _own(request, pk)
    return _form(request, one.clinic, one)


@require_POST
@members_only
def preview(request: HttpRequest) -> HttpResponse:
    """The words of one language (`lang`) as a patient would get them; nothing is saved."""
    clinic, _choices = _clinic(request)
    must(request, clinic)
    wanted = request.GET.get("lang", "")
    lang = wanted if wanted in ready_texts.languages() else "en"
    words = request.POST.get(WORDS + lang, "").strip().replace("\r\n", "\n")
    context = {"side": _side(clinic, lang, words)}
    return render(request, "dashboard/_ready_side.html", context)


@require_POST
@members_only
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down; the same button has the focus again."""
    one = _own(request, pk)
    by = -1 if request.POST.get("by") == "-1" else 1
    ready_texts.move(one, by=by)
    return redirect(f"{_page_of(one.clinic)}&moved={one.pk}&by={by}")


@require_POST
@members_only
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    one = _own(request, pk)
    ready_texts.retire(one, now=datetime.now(UTC))
    messages.success(request, _("Retired: it is offered no more. It can be brought back."))
    return redirect(_page_of(one.clinic))


@require_POST
@members_only
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    one = _own(request, pk)
    try:
        ready_texts.bring_back(one)
        messages.success(request, _("It is offered again."))
    except ready_texts.Refused as refused:
        why = " ".join(said(each) for each in refused.errors.values())
        messages.error(request, f"{why} {_('Nothing was changed.')}")
    return redirect(_page_of(one.clinic))


@require_POST
@members_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete what is retired and never went out."""
    one = _own(request, pk)
    if ready_texts.remove(one):
        messages.success(request, _("Removed. The changes page still has its words."))
    else:
        messages.error(request, _("It is in use, or was sent: it stays. Nothing was changed."))
    return redirect(_page_of(one.clinic))


def _form(request: HttpRequest, clinic: Clinic, one: ReadyText | None) -> HttpResponse:
    first = {"name": one.name} if one else {}
    first |= {WORDS + lang: words for lang, words in one.words.items()} if one else {}
    posted = request.method == "POST"
    form = ReadyTextForm(request.POST) if posted else ReadyTextForm(initial=first)
    if posted and form.is_valid():
        try:
            given = form.cleaned_data["name"]
            ready_texts.save(clinic, name=given, words=form.words(), text=one)
        except ready_texts.Refused as refused:
            form.refuse(refused.errors)
        else:
            messages.success(
                request, _("Saved: staff find it as “%(name)s”.") % {"name": given}
            )
            return redirect(_page_of(clinic))
    first_wrong = next((name for name in form.fields if name in form.errors), "name")
    form.fields[first_wrong].widget.attrs["autofocus"] = True
    sides = [
        (form[WORDS + lang], _side(clinic, lang, (form[WORDS + lang].value() or "").strip()))
        for lang in ready_texts.languages()
    ]
    context = {"form": form, "text": one, "clinic": clinic, "sides": sides}
    return render(request, "dashboard/message_text.html", context)


def _clinic(request: HttpRequest) -> tuple[Clinic, list[Clinic]]:
    choices = list(open_clinics(request).order_by("name"))
    wanted = request.POST.get("clinic") or request.GET.get("clinic")
    return next((one for one in choices if one.slug == wanted), choices[0]), choices


def _own(request: HttpRequest, pk: int) -> ReadyText:
    """One of a clinic of the user's; 403 unless they may change it."""
    texts = access.ready_texts(request.user).select_related("clinic")
    one = get_object_or_404(texts, pk=pk)
    must(request, one.clinic)
    return one


def _row(clinic: Clinic, name: str, words: Mapping[str, str], of: ReadyText | None) -> Row:
    sides = [_side(clinic, lang, words.get(lang, "")) for lang in ready_texts.languages()]
    return Row(of, name, words, sides)


def _side(clinic: Clinic, lang: str, words: str) -> Side:
    if not words:
        return Side(lang, _named(lang), None)
    values = values_of(clinic)
    body = filled(words, values)
    why = refusal(words, values=values)
    shown = Text(lang, body, measure(body))
    return Side(lang, _named(lang), shown, said(why) if why else "")


def _starters(clinic: Clinic, texts: Iterable[ReadyText]) -> list[Row]:
    """What is suggested and was not taken yet, in whichever words."""
    there = {words for one in texts for words in one.words.values()}
    return [
        _row(clinic, _(one.name), one.words, None)
        for one in STARTERS
        if not there & set(one.words.values())
    ]


def _named(lang: str) -> str:
    return str(get_language_info(lang)["name_translated"]).capitalize()


def _page_of(clinic: Clinic) -> str:
    return f"{reverse('message-texts')}?clinic={clinic.slug}"
