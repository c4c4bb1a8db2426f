"""What goes into the reader and what comes out of it."""

from dataclasses import dataclass
from typing import Literal

from monitor.levels import Level

Answer = bool | int | float | None
"""The answer to one open question: yes/no, a whole number, degrees Celsius, or undecidable."""

Kind = Literal["choice", "yes_no", "pain_0_10", "temperature", "relief_percent", "number"]
KINDS: tuple[Kind, ...] = (
    "choice",
    "yes_no",
    "pain_0_10",
    "temperature",
    "relief_percent",
    "number",
)


@dataclass(frozen=True)
class Reason:
    """The words that a finding stands on: `words == text[start:end]` in the patient's text."""

    code: str
    words: str
    start: int
    end: int
    why: str


@dataclass(frozen=True)
class OpenQuestion:
    """The question that the patient was asked last; `options` only where `kind` is choice."""

    code: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What one text says.

    `level` follows from this text alone; `score` is 0 to 100 and orders the worklist.
    `answer` answers the open question, `numbered` holds answers such as "1 no 2 yes".
    Temperatures are in degrees Celsius, glucose in mg/dL. Where `understood` is false
    a human must read the text, and `level` is at least review.
    """

    level: Level
    score: int
    findings: tuple[str, ...]
    denied: tuple[str, ...]
    intent: str
    lang: str
    reasons: tuple[Reason, ...]
    answer: Answer
    numbered: tuple[tuple[int, str], ...]
    pain_score: int | None
    temperature_c: float | None
    glucose_mg_dl: float | None
    understood: bool
