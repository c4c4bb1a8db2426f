"""Which way out a message takes, and what is handed over there."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings

from notifications.gateways.base import OutgoingText, Refused, Way
from notifications.gateways.errors import CONFIGURATION
from notifications.gateways.relays import Apprise, PagerDuty, Webhook
from notifications.gateways.smtp import Server, Smtp
from notifications.gateways.twilio_voice import TwilioCalls
from notifications.models import Channel, ContactMethod, Message
from notifications.senders import account_of, gateway_for

# Channels on which a telephone is called, and the path of the document that it then follows.
DOCUMENTS = {Channel.VOICE: "/twilio/call", Channel.BRIDGE: "/twilio/bridge"}
STREAMS = {
    Channel.SMS: Message.Stream.PAGE,
    Channel.VOICE: Message.Stream.PAGE,
    Channel.BRIDGE: Message.Stream.PAGE,
    Channel.EMAIL: Message.Stream.RELAY,
    Channel.APPRISE: Message.Stream.RELAY,
    Channel.PAGERDUTY: Message.Stream.RELAY,
    Channel.WEBHOOK: Message.Stream.RELAY,
}


def way_of(message: Message) -> Way:
    """The way out of a message. Refused where it is not set up."""
    channel = Channel(message.channel)
    if channel == Channel.SMS:
        return gateway_for(message.sender)
    if channel in DOCUMENTS:
        return calls_of(message)
    if message.sender.rehearsal:
        raise Refused(None, CONFIGURATION.kind, "A rehearsal reaches nobody outside.")
    if channel == Channel.EMAIL:
        return Smtp(_mail_server())
    if message.contact is None:
        raise Refused(None, CONFIGURATION.kind, CONFIGURATION.advice)
    return _relay(message.contact)


def calls_of(message: Message) -> TwilioCalls:
    """The way of a message that is a telephone call."""
    sid, token, base_url = account_of(message.sender)
    return _calls(sid, token, base_url, message.sender.number)


def _relay(contact: ContactMethod) -> Way:
    if contact.channel == Channel.PAGERDUTY:
        return PagerDuty(routing_key=contact.address, url=settings.PAGERDUTY_EVENTS_URL)
    if contact.channel == Channel.WEBHOOK:
        return Webhook(url=contact.address, secret=contact.secret)
    return Apprise(url=contact.address)


@lru_cache(maxsize=32)
def _calls(account_sid: str, auth_token: str, base_url: str, from_number: str) -> TwilioCalls:
    return TwilioCalls(
        account_sid=account_sid,
        auth_token=auth_token,
        from_number=from_number,
        base_url=base_url,
        timeout_seconds=settings.TWILIO_TIMEOUT_SECONDS,
    )


def _mail_server() -> Server:
    return Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        use_tls=settings.EMAIL_USE_TLS,
        use_ssl=settings.EMAIL_USE_SSL,
        timeout_seconds=settings.EMAIL_TIMEOUT,
        from_address=settings.DEFAULT_FROM_EMAIL,
    )


def outgoing(message: Message, *, now: datetime) -> OutgoingText:
    """What is handed over."""
    base = settings.PUBLIC_BASE_URL
    document = DOCUMENTS.get(Channel(message.channel), "")
    callback = "/twilio/call-status" if document else "/twilio/status"
    return OutgoingText(
        to=message.to,
        body=message.body,
        from_number=message.sender.number,
        messaging_service_sid=message.sender.messaging_service_sid,
        status_callback=f"{base}{callback}?m={message.pk}",
        validity_seconds=int((message.expires_at - now).total_seconds()),
        id=str(message.pk),
        title=message.title,
        document=f"{base}{document}?m={message.pk}" if document else "",
        at=int(now.timestamp()),
    )
