"""A responder's channels in every state, for the staff pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.models import ContactCheck, ContactMethod, Responder
from notifications.oncall import verifying
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
