"""Bars with their intervals, drawn by the server: on the page as SVG, on paper too. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from textwrap import wrap

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 60, 10, 48, 34
# More bars than these carry no figures of their own, and not each its label.
LABELLED = 8
# What a letter of a label takes, and a line of letters: as a phone's screen shows them.
LETTER, LABEL_LINE = 11.5, 25
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Value:
    """What a bar is of: its height and its interval, in the chart's unit; `few` is hollow."""

    label: str
    height: float | None
    shown: str
    low: float | None = None
    high: float | None = None
    few: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar in the drawing, in its own units; `low` and `high` are ends of its interval.

    `shown` stands above `head`: over the bar and its interval. `label` is in lines.
    """

    x: float
    y: float
    width: float
    height: float
    middle: float
    head: float
    label: Sequence[str]
    shown: str
    few: bool
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Bars:
    """A chart. `ticks` and `wanted` are places of the scale; `unit` names it."""

    title: str
    unit: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    wanted: float | None = None
    wanted_label: str = ""

    # For the template and the PDF: the frame of the drawing.
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM


def bars(
    title: str,
    values: Sequence[Value],
    *,
    unit: str,
    top: float | None = None,
    wanted: float | None = None,
    wanted_label: str = "",
) -> Bars | None:
    """Draw some values from 0 to `top`, or to a round number over them; None of nothing."""
    known = [one for one in values if one.height is not None]
    if not known:
        return None
    reach = [
        *(max(one.height or 0, one.high or 0) for one in known),
        *((wanted,) if wanted is not None else ()),
    ]
    top = top or _round_over(max(reach) or 1)
    step = (WIDTH - LEFT - RIGHT) / len(values)
    each = ceil(len(values) / LABELLED)
    drawn = [
        _bar(one, place, step, top, labelled=place % each == 0, crowded=each > 1)
        for place, one in enumerate(values)
    ]
    return Bars(
        title,
        unit,
        bars=drawn,
        ticks=[(_y(share * top, top), f"{share * top:g}") for share in (0, 0.5, 1)],
        wanted=None if wanted is None else _y(wanted, top),
        wanted_label=wanted_label,
        height=HEIGHT + LABEL_LINE * max(0, *(len(one.label) - 1 for one in drawn)),
    )


def _bar(
    one: Value, place: int, step: float, top: float, *, labelled: bool, crowded: bool
) -> Bar:
    left, width = LEFT + place * step + step * 0.2, step * 0.6
    y = _y(one.height or 0, top)
    return Bar(
        x=round(left, 1),
        y=y,
        width=round(width, 1),
        height=round(HEIGHT - BOTTOM - y, 1),
        middle=round(left + width / 2, 1),
        head=y if one.high is None else min(y, _y(one.high, top)),
        label=_lines(one.label, int(step / LETTER)) if labelled else (),
        shown="" if crowded else one.shown,
        few=one.few,
        low=None if one.low is None else _y(one.low, top),
        high=None if one.high is None else _y(one.high, top),
    )


def _lines(label: str, letters: int) -> Sequence[str]:
    """The label's words in lines of no more letters than that, where a word has no more."""
    return wrap(label, max(letters, 1), break_long_words=False, break_on_hyphens=False)


def _y(value: float, top: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(value, top) / top), 1)


def _round_over(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ... that is not less."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in _STEPS if step * power >= value)
