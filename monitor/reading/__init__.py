"""Reads what patients write: text to answers, findings, denials and intent."""

from monitor.reading.answers import read_answer
from monitor.reading.reader import read
from monitor.reading.types import Answer, OpenQuestion, Reading, Reason

__all__ = ["Answer", "OpenQuestion", "Reading", "Reason", "read", "read_answer"]
