"""Who works at a clinic: invited, given a role, unlocked and removed by its admin."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from monitor import members
from monitor.dashboard import invitations, lockout, second_factor
from monitor.dashboard.doors import allowed, members_only, must, open_clinics
from patients.access import Role
from patients.models import Clinic, Membership


class InviteForm(forms.Form):
    """Whom a clinic lets in, and as what."""

    first_name = forms.CharField(label=gettext_lazy("Given name"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80)
    username = forms.SlugField(
        label=gettext_lazy("User name"),
        max_length=60,
        error_messages={"invalid": gettext_lazy("Use letters, digits, - and _ only.")},
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", "…"),
            *((role.value, capfirst(_(str(role.label)))) for role in Role),
        ]
        for name, field in self.fields.items():
            kind = "form-select" if name == "role" else "form-control"
            field.widget.attrs["class"] = kind
            field.widget.attrs["autocomplete"] = "off"


@require_safe
@members_only
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody of the clinic, by name."""
    return _page(request, _clinic(request), InviteForm())


@require_POST
@members_only
def invite(request: HttpRequest) -> HttpResponse:
    """Let somebody in; they set their own password."""
    clinic = _clinic(request)
    must(request, clinic)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, clinic, form)
    given = form.cleaned_data
    try:
        user = members.invite(
            clinic,
            username=given["username"],
            name=(given["first_name"], given["last_name"]),
            email=given["email"],
            role=given["role"],
        )
    except members.NotDone as why:
        form.add_error("username", _(str(why)))
        return _page(request, clinic, form)
    if user.has_usable_password():
        messages.success(request, _("They belong to the clinic now, with their own password."))
        return _back(clinic)
    return _handed_over(request, clinic, user)


@require_POST
@members_only
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to set the password, for somebody of this clinic alone."""
    one = _member(request, pk)
    if not members.own(one.user, one.clinic):
        return _not_own(request, one)
    return _handed_over(request, one.clinic, one.user)


@require_POST
@members_only
def set_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody another role."""
    one = _member(request, pk)
    role = request.POST.get("role", "")
    if role not in Role.values:
        messages.error(request, _("Choose a role. Nothing was changed."))
        return _back(one.clinic)
    return _try(request, one, lambda: members.set_role(one, role), _("The role is changed."))


@require_POST
@members_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody belong no longer."""
    one = _member(request, pk)
    said = _("They see nothing of the clinic any more. What they did is kept.")
    return _try(request, one, lambda: members.remove(one), said)


@require_POST
@members_only
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody try again at once who was locked out."""
    one = _member(request, pk)
    lockout.unlock(request, one.user)
    messages.success(request, _("Unlocked: they can sign in at once."))
    return _back(one.clinic)


@require_POST
@members_only
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the second factor of somebody whose phone is lost."""
    one = _member(request, pk)
    if not members.own(one.user, one.clinic):
        return _not_own(request, one)
    second_factor.reset(one.user)
    messages.success(request, _("Their second factor is gone; they set up a new one."))
    return _back(one.clinic)


def _clinic(request: HttpRequest) -> Clinic:
    choices = list(open_clinics(request).order_by("name"))
    wanted = request.POST.get("clinic") or request.GET.get("clinic")
    return next((one for one in choices if one.slug == wanted), choices[0])


def _member(request: HttpRequest, pk: int) -> Membership:
    """Somebody of a clinic that the user may change the staff of; 404 for anybody else."""
    own = Membership.objects.filter(clinic__in=open_clinics(request))
    one = get_object_or_404(own.select_related("user", "clinic"), pk=pk)
    must(request, one.clinic)
    return one


def _page(
    request: HttpRequest, clinic: Clinic, form: InviteForm, **more: object
) -> HttpResponse:
    factors = Authenticator.objects.filter(
        user=OuterRef("user"), type__in=second_factor.FACTORS
    )
    everybody = (
        Membership.objects.filter(clinic=clinic)
        .select_related("user")
        .annotate(has_factor=Exists(factors))
        .order_by("user__last_name", "user__first_name", "user__username")
    )
    now = datetime.now(UTC)
    locked = lockout.locked_until(request, [one.user for one in everybody], now=now)
    context = {
        "clinic": clinic,
        "choices": list(open_clinics(request).order_by("name")),
        "members": [(one, locked.get(one.user_id)) for one in everybody],
        "form": form,
        "roles": Role.choices,
        "may": allowed(request, clinic),
        "zone": clinic.zone,
        "now": now,
        **more,
    }
    return render(request, "dashboard/staff.html", context)


def _handed_over(request: HttpRequest, clinic: Clinic, user: Any) -> HttpResponse:
    """Mailed; or shown once, to be handed over."""
    if invitations.mailed(request, user, clinic):
        messages.success(request, _("The link to set the password is on its way by e-mail."))
        return _back(clinic)
    shown = {"new_link": invitations.link(request, user), "new_link_of": user}
    return _page(request, clinic, InviteForm(), **shown)


def _try(
    request: HttpRequest, one: Membership, work: Callable[[], None], said: str
) -> HttpResponse:
    try:
        work()
        messages.success(request, said)
    except members.NotDone as why:
        messages.error(request, _(str(why)))
    return _back(one.clinic)


def _not_own(request: HttpRequest, one: Membership) -> HttpResponse:
    messages.error(
        request,
        _("They belong to another clinic too: whoever runs Spinewatch does this for them."),
    )
    return _back(one.clinic)


def _back(clinic: Clinic) -> HttpResponse:
    return redirect(f"{reverse('staff')}?clinic={clinic.slug}")
