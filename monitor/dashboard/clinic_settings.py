"""A clinic's own settings, for its admin: hours, texts' times, limits and cut-offs."""

import re
from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from monitor import protocol
from monitor.dashboard import setting_words
from monitor.dashboard.doors import allowed, members_only, must, open_clinics
from monitor.protocol import load, names
from monitor.protocol.model import Setting
from patients.models import Clinic
from patients.phone import PhoneRefused, line

CUT_OFF = "cut_off_"
NO_TIME = gettext_lazy("Write a time of day, as in 09:30.")
EMERGENCY = re.compile(r"[0-9]{2,8}")
MOST_STEROIDS = 12


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a clinic decides for itself; what its protocols fix is not in here."""

    open_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Open on"),
        help_text=gettext_lazy(
            "Later check-ins wait for a day that is open, at most three; the next-day one "
            "never waits. Deadlines in working hours count these days. Monday to Friday "
            "unless changed."
        ),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )

    steroid_limit = forms.IntegerField(
        label=gettext_lazy("Steroid injections to one area in 12 months"),
        help_text=gettext_lazy(
            "Whoever registers one more is warned; nothing is forbidden. Lower: warned sooner; "
            "0 warns of each. From 0 to 12; 3 unless changed."
        ),
        min_value=0,
        max_value=MOST_STEROIDS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("Write a whole number from 0 to 12."),
        ),
    )

    class Meta:
        model = Clinic
        fields = (
            *("phone", "emergency_number", "opens", "closes", "open_weekdays"),
            *("check_in_at", "quiet_from", "quiet_until", "steroid_limit"),
        )
        labels = {
            "phone": gettext_lazy("Phone that patients call"),
            "emergency_number": gettext_lazy("Emergency number"),
            "opens": gettext_lazy("Opens"),
            "closes": gettext_lazy("Closes"),
            "check_in_at": gettext_lazy("Check-ins go out at"),
            "quiet_from": gettext_lazy("No texts from"),
            "quiet_until": gettext_lazy("No texts until"),
        }
        help_texts = {
            "phone": gettext_lazy(
                "Stands in the texts to patients. With the area code, or with + and the "
                "country's code."
            ),
            "emergency_number": gettext_lazy(
                "What patients are told to call in an emergency: 2 to 8 digits, as in 911, 112 "
                "or 999. 911 unless changed."
            ),
            "opens": gettext_lazy(
                "On the clinic's clock; before it closes. Deadlines in working hours count "
                "from here. 08:00 unless changed."
            ),
            "closes": gettext_lazy(
                "Deadlines in working hours stop here. Earlier: work is due later, and what is "
                "due the same day earlier. 18:00 unless changed."
            ),
            "check_in_at": gettext_lazy(
                "When patients are asked, on the clinic's clock, outside the hours without "
                "texts. 10:00 unless changed."
            ),
            "quiet_from": gettext_lazy(
                "In the evening: check-ins and reminders wait until the morning. Answers to a "
                "patient go out at any hour. 20:00 unless changed."
            ),
            "quiet_until": gettext_lazy(
                "In the morning, earlier in the day than the hour above. 09:00 unless changed."
            ),
        }
        error_messages = {
            "phone": {"required": gettext_lazy("Write the number that patients call.")},
            "emergency_number": {"required": gettext_lazy("Write 2 to 8 digits, as in 911.")},
            **{
                name: {"required": NO_TIME, "invalid": NO_TIME}
                for name in ("opens", "closes", "check_in_at", "quiet_from", "quiet_until")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.protocol_settings
        known = cut_offs()
        for code in setting_words.WORDS:
            self.fields[CUT_OFF + code] = cut_off(known[code], own.get(code))
        for name, field in self.fields.items():
            if isinstance(field, forms.TimeField):
                field.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            if name != "open_weekdays":
                plain = (
                    "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
                )
                field.widget.attrs["class"] = plain

    def clean_phone(self) -> str:
        """In E.164, however it was written."""
        try:
            return line(self.cleaned_data["phone"], country=self.instance.country)
        except PhoneRefused as why:
            raise forms.ValidationError(_(why.template) % why.values) from None

    def clean_emergency_number(self) -> str:
        """Digits alone: it stands in texts as what to dial."""
        given = str(self.cleaned_data["emergency_number"]).replace(" ", "")
        if not EMERGENCY.fullmatch(given):
            raise forms.ValidationError(_("Write 2 to 8 digits, as in 911."))
        return given

    def clean(self) -> dict[str, Any]:
        """Refuse hours that leave no time, and cut-offs outside their bounds."""
        given: dict[str, Any] = super().clean() or {}
        if _both(given, "opens", "closes") and given["opens"] >= given["closes"]:
            self.add_error("closes", _("It closes after it opens: write a later time."))
        if _both(given, "quiet_from", "quiet_until"):
            self._quiet(given, since=given["quiet_from"], until=given["quiet_until"])
        # An error takes its field out of what was given.
        for name, value in list(self._cut_offs(given)):
            code = name.removeprefix(CUT_OFF)
            if protocol.refusals({code: value}):
                self.add_error(name, setting_words.refusal(cut_offs()[code]))
        return given

    def _quiet(self, given: dict[str, Any], *, since: time, until: time) -> None:
        if until >= since:
            self.add_error(
                "quiet_until",
                _("The hours without texts end in the morning: write a time before %(since)s.")
                % {"since": f"{since:%H:%M}"},
            )
        elif _both(given, "check_in_at") and not until <= given["check_in_at"] < since:
            self.add_error(
                "check_in_at",
                _(
                    "No texts are sent at this time: write one from %(until)s to before "
                    "%(since)s."
                )
                % {"until": f"{until:%H:%M}", "since": f"{since:%H:%M}"},
            )

    def save(self, commit: bool = True) -> Clinic:  # noqa: FBT001, FBT002
        clinic: Clinic = super().save(commit=False)
        given = self._cut_offs(self.cleaned_data)
        clinic.protocol_settings = {name.removeprefix(CUT_OFF): value for name, value in given}
        if commit:
            clinic.save()
        return clinic

    def _cut_offs(self, given: dict[str, Any]) -> Iterator[tuple[str, float]]:
        for name, value in given.items():
            if name.startswith(CUT_OFF) and value is not None:
                yield name, value


def cut_offs() -> dict[str, Setting]:
    """The cut-offs of all protocols, each once."""
    return {one.code: one for name in names() for one in load(name).settings.values()}


def cut_off(setting: Setting, own: float | None) -> forms.Field:
    """The field of a cut-off, in words; a switch is a choice."""
    words = setting_words.WORDS[setting.code]
    help_text = f"{words.does} {setting_words.bounds(setting)}"
    if setting.unit == setting_words.SWITCH:
        usual = _("as the protocol has it: %(how)s") % {"how": _on_or_off(setting.default)}
        return forms.TypedChoiceField(
            label=str(words.label),
            help_text=help_text,
            required=False,
            coerce=float,
            empty_value=None,
            initial="" if own is None else f"{own:g}",
            choices=[
                ("", usual),
                *((f"{value:g}", _on_or_off(value)) for value in (0.0, 1.0)),
            ],
        )
    unit = setting_words.UNITS[setting.unit]
    return forms.FloatField(
        label=f"{words.label} ({unit})",
        help_text=help_text,
        required=False,
        initial=own,
        widget=forms.NumberInput(
            attrs={"min": f"{setting.least:g}", "max": f"{setting.most:g}", "step": "any"}
        ),
        error_messages={"invalid": setting_words.refusal(setting)},
    )


def _on_or_off(value: float) -> str:
    return _("on") if value else _("off")


@require_safe
@members_only
def settings(request: HttpRequest) -> HttpResponse:
    """What the clinic has decided, and where everything else is seen to."""
    clinic = _clinic(request)
    return _page(request, clinic, SettingsForm(instance=clinic))


@require_POST
@members_only
def save(request: HttpRequest) -> HttpResponse:
    """Change it; from now on it counts, for follow-ups that are under way too."""
    clinic = _clinic(request)
    must(request, clinic)
    form = SettingsForm(request.POST, instance=clinic)
    if not form.is_valid():
        return _page(request, clinic, form)
    form.save()
    messages.success(request, _("The settings are saved."))
    return redirect(f"{reverse('settings')}?clinic={clinic.slug}")


def _clinic(request: HttpRequest) -> Clinic:
    choices = list(open_clinics(request).order_by("name"))
    wanted = request.POST.get("clinic") or request.GET.get("clinic")
    return next((one for one in choices if one.slug == wanted), choices[0])


def _page(request: HttpRequest, clinic: Clinic, form: SettingsForm) -> HttpResponse:
    may = allowed(request, clinic)
    if "save-settings" not in may:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "own": [one for one in form if not one.name.startswith(CUT_OFF)],
        "cut_offs": _grouped(form),
        "clinic": Clinic.objects.get(pk=clinic.pk),
        "choices": list(open_clinics(request).order_by("name")),
        "may": may,
    }
    return render(request, "dashboard/settings.html", context)


def _both(given: dict[str, Any], *names: str) -> bool:
    return all(given.get(name) is not None for name in names)


def _grouped(form: SettingsForm) -> list[tuple[str | Promise, list[forms.BoundField]]]:
    """The cut-offs under the headings that they belong to, in the order of the page."""
    found: dict[str | Promise, list[forms.BoundField]] = {}
    for code, words in setting_words.WORDS.items():
        found.setdefault(words.group, []).append(form[CUT_OFF + code])
    return list(found.items())
