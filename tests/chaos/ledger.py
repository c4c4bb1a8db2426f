"""What the crash tests counted: a line for each kind of mishap, printed at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Line:
    """`seconds`, one a red flag: from the patient's text to a page's text on a phone."""

    cases: int = 0
    kills: int = 0
    pages: int = 0
    doubled_pages: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass
class Ledger:
    """Kept for a whole run of pytest."""

    lines: dict[str, Line] = field(default_factory=dict)
    restarts: int = 0
    patients: int = 0
    patient_texts: int = 0
    doubled_patient_texts: int = 0

    @classmethod
    def of(cls, counted: dict[str, Any]) -> "Ledger":
        """The ledger that `dataclasses.asdict` made plain."""
        lines = {kind: Line(**line) for kind, line in counted["lines"].items()}
        return cls(**{**counted, "lines": lines})

    def line(self, kind: str) -> Line:
        return self.lines.setdefault(kind, Line())

    @property
    def kills(self) -> int:
        return sum(line.kills for line in self.lines.values())

    def table(self) -> Iterator[str]:
        """The table's rows, and a sentence below it."""
        head = ("mishap", "cases", "kills", "flags", "paged", "twice", "median s", "worst s")
        yield "{:<34}{:>7}{:>7}{:>7}{:>7}{:>7}{:>10}{:>9}".format(*head)
        for kind, line in self.lines.items():
            times = sorted(line.seconds)
            median, worst = (times[len(times) // 2], times[-1]) if times else (0.0, 0.0)
            yield (
                f"{kind:<34}{line.cases:>7}{line.kills:>7}{len(times):>7}{line.pages:>7}"
                f"{line.doubled_pages:>7}{median:>10.1f}{worst:>9.1f}"
            )
        pages = sum(line.pages for line in self.lines.values())
        worst = max((max(line.seconds, default=0.0) for line in self.lines.values()), default=0)
        yield (
            f"{self.kills} kills, {self.restarts} restarts, {pages} pages, "
            f"worst {worst:.1f} s; {self.patient_texts} texts on {self.patients} patients' "
            f"phones, {self.doubled_patient_texts} of them twice"
        )
