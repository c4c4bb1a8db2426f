"""The options that the sources give for a finding, with the clock running. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.protocol.model import Option, Protocol

SAME_SYMPTOM = timedelta(hours=48)
"""How far back a report of the same symptom is the same course of events (DESIGN)."""


@dataclass(frozen=True)
class Offer:
    """An option, and until when it is to be done by its source; None without a time, in UTC."""

    option: Option
    until: datetime | None


def offers(
    protocol: Protocol,
    shown: Iterable[str],
    *,
    found_at: datetime,
    reported_at: datetime,
    performed_at: datetime,
    zone: ZoneInfo,
) -> list[Offer]:
    """What is offered for the disposition codes `shown`, each option once.

    A code that the protocol does not know is passed over.
    """
    starts = {"finding": found_at, "report": reported_at, "procedure": performed_at}
    options = (
        option
        for code in shown
        if code in protocol.dispositions
        for option in protocol.disposition(code)
    )
    return [
        Offer(option, _until(option, starts[option.since], zone))
        for option in dict.fromkeys(options)
    ]


def first_report(
    codes: Iterable[str],
    *,
    found_at: datetime,
    earlier: Sequence[tuple[datetime, Mapping[str, str]]],
) -> datetime:
    """When one of these symptoms was first reported, as far as that is the same course.

    `earlier` holds moments with the level of each symptom reported at them; only what was
    urgent or worse then starts a clock.
    """
    wanted = set(codes)
    same = [
        at
        for at, levels in earlier
        if found_at - SAME_SYMPTOM <= at <= found_at
        and any(levels.get(code) in ("urgent", "emergency") for code in wanted)
    ]
    return min(same, default=found_at)


def _until(option: Option, start: datetime, zone: ZoneInfo) -> datetime | None:
    if option.today:
        day = start.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    if option.limit is None:
        return None
    return start.astimezone(UTC) + option.limit
