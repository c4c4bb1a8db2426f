"""A responder's channels in every state, for the staff pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from notifications.models import (
    ContactCheck,
    ContactMethod,
    Drill,
    Message,
    Page,
    Responder,
    Team,
)
from notifications.oncall import drilling, paging, verifying
from tests.monitor.dashboard.scene import Scene

TOKEN = "a-token-of-a-link-that-is-long-enough"


def own_channel(scene: Scene) -> dict[str, Any]:
    """A contact of the scene's responder, and a link that waits for them; keys by name."""
    contact = scene.responder.contacts.get(channel="sms")
    push = ContactMethod.objects.create(
        responder=scene.responder, channel="apprise", address="json://127.0.0.1:9/x"
    )
    wait_for(push, TOKEN)
    return {"contact": contact.pk, "token": TOKEN}


def past_drill(team: Team) -> Page:
    """A drill of an hour ago that nobody acknowledged: beside pages none can begin."""
    began = datetime.now(UTC) - timedelta(hours=1)
    with transaction.atomic():
        page = paging.open_page(team, level="emergency", now=began, drill=True)
        Drill.objects.create(team=team, page=page, started_at=began)
        for number, call in enumerate(Message.objects.filter(ref=f"page:{page.pk}")):
            call.state, call.provider_sid = (
                Message.State.DELIVERED,
                f"SM{page.pk.hex[:28]}{number}",
            )
            call.accepted_at = call.settled_at = began + timedelta(seconds=2)
            call.save()
        drilling.nobody_took(page, now=began + timedelta(minutes=15))
    return page


def wait_for(contact: ContactMethod, secret: str) -> ContactCheck:
    """A code or a link is on its way."""
    now = datetime.now(UTC)
    return ContactCheck.objects.create(
        contact=contact,
        kind=ContactCheck.Kind.VERIFY,
        state=ContactCheck.State.SENT,
        written=contact.written,
        secret_hash=verifying.hashed(secret),
        made_at=now,
        sent_at=now,
        due_at=now + verifying.LIVES,
    )


def every_state(who: Responder) -> None:
    """Verified, waiting for a code, lost, waiting for a link, tested and not answered."""
    now = datetime.now(UTC)
    voice = who.contacts.get(channel="voice")
    verifying.lose(voice, why="it kept failing", now=now)
    mail = verifying.add(
        who, channel="email", address="somebody.with.a.long.name@harbor.example"
    )
    wait_for(mail, "123456")
    push = ContactMethod.objects.create(
        responder=who, channel="apprise", address="ntfys://ntfy.example/secret"
    )
    wait_for(push, TOKEN)
    sms = who.contacts.get(channel="sms")
    for week, state in ((2, "answered"), (1, "unanswered")):
        at = now - timedelta(weeks=week)
        ContactCheck.objects.create(
            contact=sms,
            kind="test",
            state=state,
            written=sms.written,
            made_at=at,
            sent_at=at,
            ended_at=at,
        )
