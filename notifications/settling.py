"""What becomes of a text: each change under the row's lock, and only ever forward."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from notifications.gateways.base import (
    RANK,
    GatewayError,
    Refused,
    RemoteMessage,
    StatusUpdate,
    Throttled,
)
from notifications.gateways.errors import OPTED_OUT as OPTED_OUT_MEANING
from notifications.gateways.errors import meaning
from notifications.models import Attempt, Channel, DeliveryReport, Message
from notifications.optouts import opt_out
from notifications.signals import message_delayed, message_reported, message_settled

State = Message.State
Outcome = Attempt.Outcome

EXPIRED = "The text could not be sent in time: phone instead."
OPTED_OUT = OPTED_OUT_MEANING.advice
NO_REPORT = "The network never said whether the text arrived: phone instead."
UNCLEAR = "It could not be found out whether the text was sent: phone instead."

# A page whose report was lost must not wait long for its next rung.
FIRST_POLL = {
    Message.Stream.PAGE: timedelta(seconds=15),
    Message.Stream.RELAY: timedelta(minutes=2),
    Message.Stream.TEXT: timedelta(minutes=2),
}
LONGEST_POLL = timedelta(minutes=30)
# So long after a text has expired, silence means that it did not arrive.
REPORTS_END = timedelta(minutes=10)

FINAL = {
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "relayed": State.RELAYED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


def _locked(message: Message) -> Message:
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("sender")
        .get(pk=message.pk)
    )


def _tell(message: Message, *, now: datetime) -> None:
    message_settled.send(sender=Message, message=message, now=now)


def fail(
    message: Message, *, problem: str, advice: str, code: int | None = None, now: datetime
) -> None:
    """The text will not be sent any more. Under the row's lock."""
    message.state = State.FAILED
    message.problem, message.advice, message.error_code = problem, advice, code
    message.settled_at = now
    message.save()
    _obey(message, now=now)
    _tell(message, now=now)


def _obey(message: Message, *, now: datetime) -> None:
    if message.problem == "opted_out" and message.channel == Channel.SMS:
        opt_out(message.sender, message.to, source="provider", now=now)


@transaction.atomic
def refused(message: Message, error: Refused, *, now: datetime) -> None:
    """The provider refused the text for good."""
    claimed, message = message, _locked(message)
    _end_attempt(claimed, Outcome.REFUSED, code=error.code, now=now)
    if _still_sending(claimed, message):
        fail(message, problem=error.kind, advice=error.advice, code=error.code, now=now)


@transaction.atomic
def again(message: Message, error: GatewayError, *, due_at: datetime, now: datetime) -> None:
    """The provider surely does not have it: it is sent again later."""
    claimed, message = message, _locked(message)
    outcome = Outcome.THROTTLED if isinstance(error, Throttled) else Outcome.NOT_SENT
    _end_attempt(claimed, outcome, code=error.code, now=now)
    if _still_sending(claimed, message):
        _put_back(message, due_at=due_at, now=now)
        _tell_delay(message, now=now)


@transaction.atomic
def unclear(message: Message, error: GatewayError, *, ask_at: datetime, now: datetime) -> None:
    """The provider may have it: it is asked soon."""
    claimed, message = message, _locked(message)
    _end_attempt(claimed, Outcome.AMBIGUOUS, code=error.code, now=now)
    if _still_sending(claimed, message):
        message.lease_until = ask_at
        message.save(update_fields=["lease_until"])
        _tell_delay(message, now=now)


def _tell_delay(message: Message, *, now: datetime) -> None:
    if message.state in Message.OPEN:
        message_delayed.send(sender=Message, message=message, now=now)


@transaction.atomic
def ask_later(message: Message, *, ask_at: datetime, count: bool) -> None:
    """The provider could not be asked, or did not have it: `count` says which."""
    message = _locked(message)
    if message.state == State.SENDING:
        message.asked += count
        message.lease_until = ask_at
        message.save(update_fields=["asked", "lease_until"])


@transaction.atomic
def resend(message: Message, *, now: datetime) -> None:
    """It is sent again although the first one may yet turn up."""
    message = _locked(message)
    Attempt.objects.filter(message=message, outcome=Outcome.RUNNING).update(
        outcome=Outcome.AMBIGUOUS, ended_at=now
    )
    if message.state == State.SENDING:
        message.asked = 0
        message.possible_duplicate = True
        _put_back(message, due_at=now, now=now)


def _put_back(message: Message, *, due_at: datetime, now: datetime) -> None:
    """Into the queue, unless its owner has taken it back meanwhile."""
    message.lease_until = None
    if message.withdrawn:
        message.state, message.settled_at = State.CANCELLED, now
    else:
        # A text that can't be sent in time fails on time.
        message.state, message.due_at = State.CREATED, min(due_at, message.expires_at)
    message.save()


@transaction.atomic
def never_known(message: Message, *, now: datetime) -> None:
    """It expired, and the provider could never be asked: a human must find out."""
    message = _locked(message)
    if message.state == State.SENDING:
        fail(message, problem="unclear", advice=UNCLEAR, now=now)


@transaction.atomic
def accepted(
    message: Message,
    *,
    sid: str,
    status: str,
    segments: int | None = None,
    error_code: int | None = None,
    problem: str = "",
    outcome: str,
    now: datetime,
) -> None:
    """The provider has taken the text on."""
    claimed, message = message, _locked(message)
    _end_attempt(claimed, outcome, now=now)
    if message.provider_sid is None:
        message.provider_sid = sid
    elif message.provider_sid != sid:
        # A slow answer to an attempt that was given up: two of them are on their way.
        message.possible_duplicate = True
    message.segments = segments or message.segments
    # Accepted it is, whatever new word the provider may have for it.
    _move(message, status if status in RANK else "accepted", error_code, problem, now=now)


def _end_attempt(
    claimed: Message, outcome: str, *, code: int | None = None, now: datetime
) -> None:
    Attempt.objects.filter(message=claimed, number=claimed.attempts_made).update(
        outcome=outcome, ended_at=now, error_code=code
    )


def _still_sending(claimed: Message, message: Message) -> bool:
    """Whether the row is still in the hands of the attempt that reports; a slow one is not."""
    return message.state == State.SENDING and message.attempts_made == claimed.attempts_made


def _move(
    message: Message, status: str, code: int | None, problem: str = "", *, now: datetime
) -> None:
    """Take a provider's status in, if it leads further. Saves, and tells of a new state.

    `problem` says why it did not arrive where no `code` does.
    """
    before = message.state
    if RANK.get(status, 0) > RANK.get(message.provider_status, 0):
        message.provider_status = status
        message.state = FINAL.get(status, State.ACCEPTED)
        if message.state in Message.LOST:
            message.error_code = code
            message.problem, message.advice = (problem, "") if problem else tuple(meaning(code))
        else:
            message.error_code, message.problem, message.advice = None, "", ""
    if message.accepted_at is None:
        message.accepted_at = now
        message.due_at = now + FIRST_POLL[Message.Stream(message.stream)]
    if message.state not in FINAL.values():
        message.settled_at = None
    elif message.settled_at is None:
        message.settled_at = now
    message.save()
    _obey(message, now=now)
    if message.state != before:
        _tell(message, now=now)


@transaction.atomic
def settle(update: StatusUpdate, *, now: datetime) -> bool:
    """Take a delivery report in; duplicate and late ones change nothing. False: not ours.

    A report may come before the provider's answer to the sending: then our own id in the
    callback's address says whose it is.
    """
    message = _reported(update)
    said = (update.said or update.status)[:20]
    _report, new = DeliveryReport.objects.get_or_create(
        provider_sid=update.sid,
        status=said,
        error_code=update.error_code,
        defaults={"message": message, "received_at": now},
    )
    if message is None:
        return False
    before = message.state
    if message.provider_sid is None:
        message.provider_sid = update.sid
    if message.provider_sid == update.sid:
        _move(message, update.status, update.error_code, update.problem, now=now)
    if new and message.state == before:
        message_reported.send(sender=Message, message=message, said=said, now=now)
    return True


def _reported(update: StatusUpdate) -> Message | None:
    rows: Any = Message.objects.select_for_update(of=("self",)).select_related("sender")
    message: Message | None = rows.filter(provider_sid=update.sid).first()
    if message is None and _is_uuid(update.message_id):
        message = rows.filter(pk=update.message_id).first()
    return message


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@transaction.atomic
def postpone_poll(message: Message, *, now: datetime) -> bool:
    """Plan the next poll, ever later. False: another process polls, or it is settled."""
    first = FIRST_POLL[Message.Stream(message.stream)]
    waited = now - (message.accepted_at or now)
    wait = min(max(waited, first), LONGEST_POLL)
    return bool(
        Message.objects.filter(
            pk=message.pk, state=State.ACCEPTED, due_at=message.due_at
        ).update(due_at=now + wait)
    )


@transaction.atomic
def polled(message: Message, remote: RemoteMessage | None, *, now: datetime) -> None:
    """Take in what the provider answered. None: it knows no such text, or can't be asked."""
    message = _locked(message)
    if message.state != State.ACCEPTED:
        return
    if remote is not None:
        _move(message, remote.status, remote.error_code, remote.problem, now=now)
    if message.state == State.ACCEPTED and now >= message.expires_at + REPORTS_END:
        message.state = State.UNDELIVERED
        message.problem, message.advice = "no_report", NO_REPORT
        message.settled_at = now
        message.save()
        _tell(message, now=now)
