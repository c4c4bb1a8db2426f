"""Addresses, messages and pages; nothing here knows a patient."""

from notifications.models.amendments import PageAmendment
from notifications.models.contacts import (
    ContactMethod,
    Incident,
    NotificationRule,
    PageNote,
)
from notifications.models.drills import Drill
from notifications.models.messages import (
    Attempt,
    Channel,
    DeliveryReport,
    Inbound,
    Message,
    OptOut,
    Sender,
)
from notifications.models.oncall import Page, PageEvent, Responder, Rung, Team
from notifications.models.proof import ProofHead, ProofLink
from notifications.models.readiness import ContactCheck
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
from notifications.models.ticks import Tick

__all__ = [
    "Attempt",
    "CalendarImport",
    "CalendarLink",
    "Channel",
    "ContactCheck",
    "ContactMethod",
    "DeliveryReport",
    "Drill",
    "ImportedShift",
    "Inbound",
    "Incident",
    "Layer",
    "LayerHours",
    "LayerMember",
    "Message",
    "NotificationRule",
    "OptOut",
    "Override",
    "Page",
    "PageAmendment",
    "PageEvent",
    "PageNote",
    "ProofHead",
    "ProofLink",
    "Responder",
    "RotaAlarm",
    "RotaWatch",
    "Rung",
    "Sender",
    "Swap",
    "Team",
    "Tick",
    "TimeOff",
]
