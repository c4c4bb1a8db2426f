"""What pages say by SMS: pure, and without a word about health or about whom they concern.

The names in them are those of staff. Each text fits one segment (160 signs of GSM-7) with
an address of up to 60 signs, as long as the names are written in GSM-7.
"""

from collections.abc import Sequence
from datetime import timedelta

from notifications.oncall.codes import OUTCOMES

# The menu, in the order of OUTCOMES.
_MENU = "1 advised 2 seen 3 ER 4 MRI 5 not reached 6 false alarm"
_NAME_LENGTH = 40
_LISTED = 3
_SEGMENT = 160


def title(*, level: str, reference: str) -> str:
    """What an e-mail or a notification is headed with."""
    return f"Spinewatch {_loud(level)} ref {reference}"


def page(*, level: str, reference: str, code: int | None, climb: int, base_url: str) -> str:
    """The page itself. `climb` counts from 0; from 1 on the text says how often it called.

    Without a `code`, where no reply is read, it is taken by the link alone.
    """
    nth = f" (call {climb + 1})" if climb else ""
    how = "Open to take it:" if code is None else f"Reply {code} to take it."
    return f"Spinewatch {_loud(level)} ref {reference}{nth}. {how} {base_url}/p/{reference}"


def overdue(*, level: str, reference: str, code: int | None, climb: int, base_url: str) -> str:
    """To the one who took a page and has not said what became of it."""
    how = "Open to keep it:" if code is None else f"Reply {code} to keep it."
    return (
        f"Spinewatch {level.upper()} ref {reference} (call {climb + 1}): no outcome yet. "
        f"{how} {base_url}/p/{reference}"
    )


def taken(*, level: str, reference: str, code: int, within: timedelta) -> str:
    """To the one who takes a page: what it is, and how to say what became of it."""
    minutes = max(1, round(within.total_seconds() / 60))
    return (
        f"You have {level.upper()} {reference}. Within {minutes} min reply {code} then {_MENU}"
    )


def taken_by(*, reference: str, name: str) -> str:
    """To the others who were paged, and to whoever comes second."""
    return f"{_short(name)} has {reference}."


def needs_reason(*, reference: str, code: int) -> str:
    """To the one who calls a page a false alarm and does not say why."""
    return f"{reference} is still yours. Why is it a false alarm? Reply {code} 6, then why"


def closed(*, reference: str, outcome: str) -> str:
    """To the one who closes a page: the menu's number, since the word would be of health."""
    return f"{reference} is closed with {OUTCOMES.index(outcome) + 1}. Thank you."


def closed_by(*, reference: str, name: str) -> str:
    """To the others who were paged, and to whoever comes too late."""
    return f"{reference} is closed by {_short(name)}."


def not_understood(
    *,
    free: Sequence[tuple[str, int]],
    mine: Sequence[tuple[str, int]] = (),
    wrong: int | None = None,
) -> str:
    """What could have been meant: (reference, code) of each page that is not closed.

    `free` are those that nobody has, `mine` those that the reader has; one at least of either.
    `wrong` is a number that was given as an outcome and is none. As many are listed as fit.
    """
    said = (
        "Not understood." if wrong is None else f"{wrong} is no outcome: 1 to {len(OUTCOMES)}."
    )
    for most in range(_LISTED, 0, -1):
        text = f"{said} {_replies(free[:most], mine[:most])} then {_MENU}"
        if len(text) <= _SEGMENT:
            break
    return text


def _replies(free: Sequence[tuple[str, int]], mine: Sequence[tuple[str, int]]) -> str:
    if len(mine) == 1 and not free:
        [(reference, code)] = mine
        return f"You have {reference}: reply {code}"
    had = ", ".join(f"{reference} ({code})" for reference, code in mine)
    have = f"You have {had}. " if mine else ""
    if not free:
        return f"{have}Reply the code"
    listed = ", ".join(f"{code} for {reference}" for reference, code in free)
    return f"{have}Reply {listed} to take it, or the code"


def drill_taken(*, reference: str) -> str:
    """To the one who acknowledges a drill: that was all."""
    return f"Spinewatch DRILL {reference}: you have acknowledged it. It is over. No patient."


def drill_taken_by(*, reference: str, name: str) -> str:
    """To the others who were called in a drill, and to whoever comes second."""
    return f"Spinewatch DRILL {reference}: {_short(name)} has acknowledged it. It is over."


def drill_over(*, reference: str) -> str:
    """To whoever answers a drill that nobody has taken and that is over."""
    return f"Spinewatch DRILL {reference} is over. There is nothing to do."


def drill_gives_way(*, reference: str) -> str:
    """To those who were called in a drill, when a real page opens."""
    return f"Spinewatch DRILL {reference} is over: it gives way to a real page."


def _loud(level: str) -> str:
    return "DRILL, NO PATIENT," if level == "drill" else level.upper()


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "."
