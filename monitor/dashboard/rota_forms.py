"""What is filled in on the rota's page. What is possible is decided in notifications.oncall."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitor.dashboard.forms import WallTimeField
from notifications.models import Layer, Page, Responder, Team
from notifications.oncall.swapping import Span


class TeamForm(forms.Form):
    """A form of a team: times on its clock, choices among its layers and people."""

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        # Several forms stand on one page.
        kwargs["auto_id"] = f"{type(self).__name__.lower()}_%s"
        super().__init__(*args, **kwargs)
        people = Responder.objects.filter(team=team, active=True).order_by("name")
        for name, field in self.fields.items():
            if isinstance(field, WallTimeField):
                field.zone = ZoneInfo(team.time_zone)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = team.layer_set.all() if name == "layer" else people
                field.widget.attrs["class"] = "form-select"

    def _span(self, starts: str = "starts", ends: str = "ends") -> Span | None:
        begins, until = self.cleaned_data.get(starts), self.cleaned_data.get(ends)
        if begins is None or until is None:
            return None
        if until <= begins:
            raise forms.ValidationError({ends: _("It must end after it begins.")})
        return Span(begins, until)


class OverrideForm(TeamForm):
    """Somebody in a layer's place for a while."""

    layer = forms.ModelChoiceField(Layer.objects.none(), empty_label=None, label=_("Layer"))
    responder = forms.ModelChoiceField(Responder.objects.none(), label=_("Who takes it"))
    starts = WallTimeField(label=_("From"))
    ends = WallTimeField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        """`span` is the time of it."""
        super().clean()
        return {**self.cleaned_data, "span": self._span()}


class TimeOffForm(TeamForm):
    """Somebody's time off; without a choice of people it is one's own."""

    responder = forms.ModelChoiceField(Responder.objects.none(), label=_("Who is away"))
    starts = WallTimeField(label=_("From"))
    ends = WallTimeField(label=_("Until"))

    def __init__(self, *args: Any, me: Responder | None, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leads:
            del self.fields["responder"]
        self.me = me

    def clean(self) -> dict[str, Any]:
        """`span` is the time, `who` whose it is."""
        super().clean()
        who = self.cleaned_data.get("responder", self.me)
        return {**self.cleaned_data, "span": self._span(), "who": who}


class SwapForm(TeamForm):
    """Asking somebody to take one's shift, and maybe offering to take one in return."""

    layer = forms.ModelChoiceField(Layer.objects.none(), empty_label=None, label=_("Layer"))
    asked = forms.ModelChoiceField(Responder.objects.none(), label=_("Whom to ask"))
    starts = WallTimeField(label=_("My shift from"))
    ends = WallTimeField(label=_("My shift until"))
    back_starts = WallTimeField(label=_("In return I take theirs from"), required=False)
    back_ends = WallTimeField(label=_("… until"), required=False)

    def __init__(self, *args: Any, me: Responder | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if me is not None:
            asked: Any = self.fields["asked"]
            asked.queryset = asked.queryset.exclude(pk=me.pk)

    def clean(self) -> dict[str, Any]:
        """`span` is the shift to pass on, `back` the one in return or None."""
        super().clean()
        names = ("back_starts", "back_ends")
        entered = any(self.data.get(f"{name}_{part}") for name in names for part in (0, 1))
        complete = all(self.cleaned_data.get(name) for name in names)
        if entered and not complete and not self.errors:
            raise forms.ValidationError(
                {"back_ends": _("Enter both times of the shift in return, or neither.")}
            )
        back = self._span("back_starts", "back_ends")
        return {**self.cleaned_data, "span": self._span(), "back": back}


def _levels() -> list[tuple[str, str]]:
    return [(code, capfirst(gettext(code))) for code in Page.Level.values]


class MomentForm(forms.Form):
    """A moment to ask about, as the clocks show it, and the level of a page."""

    day = forms.DateField(
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"
        ),
        label=_("Day"),
    )
    hour = forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M"),
        label=_("Time"),
    )
    level = forms.ChoiceField(
        choices=_levels,
        widget=forms.Select(attrs={"class": "form-select"}),
        label=_("Level"),
    )

    @property
    def wall(self) -> datetime:
        """The wall time that was asked for."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"])
