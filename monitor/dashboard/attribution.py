"""Who changes what: the database writes it beside each change (monitor.models.Revision)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitor import oversight

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class AttributionMiddleware:
    """Names the user to the connection while a form of theirs is worked on; then nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or not request.user.is_authenticated:
            return self.get_response(request)
        oversight.changing(request.user)
        try:
            return self.get_response(request)
        finally:
            oversight.changing(None)
