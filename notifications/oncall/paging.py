"""Pages: opened, raised again, acknowledged, closed. `handing_on` has what else may be done.

Every change of a page is made under the lock of its row and writes its events and texts in
the same transaction. The lock is FOR NO KEY UPDATE, so that a delivery report may write its
event meanwhile.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from notifications.models import Page, PageEvent, Responder, Sender, Team
from notifications.oncall import (
    calls,
    codes,
    directory,
    drilling,
    escalation,
    incidents,
    relays,
    signals,
    texts,
)

logger = logging.getLogger(__name__)

_RANK = {Page.Level.URGENT: 0, Page.Level.EMERGENCY: 1}


class Done(StrEnum):
    """What became of an acknowledgement or an outcome."""

    TAKEN = "taken"
    # Somebody has it; it may be the same person.
    ALREADY = "already"
    CLOSED = "closed"
    # It had been closed before.
    TOO_LATE = "too_late"
    # Nothing was done: a false alarm needs a reason.
    NEEDS_REASON = "needs_reason"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True)
class Result:
    """What was done, the page as it is now, and who has it or who closed it."""

    done: Done
    page: Page
    by: Responder


def open_page(
    team: Team,
    *,
    level: str,
    now: datetime,
    detail: str = "",
    drill: bool = False,
) -> Page:
    """Open a page at "urgent" or "emergency" and call its first rung.

    Belongs into the caller's transaction: what the page is about and the page itself are
    stored together or not at all. `detail` goes into the page's timeline and must be as
    opaque as its reference. A page ends the drills that are running; a `drill` is begun by
    `drills` alone. ValueError for another level.
    """
    level = Page.Level(level)
    with transaction.atomic():
        # Teams may share a number: a code means one page to whoever replies to it.
        Sender.objects.select_for_update(no_key=True).get(pk=team.sender_id)
        if not drill:
            drilling.give_way(team, now=now)
        policy = directory.policy(team)
        step = escalation.first(policy, level, directory.finder(team, at=now), now=now)
        page = Page.objects.create(
            team=team,
            reference=_free_reference(),
            code=_free_code(team),
            drill=drill,
            level=level,
            policy=policy.to_json(),
            rung=step.rung,
            opened_at=now,
            due_at=step.due_at,
        )
        calls.record(page, PageEvent.Kind.OPENED, now=now, detail=detail)
        calls.call(page, step, now=now)
        relays.tell(page, relays.OPENED, now=now)
    return page


def raise_again(page: Page, *, level: str, now: datetime) -> Page | None:
    """A new red flag of the same matter: call the present rung again, at once.

    The level rises to the higher of the two and never falls. An open page climbs no later
    than it would have. An acknowledged page opens again, and whoever had it is called with
    the rung. None where the page has been closed meanwhile: open a new one.
    """
    with transaction.atomic():
        page = lock(page)
        if page.state == Page.State.CLOSED:
            return None
        page.level = max(Page.Level(page.level), Page.Level(level), key=_RANK.__getitem__)
        had_it = page.acknowledged_by
        policy = policy_of(page)
        who = directory.finder(page.team, at=now)
        step = escalation.again(standing(page), policy, who, now=now)
        calls.record(page, PageEvent.Kind.RAISED, now=now, detail=page.level)
        take_step(page, step, now=now, also=had_it, event=relays.RAISED)
    return page


def acknowledge(page: Page, responder: Responder, *, via: str, now: datetime) -> Result:
    """Take a page: it stops climbing until its outcome is due.

    `via` says how, for the timeline ("sms", "web"). Of several who try, one has TAKEN it
    and the others hear who. Those who were called learn it by SMS. ValueError where the
    responder is not an active one of the page's team: nobody acknowledges nobody.
    """
    must_be_of_the_team(page, responder)
    with transaction.atomic():
        page = lock(page)
        if (done := settled(page, responder)) is not None:
            return done
        _take(page, responder, via=via, now=now)
        write = texts.drill_taken_by if page.drill else texts.taken_by
        news = write(reference=page.reference, name=responder.name)
        others = [person for person in calls.paged(page) if person != responder]
        calls.tell(others, news, page=page, now=now)
        relays.tell(page, relays.ACKNOWLEDGED, now=now)
        if page.drill:
            drilling.end(page, by=responder, why=f"acknowledged by {via}", now=now)
    return Result(Done.TAKEN, page, responder)


def close(
    page: Page,
    responder: Responder,
    *,
    outcome: str,
    note: str = "",
    via: str = "web",
    now: datetime,
) -> Result:
    """Record what became of a page, and end it.

    Whoever states an outcome has acted: an open page is acknowledged by it first, and a page
    that a colleague has may be closed too; both are named in the timeline, and the others
    are told. An outcome of "not_reached" ends the page as any other does, for the on-call
    team has done what it can; that the patient must still be reached is not this package's
    to know. Whoever listens to `page_closed` opens a piece of work with an owner and a
    deadline for it. `note` is kept and never sent; a false alarm needs one. A drill is only
    acknowledged by it. ValueError as for `acknowledge`, and for an unknown outcome.
    """
    must_be_of_the_team(page, responder)
    outcome = Page.Outcome(outcome)
    if page.drill:
        return acknowledge(page, responder, via=via, now=now)
    with transaction.atomic():
        page = lock(page)
        if page.state == Page.State.CLOSED:
            return _too_late(page, responder)
        if outcome == Page.Outcome.FALSE_ALARM and not note.strip():
            return Result(Done.NEEDS_REASON, page, responder)
        others = [page.acknowledged_by]
        if page.state == Page.State.OPEN:
            _take(page, responder, via=via, now=now)
            others = [*calls.paged(page)]
        page.state, page.due_at = Page.State.CLOSED, None
        page.outcome, page.note = outcome, note
        page.closed_by, page.closed_at = responder, now
        page.save()
        calls.record(
            page, PageEvent.Kind.CLOSED, now=now, responder=responder, detail=f"{outcome} {via}"
        )
        news = texts.closed_by(reference=page.reference, name=responder.name)
        told = [person for person in others if person is not None and person != responder]
        calls.tell(told, news, page=page, now=now)
        relays.tell(page, relays.CLOSED, now=now)
        signals.page_closed.send(Page, page=page, now=now)
    return Result(Done.CLOSED, page, responder)


def sweep(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Climb every page that is due, oldest first, each in a transaction of its own.

    Safe in any number of processes at once. A page that fails is counted and logged by its
    reference and never keeps the others waiting; it stays due. Returns {"climbed": n,
    "failed": n}; at most `limit` climb in one sweep.
    """
    done = {"climbed": 0, "failed": 0}
    # A drill never keeps a page waiting.
    due = Page.every.filter(due_at__lte=now).order_by("drill", "due_at")
    for page_id, reference in due.values_list("pk", "reference"):
        if done["climbed"] >= limit:
            break
        try:
            done["climbed"] += climb_due(page_id, now=now)
        except Exception as error:  # one bad page must not end the sweep
            logger.error("page %s could not climb: %s", reference, type(error).__name__)
            done["failed"] += 1
    return done


def climb_due(page_id: UUID, *, now: datetime) -> bool:
    """Climb one page, if it is still due and nobody else is at it.

    An acknowledged page is due when its outcome is: it opens again, climbs from where it
    stood, and whoever had it is reminded.
    """
    with transaction.atomic():
        page = (
            Page.every.select_for_update(no_key=True, skip_locked=True)
            .filter(pk=page_id, due_at__lte=now)
            .first()
        )
        if page is None:
            return False
        if page.drill and page.rung >= policy_of(page).last:
            drilling.nobody_took(page, now=now)
            return True
        had_it = page.acknowledged_by
        if had_it is not None:
            kind = PageEvent.Kind.OUTCOME_OVERDUE
            calls.record(page, kind, now=now, responder=had_it)
        who = directory.finder(page.team, at=now)
        step = escalation.climb(standing(page), policy_of(page), who, now=now)
        calls.record(page, PageEvent.Kind.CLIMBED, now=now, detail=f"rung {step.rung + 1}")
        take_step(page, step, now=now, also=had_it)
    return True


def is_stuck(page: Page, *, grace: timedelta, now: datetime) -> bool:
    """Whether an unclosed page should have moved on, or is not going to in time.

    Its step is long past; none is planned; or it is planned for later than its rung, or the
    time for an outcome, could ever make it.
    """
    if page.state == Page.State.CLOSED:
        return False
    if page.due_at is None:
        return True
    return not now - grace <= page.due_at <= now + _longest(page) + grace


def _longest(page: Page) -> timedelta:
    policy = policy_of(page)
    if page.state == Page.State.ACKNOWLEDGED:
        return policy.outcome_within(page.level)
    return policy.rungs[min(page.rung, policy.last)].delay(page.level)


def rearm(page: Page, *, grace: timedelta, now: datetime) -> bool:
    """Make a stuck page due now. False: it is not, or not any more.

    An acknowledged one opens again as it climbs, as after an outcome that was not given.
    """
    with transaction.atomic():
        page = lock(page)
        if not is_stuck(page, grace=grace, now=now):
            return False
        page.due_at = now
        page.save(update_fields=["due_at"])
        calls.record(page, PageEvent.Kind.REARMED, now=now)
    return True


def lock(page: Page) -> Page:
    """The page's row as it is now, locked until the transaction ends."""
    return Page.every.select_for_update(no_key=True, of=("self",)).get(pk=page.pk)


def standing(page: Page) -> escalation.Standing:
    """Where an unclosed page stands on its policy."""
    due_at = page.due_at if page.state == Page.State.OPEN else None
    return escalation.Standing(page.level, page.rung, due_at)


def policy_of(page: Page) -> escalation.Policy:
    """The policy that the page opened with; the team's present one where it cannot be read.

    A page that could not be read any more would end in silence.
    """
    try:
        return escalation.Policy.from_json(page.policy)
    except ValueError:
        return directory.policy(page.team)


def take_step(
    page: Page,
    step: escalation.Step,
    *,
    now: datetime,
    also: Responder | None = None,
    event: str = relays.CLIMBED,
) -> None:
    """Put a locked page onto a step, open, and call its people; `also` is reminded.

    The team's systems hear of `event`, or that the page is open again where it was not.
    """
    if page.state == Page.State.ACKNOWLEDGED:
        page.turn += 1
        event = relays.REOPENED
    page.state = Page.State.OPEN
    page.acknowledged_by = page.acknowledged_at = None
    page.rung, page.due_at = step.rung, step.due_at
    page.climbs += 1
    page.save()
    calls.call(page, step, now=now, remind=also)
    relays.tell(page, event, now=now)


def _take(page: Page, responder: Responder, *, via: str, now: datetime) -> None:
    page.state = Page.State.ACKNOWLEDGED
    page.acknowledged_by, page.acknowledged_at = responder, now
    page.due_at = now + policy_of(page).outcome_within(page.level)
    page.save()
    calls.record(page, PageEvent.Kind.ACKNOWLEDGED, now=now, responder=responder, detail=via)
    calls.withdraw(page, now=now)
    incidents.taken(page, now=now)
    if not page.drill:
        signals.page_acknowledged.send(Page, page=page, responder=responder, now=now)


def settled(page: Page, responder: Responder) -> Result | None:
    """What a responder who comes second is told of a locked page; None where nobody has it."""
    if page.state == Page.State.CLOSED:
        return _too_late(page, responder)
    if page.acknowledged_by is not None:
        return Result(Done.ALREADY, page, page.acknowledged_by)
    return None


def _too_late(page: Page, responder: Responder) -> Result:
    # Only a drill that nobody acknowledged is closed by nobody.
    return Result(Done.TOO_LATE, page, page.closed_by or responder)


def must_be_of_the_team(page: Page, responder: Responder) -> None:
    """ValueError where the responder is not an active one of the page's team."""
    if not responder.active or responder.team_id != page.team_id:
        raise ValueError("only an active responder of the page's team has it")


def _free_code(team: Team) -> int:
    unclosed = Page.every.filter(team__sender=team.sender_id).exclude(state=Page.State.CLOSED)
    return codes.free_code(set(unclosed.values_list("code", flat=True)))


def _free_reference() -> str:
    while Page.every.filter(reference=(reference := codes.reference())).exists():
        continue
    return reference
