"""Which number and which team serve a clinic, and its cut-offs; sign-offs are read-only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from monitor import protocol
from monitor.models import ClinicLine, KeptProtocol, ProtocolChoice, SignOff
from notifications.admin import ReadOnly
from patients.admin import ClinicAdmin
from patients.models import Clinic


class ClinicForm(forms.ModelForm):  # type: ignore[type-arg]
    """A clinic, with cut-offs that the protocols know and allow."""

    class Meta:
        model = Clinic
        fields = "__all__"

    def clean_protocol_settings(self) -> Any:
        """Refuse a cut-off that no protocol has, or that is outside its bounds."""
        given = self.cleaned_data["protocol_settings"] or {}
        problems = protocol.refusals(given)
        if problems:
            raise ValidationError(problems)
        return given


admin.site.unregister(Clinic)


@admin.register(Clinic)
class ClinicWithCutOffs(ClinicAdmin):
    form = ClinicForm


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
