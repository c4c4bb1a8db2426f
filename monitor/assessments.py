"""What was read and how it was scored, kept as it was made."""

from datetime import datetime, timedelta

from monitor.models import Assessment, CheckIn, Episode, TextRead
from monitor.reading import Reading
from monitor.triage import Assessment as Assessed
from notifications.models import Inbound
from patients.models import Clinic

# What is said to a patient on the spot has no meaning hours later.
SAFETY_EXPIRES = timedelta(hours=2)


def store_assessment(
    episode: Episode,
    assessed: Assessed,
    *,
    check_in: CheckIn | None,
    inbound: Inbound | None,
    now: datetime,
) -> Assessment:
    """Keep an assessment as it was made."""
    return Assessment.objects.create(
        episode=episode,
        check_in=check_in,
        inbound=inbound,
        at=now,
        protocol=assessed.protocol,
        protocol_digest=assessed.digest,
        level=assessed.level,
        score=assessed.score,
        reasons=[
            {
                "rule": reason.rule,
                "code": reason.code,
                "level": reason.level.code,
                "words": reason.words,
                "why": reason.why,
                "source": reason.source,
            }
            for reason in assessed.reasons
        ],
        told=list(assessed.tell),
        shown=list(assessed.show),
        given=assessed.given.to_json(),
    )


def store_reading(
    clinic: Clinic,
    episode: Episode | None,
    inbound: Inbound,
    reading: Reading,
    *,
    now: datetime,
) -> None:
    """Keep how a text was understood; `episode` is None where nobody knows whose it is."""
    TextRead.objects.create(
        inbound=inbound,
        clinic=clinic,
        episode=episode,
        at=now,
        level=reading.level,
        score=reading.score,
        intent=reading.intent,
        language=reading.lang,
        findings=list(reading.findings),
        denied=list(reading.denied),
        reasons=[
            {
                "code": reason.code,
                "words": reason.words,
                "start": reason.start,
                "end": reason.end,
                "why": reason.why,
            }
            for reason in reading.reasons
        ],
        understood=reading.understood,
    )
