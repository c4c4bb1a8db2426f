"""What an iCalendar says of who is on call. Pure; the libraries do the reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from notifications.oncall.reasons import Reason

LARGEST_NUMBER = 4_000
_LARGEST_NUMBER_OF_RULES = 400
_STEP = timedelta(days=7)
# Shifts do not come round every minute; expanding such a rule would take for ever.
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An event: what it is called, whom it invites (addresses), and its time in UTC."""

    summary: str
    invited: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """By what a calendar may name somebody: `names` and e-mail `addresses`, any case."""

    key: int
    names: tuple[str, ...]
    addresses: tuple[str, ...] = ()


class NotACalendar(Reason):
    """Why a text cannot be used; the message quotes nothing of it."""


def read(text: str, *, start: datetime, end: datetime, zone: ZoneInfo) -> list[Entry]:
    """The events that touch [start, end), in order.

    A day without hours goes from midnight to midnight in `zone`, and a time without a zone
    is meant there too. Cancelled events are left out. NotACalendar for a text that is none,
    or that holds more than anybody's rota.
    """
    try:
        calendar = icalendar.Calendar.from_ical(text)
        _check(calendar)
        found = _expanded(calendar, start=start, end=end, zone=zone)
    except NotACalendar:
        raise
    # Whatever the libraries stumble over in a stranger's text, it is not a calendar for us.
    except Exception as error:
        raise NotACalendar(
            "It cannot be read (%(error)s).", error=type(error).__name__
        ) from None
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.summary))


def person_of(entry: Entry, people: Mapping[int, Person]) -> int | None:
    """Whom an event is about: by an invited address, by its exact name, by a name in it.

    None where that is nobody, or more than one.
    """
    invited = {address.casefold() for address in entry.invited}
    words = _plain(entry.summary)
    tests = (
        lambda person: invited & {one.casefold() for one in person.addresses},
        lambda person: words in {_plain(one) for one in person.names},
        lambda person: any(f" {_plain(one)} " in f" {words} " for one in person.names),
    )
    for says in tests:
        named = [person.key for person in people.values() if says(person)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _expanded(
    calendar: icalendar.Component, *, start: datetime, end: datetime, zone: ZoneInfo
) -> set[Entry]:
    """Step by step, so that too much is found out before all of it is there."""
    query = recurring_ical_events.of(calendar)
    found: set[Entry] = set()
    while start < end:
        until = min(start + _STEP, end)
        for event in query.between(start.astimezone(zone), until.astimezone(zone)):
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                found.add(_entry(event, zone))
        if len(found) > LARGEST_NUMBER:
            raise NotACalendar("It holds more than %(n)s shifts.", n=LARGEST_NUMBER)
        start = until
    return found


def _check(calendar: icalendar.Component) -> None:
    if calendar.name != "VCALENDAR":
        raise NotACalendar("It is not an iCalendar.")
    events = calendar.walk("VEVENT")
    if len(events) > LARGEST_NUMBER:
        raise NotACalendar("It holds more than %(n)s events.", n=LARGEST_NUMBER)
    rules = [rule for event in events for rule in _rules(event)]
    if len(rules) > _LARGEST_NUMBER_OF_RULES:
        raise NotACalendar("It holds more than %(n)s rules.", n=_LARGEST_NUMBER_OF_RULES)
    for rule in rules:
        often = {str(one).upper() for one in rule.get("FREQ", [])} & _TOO_OFTEN
        if often or any(len(rule.get(part, [])) > 1 for part in ("BYMINUTE", "BYSECOND")):
            raise NotACalendar("It holds shifts that repeat every minute or second.")


def _rules(event: icalendar.Component) -> list[icalendar.vRecur]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _entry(event: icalendar.Event, zone: ZoneInfo) -> Entry:
    invited = event.get("ATTENDEE", [])
    invited = invited if isinstance(invited, list) else [invited]
    return Entry(
        summary=str(event.get("SUMMARY", "")),
        invited=tuple(str(one).lower().removeprefix("mailto:") for one in invited),
        starts_at=_instant(event.start, zone),
        ends_at=_instant(event.end, zone),
    )


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(0))
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _plain(words: str) -> str:
    """Lower case, without signs between the words: "Dr. Chen" and "dr chen" are the same."""
    signs = (sign if sign.isalnum() else " " for sign in words.casefold())
    return " ".join("".join(signs).split())
