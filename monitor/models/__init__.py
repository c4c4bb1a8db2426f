"""The follow-up's rows: what happens by itself, and what staff add to it."""

from monitor.governance import KeptProtocol, ProtocolChoice, SignOff
from monitor.models.condition import Condition
from monitor.models.follow_up import (
    LEVELS,
    Alert,
    Answer,
    Assessment,
    CheckIn,
    ClinicLine,
    Episode,
    TextRead,
    WorkItem,
)
from monitor.models.oversight import Access, Revision
from monitor.models.ready_texts import ReadyText
from monitor.models.staff import Change, Correction, Draft, Note, SavedView

__all__ = [
    "LEVELS",
    "Access",
    "Alert",
    "Answer",
    "Assessment",
    "Change",
    "CheckIn",
    "ClinicLine",
    "Condition",
    "Correction",
    "Draft",
    "Episode",
    "KeptProtocol",
    "Note",
    "ProtocolChoice",
    "ReadyText",
    "Revision",
    "SavedView",
    "SignOff",
    "TextRead",
    "WorkItem",
]
