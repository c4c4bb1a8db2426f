"""What else a responder may do with a page: pass it on, call somebody in, write a note."""

from datetime import datetime

from django.db import transaction

from notifications.models import Page, PageEvent, PageNote, Responder
from notifications.oncall import calls, delivery, directory, escalation, paging
from notifications.oncall.paging import Done, Result


def pass_on(
    page: Page, responder: Responder, *, to: Responder | None = None, via: str, now: datetime
) -> Result:
    """Give a page away: to the next rung, or `to` a colleague, who is called at once.

    A page that this responder has opens again, without waiting for anything. Of an open one
    the responder's own calls are over, and it climbs at once where nobody else is being
    called. A page that a colleague has is left alone: ALREADY; a closed one: TOO_LATE.
    Nobody has it by being given it: it climbs on until somebody takes it. ValueError as for
    `acknowledge`, of either person.
    """
    for person in filter(None, (responder, to)):
        paging.must_be_of_the_team(page, person)
    with transaction.atomic():
        page = paging.lock(page)
        had_it = (
            page.state == Page.State.ACKNOWLEDGED and page.acknowledged_by_id == responder.pk
        )
        if not had_it and (done := paging.settled(page, responder)) is not None:
            return done
        detail = via if to is None else f"{via}, to a colleague"
        mine = calls.present(page).filter(responder=responder)
        for call in mine if not had_it else ():
            calls.record(
                page,
                PageEvent.Kind.PASSED_ON,
                now=now,
                responder=responder,
                message=call.message,
                detail=detail,
            )
        if had_it or not mine.exists():
            calls.record(
                page, PageEvent.Kind.PASSED_ON, now=now, responder=responder, detail=detail
            )
        _on_its_way(page, responder, to=to, had_it=had_it, now=now)
    return Result(Done.PASSED_ON, page, responder)


def _on_its_way(
    page: Page, responder: Responder, *, to: Responder | None, had_it: bool, now: datetime
) -> None:
    policy, who = paging.policy_of(page), directory.finder(page.team, at=now)
    if had_it:
        standing = paging.standing(page)
        if to is None:
            step = escalation.climb(standing, policy, who, now=now)
        else:
            step = escalation.handed_to(to.pk, standing, policy, now=now)
        paging.take_step(page, step, now=now)
        return
    calls.drop(page, responder, now=now)
    if to is not None:
        _call_in(page, to, now=now)
    delivery.next_rung_if_all_are_gone(page, now=now)


def call_in(page: Page, responder: Responder, *, who: Responder, now: datetime) -> bool:
    """Call a further colleague, `who`, at once; nothing else of the page changes.

    False where the page is closed. Somebody who is being called already is called anew.
    ValueError as for `acknowledge`, of either person.
    """
    for person in (responder, who):
        paging.must_be_of_the_team(page, person)
    with transaction.atomic():
        page = paging.lock(page)
        if page.state == Page.State.CLOSED:
            return False
        calls.record(page, PageEvent.Kind.ADDED, now=now, responder=responder)
        _call_in(page, who, now=now)
    return True


def _call_in(page: Page, who: Responder, *, now: datetime) -> None:
    delay = paging.policy_of(page).rungs[page.rung].delay(page.level)
    calls.reach(page, who, life=delay, now=now, anew=True)


def write_note(page: Page, responder: Responder, text: str, *, now: datetime) -> PageNote:
    """Keep a note with a page; its words are never sent anywhere, nor in the timeline."""
    paging.must_be_of_the_team(page, responder)
    with transaction.atomic():
        page = paging.lock(page)
        note = PageNote.objects.create(page=page, responder=responder, at=now, text=text)
        calls.record(page, PageEvent.Kind.NOTED, now=now, responder=responder)
    return note
