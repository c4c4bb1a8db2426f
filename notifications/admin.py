"""Who is on call and what texts go out from; messages and pages are read-only."""

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from notifications import admin_gate
from notifications.models import (
    CalendarImport,
    ContactCheck,
    ContactMethod,
    Incident,
    Layer,
    LayerHours,
    LayerMember,
    NotificationRule,
    Override,
    Page,
    PageEvent,
    Responder,
    RotaAlarm,
    Rung,
    Sender,
    Swap,
    Team,
    TimeOff,
)
from notifications.oncall import calendar_fetch


class ImportForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where a layer's shifts come from; fetched at the next opportunity."""

    url = forms.URLField(max_length=500, assume_scheme="https", label="Address")

    class Meta:
        model = CalendarImport
        fields = ("url",)

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            calendar_fetch.checked(url)
        except calendar_fetch.NotFetched as problem:
            raise forms.ValidationError(str(problem)) from None
        return url

    def save(self, commit: bool = True) -> CalendarImport:  # noqa: FBT001, FBT002
        source: CalendarImport = super().save(commit=False)
        source.due_at = timezone.now()
        if commit:
            source.save()
        return source


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
    form = admin_gate.MemberForm
    extra = 0


class HoursInline(admin.TabularInline):  # type: ignore[type-arg]
    model = LayerHours
    extra = 0


class ImportInline(admin.StackedInline):  # type: ignore[type-arg]
    model = CalendarImport
    form = ImportForm
    extra = 0


class RungInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Rung
    form = admin_gate.RungForm
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

    list_display = ("__str__", "responder", "team", "channel", "active", "is_verified")
    list_filter = ("channel", "active")
    # Nobody verifies a channel but by using it.
    readonly_fields = ("verified_at", "lost_why")
    inlines = (RuleInline,)

    @admin.display(boolean=True, description="verified")
    def is_verified(self, contact: ContactMethod) -> bool:
        return contact.verified


@admin.register(ContactCheck)
class ContactCheckAdmin(ReadOnly):
    list_display = ("contact", "kind", "state", "made_at", "ended_at", "how")
    list_filter = ("kind", "state")
    fields = ("contact", "kind", "state", "tries", "made_at", "sent_at", "ended_at", "how")


@admin.register(Incident)
class IncidentAdmin(ReadOnly):
    list_display = ("last_at", "team", "kind", "responder", "detail", "times", "closed_at")
    list_filter = ("team", "kind")
    list_select_related = ("team", "responder")


@admin.register(Layer)
class LayerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "team", "over", "kind", "starts_on", "handover_at")
    list_filter = ("team",)
    inlines = (MemberInline, HoursInline, ImportInline)


@admin.register(Override)
class OverrideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = admin_gate.OverrideForm
    list_display = ("layer", "responder", "starts_at", "ends_at")


@admin.register(TimeOff)
class TimeOffAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("responder", "starts_at", "ends_at")


@admin.register(Swap)
class SwapAdmin(ReadOnly):
    list_display = ("layer", "asker", "asked", "starts_at", "state")
    list_filter = ("state",)


@admin.register(RotaAlarm)
class RotaAlarmAdmin(ReadOnly):
    list_display = ("kind", "team", "layer", "starts_at", "alarmed_at", "closed_at")
    list_filter = ("team", "kind")


@admin.register(Page)
class PageAdmin(ReadOnly):
    list_display = ("reference", "team", "level", "state", "opened_at", "closed_at")
    list_filter = ("team", "level", "state")


@admin.register(PageEvent)
class PageEventAdmin(ReadOnly):
    list_display = ("page", "at", "kind", "responder", "detail")
    list_select_related = ("page", "responder")
