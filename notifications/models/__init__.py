"""Addresses, messages and pages; nothing here knows a patient."""

from notifications.models.contacts import (
    ContactMethod,
    Incident,
    NotificationRule,
    PageNote,
)
from notifications.models.messages import (
    Attempt,
    Channel,
    DeliveryReport,
    Inbound,
    Message,
    OptOut,
    Sender,
)
from notifications.models.oncall import (
    Layer,
    LayerMember,
    Override,
    Page,
    PageEvent,
    Responder,
    Rung,
    Team,
)

__all__ = [
    "Attempt",
    "Channel",
    "ContactMethod",
    "DeliveryReport",
    "Inbound",
    "Incident",
    "Layer",
    "LayerMember",
    "Message",
    "NotificationRule",
    "OptOut",
    "Override",
    "Page",
    "PageEvent",
    "PageNote",
    "Responder",
    "Rung",
    "Sender",
    "Team",
]
