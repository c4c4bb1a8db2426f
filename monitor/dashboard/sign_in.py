"""Signing out, and the demo's one click to sign in."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from monitor.demo.clinic import STAFF


class SignOut(LogoutView):
    """By POST only, so that no link or picture can sign anybody out."""


@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the made-up people; 404 for anybody else, and where it is no demo."""
    who = request.POST.get("who", "")
    if not settings.DEMO or who not in {name for name, *_rest in STAFF}:
        raise Http404
    user = get_object_or_404(get_user_model(), username=who)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, "demo")
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("worklist")
