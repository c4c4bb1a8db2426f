"""Which number and which team serve a clinic, and its cut-offs; sign-offs are read-only."""

from typing import Any

from django import forms
from django.contrib import admin

from monitor import versions
from monitor.models import ClinicLine, KeptProtocol, ProtocolChoice, SignOff
from monitor.protocol import ProtocolError, Setting, names
from notifications.admin import ReadOnly
from patients.admin import ClinicAdmin
from patients.models import Clinic


@admin.register(ClinicLine)
class ClinicLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("clinic", "sender", "team")
    list_select_related = ("clinic", "sender", "team")


@admin.register(SignOff)
class SignOffAdmin(ReadOnly):
    list_display = ("clinic", "protocol", "act", "clinician", "by", "at")
    list_filter = ("clinic", "protocol", "act")


@admin.register(ProtocolChoice)
class ProtocolChoiceAdmin(ReadOnly):
    list_display = ("clinic", "procedure", "protocol", "by", "at")
    list_filter = ("clinic", "procedure")


@admin.register(KeptProtocol)
class KeptProtocolAdmin(ReadOnly):
    list_display = ("name", "digest", "kept_at")
    fields = ("name", "digest", "kept_at")


class ClinicForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses a cut-off that no protocol knows or that lies outside its bounds."""

    class Meta:
        model = Clinic
        fields = "__all__"

    def clean_protocol_settings(self) -> dict[str, Any]:
        entered = self.cleaned_data["protocol_settings"] or {}
        if not isinstance(entered, dict):
            raise forms.ValidationError('Write it like {"severe_pain_score": 8}.')
        known = _settings()
        problems = [_problem(known.get(code), code, value) for code, value in entered.items()]
        if any(problems):
            raise forms.ValidationError([one for one in problems if one])
        return entered


def _settings() -> dict[str, list[Setting]]:
    """Every setting of every version, since older follow-ups still run by theirs."""
    found: dict[str, list[Setting]] = {}
    for protocol in map(versions.current, names()):
        for code, setting in protocol.settings.items() if protocol is not None else ():
            found.setdefault(code, []).append(setting)
    return found


def _problem(settings: list[Setting] | None, code: str, value: Any) -> str:
    if settings is None:
        return f"{code} is no setting; they stand on the page of each protocol."
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{code} = {value!r} is not a number."
    try:
        for setting in settings:
            setting.check(value)
    except ProtocolError as error:
        return f"{error}."
    return ""


admin.site.unregister(Clinic)


@admin.register(Clinic)
class ClinicWithCutOffsAdmin(ClinicAdmin):
    form = ClinicForm
