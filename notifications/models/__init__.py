"""Addresses, messages and pages; nothing here knows a patient."""

from notifications.models.messages import (
    Attempt,
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
    "DeliveryReport",
    "Inbound",
    "Layer",
    "LayerMember",
    "Message",
    "OptOut",
    "Override",
    "Page",
    "PageEvent",
    "Responder",
    "Rung",
    "Sender",
    "Team",
]
