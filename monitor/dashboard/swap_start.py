"""With what the form of a swap begins: a shift that was pointed at, or one's own next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from notifications.oncall.rota import Shift

_HOUR = timedelta(hours=1)


def pointed_at(lines: Mapping[int, Sequence[Shift]], *, layer: str, until: str) -> Shift | None:
    """Somebody's shift of a layer up to a moment, as an address has them; None for none.

    A calendar may have cut it off there: it is the shift that the moment belongs to.
    """
    try:
        key, moment = int(layer), datetime.fromisoformat(until)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return next(
        (
            shift
            for shift in _all(lines)
            if shift.layer == key and shift.starts_at < moment <= shift.ends_at
        ),
        None,
    )


def initial(
    lines: Mapping[int, Sequence[Shift]], pointed: Shift | None, *, me: int, now: datetime
) -> dict[str, Any]:
    """What stands in the form, by its fields' names.

    `lines` has who really has each line from `now` to where the rota was looked through. A
    shift of one's own is the one to pass on; a colleague's is asked for in return for one's
    own next of the same layer. Of a shift that runs already, what is left from the next full
    hour on; where a shift ends after all that was looked through its end stays open.
    """
    theirs = pointed if pointed is not None and pointed.person != me else None
    own = [
        shift
        for shift in _all(lines)
        if shift.person == me and (theirs is None or shift.layer == theirs.layer)
    ]
    upcoming = [shift for shift in own if shift.starts_at > now]
    mine = (
        pointed if theirs is None and pointed is not None else next(iter(upcoming + own), None)
    )
    end = max((shift.ends_at for shift in _all(lines)), default=now)
    found: dict[str, Any] = {}
    if mine is not None:
        found |= {"layer": mine.layer, **_times(mine, "starts", "ends", now=now, end=end)}
    if theirs is not None:
        found |= {"layer": theirs.layer, "asked": theirs.person}
        found |= _times(theirs, "back_starts", "back_ends", now=now, end=end)
    return found


def _all(lines: Mapping[int, Sequence[Shift]]) -> Iterable[Shift]:
    every = [one for shifts in lines.values() for one in shifts if one.person is not None]
    return sorted(every, key=lambda shift: shift.starts_at)


def _times(
    shift: Shift, starts: str, ends: str, *, now: datetime, end: datetime
) -> dict[str, datetime | None]:
    """A swap is of what is still to come, and the form knows no seconds."""
    begun = shift.starts_at <= now
    next_hour = now.replace(minute=0, second=0, microsecond=0) + _HOUR
    begins = next_hour if begun else shift.starts_at
    return {
        starts: begins if begins < shift.ends_at else None,
        ends: shift.ends_at if shift.ends_at < end else None,
    }
