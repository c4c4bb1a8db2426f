"""Who is on call and what texts go out from; messages and pages are read-only."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from notifications.models import (
    ContactMethod,
    Incident,
    Layer,
    LayerMember,
    NotificationRule,
    Override,
    Page,
    PageEvent,
    Responder,
    Rung,
    Sender,
    Team,
)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that a program wrote and nobody rewrites."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MemberInline(admin.TabularInline):  # type: ignore[type-arg]
    model = LayerMember
    extra = 0


class RungInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Rung
    extra = 0


@admin.register(Sender)
class SenderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "number", "rehearsal")


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "time_zone", "sender")
    inlines = (RungInline,)


class ContactInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ContactMethod
    fields = ("channel", "address", "label", "active")
    exclude = ("team", "secret")
    extra = 0


@admin.register(Responder)
class ResponderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "team", "phone", "lead", "active")
    list_filter = ("team", "active")
    autocomplete_fields = ("user",)
    inlines = (ContactInline,)


class RuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = NotificationRule
    extra = 0


@admin.register(ContactMethod)
class ContactMethodAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Personal ways and their rules; and those of a team's other systems."""

    list_display = ("__str__", "responder", "team", "channel", "active", "verified_at")
    list_filter = ("channel", "active")
    inlines = (RuleInline,)


@admin.register(Incident)
class IncidentAdmin(ReadOnly):
    list_display = ("last_at", "team", "kind", "responder", "detail", "times", "closed_at")
    list_filter = ("team", "kind")
    list_select_related = ("team", "responder")


@admin.register(Layer)
class LayerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "team", "starts_on", "handover_at", "days")
    list_filter = ("team",)
    inlines = (MemberInline,)


@admin.register(Override)
class OverrideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("layer", "responder", "starts_at", "ends_at")


@admin.register(Page)
class PageAdmin(ReadOnly):
    list_display = ("reference", "team", "level", "state", "opened_at", "closed_at")
    list_filter = ("team", "level", "state")


@admin.register(PageEvent)
class PageEventAdmin(ReadOnly):
    list_display = ("page", "at", "kind", "responder", "detail")
    list_select_related = ("page", "responder")
