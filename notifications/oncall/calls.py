"""Calling those who stand on a rung, and telling the others: rows and texts, no decisions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from notifications import outbox
from notifications.models import (
    Channel,
    ContactMethod,
    Incident,
    Message,
    NotificationRule,
    Page,
    PageEvent,
    Responder,
)
from notifications.oncall import escalation, incidents, proof, roll_call, rules, texts
from notifications.ways import STREAMS

# A page that waits for its turn at the provider for longer than its rung is replaced by the
# next rung's, so that after an outage each person gets one text and not one for each climb.
# Below this a text would be lost to an ordinary delay.
_SHORTEST_LIFE = timedelta(seconds=60)
_NEWS_LIFE = timedelta(minutes=30)
# The events that say that somebody was called, or is about to be.
CALLS = (PageEvent.Kind.PAGED, PageEvent.Kind.PLANNED)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One way to a person, and when. Without a contact: a text to the person's phone."""

    channel: str
    address: str
    after: timedelta
    contact: ContactMethod | None


def ref(page: Page) -> str:
    """What a page's calls are cancelled by."""
    return f"page:{page.pk}"


def record(
    page: Page,
    kind: PageEvent.Kind,
    *,
    now: datetime,
    responder: Responder | None = None,
    message: Message | None = None,
    detail: str = "",
) -> None:
    """Write what happened to a page; never changed afterwards, and linked as it is committed.

    `detail` is opaque: it is exported, and shown to whoever may see the page.
    """
    PageEvent.objects.create(
        page=page,
        at=now,
        kind=kind,
        responder=responder,
        message=message,
        detail=detail,
        entry=proof.entry(
            page, kind, now=now, responder=responder, message=message, detail=detail
        ),
    )


def call(
    page: Page, step: escalation.Step, *, now: datetime, remind: Responder | None = None
) -> None:
    """Page everybody of a step, and note the rungs that nobody stands on.

    `page` holds the step already (its rung and its number of climbs) and is locked. `remind`
    had taken the page and said nothing more: a reminder goes there, whatever the rung, unless
    that person has left meanwhile.
    """
    for rung in step.empty:
        detail = f"rung {rung + 1}"
        record(page, PageEvent.Kind.EMPTY_RUNG, now=now, detail=detail)
        incidents.note(
            Incident.Kind.EMPTY_RUNG, team=page.team, detail=detail, page=page, now=now
        )
    life = max(step.due_at - now, _SHORTEST_LIFE)
    people = set(step.people) | ({remind.pk} if remind is not None else set())
    for responder in Responder.objects.filter(pk__in=people, active=True).order_by("pk"):
        reach(page, responder, life=life, reminding=responder == remind, now=now)


def reach(
    page: Page,
    responder: Responder,
    *,
    life: timedelta,
    now: datetime,
    reminding: bool = False,
    anew: bool = False,
) -> None:
    """Call one person by their own rules: the first way now, the others as planned rows.

    What was planned for this person before is taken back. A person is called once in each
    step of a page, but for one who is called in by hand, `anew`.
    """
    _supersede(page, responder, now=now)
    nth = f":{present(page).filter(responder=responder).count()}" if anew else ""
    for turn in _turns(responder, level=page.level):
        contact = f":{turn.contact.pk}" if turn.contact else ""
        message = outbox.put(
            sender=page.team.sender,
            stream=STREAMS[Channel(turn.channel)],
            channel=turn.channel,
            contact=turn.contact,
            to=turn.address,
            title=texts.title(level=_level(page), reference=page.reference),
            body=_body(page, turn.channel, reminding=reminding),
            key=f"{ref(page)}:{page.climbs}:{responder.pk}{contact}{nth}",
            ref=ref(page),
            now=now,
            due_at=now + turn.after,
            expires_in=turn.after + life,
        )
        record(
            page,
            PageEvent.Kind.PLANNED if turn.after else PageEvent.Kind.PAGED,
            now=now,
            responder=responder,
            message=message,
            detail=f"rung {page.rung + 1}",
        )


def _level(page: Page) -> str:
    """What a page is called: a drill is never called by a level."""
    return "drill" if page.drill else page.level


def _body(page: Page, channel: str, *, reminding: bool) -> str:
    write = texts.overdue if reminding else texts.page
    return write(
        level=_level(page),
        reference=page.reference,
        # A code is for replying by text; e-mail is read by nobody here.
        code=page.code if channel == Channel.SMS else None,
        climb=page.climbs,
        base_url=settings.PUBLIC_BASE_URL,
    )


def _supersede(page: Page, responder: Responder, *, now: datetime) -> None:
    planned = PageEvent.objects.filter(
        page=page, responder=responder, message__due_at__gt=now
    ).values_list("message__to", flat=True)
    if addresses := list(planned):
        outbox.cancel(ref=ref(page), to=addresses, now=now)


def _turns(responder: Responder, *, level: str) -> list[_Turn]:
    """By the person's rules; nobody is without a way, so without any: a text.

    Where none of these can work, what else is verified is used with them, at once.
    """
    found = _by_rules(responder, level=level)
    stopped = roll_call.stopped_numbers(responder.team.sender_id)
    if not all(turn.channel == Channel.SMS and turn.address in stopped for turn in found):
        return found
    known = {(turn.channel, turn.address) for turn in found}
    others = ContactMethod.objects.filter(responder=responder, active=True).order_by("pk")
    further = [
        _turn(contact, timedelta(0))
        for contact in others
        if roll_call.way(contact, stopped).works
    ]
    return [*found, *(turn for turn in further if (turn.channel, turn.address) not in known)]


def _by_rules(responder: Responder, *, level: str) -> list[_Turn]:
    contacts = {
        contact.pk: contact
        for contact in ContactMethod.objects.filter(responder=responder, active=True)
    }
    written = NotificationRule.objects.filter(contact__in=contacts)
    found = rules.turns(
        [rules.Rule(rule.contact_id, rule.delay, rule.level) for rule in written], level=level
    )
    if not found:
        return [_Turn(Channel.SMS, responder.phone, timedelta(0), None)]
    return [_turn(contacts[turn.contact], turn.after) for turn in found]


def _turn(contact: ContactMethod, after: timedelta) -> _Turn:
    hidden = contact.channel == Channel.APPRISE
    address = f"contact {contact.pk}" if hidden else contact.address
    return _Turn(contact.channel, address, after, contact)


def by_message(message_id: str, kinds: Collection[str], *, called: str) -> PageEvent | None:
    """The event of these kinds that a message belongs to, if it went to the number `called`."""
    try:
        key = UUID(message_id)
    except ValueError:
        return None
    return (
        PageEvent.objects.filter(message=key, message__to=called, kind__in=kinds)
        .select_related("page__team__sender", "page__acknowledged_by", "responder", "message")
        .first()
    )


def present(page: Page) -> QuerySet[PageEvent]:
    """The calls of the page's present rung, made and planned."""
    return PageEvent.objects.filter(
        page=page,
        kind__in=CALLS,
        message__key__startswith=f"{ref(page)}:{page.climbs}:",
    )


def hurry(page: Page, responder: Responder, *, now: datetime) -> None:
    """Reach somebody by their next way at once, where one is planned."""
    planned = (
        Message.objects.filter(
            pageevent__page=page,
            pageevent__responder=responder,
            pageevent__kind=PageEvent.Kind.PLANNED,
            state=Message.State.CREATED,
            due_at__gt=now,
        )
        .order_by("due_at")
        .first()
    )
    if planned is not None and outbox.hurry(planned, now=now):
        record(page, PageEvent.Kind.HURRIED, now=now, responder=responder, message=planned)


def drop(page: Page, responder: Responder, *, now: datetime) -> None:
    """Take back one person's calls that have not gone out."""
    addresses = present(page).filter(responder=responder).values_list("message__to", flat=True)
    outbox.cancel(ref=ref(page), to=list(addresses), now=now)


def withdraw(page: Page, *, now: datetime) -> None:
    """Take back the calls that have not gone out, and let no telephone ring on."""
    outbox.cancel(ref=ref(page), now=now)
    outbox.end_calls(ref=ref(page), now=now)


def paged(page: Page) -> list[Responder]:
    """The active responders who were called for a page and whose call was not taken back."""
    called = PageEvent.objects.filter(page=page, kind__in=CALLS).exclude(
        message__state=Message.State.CANCELLED
    )
    return list(
        Responder.objects.filter(pk__in=called.values("responder"), active=True).order_by("pk")
    )


def tell(
    people: Iterable[Responder],
    body: str,
    *,
    page: Page,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Send everybody the same news of a page, once for each of its changes of hands."""
    turn = PageEvent.objects.filter(
        Q(kind=PageEvent.Kind.ACKNOWLEDGED) | Q(kind=PageEvent.Kind.CLOSED), page=page
    ).count()
    for responder in people:
        outbox.put(
            sender=page.team.sender,
            stream=Message.Stream.PAGE,
            to=responder.phone,
            body=body,
            key=f"{ref(page)}:news:{turn}:{responder.pk}",
            ref=f"{ref(page)}:news",
            now=now,
            due_at=due_at,
            expires_in=_NEWS_LIFE,
        )
