"""Sessions end when nobody has touched them for a while, here and not only in the browser.

What counts is a page, a form, or idle.js saying that somebody types; a list that asks for news
by itself does not. An ended session can do one thing still: leave behind what was written in
it, for its own user to find after signing in again.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

TOUCHED = "touched_at"
ENDED = "ended"
# The session's row is written at most so often.
NEXT_WRITE_SECONDS = 10


class IdleMiddleware:
    """Makes nobody of the user of a session that has ended; `request.left` is who it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.left = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            now = time.time()
            if has_ended(request, now=now):
                request.session[ENDED] = True
                request.left = request.user  # type: ignore[attr-defined]
                request.user = AnonymousUser()
            elif "X-Poll" not in request.headers:
                touch(request, now=now)
        return self.get_response(request)


def has_ended(request: HttpRequest, *, now: float) -> bool:
    """Whether the session was left alone for too long; once ended it stays so."""
    touched = request.session.get(TOUCHED, now)
    return bool(request.session.get(ENDED)) or now - touched > settings.IDLE_SECONDS


def touch(request: HttpRequest, *, now: float) -> None:
    """Somebody is there."""
    if now - request.session.get(TOUCHED, 0) > NEXT_WRITE_SECONDS:
        request.session[TOUCHED] = now


def begin(request: HttpRequest) -> None:
    """A new sign-in is a new session, also where the same user comes back to an ended one."""
    request.session.pop(ENDED, None)
    request.session[TOUCHED] = time.time()
