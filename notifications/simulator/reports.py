"""What an application is told of a call, and when."""

from notifications.simulator.forms import Form
from notifications.simulator.records import Call

EVENTS = ("initiated", "ringing", "answered", "completed")


def form_of(account_sid: str, call: Call) -> dict[str, str]:
    """What Twilio tells of a call in each of its requests."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.from_number,
        "Direction": "outbound-dial" if call.parent_sid else "outbound-api",
        "From": call.from_number,
        "To": call.to,
    }
    if call.answered_by:
        form["AnsweredBy"] = call.answered_by
    return form


def events_of(form: Form) -> tuple[str, ...]:
    """The events that are told; several fields, or words in one."""
    named = [word for field in form.get("StatusCallbackEvent", ()) for word in field.split()]
    return tuple(event for event in EVENTS if event in named) or ("completed",)
