"""What staff fill in. Rules of the field live in patients.registration, not here."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from monitor.models import WorkItem
from monitor.staff_words import LONGEST
from notifications.models import Page
from patients.models import Consent

# Outcomes that people choose; the last one is the paging's own.
WORK_OUTCOMES = [choice for choice in WorkItem.Outcome.choices if choice[0] != "paged"]


class WallTimeField(forms.SplitDateTimeField):
    """A day and a time on the clinic's clock; gives an aware datetime in UTC."""

    def __init__(self, **options: Any) -> None:
        widget = forms.SplitDateTimeWidget(
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )
        super().__init__(widget=widget, **options)
        self.zone = ZoneInfo("UTC")

    def compress(self, data_list: Any) -> datetime | None:
        """ValidationError for a wall time that the clocks skipped that night."""
        if not data_list or None in data_list or "" in data_list:
            return None
        wall = datetime.combine(data_list[0], data_list[1], tzinfo=self.zone)
        when = wall.astimezone(UTC)
        if when.astimezone(self.zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            raise forms.ValidationError(_("The clocks skipped this time; choose another."))
        return when

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value


class LinesField(forms.CharField):
    """Words of several lines. A new line is one sign, as it is counted, kept and sent.

    A browser counts one as well and sends two.
    """

    def to_python(self, value: Any) -> str | None:
        return super().to_python(normalize_newlines(value) if value else value)


class CloseForm(forms.Form):
    """What came of a piece of work."""

    outcome = forms.ChoiceField(choices=WORK_OUTCOMES)
    note = LinesField(required=False, max_length=2000)


class PageOutcomeForm(forms.Form):
    """What came of a page."""

    outcome = forms.ChoiceField(choices=Page.Outcome.choices)
    note = LinesField(required=False, max_length=2000)


class PageNoteForm(forms.Form):
    """What a responder wants to be kept with a page."""

    text = LinesField(max_length=2000)


class NoteForm(forms.Form):
    """Words to keep."""

    body = LinesField(max_length=2000)


class CallForm(forms.Form):
    """What came of a call."""

    reached = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    body = LinesField(required=False, max_length=2000)


class ViewForm(forms.Form):
    """A name for the worklist's filters."""

    name = forms.CharField(max_length=40)


class EndForm(forms.Form):
    """Why a follow-up ends before its time."""

    why = forms.CharField(max_length=200)


class WithdrawForm(forms.Form):
    """How the patient said that texts are no longer wanted."""

    how = forms.CharField(max_length=200)


class ConsentForm(forms.Form):
    """How and when the patient agreed to be texted again; the door says what is missing."""

    how = forms.ChoiceField(
        label=_("The patient agreed to be texted"),
        choices=[("", "…"), *((value, _(label)) for value, label in Consent.How.choices)],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    given_at = WallTimeField(label=_("Agreed on"), required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_at"].zone = zone  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """A text in staff's own words. `token` makes sending a form twice send it once."""

    body = LinesField(max_length=LONGEST)
    token = forms.UUIDField()


def too_long() -> str:
    """Why such a text was not sent."""
    return _("Write up to %(most)s characters. Nothing was sent.") % {"most": LONGEST}


class RescheduleForm(forms.Form):
    """Where a check-in is moved to, on the clinic's clock."""

    to = WallTimeField()

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].zone = zone  # type: ignore[attr-defined]
