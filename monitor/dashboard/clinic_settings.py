"""A clinic's own settings, for its admin: hours, texts' times, limits and cut-offs."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from monitor import protocol
from monitor.dashboard.doors import allowed, members_only, must, open_clinics
from monitor.protocol import load, names
from monitor.protocol.model import Setting
from patients.models import Clinic
from patients.phone import PhoneRefused, line

CUT_OFF = "cut_off_"


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a clinic decides for itself; what its protocols fix is not in here."""

    open_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Open on"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
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
            "steroid_limit": gettext_lazy("Steroid injections to one area in 12 months"),
        }
        help_texts = {"phone": "", "steroid_limit": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.protocol_settings
        for one in cut_offs():
            self.fields[CUT_OFF + one.code] = forms.FloatField(
                label=one.code.replace("_", " "),
                required=False,
                initial=own.get(one.code),
                help_text=_("%(least)g to %(most)g %(unit)s; %(default)g unless set")
                % {
                    "least": one.least,
                    "most": one.most,
                    "unit": one.unit,
                    "default": one.default,
                },
            )
        for name, field in self.fields.items():
            if isinstance(field, forms.TimeField):
                field.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            if name != "open_weekdays":
                field.widget.attrs["class"] = "form-control"

    def clean_phone(self) -> str:
        """In E.164, however it was written."""
        try:
            return line(self.cleaned_data["phone"], country=self.instance.country)
        except PhoneRefused as why:
            raise forms.ValidationError(_(why.template) % why.values) from None

    def clean(self) -> dict[str, Any]:
        """Refuse hours that leave no time, and cut-offs outside their bounds."""
        given: dict[str, Any] = super().clean() or {}
        if _both(given, "opens", "closes") and given["opens"] >= given["closes"]:
            self.add_error("closes", _("It closes after it opens."))
        if _both(given, "quiet_from", "quiet_until", "check_in_at") and _within(
            given["check_in_at"], given["quiet_from"], given["quiet_until"]
        ):
            self.add_error("check_in_at", _("No texts are sent at this time."))
        # An error takes its field out of what was given.
        for name, value in list(self._cut_offs(given)):
            for problem in protocol.refusals({name.removeprefix(CUT_OFF): value}):
                self.add_error(name, problem)
        return given

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


def cut_offs() -> list[Setting]:
    """The cut-offs of all protocols, each once, by name."""
    found = {one.code: one for name in names() for one in load(name).settings.values()}
    return [found[code] for code in sorted(found)]


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
        "cut_offs": [one for one in form if one.name.startswith(CUT_OFF)],
        "clinic": Clinic.objects.get(pk=clinic.pk),
        "choices": list(open_clinics(request).order_by("name")),
        "may": may,
    }
    return render(request, "dashboard/settings.html", context)


def _both(given: dict[str, Any], *names: str) -> bool:
    return all(given.get(name) is not None for name in names)


def _within(moment: Any, since: Any, until: Any) -> bool:
    """Whether a time of day lies in a span that may go over midnight."""
    if since <= until:
        return bool(since <= moment < until)
    return bool(moment >= since or moment < until)
