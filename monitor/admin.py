"""Which number and which team serve a clinic."""

from django.contrib import admin

from monitor.models import ClinicLine


@admin.register(ClinicLine)
class ClinicLineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("clinic", "sender", "team")
    list_select_related = ("clinic", "sender", "team")
