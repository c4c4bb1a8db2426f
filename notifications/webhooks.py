"""Where Twilio calls: verify the signature, store, act, and only then answer."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import inbox, senders, settling
from notifications.gateways import twilio

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

LONGEST_SID = 40

View = Callable[[HttpRequest], HttpResponse]


def signed(view: View) -> View:
    """Let through what Twilio signed with the token of an account of ours, nothing else."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        # The address as Twilio called it: behind a proxy the request itself has another.
        url = settings.PUBLIC_BASE_URL + request.get_full_path()
        token = senders.token_of(request.POST.get("AccountSid", ""))
        signature = request.headers.get("X-Twilio-Signature", "")
        if not twilio.verify(
            auth_token=token, url=url, params=request.POST, signature=signature
        ):
            return _plain("The signature does not fit.", status=403)
        return view(request)

    return checked


def _plain(words: str, *, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")


def _form(request: HttpRequest) -> dict[str, str]:
    """The form without NULs, which PostgreSQL can't store. ValueError on an endless id."""
    form = {name: value.replace("\x00", "") for name, value in request.POST.dict().items()}
    if len(form.get("MessageSid", "")) > LONGEST_SID:
        raise ValueError("The MessageSid is too long.")
    return form


@signed
def text(request: HttpRequest) -> HttpResponse:
    """A text has come in. 503 when it is stored and could not be handled: the sweep will."""
    now = timezone.now()
    try:
        incoming = twilio.parse_inbound(_form(request))
    except ValueError as error:
        return _plain(str(error), status=400)
    inbound = inbox.store(incoming, now=now)
    try:
        inbox.handle(inbound.pk, now=now)
    # It is logged and planned again already; the provider may try again too.
    except Exception:
        return _plain("Stored; it is handled in a moment.", status=503)
    return HttpResponse(EMPTY, content_type="text/xml")


@signed
def status(request: HttpRequest) -> HttpResponse:
    """The network reports on a text of ours."""
    try:
        update = twilio.parse_status(_form(request), message_id=request.GET.get("m", ""))
    except ValueError as error:
        return _plain(str(error), status=400)
    settling.settle(update, now=timezone.now())
    return HttpResponse(status=204)
