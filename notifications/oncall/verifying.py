"""Verifying a contact by really using it: a code or a link goes out, and has to come back.

A verification is of one channel and address. Whoever writes another, on whatever page, has
one that is not verified (`ContactMethod.verified`).
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications import outbox
from notifications.models import (
    Channel,
    ContactCheck,
    ContactMethod,
    Message,
    NotificationRule,
    Responder,
)
from notifications.oncall import check_texts, readiness_watch
from notifications.oncall.swapping import NotPossible

LIVES = timedelta(minutes=30)
# A lost message is sent for again, a full inbox is nobody's weapon.
SENT_AGAIN_AFTER = timedelta(minutes=1)
SENT_A_DAY = 5
WRONG_CODES = 5
_DIGITS = 6
_DAY = timedelta(days=1)
# Those that were given up too: each may be sent codes.
_MOST_CHANNELS = 20
_TOKEN_BYTES = 32
# What a verified channel is used for pages with, where nobody wrote a rule: in seconds.
_DELAYS = {Channel.VOICE: 60}
# A push or a chat message can carry a link and nothing that is typed in.
BY_LINK = (Channel.APPRISE,)

Kind, State = ContactCheck.Kind, ContactCheck.State


class Entered(StrEnum):
    """What became of a code that was typed in."""

    VERIFIED = "verified"
    WRONG = "wrong"
    # No code is waited for: expired, used up, never asked for.
    OVER = "over"


@transaction.atomic
def add(responder: Responder, *, channel: str, address: str) -> ContactMethod:
    """A further contact of somebody, not verified; one that was given up is taken up again.

    Also that one is verified anew: a number that was given up may be somebody else's by now.
    ValidationError where the address can't be right, NotPossible where there are too many.
    """
    if ContactMethod.objects.filter(responder=responder).count() >= _MOST_CHANNELS:
        raise NotPossible("There are too many channels: ask an administrator to remove some.")
    contact = ContactMethod.objects.filter(
        responder=responder, channel=channel, address=address
    ).first() or ContactMethod(responder=responder, channel=channel, address=address)
    if not contact.active:
        contact.active, contact.verified_at, contact.verified_as = True, None, ""
    contact.clean()
    contact.save()
    return contact


@transaction.atomic
def give_up(contact: ContactMethod, *, now: datetime) -> None:
    """Use a contact no more, and forget that it was verified. Whoever is not ready by that is
    alarmed about.
    """
    ContactMethod.objects.filter(pk=contact.pk).update(
        active=False, verified_at=None, verified_as=""
    )
    _void(contact, now=now)
    readiness_watch.look_soon(_team_of(contact), now=now)


@transaction.atomic
def ask(contact: ContactMethod, *, now: datetime) -> ContactCheck:
    """Send a code, or a link, through a contact. A code sent before is void.

    NotPossible too soon after the last one, or too often in a day.
    """
    _lock(contact)
    before = ContactCheck.objects.filter(contact=contact, kind=Kind.VERIFY)
    theirs = ContactCheck.objects.filter(
        contact__responder=contact.responder, kind=Kind.VERIFY, made_at__gt=now - _DAY
    )
    if before.filter(made_at__gt=now - SENT_AGAIN_AFTER).exists():
        raise NotPossible("A code was sent this minute. Wait a minute, then ask for another.")
    sent_today = before.filter(made_at__gt=now - _DAY).count()
    if sent_today >= SENT_A_DAY or theirs.count() >= SENT_A_DAY * 2:
        raise NotPossible(
            "Too many codes were sent today. Try again tomorrow, or ask an administrator to "
            "check the addresses."
        )
    _void(contact, now=now)
    secret = token() if contact.channel in BY_LINK else _code()
    check = ContactCheck.objects.create(
        contact=contact,
        kind=Kind.VERIFY,
        state=State.SENT,
        written=contact.written,
        secret_hash=hashed(secret),
        tries=1,
        made_at=now,
        sent_at=now,
        due_at=now + LIVES,
    )
    body = {
        Channel.APPRISE: check_texts.verify_link(link=link(secret)),
        Channel.VOICE: check_texts.verify_spoken(code=secret),
    }.get(Channel(contact.channel), check_texts.verify(code=secret))
    check.message = put(check, body, title=check_texts.verify_title(), life=LIVES, now=now)
    check.save(update_fields=["message"])
    return check


@transaction.atomic
def enter(contact: ContactMethod, code: str, *, now: datetime) -> Entered:
    """Take a code that was typed in. After too many wrong ones a new one must be sent."""
    _lock(contact)
    check = (
        ContactCheck.objects.select_for_update(of=("self",))
        .filter(contact=contact, kind=Kind.VERIFY, state=State.SENT, due_at__gt=now)
        .first()
    )
    if check is None or check.written != contact.written:
        return Entered.OVER
    digits = "".join(sign for sign in code if sign.isalnum())
    if not constant_time_compare(check.secret_hash, hashed(digits)):
        check.wrong += 1
        check.save(update_fields=["wrong"])
        if check.wrong >= WRONG_CODES:
            end(check, State.VOID, how="wrong codes", now=now)
            return Entered.OVER
        return Entered.WRONG
    end(check, State.ANSWERED, how="code", now=now)
    _verified(contact, now=now)
    return Entered.VERIFIED


def by_link(secret: str, *, now: datetime) -> ContactCheck | None:
    """What is open under a link's token; None where it is used, over, or never was."""
    if len(secret) < _TOKEN_BYTES:
        # A code that is typed in must not be guessed here, past the limit of wrong ones.
        return None
    return (
        ContactCheck.objects.filter(
            secret_hash=hashed(secret),
            state=State.SENT,
            due_at__gt=now,
        )
        .select_related("contact__responder__user")
        .first()
    )


@transaction.atomic
def follow(check: ContactCheck, *, now: datetime) -> bool:
    """Somebody followed a link and said so; once. False: it was over by then."""
    if check.kind == Kind.VERIFY:
        _lock(check.contact)
    row = (
        ContactCheck.objects.select_for_update(of=("self",))
        .filter(pk=check.pk, state=State.SENT, due_at__gt=now)
        .select_related("contact")
        .first()
    )
    if row is None or row.written != row.contact.written:
        return False
    end(row, State.ANSWERED, how="link", now=now)
    if row.kind == Kind.VERIFY:
        _verified(row.contact, now=now)
    return True


@transaction.atomic
def confirm(contact: ContactMethod, *, now: datetime) -> None:
    """A contact, as it is written now, was verified by using it."""
    contact.verified_at, contact.verified_as = now, contact.written
    contact.lost_why, contact.failures = "", 0
    contact.save(update_fields=["verified_at", "verified_as", "lost_why", "failures"])
    readiness_watch.look_soon(_team_of(contact), now=now)


@transaction.atomic
def lose(contact: ContactMethod, *, why: str, now: datetime) -> None:
    """A contact counts as verified no more. Pages go on using it."""
    contact.verified_at, contact.verified_as, contact.lost_why = None, "", why
    contact.save(update_fields=["verified_at", "verified_as", "lost_why"])
    readiness_watch.look_soon(_team_of(contact), now=now)


def put(
    check: ContactCheck, body: str, *, title: str, life: timedelta, now: datetime
) -> Message:
    """Write a check's message. With the texts to patients, so that no page waits for it."""
    contact = check.contact
    if contact.responder is None:
        raise ValueError("only a person's contact is checked")
    hidden = contact.channel == Channel.APPRISE
    return outbox.put(
        sender=contact.responder.team.sender,
        stream=Message.Stream.TEXT,
        channel=contact.channel,
        contact=contact,
        to=f"contact {contact.pk}" if hidden else contact.address,
        title=title,
        body=body,
        key=f"check:{check.pk}:{check.tries}",
        ref=f"check:{check.pk}",
        now=now,
        expires_in=life,
    )


def end(check: ContactCheck, state: ContactCheck.State, *, how: str, now: datetime) -> None:
    """A locked check is over."""
    check.state, check.how, check.ended_at, check.due_at = state, how, now, None
    check.save(update_fields=["state", "how", "ended_at", "due_at"])


def token() -> str:
    """A new token of a link."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def link(secret: str) -> str:
    """The address that a token is followed by."""
    return f"{settings.PUBLIC_BASE_URL}/channels/confirm/{secret}"


def hashed(secret: str) -> str:
    """What is kept of a code or a token: of six digits alone, no list of hashes helps."""
    return salted_hmac("spinewatch.contact_check", secret, algorithm="sha256").hexdigest()


def _lock(contact: ContactMethod) -> None:
    """The contact before its checks, in the same order everywhere."""
    ContactMethod.objects.select_for_update(of=("self",)).get(pk=contact.pk)


def _team_of(contact: ContactMethod) -> int:
    if contact.responder is None:
        raise ValueError("only a person's contact is verified")
    return contact.responder.team_id


def _code() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(_DIGITS))


def _void(contact: ContactMethod, *, now: datetime) -> None:
    rows = ContactCheck.objects.filter(contact=contact, kind=Kind.VERIFY, state=State.SENT)
    for check in rows.select_for_update(of=("self",)):
        outbox.cancel(ref=f"check:{check.pk}", now=now)
        end(check, State.VOID, how="", now=now)


def _verified(contact: ContactMethod, *, now: datetime) -> None:
    """Confirmed by its owner: pages use it from now on, where no rule says how.

    Who had no rules is texted at once, and stays so: the first rule must not take that away.
    """
    confirm(contact, now=now)
    person = contact.responder
    rules = NotificationRule.objects.filter(contact__active=True)
    if person is not None and not rules.filter(contact__responder=person).exists():
        text, _new = ContactMethod.objects.update_or_create(
            responder=person,
            channel=Channel.SMS,
            address=person.phone,
            defaults={"active": True},
        )
        NotificationRule.objects.get_or_create(contact=text, level="")
    if not NotificationRule.objects.filter(contact=contact).exists():
        delay = _DELAYS.get(Channel(contact.channel), 0)
        NotificationRule.objects.create(contact=contact, delay=delay)
