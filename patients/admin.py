"""Configuration by administrators; what is known of patients is not changed here."""

from django.contrib import admin

from patients.models import Clinic, Membership


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "time_zone", "phone")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "clinic", "role")
    list_filter = ("clinic", "role")
    autocomplete_fields = ("user",)
