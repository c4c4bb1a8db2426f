"""What a swap of shifts changes: pure. It moves shifts from one person to another, no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.oncall.reasons import Reason
from notifications.oncall.rota import Override, Plan, Shift, line_shifts


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` until just before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


class NotPossible(Reason):
    """Why a change of the rota cannot be; the message is for whoever asked for it."""


def held(line: Sequence[Plan], person: int, span: Span) -> list[Shift]:
    """What somebody really has of a line's own layer within a span, each piece cut to it.

    The line's own layer is its last; what another layer stands over is not theirs to give.
    """
    found = line_shifts(line, start=span.starts_at, end=span.ends_at)
    own = line[-1].key
    return [shift for shift in found if shift.person == person and shift.layer == own]


def exchange(
    line: Sequence[Plan], *, asker: int, asked: int, span: Span, back: Span | None = None
) -> tuple[Override, ...]:
    """The overrides by which `asked` takes the asker's shifts of a span, and maybe back.

    They belong to the line's own layer. Only what the one has passes to the other: a swap
    fills no gap and makes none. NotPossible where there is nothing to pass on, or whoever
    would take it is away then or cannot be paged.
    """
    given = _taken(line, giver=asker, taker=asked, span=span)
    returned = () if back is None else _taken(line, giver=asked, taker=asker, span=back)
    return (*given, *returned)


def _taken(line: Sequence[Plan], *, giver: int, taker: int, span: Span) -> tuple[Override, ...]:
    pieces, plan = held(line, giver, span), line[-1]
    if not pieces:
        raise NotPossible("There is no shift to pass on at that time.")
    if plan.people is not None and taker not in plan.people:
        raise NotPossible("Who would take the shift is no longer on the team.")
    if _is_away(plan, taker, pieces):
        raise NotPossible("Who would take the shift has time off then.")
    return tuple(Override(taker, piece.starts_at, piece.ends_at) for piece in pieces)


def _is_away(plan: Plan, person: int, pieces: Sequence[Shift]) -> bool:
    return any(
        off.person == person and off.starts_at < piece.ends_at and piece.starts_at < off.ends_at
        for off in plan.away
        for piece in pieces
    )
