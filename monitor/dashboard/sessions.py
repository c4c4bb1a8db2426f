"""What idle.js asks for: to stay, to keep what was written, and to have it back."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from monitor import drafts
from monitor.dashboard import idle
from monitor.dashboard.doors import members_only

DRAFTS = "drafts"


@require_POST
@members_only
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody is there: the middleware has noted it."""
    return HttpResponse(status=204)


@require_POST
@never_cache
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what was written, also from a session that has just ended; `end` ends it."""
    left: Any = getattr(request, "left", None)
    user = request.user if request.user.is_authenticated else left
    if user is None:
        return HttpResponse(status=401)
    try:
        given = json.loads(request.POST.get("pages", ""))
        pages = [(str(path)[:300], _fields(fields)) for path, fields in given.items()]
    except (ValueError, AttributeError):
        return JsonResponse({"said": "`pages` is JSON: path, form, field, words."}, status=400)
    for path, fields in pages[: drafts.MOST]:
        drafts.keep(user, path, fields, now=datetime.now(UTC))
    if request.POST.get("end") and left is None:
        request.session[idle.ENDED] = True
    return HttpResponse(status=204)


@require_POST
@members_only
def take_draft(request: HttpRequest) -> HttpResponse:
    """What was written on this page before, and where else there is something."""
    now = datetime.now(UTC)
    fields = drafts.take(request.user, request.POST.get("path", ""), now=now)
    elsewhere = drafts.places(request.user, now=now)
    request.session[DRAFTS] = bool(elsewhere)
    return JsonResponse({"fields": fields, "elsewhere": elsewhere})


def signed_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Begin the session anew, and note whether something waits to be given back."""
    idle.begin(request)
    request.session[DRAFTS] = bool(drafts.places(user, now=datetime.now(UTC)))


def _fields(given: Any) -> dict[str, dict[str, str]]:
    """ValueError for anything but forms, fields and words, or for too many of them."""
    found = {
        str(form): {str(name): str(words) for name, words in fields.items()}
        for form, fields in given.items()
    }
    if len(json.dumps(found)) > drafts.LONGEST:
        raise ValueError
    return found
