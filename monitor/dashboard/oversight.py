"""Who looked at whom, and what was changed: for the clinic's admin and auditor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from monitor import oversight
from monitor.dashboard.doors import members_only, open_clinics
from monitor.dashboard.patient import matching
from monitor.models import Access, Revision
from patients.models import Clinic

SHOWN = 100
# More people of one name than anybody means.
MOST_PATIENTS = 200


class FilterForm(forms.Form):
    """Whom, by whom, from when until when; all may be left out."""

    patient = forms.CharField(label=_("Patient"), required=False, max_length=80)
    person = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)
    page = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = get_user_model().objects.filter(membership__clinic=clinic)
        people = [(str(one.pk), one.get_full_name() or one.username) for one in seen]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("everybody")),
            *sorted(people, key=lambda one: one[1]),
        ]
        for name, field in self.fields.items():
            kind = "form-select" if name == "person" else "form-control"
            field.widget.attrs |= {"class": f"{kind} {kind}-sm", "autocomplete": "off"}
            if isinstance(field, forms.DateField):
                field.widget.input_type = "date"

    def span(self, clinic: Clinic) -> tuple[datetime | None, datetime | None]:
        """From the first day's midnight to the one after the last, on the clinic's clock."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        after = until + timedelta(days=1) if until else None
        return _midnight(since, clinic), _midnight(after, clinic)


# By POST where it is narrowed: no name or number stands in an address.
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def access_log(request: HttpRequest) -> HttpResponse:
    """Who was shown which patient, the newest first."""

    def found(clinic: Clinic, form: FilterForm) -> QuerySet[Access]:
        words = form.cleaned_data["patient"].strip()
        since, until = form.span(clinic)
        meant = matching(request.user, words, most=MOST_PATIENTS) if words else []
        return oversight.accesses(
            clinic,
            patients=[one for one in meant if one.clinic_id == clinic.pk] if words else None,
            person=form.cleaned_data["person"],
            since=since,
            until=until,
        )

    return _listed(request, "dashboard/access_log.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def changes(request: HttpRequest) -> HttpResponse:
    """What was changed from what to what, the newest first."""
    return _listed(request, "dashboard/changes.html", _revisions)


def _revisions(clinic: Clinic, form: FilterForm) -> QuerySet[Revision]:
    since, until = form.span(clinic)
    person = form.cleaned_data["person"]
    return oversight.revisions(clinic, person=person, since=since, until=until)


def _listed(
    request: HttpRequest,
    template: str,
    find: Callable[[Clinic, FilterForm], QuerySet[Any]],
) -> HttpResponse:
    """A page of what is found at the chosen clinic; a fixed number of queries."""
    choices = list(open_clinics(request).order_by("name"))
    wanted = request.POST.get("clinic") or request.GET.get("clinic")
    clinic = next((one for one in choices if one.slug == wanted), choices[0])
    form = FilterForm(request.POST, clinic=clinic)
    rows: list[Any] = []
    page = 0
    if form.is_valid():
        page = form.cleaned_data["page"] or 0
        rows = list(find(clinic, form)[page * SHOWN : (page + 1) * SHOWN + 1])
    shown = rows[:SHOWN]
    context = {
        "rows": _in_words(shown) if find is _revisions else shown,
        "more": page + 1 if len(rows) > SHOWN else None,
        "newer": page - 1 if page else None,
        "form": form,
        "clinic": clinic,
        "choices": choices,
        "zone": clinic.zone,
        "now": datetime.now(UTC),
    }
    return render(request, template, context)


@dataclass(frozen=True)
class Changed:
    """A revision in words: whose row it is, and each column before and after."""

    of: Revision
    about: str
    columns: list[tuple[str, Any, Any]]


def _in_words(rows: Sequence[Revision]) -> list[Changed]:
    known = oversight.names(rows)

    def shown(column: str, value: Any) -> Any:
        return known.get((column, str(value)), value)

    words = []
    for one in rows:
        before, after = _unfolded(one.before or {}), _unfolded(one.after or {})
        whose = dict(one.about)
        if one.table in oversight.ITSELF:
            whose[oversight.ITSELF[one.table]] = one.key
        columns = [
            (
                name.removesuffix("_id").replace("_", " "),
                shown(name, before.get(name)),
                shown(name, after.get(name)),
            )
            for name in sorted({*before, *after} - {"id"})
            if not (_nothing(before.get(name)) and _nothing(after.get(name)))
            # Of what a column holds by name, only what differs was changed.
            and not (": " in name and before.get(name) == after.get(name))
        ]
        about = ", ".join(str(shown(column, key)) for column, key in sorted(whose.items()))
        words.append(Changed(one, about, columns))
    return words


def _unfolded(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns that hold values by name, as one column for each: "words: es"."""
    flat: dict[str, Any] = {}
    for column, value in columns.items():
        if isinstance(value, dict):
            flat |= {f"{column}: {name}": inner for name, inner in value.items()}
        else:
            flat[column] = value
    return flat


def _nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _midnight(day: date | None, clinic: Clinic) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), clinic.zone)
