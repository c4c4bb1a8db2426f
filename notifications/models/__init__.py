"""Addresses, messages and pages; nothing here knows a patient."""

from notifications.models.messages import (
    Attempt,
    DeliveryReport,
    Inbound,
    Message,
    OptOut,
    Sender,
)
from notifications.models.oncall import Page, PageEvent, Responder, Rung, Team
from notifications.models.rota import (
    CalendarImport,
    CalendarLink,
    ImportedShift,
    Layer,
    LayerHours,
    LayerMember,
    Override,
    RotaAlarm,
    RotaWatch,
    Swap,
    TimeOff,
)

__all__ = [
    "Attempt",
    "CalendarImport",
    "CalendarLink",
    "DeliveryReport",
    "ImportedShift",
    "Inbound",
    "Layer",
    "LayerHours",
    "LayerMember",
    "Message",
    "OptOut",
    "Override",
    "Page",
    "PageEvent",
    "Responder",
    "RotaAlarm",
    "RotaWatch",
    "Rung",
    "Sender",
    "Swap",
    "Team",
    "TimeOff",
]
