"""Weekly test pages: each verified channel of whoever is on a rota is really used.

A test is a row that is planned, sent and answered, or not. It is no page: it has no reference
and climbs nowhere, its code cannot be a page's, and it waits while the team has a page.
"""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from notifications.models import (
    Channel,
    ContactCheck,
    ContactMethod,
    Incident,
    Page,
    Team,
    TimeOff,
)
from notifications.oncall import check_texts, civil, codes, incidents, roll_call, verifying

logger = logging.getLogger(__name__)

EVERY = timedelta(days=7)
# A phone that nobody picks up is called again; what can be answered later waits for a day.
CALLS = 3
CALLED_AGAIN_AFTER = timedelta(hours=1)
ANSWER_WITHIN = timedelta(hours=24)
# So many weeks in a row without an answer: the channel has to be verified again.
WEEKS = 3
PUT_OFF = timedelta(minutes=30)

Kind, State = ContactCheck.Kind, ContactCheck.State


def plan(team: Team, people: set[int], *, now: datetime) -> None:
    """See that each verified channel of these people has a test to come. In a transaction."""
    waiting = ContactCheck.objects.filter(kind=Kind.TEST, state__in=ContactCheck.OPEN)
    contacts = ContactMethod.objects.filter(
        responder__in=people, responder__team=team, active=True, verified_at__isnull=False
    ).exclude(pk__in=waiting.values("contact"))
    stopped = roll_call.stopped_numbers(team.sender_id)
    for contact in contacts.select_related("responder").order_by("pk"):
        if not roll_call.way(contact, stopped).works or contact.responder_id is None:
            continue
        last = contact.checks.filter(kind=Kind.TEST, sent_at__isnull=False).last()
        # A day short of a week, so that the clocks' change moves no test by a week.
        begins = last.sent_at + EVERY - timedelta(days=1) if last and last.sent_at else now
        due_at = civil.next_slot(
            contact.responder_id, after=max(now, begins), zone=ZoneInfo(team.time_zone)
        )
        ContactCheck.objects.create(
            contact=contact,
            kind=Kind.TEST,
            written=contact.written,
            made_at=now,
            due_at=due_at,
        )


def sweep(*, now: datetime) -> dict[str, int]:
    """Send the tests that are due, and end what nobody answered. Any number may run."""
    counts = {"checked": 0, "failed": 0}
    due = ContactCheck.objects.filter(due_at__lte=now).order_by("due_at")
    for key in list(due.values_list("pk", flat=True)[:200]):
        try:
            with transaction.atomic():
                counts["checked"] += _take_due(key, now=now)
        # The class alone; the others have their turn.
        except Exception as error:
            logger.error("contact check %s: %s", key, type(error).__name__)
            counts["failed"] += 1
    return counts


def by_code(number: str, code: str) -> ContactCheck | None:
    """The newest test that a phone was sent with this code, open or over."""
    found = ContactCheck.objects.filter(kind=Kind.TEST, code=code)
    return _of_phone(found, number).last() if code else None


def open_for(number: str, *, sender: int) -> ContactCheck | None:
    """The one test that a phone has to answer; None where there is none, or more."""
    rows = ContactCheck.objects.filter(
        kind=Kind.TEST, state=State.SENT, contact__responder__team__sender=sender
    )
    found = list(_of_phone(rows, number)[:2])
    return found[0] if len(found) == 1 else None


def answer(check: ContactCheck, *, how: str, now: datetime) -> bool:
    """A test was answered. False: it was over by then."""
    with transaction.atomic():
        row = (
            ContactCheck.objects.select_for_update(of=("self",))
            .filter(pk=check.pk, kind=Kind.TEST, state=State.SENT)
            .first()
        )
        if row is None:
            return False
        verifying.end(row, State.ANSWERED, how=how, now=now)
        for incident in Incident.objects.filter(
            kind=Incident.Kind.TEST,
            responder=row.contact.responder,
            detail=_what(row.contact),
            closed_at__isnull=True,
        ):
            incidents.close(incident, by="answered since", now=now)
    return True


def _of_phone(rows: QuerySet[ContactCheck], number: str) -> QuerySet[ContactCheck]:
    return rows.filter(contact__channel=Channel.SMS, contact__address=number)


def _take_due(key: int, *, now: datetime) -> bool:
    check = (
        ContactCheck.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=key, due_at__lte=now)
        .select_related("contact__responder__team__sender")
        .first()
    )
    if check is None or check.contact.responder is None:
        return False
    if check.kind == Kind.VERIFY:
        verifying.end(check, State.VOID, how="expired", now=now)
    elif not _is_wanted(check):
        verifying.end(check, State.VOID, how="", now=now)
    elif check.state == State.PLANNED or _calls_again(check):
        _send_or_put_off(check, now=now)
    else:
        _unanswered(check, now=now)
    return True


def _is_wanted(check: ContactCheck) -> bool:
    contact, person = check.contact, check.contact.responder
    unchanged = contact.verified and contact.active and check.written == contact.written
    return person is not None and person.active and unchanged


def _calls_again(check: ContactCheck) -> bool:
    return check.contact.channel == Channel.VOICE and check.tries < CALLS


def _send_or_put_off(check: ContactCheck, *, now: datetime) -> None:
    """Send, unless it is night, the person is away, or the team has a page."""
    person = check.contact.responder
    if person is None:
        raise ValueError("only a person's contact is tested")
    zone = ZoneInfo(person.team.time_zone)
    unclosed = Page.objects.filter(team__sender=person.team.sender_id).exclude(
        state=Page.State.CLOSED
    )
    away = TimeOff.objects.filter(responder=person, starts_at__lte=now, ends_at__gt=now)
    if away.exists() or not civil.is_for_tests(now, zone):
        check.due_at = civil.next_slot(person.pk, after=now, zone=zone)
    elif unclosed.exists():
        check.due_at = now + PUT_OFF
    else:
        _send(check, now=now)
    check.save()


def _send(check: ContactCheck, *, now: datetime) -> None:
    channel = Channel(check.contact.channel)
    by_voice = channel == Channel.VOICE
    wait = CALLED_AGAIN_AFTER if by_voice else ANSWER_WITHIN
    check.state, check.sent_at, check.due_at = State.SENT, now, now + wait
    check.tries += 1
    if by_voice:
        body = check_texts.test_spoken()
    elif channel == Channel.SMS:
        check.code = _free_code(check)
        body = check_texts.test(code=check.code)
    else:
        secret = verifying.token()
        check.secret_hash = verifying.hashed(secret)
        body = check_texts.test_link(link=verifying.link(secret))
    life = timedelta(minutes=20) if by_voice else timedelta(hours=4)
    title = check_texts.test_title()
    check.message = verifying.put(check, body, title=title, life=life, now=now)


def _free_code(check: ContactCheck) -> str:
    """A code that no other recent test of the same phone has."""
    recent = ContactCheck.objects.filter(contact__address=check.contact.address).exclude(
        code=""
    )
    taken = set(recent.order_by("-id").values_list("code", flat=True)[:20])
    while (code := codes.test_code()) in taken:
        continue
    return code


def _unanswered(check: ContactCheck, *, now: datetime) -> None:
    contact, person = check.contact, check.contact.responder
    verifying.end(check, State.UNANSWERED, how="", now=now)
    if person is None:
        return
    incidents.note(
        Incident.Kind.TEST,
        team=person.team,
        responder=person,
        detail=_what(contact),
        message=check.message,
        now=now,
    )
    tests = contact.checks.filter(kind=Kind.TEST, ended_at__isnull=False, written=check.written)
    last = tests.exclude(state=State.VOID).order_by("-id")[:WEEKS]
    if [one.state for one in last] == [State.UNANSWERED] * WEEKS:
        verifying.lose(contact, why="its weekly tests were not answered", now=now)


def _what(contact: ContactMethod) -> str:
    return f"{contact.channel}: weekly test not answered"
