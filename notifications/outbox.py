"""What goes out, by whichever channel: written once, and sent once.

A row is claimed in a transaction of its own, the provider is called with none open, and the
result is written in another. A process may die between any two of them: then the lease runs
out and, because the text may have been accepted, the provider is asked before it is sent again.
"""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from notifications import settling
from notifications.gateways.base import Ambiguous, GatewayError, Refused, Throttled
from notifications.models import Attempt, Channel, ContactMethod, Message, Sender
from notifications.nudge import nudge
from notifications.optouts import opted_out
from notifications.ways import calls_of, outgoing, way_of

logger = logging.getLogger(__name__)

State = Message.State
Stream = Message.Stream
Outcome = Attempt.Outcome

NUDGES = {
    Stream.PAGE: "notifications.tasks.send_page_text",
    Stream.TEXT: "notifications.tasks.send_text",
    # Relays have none: were they sent as they are written, a dozen of them to a server that
    # hangs would take every thread that sends pages.
}
# Seconds. A sweep takes up no more texts after its time; a lease, which counts from the
# sweep's beginning, outlasts that and the slowest call to the provider (see checks.py).
SWEEP = {Stream.PAGE: 3, Stream.RELAY: 3, Stream.TEXT: 5}
LEASE = {Stream.PAGE: 25, Stream.RELAY: 25, Stream.TEXT: 30}
BACK_OFF = {
    Stream.PAGE: (2, 5, 10, 15),
    Stream.RELAY: (2, 5, 15, 30, 60),
    Stream.TEXT: (5, 15, 60, 300),
}
# After an unclear sending the provider is asked so often, so far apart, before a resend.
ASKED_BEFORE_RESENDING = 2
ASK_AGAIN = {Stream.PAGE: 3, Stream.RELAY: 3, Stream.TEXT: 15}
# A page is sent again even if the provider can't be asked: it may double, never be lost.
MAY_DOUBLE = (Stream.PAGE, Stream.RELAY)
PAGE_RESENT_AFTER = timedelta(seconds=20)
# Twilio's clock and ours may differ a little.
CLOCK_SKEW = timedelta(seconds=30)
POLLED_AT_ONCE = 10
# A text on which the program itself fails lets the others go first.
SET_BACK = timedelta(minutes=1)


def put(
    *,
    sender: Sender,
    stream: str,
    to: str,
    body: str,
    key: str,
    ref: str = "",
    now: datetime,
    due_at: datetime | None = None,
    expires_in: timedelta,
    despite_opt_out: bool = False,
    channel: str = Channel.SMS,
    contact: ContactMethod | None = None,
    title: str = "",
) -> Message:
    """Write a text to be sent; the same `key` writes it once. Inside a transaction.

    `ref` names whose text it is, for `cancel`. Past `expires_in` from now it is not sent any
    more and counts as failed. RuntimeError outside a transaction: a text without whatever
    caused it must not exist.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Put a text in the transaction that causes it.")
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "sender": sender,
            "stream": stream,
            "channel": channel,
            "contact": contact,
            "to": to,
            "title": title,
            "body": body,
            "ref": ref,
            "due_at": due_at or now,
            "expires_at": now + expires_in,
            "despite_opt_out": despite_opt_out,
            "created_at": now,
        },
    )
    if created and message.due_at <= now:
        _wake(message)
    return message


def hurry(message: Message, *, now: datetime) -> bool:
    """Send at once what was planned for later. False: it is being sent, or taken back.

    Belongs into the caller's transaction, and waits for nobody: whoever holds the row is
    about to send it, and may be waiting for a row of the caller's. Without the key, so that
    an event that is being written about it does not count as holding it.
    """
    row = (
        Message.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=message.pk, state=State.CREATED, due_at__gt=now)
        .first()
    )
    if row is None:
        return False
    row.due_at = now
    row.save(update_fields=["due_at"])
    _wake(row)
    return True


def _wake(message: Message) -> None:
    if task := NUDGES.get(Stream(message.stream)):
        transaction.on_commit(partial(nudge, task, str(message.pk)), robust=True)


@transaction.atomic
def cancel(*, ref: str, now: datetime, to: Iterable[str] | None = None, keys: str = "") -> int:
    """Take back what is not being sent yet; returns how many texts that were.

    Of those with this `ref`, all, or the ones `to` these addresses, or whose keys begin so.

    One that is being sent may go out all the same, but is not sent again if it did not. One
    that is just changing hands is passed over: its report may be waiting for a row that the
    caller has locked.
    """
    texts = Message.objects.select_for_update(skip_locked=True).filter(ref=ref)
    if to is not None:
        texts = texts.filter(to__in=list(to))
    if keys:
        texts = texts.filter(key__startswith=keys)
    waiting = list(texts.filter(state=State.CREATED).values_list("pk", flat=True))
    sending = list(texts.filter(state=State.SENDING).values_list("pk", flat=True))
    Message.objects.filter(pk__in=sending).update(withdrawn=True)
    return Message.objects.filter(pk__in=waiting).update(state=State.CANCELLED, settled_at=now)


@transaction.atomic
def end_calls(*, ref: str, now: datetime) -> None:
    """Let no telephone of this `ref` ring on: the next sweep ends what rings.

    The provider is asked by the sweep, so that no transaction waits for it. One whose report
    is just being written is passed over, as by `cancel`.
    """
    ringing = Message.objects.select_for_update(skip_locked=True).filter(
        ref=ref, channel=Channel.VOICE, state=State.ACCEPTED
    )
    keys = list(ringing.values_list("pk", flat=True))
    Message.objects.filter(pk__in=keys).update(withdrawn=True, due_at=now)


def deliver(message_id: Any, *, now: datetime) -> bool:
    """Send one text. False: it is not due, or somebody else is at it."""
    claimed = _claim("message.id = %s", [message_id], now=now)
    if claimed is None:
        return False
    _guarded(_send, claimed, now=now)
    return True


def sweep(stream: str, *, now: datetime, limit: int = 50) -> dict[str, int]:
    """Send what is due, clear up what is unclear, ask for what was not reported.

    Any number may run at once. At most `limit` of each, and none is begun after a few
    seconds: the next sweep goes on. A text on which the program fails stops no other.
    """
    due = partial(_claim, "message.stream = %s", [stream], now=now)
    unclear = partial(_claim_unclear, stream, now=now)
    silent = iter(_silent(stream, now=now))
    seconds = SWEEP[Stream(stream)]
    return {
        "claimed": _work_off(due, _send, limit=limit, seconds=seconds, now=now),
        "cleared": _work_off(unclear, _clear_up, limit=limit, seconds=seconds, now=now),
        "polled": _work_off(
            lambda: next(silent, None), _poll, limit=limit, seconds=seconds, now=now
        ),
    }


def _work_off(
    take: Callable[[], Message | None],
    work: Callable[..., None],
    *,
    limit: int,
    seconds: float,
    now: datetime,
) -> int:
    """Take texts and work on each until there is none, `limit` or the time is reached."""
    until = time.monotonic() + seconds
    done = 0
    while done < limit and time.monotonic() < until and (message := take()) is not None:
        _guarded(work, message, now=now)
        done += 1
    return done


def _guarded(work: Callable[..., None], message: Message, *, now: datetime) -> None:
    try:
        work(message, now=now)
    # The class alone: a message may quote the row. Its lease runs out, and it is cleared up.
    except Exception as error:
        logger.error("message %s: %s", message.pk, type(error).__name__)


# One statement, so that no two processes ever hold the same text: whoever updates the row
# first has it, and the others skip it.
_CLAIM = """
    UPDATE notifications_message SET state = 'sending', lease_until = %s
    WHERE id = (
        SELECT message.id FROM notifications_message AS message
        WHERE {which} AND message.state = 'created' AND message.due_at <= %s
        ORDER BY message.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""
_CLAIM_UNCLEAR = """
    UPDATE notifications_message SET lease_until = %s
    WHERE id = (
        SELECT message.id FROM notifications_message AS message
        WHERE message.stream = %s AND message.state = 'sending' AND message.lease_until <= %s
        ORDER BY message.lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


@transaction.atomic
def _claim(which: str, values: list[Any], *, now: datetime) -> Message | None:
    """Take the oldest due text that is still wanted, and note the attempt."""
    # The longest lease is given first and shortened once the stream is known.
    lease = now + timedelta(seconds=max(LEASE.values()))
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(which=which), [lease, *values, now])
        row = cursor.fetchone()
    if row is None:
        return None
    message = Message.objects.select_related("sender", "contact").get(pk=row[0])
    try:
        with transaction.atomic():
            _begin(message, now=now)
    # The class alone, as above. Left as it was, it would be the oldest for every claim.
    except Exception as error:
        logger.error("message %s: %s", message.pk, type(error).__name__)
        message.state, message.due_at, message.lease_until = State.CREATED, now + SET_BACK, None
        message.save(update_fields=["state", "due_at", "lease_until"])
    return message


def _begin(message: Message, *, now: datetime) -> None:
    """Note the attempt, if the text is still wanted; else it has failed."""
    if message.expires_at <= now:
        settling.fail(message, problem="expired", advice=settling.EXPIRED, now=now)
    elif (
        message.channel == Channel.SMS
        and not message.despite_opt_out
        and opted_out(message.sender, message.to)
    ):
        settling.fail(message, problem="opted_out", advice=settling.OPTED_OUT, now=now)
    else:
        message.attempts_made += 1
        message.lease_until = now + timedelta(seconds=LEASE[Stream(message.stream)])
        message.save(update_fields=["attempts_made", "lease_until"])
        Attempt.objects.create(message=message, number=message.attempts_made, started_at=now)


def _send(message: Message, *, now: datetime) -> None:
    if message.state != State.SENDING:
        return
    try:
        accepted = way_of(message).send(outgoing(message, now=now))
    except Refused as refused:
        settling.refused(message, refused, now=now)
    except Ambiguous as unclear:
        again = now + timedelta(seconds=ASK_AGAIN[Stream(message.stream)])
        settling.unclear(message, unclear, ask_at=again, now=now)
    except GatewayError as error:
        settling.again(message, error, due_at=now + _wait(message, error), now=now)
    else:
        settling.accepted(
            message,
            sid=accepted.sid,
            status=accepted.status,
            segments=accepted.segments,
            outcome=Outcome.ACCEPTED,
            now=now,
        )


def _wait(message: Message, error: GatewayError) -> timedelta:
    ladder = BACK_OFF[Stream(message.stream)]
    seconds: float = ladder[min(message.attempts_made, len(ladder)) - 1]
    if isinstance(error, Throttled):
        seconds = max(seconds, error.retry_after)
    return timedelta(seconds=seconds)


@transaction.atomic
def _claim_unclear(stream: str, *, now: datetime) -> Message | None:
    lease = now + timedelta(seconds=LEASE[Stream(stream)])
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_UNCLEAR, [lease, stream, now])
        row = cursor.fetchone()
    rows = Message.objects.select_related("sender", "contact")
    return rows.get(pk=row[0]) if row else None


def _clear_up(message: Message, *, now: datetime) -> None:
    """Find out whether a text whose sending was cut off had been accepted."""
    first = Attempt.objects.filter(message=message).order_by("number").first()
    began = first.started_at if first else message.created_at
    again = now + timedelta(seconds=ASK_AGAIN[Stream(message.stream)])
    try:
        candidates = way_of(message).find(
            to=message.to, body=message.body, since=began - CLOCK_SKEW
        )
    except GatewayError:
        _not_answered(message, ask_at=again, now=now)
        return
    known = set(
        Message.objects.filter(provider_sid__in=[found.sid for found in candidates])
        .exclude(pk=message.pk)
        .values_list("provider_sid", flat=True)
    )
    found = next((found for found in candidates if found.sid not in known), None)
    if found is not None:
        settling.accepted(
            message,
            sid=found.sid,
            status=found.status,
            error_code=found.error_code,
            problem=found.problem,
            outcome=Outcome.FOUND,
            now=now,
        )
    elif message.asked + 1 < ASKED_BEFORE_RESENDING:
        settling.ask_later(message, ask_at=again, count=True)
    else:
        settling.resend(message, now=now)


def _not_answered(message: Message, *, ask_at: datetime, now: datetime) -> None:
    """The provider can't be asked. A page goes out again; a text, never without an answer."""
    last = Attempt.objects.filter(message=message).order_by("number").last()
    waited = now - (last.started_at if last else message.created_at)
    if message.stream in MAY_DOUBLE and waited >= PAGE_RESENT_AFTER:
        settling.resend(message, now=now)
    elif now >= message.expires_at:
        settling.never_known(message, now=now)
    else:
        settling.ask_later(message, ask_at=ask_at, count=False)


def _silent(stream: str, *, now: datetime) -> list[Message]:
    """Texts that were accepted and never reported on: callbacks get lost."""
    rows = Message.objects.filter(stream=stream, state=State.ACCEPTED, due_at__lte=now)
    rows = rows.select_related("sender", "contact").order_by("due_at")
    return list(rows[:POLLED_AT_ONCE])


def _poll(message: Message, *, now: datetime) -> None:
    if not settling.postpone_poll(message, now=now):
        return
    if message.withdrawn and message.channel == Channel.VOICE:
        _stop_ringing(message)
    try:
        remote = way_of(message).fetch(message.provider_sid or "")
    except GatewayError:
        remote = None
    settling.polled(message, remote, now=now)


def _stop_ringing(message: Message) -> None:
    try:
        calls_of(message).stop_ringing(message.provider_sid or "")
    # It was picked up or has ended meanwhile, or is tried again with the next poll.
    except GatewayError as error:
        logger.info("message %s rings on: %s", message.pk, type(error).__name__)
