"""A protocol: what is asked, when, what alarms and what is told, as versioned data."""

from monitor.protocol.cut_offs import refusals
from monitor.protocol.loader import latest, load, names, restore
from monitor.protocol.model import (
    Answer,
    CheckInPlan,
    Choice,
    Option,
    Protocol,
    ProtocolError,
    Question,
    Rule,
    Setting,
)

__all__ = [
    "Answer",
    "CheckInPlan",
    "Choice",
    "Option",
    "Protocol",
    "ProtocolError",
    "Question",
    "Rule",
    "Setting",
    "latest",
    "load",
    "names",
    "refusals",
    "restore",
]
