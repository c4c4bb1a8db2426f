"""Which figures are asked for: a clinic, a time, and what the follow-ups have in common."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.figures.scope import Scope
from patients.models import Clinic

USUAL = timedelta(days=89)
LONGEST = timedelta(days=366)


class Period(forms.Form):
    """The days, both counted, and the filters; all may be left out."""

    since = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Enter the first day.")}
    )
    until = forms.DateField(
        required=False, error_messages={"invalid": gettext_lazy("Enter the last day.")}
    )
    procedure = forms.CharField(required=False)
    clinician = forms.CharField(required=False)
    protocol = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, nor more than a year after it."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            raise forms.ValidationError(
                _("The last day is before the first: choose a later one.")
            )
        if since and until and until - since > LONGEST:
            raise forms.ValidationError(_("Choose a year at most."))
        return found


def scope_of(
    asked: Mapping[str, str], places: Sequence[Clinic], *, now: datetime
) -> tuple[Scope, list[str]]:
    """What is asked for, and what is wrong with it; what is wrong or missing is the usual.

    The usual is the first clinic, and the 90 days to today on its clock.
    """
    wanted = asked.get("clinic", "")
    place = next((one for one in places if one.slug == wanted), places[0])
    today = now.astimezone(place.zone).date()
    form = Period(dict(asked.items()))
    if not form.is_valid():
        wrong = [str(message) for found in form.errors.values() for message in found]
        return Scope(place, today - USUAL, today), wrong
    since, until = _days(form.cleaned_data["since"], form.cleaned_data["until"], today)
    rest = {key: form.cleaned_data[key] for key in ("procedure", "clinician", "protocol")}
    return Scope(place, since, until, **rest), []


def _days(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    until = until or (min(since + LONGEST, today) if since else today)
    since = since or until - USUAL
    return min(since, until), until


def month_asked(month: str, place: Clinic, *, now: datetime) -> tuple[date, date]:
    """The first and the last day of a month as in "2026-10"; "" is the last whole one.

    ValueError for anything else.
    """
    if not month:
        first = now.astimezone(place.zone).date().replace(day=1) - timedelta(days=1)
        first = first.replace(day=1)
    else:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def query_of(scope: Scope) -> dict[str, str]:
    """The scope as an address has it."""
    return {
        "clinic": scope.clinic.slug,
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        **{
            key: value
            for key in ("procedure", "clinician", "protocol")
            if (value := getattr(scope, key))
        },
    }
