"""Proof anew before something leaves the program: an export, a file, an address for others.

    @require_safe
    @members_only
    @stepped_up
    def figures_as_csv(request): ...

Whoever gave a password, a code or a passkey within the last five minutes goes through.
Everybody else is asked for one and comes back to where they were; a form that was sent is done
then.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from monitor.dashboard.accounts import proved_lately


def stepped_up(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind `members_only`: who may at all is asked first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not proved_lately(request):
            # A file that is downloaded leaves the browser where it was asked for the proof.
            request.session["asked_from"] = {
                "for": request.get_full_path(),
                "page": _asked_from(request),
            }
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def _asked_from(request: HttpRequest) -> str:
    """The page of this site that led here; "" for none."""
    page = request.headers.get("Referer", "")
    known = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if known else ""
