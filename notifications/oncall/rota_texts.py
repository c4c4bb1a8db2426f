"""What the rota says to staff by SMS: pure, and without a word about a patient.

Each fits one segment (160 signs of GSM-7) with an address of up to 40 signs, as long as the
names are written in GSM-7.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

_NAME_LENGTH = 24


def gap(*, line: str, starts_at: datetime, zone: ZoneInfo, base_url: str) -> str:
    """To a lead: nobody will have a line."""
    return (
        f"Spinewatch rota: nobody is on call for {_short(line)} from "
        f"{_wall(starts_at, zone)}. Fill it: {base_url}/rota"
    )


def import_fails(*, line: str, base_url: str) -> str:
    """To a lead: a calendar cannot be read; the last good copy is in use."""
    return (
        f"Spinewatch rota: the calendar of {_short(line)} cannot be read; its last good "
        f"copy is in use. See {base_url}/rota"
    )


def import_stale(*, line: str, since: datetime, zone: ZoneInfo, base_url: str) -> str:
    """To a lead: the copy in use is a day old or older."""
    return (
        f"Spinewatch rota: the calendar of {_short(line)} is of {_wall(since, zone)}. "
        f"Check it: {base_url}/rota"
    )


def swap_asked(*, name: str, starts_at: datetime, zone: ZoneInfo, base_url: str) -> str:
    """To whoever is asked to take a shift."""
    return (
        f"Spinewatch rota: {_short(name)} asks you to take a shift from "
        f"{_wall(starts_at, zone)}. Answer at {base_url}/rota"
    )


def swap_ended(*, name: str, state: str, starts_at: datetime, zone: ZoneInfo) -> str:
    """To the other of the two: `state` is accepted, declined, withdrawn or lapsed."""
    said = {
        "accepted": f"{_short(name)} takes your shift from {_wall(starts_at, zone)}.",
        "declined": f"{_short(name)} cannot take your shift from {_wall(starts_at, zone)}.",
        "withdrawn": f"{_short(name)} no longer asks you to take a shift from "
        f"{_wall(starts_at, zone)}.",
        "lapsed": f"{_short(name)} did not answer: your shift from "
        f"{_wall(starts_at, zone)} stays yours.",
    }[state]
    return f"Spinewatch rota: {said}"


def _wall(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "."
