"""Check-ins as they fall due: sent, reminded, handed to staff, missed; never dropped."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from monitor import changes, conversation, worklist
from monitor.episodes import (
    context_of,
    due_of,
    extend,
    is_high_risk,
    locked,
    may_text,
    protocol_of,
    say,
    silence_of,
    state_of,
)
from monitor.levels import Level
from monitor.models import Change, CheckIn, Episode
from monitor.opening import hours_of
from monitor.timetable import Due, HandOver, Shift, late, next_sendable
from notifications.models import Message

logger = logging.getLogger(__name__)

REMINDER_EXPIRES = timedelta(hours=12)


class NotOpen(ValueError):
    """The check-in has ended already; the message says how."""


def sweep(*, now: datetime) -> dict[str, int]:
    """Take the next step of every check-in that is due. Any number may run at once.

    The episode's row is the lock: a text that is being read and a step that is due of the
    same follow-up take turns.
    """
    counts = {"stepped": 0, "failed": 0}
    due = CheckIn.objects.filter(due_at__lte=now).order_by("due_at")
    for episode_id in dict.fromkeys(due.values_list("episode_id", flat=True)[:500]):
        try:
            with transaction.atomic():
                counts["stepped"] += _sweep_episode(episode_id, now=now)
        # One follow-up that can't go on must not keep the others waiting; it stays due and
        # is seen as overdue.
        except Exception as error:
            logger.error("episode %s: %s", episode_id, type(error).__name__)
            counts["failed"] += 1
    return counts


def _sweep_episode(episode_id: Any, *, now: datetime) -> int:
    episode = (
        Episode.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("clinic", "patient", "procedure__patient")
        .filter(pk=episode_id)
        .first()
    )
    if episode is None:
        return 0
    # Locked, because a page that is closed ends check-ins without the follow-up's lock.
    steps = episode.check_ins.select_for_update()
    due = list(steps.filter(due_at__lte=now).order_by("due_at"))
    for check_in in due:
        _STEPS[CheckIn.Step(check_in.step)](episode, check_in, now=now)
    return len(due)


def _send(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    if not may_text(episode):
        _hand_over(episode, check_in, now=now)
        return
    if episode.branch_due_at is not None and episode.branch_due_at > now:
        # "One or more" was said and not yet which: new questions would drown it.
        check_in.due_at = episode.branch_due_at
        check_in.save(update_fields=["due_at"])
        return
    due = Due(check_in.key, check_in.planned_for, check_in.expires_at)
    match late(due, now=now, hours=hours_of(episode.clinic, now=now)):
        case Shift(to=to):
            check_in.due_at = to
            check_in.save(update_fields=["due_at"])
        case HandOver():
            _hand_over(episode, check_in, now=now)
        case _:
            _open(episode, check_in, now=now)


def _open(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    step = conversation.advance(
        state_of(episode),
        conversation.Opened(check_in.key),
        protocol_of(episode),
        context_of(episode, check_in=check_in.key, now=now),
        now=now,
    )
    say(
        episode,
        step.replies,
        idempotency=check_in.key,
        now=now,
        expires_in=check_in.expires_at - now,
    )
    episode.conversation = step.state.to_json()
    episode.conversed_at = now
    episode.branch_due_at = None
    episode.save(update_fields=["conversation", "conversed_at", "branch_due_at"])
    check_in.state = CheckIn.State.SENT
    check_in.sent_at = now
    _next(episode, check_in, CheckIn.Step.REMIND, now=now)


def _remind(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    morning = next_sendable(now, hours_of(episode.clinic, now=now))
    if now < morning < due_of(episode, check_in, CheckIn.Step.HAND_OVER):
        check_in.due_at = morning
        check_in.save(update_fields=["due_at"])
        return
    if morning == now and may_text(episode):
        _nudge(episode, check_in, "reminder", now=now)
    _next(episode, check_in, CheckIn.Step.HAND_OVER, now=now)


def _nudge(episode: Episode, check_in: CheckIn, key: str, *, now: datetime) -> None:
    """Ask again, unless the talk has moved on to another check-in."""
    state = state_of(episode)
    if state.check_in != check_in.key:
        return
    say(
        episode,
        conversation.reminder(state, key),
        idempotency=f"{check_in.key}:{key}",
        now=now,
        expires_in=REMINDER_EXPIRES,
    )


def _hand_over(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    high_risk = is_high_risk(episode)
    kind, why = handed_over_as(
        texted=may_text(episode),
        sent=check_in.state != CheckIn.State.PLANNED,
        begun=check_in.first_reply_at is not None,
        high_risk=high_risk,
    )
    worklist.add(
        kind,
        clinic=episode.clinic,
        episode=episode,
        check_in=check_in,
        why=why,
        same_day=high_risk,
        now=now,
    )
    chased = silence_of(episode, check_in).chaser_at is not None
    _next(episode, check_in, CheckIn.Step.CHASE if chased else CheckIn.Step.MISS, now=now)


def handed_over_as(
    *, texted: bool, sent: bool, begun: bool, high_risk: bool
) -> tuple[str, str]:
    """What work a check-in is handed over as, and why."""
    if not texted:
        return worklist.Kind.OPTED_OUT, "The patient does not want texts: phone instead."
    if not sent:
        return worklist.Kind.CALL, "The check-in could not be sent in time: phone instead."
    if begun:
        return worklist.Kind.SILENT, "The check-in was begun and not finished."
    if high_risk:
        why = "High risk, and no reply to the check-in and the reminder: phone today."
        return worklist.Kind.SILENT, why
    return worklist.Kind.SILENT, "No reply to the check-in and the reminder."


def _chase(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    """One more text to a patient who was silent the day after, at the hour of best reply.

    Not on the day of another check-in, which asks the same and more.
    """
    zone = episode.clinic.zone
    awake = next_sendable(now, hours_of(episode.clinic, now=now)) <= now
    coming = episode.check_ins.filter(state=CheckIn.State.PLANNED).first()
    asked_today = (
        coming is not None
        and coming.planned_for.astimezone(zone).date() <= now.astimezone(zone).date()
    )
    if awake and not asked_today and may_text(episode):
        _nudge(episode, check_in, "chaser", now=now)
    _next(episode, check_in, CheckIn.Step.MISS, now=now)


def _miss(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    _end(check_in, CheckIn.State.MISSED, now=now)
    if _heard_since(episode, check_in):
        # It stays missed, but nobody needs to phone for it.
        return
    why, score = missed_because(check_in.key, begun=check_in.first_reply_at is not None)
    worklist.add(
        worklist.Kind.MISSED,
        clinic=episode.clinic,
        episode=episode,
        check_in=check_in,
        why=why,
        score=score,
        level=Level.REVIEW,
        now=now,
    )


def missed_because(key: str, *, begun: bool) -> tuple[str, int]:
    """Why somebody must phone about a missed check-in, and its place on the worklist."""
    if begun:
        return "The check-in was begun and never finished.", 0
    if key == "d1":
        return "SYSTEM FAILURE: not contacted the day after. Phone now.", 100
    return "The check-in ended without contact.", 0


def _heard_since(episode: Episode, check_in: CheckIn) -> bool:
    """Whether a later check-in has been answered, or the patient reached about it."""
    later = episode.check_ins.filter(planned_for__gt=check_in.planned_for)
    return later.filter(state__in=(CheckIn.State.ANSWERED, CheckIn.State.REACHED)).exists()


_STEPS = {
    CheckIn.Step.SEND: _send,
    CheckIn.Step.REMIND: _remind,
    CheckIn.Step.HAND_OVER: _hand_over,
    CheckIn.Step.CHASE: _chase,
    CheckIn.Step.MISS: _miss,
}


def _next(episode: Episode, check_in: CheckIn, step: CheckIn.Step, *, now: datetime) -> None:
    check_in.step = step
    check_in.due_at = max(due_of(episode, check_in, step), now)
    check_in.save()


def _end(check_in: CheckIn, state: CheckIn.State, *, now: datetime) -> None:
    check_in.state = state
    check_in.ended_at = now
    check_in.due_at = None
    check_in.save()


def answered(episode: Episode, check_in: CheckIn, *, now: datetime) -> None:
    """The patient has answered all that was asked. Under the episode's lock."""
    if check_in.state in CheckIn.OPEN:
        _end(check_in, CheckIn.State.ANSWERED, now=now)
        extend(episode, now=now)
    worklist.settle(
        episode,
        (worklist.Kind.SILENT, worklist.Kind.MISSED),
        note="The patient has answered since.",
        now=now,
    )


@transaction.atomic
def reached_by_phone(check_in: CheckIn, *, now: datetime, by: Any = None) -> None:
    """Staff have spoken with the patient; a missed check-in stays missed."""
    episode = locked(check_in.episode)
    check_in = episode.check_ins.get(pk=check_in.pk)
    changes.record(
        Change.What.REACHED,
        episode=episode,
        check_in=check_in,
        by=by,
        now=now,
        before=check_in.state,
    )
    worklist.contacted(episode, check_in=check_in, now=now)


@transaction.atomic
def cancel(check_in: CheckIn, *, now: datetime, by: Any = None) -> None:
    """Leave one check-in out. NotOpen when it has ended already."""
    episode = locked(check_in.episode)
    check_in = _still_open(episode, check_in)
    changes.record(
        Change.What.CANCELLED,
        episode=episode,
        check_in=check_in,
        by=by,
        now=now,
        before=check_in.state,
    )
    _end(check_in, CheckIn.State.CANCELLED, now=now)
    worklist.settle(
        episode,
        (worklist.Kind.SILENT, worklist.Kind.CALL),
        about=check_in,
        note="The check-in was cancelled.",
        now=now,
    )


@transaction.atomic
def reschedule(check_in: CheckIn, *, to: datetime, now: datetime, by: Any = None) -> None:
    """Move a check-in that was not sent yet. NotOpen or ValueError say why not."""
    episode = locked(check_in.episode)
    check_in = _still_open(episode, check_in)
    if check_in.state != CheckIn.State.PLANNED:
        raise NotOpen("The check-in was sent already.")
    if to <= now:
        raise ValueError("Choose a time in the future.")
    hours = hours_of(episode.clinic, now=to)
    if next_sendable(to, hours) != to:
        raise ValueError(
            f"Choose a time between {hours.quiet_until:%H:%M} and {hours.quiet_from:%H:%M}: "
            "patients are not texted at night."
        )
    changes.record(
        Change.What.MOVED,
        episode=episode,
        check_in=check_in,
        by=by,
        now=now,
        before=check_in.planned_for.isoformat(),
        after=to.isoformat(),
    )
    check_in.expires_at += to - check_in.planned_for
    check_in.planned_for = to
    check_in.due_at = None if episode.state == Episode.State.PAUSED else to
    check_in.save()


def _still_open(episode: Episode, check_in: CheckIn) -> CheckIn:
    check_in = episode.check_ins.get(pk=check_in.pk)
    if check_in.state not in CheckIn.OPEN:
        raise NotOpen(f"This check-in is {check_in.get_state_display().lower()} already.")
    return check_in


def text_settled(*, message: Message, now: datetime, **_signal: Any) -> None:
    """A text to a patient that did not arrive gets an owner, in the settling transaction."""
    if message.stream != Message.Stream.TEXT or message.state not in Message.LOST:
        return
    kind, _, pk = message.ref.partition(":")
    if kind != "episode":
        return
    episode = Episode.objects.select_related("clinic").get(pk=pk)
    opted_out = message.problem == "opted_out"
    worklist.add(
        worklist.Kind.OPTED_OUT if opted_out else worklist.Kind.UNDELIVERED,
        clinic=episode.clinic,
        episode=episode,
        message=message,
        why=message.advice or "A text to the patient did not arrive: phone instead.",
        now=now,
    )
