"""Whatever the order of replies, losses, timers and restarts, a page is looked after."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import settling
from notifications.gateways.base import NotSent
from notifications.models import (
    ContactMethod,
    Message,
    NotificationRule,
    Page,
    PageEvent,
    Responder,
    Team,
)
from notifications.oncall import calls, delivery, handing_on, paging, voice
from notifications.oncall.escalation import AGAIN_AFTER_LOST
from tests.notifications.oncall.ward import open_page, reply, settle, went_out
from tests.world import NOW, World

NAMES = st.sampled_from(["Dr. Chen", "Dr. Novak", "Dr. Okafor"])
DEEDS = st.one_of(
    st.tuples(st.just("take"), NAMES),
    st.tuples(st.just("close"), NAMES),
    st.tuples(st.just("text"), NAMES, st.sampled_from(["11", "ack", "11 1", "2", "no", ""])),
    st.tuples(st.just("raise"), st.sampled_from(["urgent", "emergency"])),
    st.tuples(st.just("settle"), st.sampled_from(["failed", "undelivered", "delivered"])),
    st.tuples(st.just("stop"), NAMES),
    st.tuples(st.just("press"), NAMES, st.sampled_from(["4", "6", "*"])),
    st.tuples(st.just("pass on"), NAMES, st.one_of(st.just(""), NAMES)),
    st.tuples(st.just("call in"), NAMES, NAMES),
    st.tuples(st.just("delay")),
    st.tuples(st.just("leave"), NAMES),
    st.tuples(st.just("send")),
    # A restart is a sweep, or several, at whatever time it is then.
    st.tuples(st.just("sweep")),
    st.tuples(st.just("die in a sweep")),
)
STORIES = st.lists(st.tuples(st.integers(0, 1_500), DEEDS), max_size=25)


def do(deed: tuple[str, ...], page: Page, team: Team, now: datetime) -> None:
    what, *more = deed
    if more and more[0].startswith("Dr."):
        do_as(
            Responder.objects.get(team=team, name=more[0]), what, *more[1:], page=page, now=now
        )
    elif what == "raise":
        paging.raise_again(page, level=more[0], now=now)
    elif what == "settle":
        for message in Message.objects.filter(ref=f"page:{page.pk}", state="sending"):
            settle(message, Message.State(more[0]), now=now)
    elif what == "delay":
        for message in Message.objects.filter(ref=f"page:{page.pk}", state="sending"):
            later = now + timedelta(seconds=5)
            settling.again(message, NotSent(None, ""), due_at=later, now=now)
    elif what == "send":
        went_out(page)
    else:
        with transaction.atomic():
            paging.sweep(now=now)
            transaction.set_rollback(what == "die in a sweep")


def do_as(who: Responder, what: str, *words: str, page: Page, now: datetime) -> None:
    if what == "text":
        reply(who, words[0], now=now)
    elif what == "stop":
        delivery.stopped(who, address=who.phone, now=now)
    elif what == "press":
        press(who, words[0], page=page, now=now)
    elif what == "leave":
        Responder.objects.filter(pk=who.pk).update(active=False)
    elif who.active and what == "take":
        paging.acknowledge(page, who, via="web", now=now)
    elif who.active and what in ("pass on", "call in"):
        other = Responder.objects.filter(name=words[0], team=who.team, active=True).first()
        if what == "pass on" and (other is not None or not words[0]):
            handing_on.pass_on(page, who, to=other, via="web", now=now)
        elif what == "call in" and other is not None:
            handing_on.call_in(page, who, who=other, now=now)
    elif who.active and what == "close":
        paging.close(page, who, outcome="advised", now=now)


def press(who: Responder, key: str, *, page: Page, now: datetime) -> None:
    """Press a key on each call that was made to somebody about the page."""
    made = Message.objects.filter(
        ref=f"page:{page.pk}", to=who.phone, channel="voice", state__in=("sending", "accepted")
    )
    for call in made:
        sid = call.provider_sid or f"CA{uuid4().hex}"
        voice.press(str(call.pk), sid=sid, called=call.to, digits=key, key_at="/k", now=now)


def with_rules(team: Team) -> None:
    """One by text and then by call, one by call alone, one by text without any rules."""
    for name, ways in (("Chen", (("sms", 0), ("voice", 90))), ("Novak", (("voice", 0),))):
        who = Responder.objects.get(team=team, name=f"Dr. {name}")
        for channel, delay in ways:
            contact, _new = ContactMethod.objects.get_or_create(
                responder=who, channel=channel, address=who.phone
            )
            NotificationRule.objects.create(contact=contact, delay=delay)


def look_after(page: Page, *, was: Page, now: datetime) -> None:
    """The law itself, of the page as it is after a deed and as it `was` before."""
    last = PageEvent.objects.filter(page=page, kind="acknowledged").last()
    if page.state == Page.State.OPEN:
        assert page.due_at is not None
        assert page.acknowledged_by is None
    elif page.state == Page.State.ACKNOWLEDGED:
        assert page.acknowledged_by is not None and page.acknowledged_at is not None
        assert page.due_at is not None and page.due_at > page.acknowledged_at
        assert last is not None and last.responder == page.acknowledged_by
    else:
        assert page.outcome and page.closed_by is not None and page.due_at is None
        assert last is not None and last.responder is not None
    present = calls.present(page)
    gone = PageEvent.objects.filter(page=page, kind__in=("lost", "passed_on"))
    left = present.exclude(message__in=gone.filter(message__isnull=False).values("message"))
    # Where nobody is left to be reached, the page does not wait for its rung.
    if page.state == Page.State.OPEN and present.exists() and not left.exists():
        assert page.due_at is not None and page.due_at <= now + AGAIN_AFTER_LOST
    if was.state == Page.State.CLOSED:
        assert page.state == Page.State.CLOSED
    assert page.rung >= was.rung and page.climbs >= was.climbs
    # A sweep at the time that is due finds it: nothing open waits without end.
    if page.state != Page.State.CLOSED:
        assert page.due_at is not None and page.due_at <= now + timedelta(minutes=30)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=STORIES)
@pytest.mark.django_db
def test_a_page_is_had_with_a_clock_or_closed_with_an_outcome_or_has_a_rung_due(
    world: World, story: list[tuple[int, tuple[str, ...]]]
) -> None:
    with transaction.atomic():
        with_rules(world.team)
        page, now = open_page(world.team), NOW
        for seconds, deed in story:
            was = Page.objects.get(pk=page.pk)
            now += timedelta(seconds=seconds)
            do(deed, page, world.team, now)
            look_after(Page.objects.get(pk=page.pk), was=was, now=now)
        # Left alone, an unclosed page is called again at the next time that is due.
        page.refresh_from_db()
        if page.due_at is not None:
            climbs = page.climbs
            assert paging.sweep(now=max(now, page.due_at)) == {"climbed": 1, "failed": 0}
            page.refresh_from_db()
            assert page.state == Page.State.OPEN and page.climbs == climbs + 1
        transaction.set_rollback(True)
