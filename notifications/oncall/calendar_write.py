"""Shifts as an iCalendar, for calendar programs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import icalendar

# How often a program should look again; RFC 7986, 5.7.
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Event:
    """A shift: `uid` stays the same for the same shift, the times are in UTC."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime


def write(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """The calendar, as it goes over the wire."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Spinewatch//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for one in events:
        event = icalendar.Event()
        event.add("uid", one.uid)
        event.add("dtstamp", now)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", one.summary)
        # A shift on call leaves the day free for other appointments.
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
