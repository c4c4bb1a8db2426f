"""What a responder answers to a page by SMS.

A text is taken only where it reads as a reply to a page that concerns its writer. A
responder may be a patient of the same clinic, on the same phone: a text that is not plainly
a reply goes on to whoever reads patients' texts, even while a page is open. Its writer is
told then what could have been meant. Whoever finds that no patient has the number gives the
text back (`answer_colleague`): a colleague is never a stranger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from notifications import outbox
from notifications.models import (
    ContactCheck,
    Inbound,
    Message,
    Page,
    PageEvent,
    Responder,
)
from notifications.oncall import (
    calls,
    check_texts,
    codes,
    delivery,
    directory,
    paging,
    texts,
    weekly_tests,
)
from notifications.oncall.paging import Done

# How long a closed page's code still means that page.
_REMEMBERED = timedelta(hours=24)
# Two machines that answer each other must come to an end.
_REPLIES_IN_A_ROW = 5
_ROW_ENDS_AFTER = timedelta(hours=1)
_REPLY_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Who wrote, and the pages that they were called for and that are not closed."""

    inbound: Inbound
    people: dict[int, Responder]
    pages: tuple[Page, ...]

    def as_of(self, page: Page) -> Responder:
        return self.people[page.team_id]

    @property
    def open(self) -> list[Page]:
        """Those that nobody has; a drill is meant only where there is no page."""
        found = [page for page in self.pages if page.state == Page.State.OPEN]
        return [page for page in found if not page.drill] or found

    @property
    def held(self) -> list[Page]:
        return [page for page in self.pages if page.acknowledged_by == self.as_of(page)]


def take(inbound: Inbound, *, now: datetime) -> bool:
    """Act on a responder's reply to a page; False where the text is not one.

    The writer is the active responder with the text's phone, or with a contact of that
    number, of a team that pages from the number that received it. A keyword is never taken:
    carriers act on those. STOP loses the writer's texts, so that the page moves on. The
    answer to a weekly test is taken too; a bare "ack" only where no page is about. Belongs
    into the transaction that handles the text.
    """
    if inbound.sender_id is None:
        return False
    people = directory.at_number(inbound.from_number, sender=inbound.sender_id)
    if not people or inbound.keyword:
        # In one order everywhere: each team's chain of proof is held to the end.
        for _team, responder in sorted(people.items()):
            if inbound.keyword == Inbound.Keyword.STOP:
                delivery.stopped(responder, address=inbound.from_number, now=now)
            elif inbound.keyword == Inbound.Keyword.START:
                delivery.started(responder, now=now)
        return False
    writer = _Writer(inbound, people, tuple(_called(people.values())))
    said = codes.parse(inbound.body)
    if (test := _tested(said, writer)) is not None:
        _answer_test(test, writer, now=now)
        return True
    if isinstance(said, codes.Ack | codes.Outcome):
        page = _meant(said, writer, now=now)
        if page is not None:
            _act(said, page, writer, now=now)
            return True
    if not writer.open and not writer.held:
        return False
    _explain(writer, said, now=now)
    # A bare "1" of somebody who has no page may well be a patient's answer.
    return isinstance(said, codes.Ack) or (
        isinstance(said, codes.Outcome) and said.code is not None
    )


def answer_colleague(inbound: Inbound, *, otherwise: str, now: datetime) -> bool:
    """Answer a responder's text that `take` has left, with what can be replied.

    For texts that no patient can have written. `otherwise` is the answer where there is no
    page to reply to. Once for each text: `take` may have given the answer. False where the
    number is no responder's, or was never shown to be: it may be anybody's.
    """
    if inbound.sender_id is None:
        return False
    people = directory.proven_at(inbound.from_number, sender=inbound.sender_id)
    if not people:
        return False
    writer = _Writer(inbound, people, tuple(_called(people.values())))
    if writer.open or writer.held:
        _explain(writer, codes.parse(inbound.body), now=now)
    else:
        _answer(writer, next(iter(people.values())), otherwise, now=now, counted=True)
    return True


def _tested(said: codes.Reply, writer: _Writer) -> ContactCheck | None:
    """The weekly test that a reply answers: by its code; bare, where no page is about."""
    number = writer.inbound.from_number
    if isinstance(said, codes.Tested):
        return weekly_tests.by_code(number, said.code)
    if said == codes.Ack(None) and not writer.pages and writer.inbound.sender_id is not None:
        return weekly_tests.open_for(number, sender=writer.inbound.sender_id)
    return None


def _answer_test(test: ContactCheck, writer: _Writer, *, now: datetime) -> None:
    done = weekly_tests.answer(test, how="sms", now=now)
    words = check_texts.test_answered() if done else check_texts.test_over()
    responder = next(iter(writer.people.values()))
    _answer(writer, responder, words, now=now, counted=not done)


def _called(people: Iterable[Responder]) -> Iterable[Page]:
    made = PageEvent.objects.filter(kind__in=calls.CALLS, responder__in=list(people))
    concerned = Q(pk__in=made.values("page")) | Q(acknowledged_by__in=list(people))
    return (
        Page.every.filter(concerned)
        .exclude(state=Page.State.CLOSED)
        .order_by("opened_at")
        .select_related("team__sender")
    )


def _meant(said: codes.Ack | codes.Outcome, writer: _Writer, *, now: datetime) -> Page | None:
    """The page that a reply is about, or None where that is not certain."""
    if said.code is not None:
        return _by_code(said.code, writer, now=now)
    if isinstance(said, codes.Outcome):
        candidates = writer.held
    else:
        # A bare "ack" that comes second is about the page that a colleague has taken.
        candidates = writer.open or list(writer.pages)
    return candidates[0] if len(candidates) == 1 else None


def _by_code(code: int, writer: _Writer, *, now: datetime) -> Page | None:
    """The unclosed page with the code, or the last closed one that called the writer."""
    pages = Page.every.filter(team__in=writer.people, code=code)
    unclosed = pages.exclude(state=Page.State.CLOSED).first()
    if unclosed is not None:
        return unclosed
    made = PageEvent.objects.filter(
        kind__in=calls.CALLS, responder__in=list(writer.people.values())
    )
    return (
        pages.filter(pk__in=made.values("page"), closed_at__gt=now - _REMEMBERED)
        .order_by("-closed_at")
        .first()
    )


def _act(
    said: codes.Ack | codes.Outcome, page: Page, writer: _Writer, *, now: datetime
) -> None:
    responder = writer.as_of(page)
    if isinstance(said, codes.Ack):
        result = paging.acknowledge(page, responder, via="sms", now=now)
    else:
        result = paging.close(
            page, responder, outcome=said.outcome, note=said.note, via="sms", now=now
        )
    acted = result.done in (Done.TAKEN, Done.CLOSED)
    _answer(writer, responder, _words(result, responder, now=now), now=now, counted=not acted)


def _words(result: paging.Result, responder: Responder, *, now: datetime) -> str:
    page, name = result.page, result.by.name
    if page.drill:
        return _of_drill(result, responder)
    if result.done is Done.CLOSED:
        return texts.closed(reference=page.reference, outcome=page.outcome)
    if result.done is Done.NEEDS_REASON:
        return texts.needs_reason(reference=page.reference, code=page.code)
    if result.done is Done.TOO_LATE:
        return texts.closed_by(reference=page.reference, name=name)
    if result.by != responder or page.due_at is None:
        return texts.taken_by(reference=page.reference, name=name)
    return texts.taken(
        level=page.level,
        reference=page.reference,
        code=page.code,
        within=page.due_at - now,
    )


def _of_drill(result: paging.Result, responder: Responder) -> str:
    reference = result.page.reference
    if result.page.closed_by is None:
        return texts.drill_over(reference=reference)
    if result.by == responder:
        return texts.drill_taken(reference=reference)
    return texts.drill_taken_by(reference=reference, name=result.by.name)


def _explain(writer: _Writer, said: codes.Reply, *, now: datetime) -> None:
    body = texts.not_understood(
        free=[(_called_so(page), page.code) for page in writer.open],
        mine=[(page.reference, page.code) for page in writer.held],
        wrong=_no_outcome(writer) if isinstance(said, codes.Unknown) else None,
    )
    responder = writer.as_of(writer.pages[0])
    _answer(writer, responder, body, now=now, counted=True)


def _no_outcome(writer: _Writer) -> int | None:
    """The number that was given as an outcome of one of the writer's pages, and is none."""
    if (wrong := codes.no_outcome(writer.inbound.body)) is None:
        return None
    code, number = wrong
    known = code in {page.code for page in writer.pages} or (code is None and writer.held)
    return number if known else None


def _called_so(page: Page) -> str:
    return f"DRILL {page.reference}" if page.drill else page.reference


def _answer(
    writer: _Writer, responder: Responder, body: str, *, now: datetime, counted: bool
) -> None:
    """Send a reply, once for each inbound text; the counted ones only up to the limit."""
    ref = f"responder:{responder.pk}:{'counted' if counted else 'acted'}"
    if counted and _in_a_row(responder, ref, now=now) >= _REPLIES_IN_A_ROW:
        return
    outbox.put(
        sender=responder.team.sender,
        stream=Message.Stream.PAGE,
        to=writer.inbound.from_number,
        body=body,
        key=f"reply:{writer.inbound.pk}",
        ref=ref,
        now=now,
        expires_in=_REPLY_LIFE,
    )


def _in_a_row(responder: Responder, ref: str, *, now: datetime) -> int:
    """How many counted replies went out in an hour, or since this person last acted."""
    acted = PageEvent.objects.filter(
        responder=responder,
        kind__in=(PageEvent.Kind.ACKNOWLEDGED, PageEvent.Kind.CLOSED),
    ).aggregate(last=Max("at"))["last"]
    since = max(filter(None, (acted, now - _ROW_ENDS_AFTER)))
    return Message.objects.filter(ref=ref, created_at__gt=since).count()
