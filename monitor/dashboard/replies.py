"""How an act is answered: by a redirect and a message, or in place by what is to be said."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from monitor.dashboard.doors import is_poll


def said(request: HttpRequest, words: str, *, to: str = "worklist") -> HttpResponse:
    """It is done."""
    if is_poll(request):
        return JsonResponse({"said": words})
    messages.success(request, words)
    return _back(request, to)


def refused(request: HttpRequest, words: str, *, to: str = "worklist") -> HttpResponse:
    """It is not, and nothing was changed; in place, the form stays as it was filled in."""
    if is_poll(request):
        return JsonResponse({"said": words}, status=409)
    messages.error(request, words)
    return _back(request, to)


def _back(request: HttpRequest, to: str) -> HttpResponse:
    """To the page that the form was on, never to another site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect(to)
