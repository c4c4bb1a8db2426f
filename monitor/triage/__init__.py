"""From answers, findings and times to an assessment: the highest wins, nothing ever lowers."""

from monitor.triage.assess import Assessment, Fired, assess, conditions
from monitor.triage.facts import Context, Past, ReadingLike, ReasonLike

__all__ = [
    "Assessment",
    "Context",
    "Fired",
    "Past",
    "ReadingLike",
    "ReasonLike",
    "assess",
    "conditions",
]
