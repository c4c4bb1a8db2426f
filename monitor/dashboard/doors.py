"""Who gets into a staff page: the signed-in member of a clinic whose role may, nobody else.

What each role may do stands in `roles`; here it is held. A view is let in by the address that
it has, and must say of which clinic the row is that it changes: `must`, or `must_of_team`.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from monitor.dashboard import second_factor
from monitor.dashboard.roles import MAY, permitted
from patients.access import Role, clinics, roles_of
from patients.models import Clinic

View = Callable[..., HttpResponse]


class NotYours(PermissionDenied):
    """The role may not; the message says which ones may."""

    def __init__(self, name: str) -> None:
        labels = [_(str(role.label)).lower() for role in Role if role in MAY.get(name, ())]
        super().__init__(
            _("Your role may look and not do this. It is for: %(who)s.")
            % {"who": ", ".join(labels)}
        )


def is_poll(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for rather than a page."""
    return request.headers.get("HX-Request") == "true"


def members_only(view: View) -> View:
    """Signed out: to the sign-in and back. Without a second factor: to that. Without any
    clinic, or with a role that may not at any: 403 and an explanation.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # A poll would swap the sign-in page into the middle of the list.
            if is_poll(request):
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        first = second_factor.demand(request, _name(request))
        if first is not None:
            return HttpResponse(status=401) if is_poll(request) else first
        if not held(request):
            return render(request, "dashboard/no_clinic.html", status=403)
        try:
            if _name(request) not in anywhere(request):
                raise NotYours(_name(request))
            return view(request, *args, **kwargs)
        except PermissionDenied as why:
            if is_poll(request) and request.method == "POST":
                return JsonResponse({"said": str(why)}, status=403)
            raise

    return guarded


def held(request: HttpRequest) -> Mapping[Any, str]:
    """The user's role by clinic; asked of the database once a request."""
    known: Mapping[Any, str] | None = getattr(request, "_roles_held", None)
    if known is None:
        known = roles_of(request.user)
        request._roles_held = known  # type: ignore[attr-defined]
    return known


def anywhere(request: HttpRequest) -> frozenset[str]:
    """The addresses, by name, that the user may use for at least one clinic."""
    return frozenset[str]().union(*(permitted(role) for role in held(request).values()))


def allowed(request: HttpRequest, clinic: Clinic) -> frozenset[str]:
    """The addresses, by name, that the user may use for what is of this clinic."""
    role = held(request).get(clinic.pk)
    return permitted(role) if role else frozenset()


def allowed_of_team(request: HttpRequest, team: int) -> frozenset[str]:
    """The same for what is of an on-call team, by the clinics that it is paged for."""
    served = Clinic.objects.filter(pk__in=held(request), line__team=team)
    return frozenset[str]().union(*(allowed(request, one) for one in served))


def must(request: HttpRequest, clinic: Clinic) -> None:
    """NotYours (403) unless the user may use this address for what is of the clinic."""
    if _name(request) not in allowed(request, clinic):
        raise NotYours(_name(request))


def must_of_team(request: HttpRequest, team: int) -> None:
    """NotYours (403) unless the user may use this address for what is of the team."""
    if _name(request) not in allowed_of_team(request, team):
        raise NotYours(_name(request))


def open_clinics(request: HttpRequest) -> QuerySet[Clinic]:
    """The clinics that the user may use this address for."""
    return clinics(request.user, roles=MAY[_name(request)])


def _name(request: HttpRequest) -> str:
    # Of the path, because a request that was resumed after a step-up has another's match.
    return resolve(request.path_info).url_name or ""
