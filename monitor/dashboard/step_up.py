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

from monitor.dashboard.accounts import proved_lately


def stepped_up(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind `members_only`: who may at all is asked first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not proved_lately(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded
