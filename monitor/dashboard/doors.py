"""Who gets into a staff page: the signed-in member of a clinic, and nobody else."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from patients.access import STAFF, clinics
from patients.models import Clinic

View = Callable[..., HttpResponse]


def is_poll(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for rather than a page."""
    return request.headers.get("HX-Request") == "true"


def members_only(view: View) -> View:
    """Signed out: to the sign-in and back. Without any clinic: 403 and an explanation."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # A poll would swap the sign-in page into the middle of the list.
            if is_poll(request):
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        if not clinics(request.user).exists():
            return render(request, "dashboard/no_clinic.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def may(user: Any, clinic: Clinic, roles: Iterable[str] = STAFF) -> bool:
    """Whether the user has one of these roles at the clinic."""
    return clinics(user, roles=roles).filter(pk=clinic.pk).exists()


def must(user: Any, clinic: Clinic, roles: Iterable[str] = STAFF) -> None:
    """PermissionDenied (403) unless the user has one of these roles at the clinic."""
    if not may(user, clinic, roles):
        raise PermissionDenied
