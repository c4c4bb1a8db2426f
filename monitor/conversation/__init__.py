"""What is asked and answered next: a pure step from state and event to replies and intents."""

from monitor.conversation.answers import asked
from monitor.conversation.flow import remaining, reminder
from monitor.conversation.messages import messages
from monitor.conversation.state import (
    BranchLapsed,
    Event,
    Heard,
    HeardReading,
    Opened,
    Recorded,
    Reply,
    Said,
    State,
    Step,
    Work,
)
from monitor.conversation.step import advance

__all__ = [
    "BranchLapsed",
    "Event",
    "Heard",
    "HeardReading",
    "Opened",
    "Recorded",
    "Reply",
    "Said",
    "State",
    "Step",
    "Work",
    "advance",
    "asked",
    "messages",
    "remaining",
    "reminder",
]
