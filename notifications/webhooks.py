"""Where Twilio calls: verify the signature, store, act, and only then answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import inbox, senders, settling
from notifications.gateways import twilio, twilio_voice
from notifications.oncall import bridge, elsewhere, voice

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
    for name in ("MessageSid", "CallSid"):
        if len(form.get(name, "")) > LONGEST_SID:
            raise ValueError(f"The {name} is too long.")
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


@dataclass(frozen=True)
class Line:
    """A call of ours, as Twilio tells of it: its form, and the message that it belongs to."""

    form: Mapping[str, str]
    message_id: str
    sid: str
    called: str

    def at(self, name: str) -> str:
        """The address of a document of this call."""
        return f"{reverse(name)}?m={self.message_id}"


def spoken(view: Callable[[Line], HttpResponse]) -> View:
    """For what Twilio signed and asks about a call of ours; 400 where it is none."""

    @signed
    @wraps(view)
    def parsed(request: HttpRequest) -> HttpResponse:
        try:
            form = _form(request)
            line = Line(form, request.GET.get("m", ""), form["CallSid"], form["To"])
        except (KeyError, ValueError):
            return _plain("The form is not about a call.", status=400)
        return view(line)

    return parsed


@spoken
def call(line: Line) -> HttpResponse:
    """Somebody, or something, has picked up a page's call: what it says."""
    update = twilio_voice.parse_call(line.form, message_id=line.message_id)
    if update.problem:
        # A voice box: the next way goes ahead while this one is still being talked to, in
        # case it was a human after all.
        settling.settle(update, now=timezone.now())
    return _twiml(
        voice.document(line.message_id, called=line.called, key_at=line.at("call-key"))
    )


@spoken
def call_key(line: Line) -> HttpResponse:
    """A key was pressed on a page's call."""
    return _twiml(
        voice.press(
            line.message_id,
            sid=line.sid,
            called=line.called,
            digits=line.form.get("Digits", ""),
            key_at=line.at("call-key"),
            now=timezone.now(),
        )
    )


@spoken
def call_status(line: Line) -> HttpResponse:
    """The network reports on a call of ours."""
    update = twilio_voice.parse_call(line.form, message_id=line.message_id)
    settling.settle(update, now=timezone.now())
    return HttpResponse(status=204)


@spoken
def bridge_call(line: Line) -> HttpResponse:
    """A clinician's phone is picked up, to be connected with the patient."""
    return _twiml(
        bridge.document(line.message_id, called=line.called, key_at=line.at("bridge-key"))
    )


@spoken
def bridge_key(line: Line) -> HttpResponse:
    """The clinician has pressed a key."""
    return _twiml(
        bridge.connect(
            line.message_id,
            sid=line.sid,
            called=line.called,
            digits=line.form.get("Digits", ""),
            key_at=line.at("bridge-key"),
            done_at=line.at("bridge-done"),
            now=timezone.now(),
        )
    )


@spoken
def bridge_done(line: Line) -> HttpResponse:
    """The patient's part of the call is over."""
    return _twiml(
        bridge.ended(
            line.message_id,
            called=line.called,
            said=line.form.get("DialCallStatus", ""),
            seconds=line.form.get("DialCallDuration", ""),
            now=timezone.now(),
        )
    )


@csrf_exempt
@require_POST
def pagerduty(request: HttpRequest) -> HttpResponse:
    """PagerDuty says what became of an incident there. 403 unless it signed it."""
    signature = request.headers.get("X-PagerDuty-Signature", "")
    contacts = elsewhere.signers(request.body, signature)
    if not contacts:
        return _plain("The signature does not fit.", status=403)
    try:
        event = elsewhere.parse(request.body)
    except ValueError as error:
        return _plain(str(error), status=400)
    for contact in contacts:
        elsewhere.take(event, contact, now=timezone.now())
    return HttpResponse(status=204)


def _twiml(document: str | None) -> HttpResponse:
    if document is None:
        return _plain("There is no such call.", status=404)
    return HttpResponse(document, content_type="text/xml; charset=utf-8")
