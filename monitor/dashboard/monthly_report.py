"""A month on one page, for clinical governance: does it get better?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _

from monitor.dashboard import follow_up_figures, on_call_figures
from monitor.dashboard.figure_charts import Bars, Value, bars
from monitor.dashboard.figure_papers import moment, sheet_of
from monitor.dashboard.figure_tables import (
    Cell,
    Few,
    Table,
    about_few,
    every,
    lasting,
    shown,
    times_cells,
)
from monitor.figures.cohort import cohort
from monitor.figures.comparison import Difference, difference
from monitor.figures.month import Month, Went, before, course, month
from monitor.figures.paging import WANTED_ACKNOWLEDGED, WANTED_MEDIAN
from monitor.figures.rates import FEW, Share, Times
from monitor.figures.scope import Scope

if TYPE_CHECKING:
    from monitor.dashboard.sheets import Paper

# What the sheet takes of each table: its columns, at most so many rows, and the fewest where
# the names are long.
TABLES: Sequence[tuple[str, tuple[int, ...], int, int]] = (
    ("replies", (0, 1, 3, 6, 9), 6, 4),
    ("on-call-level", (0, 1, 2, 4, 5, 6, 7, 9), 3, 3),
    ("rules", (0, 1, 2, 3, 4, 6), 5, 2),
    ("relief", (0, 1, 2, 5, 7, 8), 6, 3),
    ("complications", (0, 1, 2, 3, 4), 5, 2),
)
_LESS_AT_MOST = max(most - fewest for _key, _columns, most, fewest in TABLES)
TEXTS = (0, 2, 4, 6, 7)
# Parts of the width: figure, month, month before, difference, aim.
_WIDTHS = (13, 11, 11, 13, 9)
# For whom more is better: nobody judges how many had a red flag.
_MORE, _LESS, _NEITHER = 1, -1, 0


def month_of(scope: Scope) -> str:
    """The month that a scope is of, in words."""
    return formats.date_format(scope.since, "YEAR_MONTH_FORMAT")


def report(scope: Scope, *, now: datetime) -> bytes:
    """The PDF; what there is no room for is left out of the longest tables, and said so."""
    counted = cohort(scope)
    tables = {
        **every(follow_up_figures.parts_of(counted, now=now)),
        **every(on_call_figures.parts(scope, now=now)),
    }
    compared = lines(month(counted), month(cohort(before(scope))))
    charts = drawn(course(scope))
    for less in range(_LESS_AT_MOST + 1):
        with sheet_of(title(scope), scope, now=now) as sheet:
            _write(sheet, scope, tables, compared, charts, less=less, now=now)
            body = sheet.bytes()
        if sheet.pages == 1:
            break
    return body


def title(scope: Scope) -> str:
    """What the report is called."""
    return _("Monthly report: %(month)s") % {"month": month_of(scope)}


def _write(
    sheet: "Paper",
    scope: Scope,
    tables: Mapping[str, Table],
    compared: Sequence["Line"],
    charts: Sequence[Bars],
    *,
    less: int,
    now: datetime,
) -> None:
    sheet.title(f"{scope.clinic}. {title(scope)}")
    said = _(
        "Follow-ups are those of the month's procedures, pages those that opened in it, as "
        "known on %(at)s. In brackets 95 per cent intervals. “Better” and “worse” are said "
        "where the interval of the difference leaves chance out; in the charts a line is the "
        "interval, and a hollow bar is of too few to judge."
    )
    sheet.small(f"{said % {'at': moment(now, scope)}} {about_few()}")
    heads = (
        _("Figure"),
        month_of(scope),
        month_of(before(scope)),
        _("Difference"),
        _("Aim"),
    )
    sheet.table(heads, [one.cells for one in compared], widths=_WIDTHS, tight=True)
    sheet.small_bars(charts)
    for key, columns, most, fewest in TABLES:
        _narrow(sheet, tables[key], columns, max(most - less, fewest))
    _on_one_line(sheet, tables["texts"])
    sheet.small(_("Every figure is defined on the pages Figures and On-call figures."))


@dataclass(frozen=True)
class Line:
    """A figure of the month, of the one before, what differs, and the aim."""

    figure: str
    this: str
    before: str
    differs: str = ""
    aim: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.figure, self.this, self.before, self.differs, self.aim


def lines(this: Month, last: Month) -> list[Line]:
    """The main figures beside those of the month before."""

    def share(name: str, of: Callable[[Month], Share], good: int, aim: str = "") -> Line:
        now, then = of(this), of(last)
        return Line(name, shown(now), shown(then), _differs(now, then, good), aim)

    def time(name: str, of: Callable[[Month], Times], aim: str = "") -> Line:
        now, then = of(this), of(last)
        return Line(name, _median(now), _median(then), _longer(now, then), aim)

    answered = this.answered
    minutes = int(WANTED_MEDIAN.total_seconds() // 60)
    contacted = None if not this.contacted.of else this.contacted.n == this.contacted.of
    return [
        Line(_("Follow-ups"), str(this.people.follow_ups), str(last.people.follow_ups)),
        share(
            _("Contacted the day after"),
            lambda one: one.contacted,
            _MORE,
            _aim("100 %", met=contacted),
        ),
        share(_("Red-flag rate"), lambda one: one.people.flagged, _NEITHER),
        Line(_("Pages per 100 patients"), *(_per_hundred(one) for one in (this, last))),
        share(
            _("Pages acknowledged"),
            lambda one: one.answered.acknowledged,
            _MORE,
            _aim(
                f"{WANTED_ACKNOWLEDGED:.0%}".replace("%", " %"),
                met=answered.enough_acknowledged,
            ),
        ),
        time(
            _("Time to acknowledge, median"),
            lambda one: one.answered.to_acknowledge,
            _aim(_("under %(minutes)d min") % {"minutes": minutes}, met=answered.soon_enough),
        ),
        time(_("Time to the patient, median"), lambda one: one.answered.to_contact),
        share(_("At least half of the pain gone"), lambda one: one.relief.half, _MORE),
        share(_("Texts undelivered"), lambda one: one.texts.lost, _LESS),
        share(_("Opted out"), lambda one: one.texts.opted_out, _LESS),
    ]


def _aim(said: str, *, met: bool | None) -> str:
    if met is None:
        return said
    return f"{said}. {_('Met.') if met else _('Not met.')}"


def _per_hundred(one: Month) -> str:
    if not one.people.patients:
        return "–"
    if one.people.patients < FEW:
        return _("%(counts)s: too few") % {"counts": one.people.pages}
    return shown(one.people.pages_per_hundred)


def _differs(now: Share, then: Share, good: int) -> str:
    found = difference(now, then)
    if found is None:
        return _("too few") if now.of and then.of else "–"
    return _("%(word)s: %(points)s points (%(low)s to %(high)s)") % {
        "word": _word(found, good),
        "points": _signed(found.points),
        "low": _signed(found.low),
        "high": _signed(found.high),
    }


def _word(found: Difference, good: int) -> str:
    if not found.clear:
        return _("as before")
    if good == _NEITHER:
        return _("more") if found.clear > 0 else _("less")
    return _("better") if found.clear == good else _("worse")


def _signed(points: float) -> str:
    whole = round(points)
    return f"+{whole}" if whole > 0 else f"\N{MINUS SIGN}{-whole}" if whole < 0 else "0"


def _median(times: Times) -> str:
    return shown(times_cells(times)[1])


def _longer(now: Times, then: Times) -> str:
    """By how much; whether by chance is not said of a median."""
    if now.median is None or then.median is None:
        return "–"
    if now.few or then.few:
        return _("too few")
    span = now.median - then.median
    if abs(span) < timedelta(seconds=1):
        return _("as before")
    words = _("%(span)s longer") if span > timedelta() else _("%(span)s shorter")
    return words % {"span": lasting(abs(span))}


def drawn(found: Sequence[Went]) -> list[Bars]:
    """The last months by two figures; a chart of nothing is left out."""
    charts = (
        _percents(
            _("Contacted the day after, by month"),
            [(one.first, one.contacted) for one in found],
            wanted=100,
        ),
        _percents(
            _("Pages acknowledged, by month"),
            [(one.first, one.acknowledged) for one in found],
            wanted=100 * WANTED_ACKNOWLEDGED,
        ),
    )
    return [chart for chart in charts if chart is not None]


def _percents(
    title: str, shares: Sequence[tuple[date, Share]], *, wanted: float
) -> Bars | None:
    values = [
        Value(
            formats.date_format(first, "M"),
            None if share.rate is None else 100 * share.rate,
            "" if share.percent is None else f"{share.percent}",
            low=None if share.low is None else 100 * share.low,
            high=None if share.high is None else 100 * share.high,
            few=share.few,
        )
        for first, share in shares
    ]
    return bars(title, values, unit="%", top=100, wanted=wanted, wanted_label=_("aim"))


def _narrow(sheet: "Paper", table: Table, columns: Sequence[int], most: int) -> None:
    sheet.heading(table.title, tight=True)
    if not table.rows:
        sheet.small(_("There is nothing to count yet."))
        return
    rows = [[shown(row[place]) for place in columns] for row in table.rows]
    if len(rows) > most:
        # The last row is often that of all.
        left_out = len(rows) - most
        rows = rows[:most]
        rows[-1:] = [[_("and %(n)d more") % {"n": left_out + 1}, *[""] * (len(columns) - 1)]]
    sheet.table([table.heads[place] for place in columns], rows, tight=True)


def _on_one_line(sheet: "Paper", table: Table) -> None:
    sheet.heading(table.title, tight=True)
    rows: list[tuple[Cell | Few, ...]] = [tuple(table.rows[place]) for place in TEXTS]
    sheet.table(
        [shown(name) for name, _value in rows],
        [[shown(value) for _name, value in rows]],
        tight=True,
    )
