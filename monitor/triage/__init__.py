"""From answers, findings and times to an assessment: the highest wins, nothing ever lowers."""

from monitor.triage.assess import Assessment, Fired, again, assess, conditions
from monitor.triage.facts import Context, Past, ReadingLike, ReasonLike
from monitor.triage.given import Given
from monitor.triage.pressing import pressing

__all__ = [
    "Assessment",
    "Context",
    "Fired",
    "Given",
    "Past",
    "ReadingLike",
    "ReasonLike",
    "again",
    "assess",
    "conditions",
    "pressing",
]
