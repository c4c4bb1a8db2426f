"""Readings as the reader gives them, written down by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.conversation import Said
from monitor.levels import Level
from monitor.protocol import Answer


@dataclass(frozen=True)
class Written(Said):
    """A reading: by default an understood text that says nothing."""

    intent: str = "other"
    answer: Answer | None = None
    numbered: Sequence[tuple[int, str]] = ()


QUIET = Written()
THANKS = Written(intent="thanks")
GIBBERISH = Written(level=Level.REVIEW, score=25, understood=False)


def answering(value: Answer) -> Written:
    """A text that only answers the open question."""
    return Written(intent="answer", answer=value)


def several(*words: str) -> Written:
    """Numbered answers, such as "1 no 2 yes 3 7"."""
    return Written(intent="answer", numbered=tuple(enumerate(words, 1)))


def symptom(*findings: str, level: Level) -> Written:
    """A text in the patient's own words with findings."""
    return Written(intent="symptom", findings=findings, level=level, score=25 * level)


def intending(intent: str, reading: Written = QUIET) -> Written:
    """The same text with another intent."""
    return replace(reading, intent=intent)
