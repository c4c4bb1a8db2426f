"""Django's administration: for superusers, who have given their second factor."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from monitor.dashboard import second_factor


class Site(admin.AdminSite):
    """It knows no clinic: a clinic's admin has pages of their own, and is not let in here."""

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        allowed = user.is_authenticated and user.is_active and user.is_superuser
        return allowed and second_factor.demand(request, "admin") is None

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign in as everywhere else; whoever is signed in already lacks something."""
        back = request.GET.get("next") or request.get_full_path()
        if not request.user.is_authenticated:
            return redirect_to_login(back)
        if not request.user.is_superuser:
            raise PermissionDenied
        return second_factor.demand(request, "admin") or redirect(back)
