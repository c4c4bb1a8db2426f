"""Figures on paper: every table of a page, and the month on one sheet for governance."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.dashboard import follow_up_figures, on_call_figures
from monitor.dashboard.figure_tables import Part, Table, Tile, about_few, every, shown
from monitor.dashboard.paper import paper
from monitor.figures.scope import Scope

if TYPE_CHECKING:
    from monitor.dashboard.sheets import Paper

# What the month's sheet takes of each table: its columns and at most so many rows.
MONTH: Sequence[tuple[str, tuple[int, ...], int]] = (
    ("replies", (0, 1, 3, 6, 9), 8),
    ("on-call-level", (0, 1, 2, 4, 5, 6, 7, 9), 3),
    ("rules", (0, 1, 2, 3, 4, 6), 6),
    ("relief", (0, 1, 2, 5, 7, 8), 7),
    ("complications", (0, 1, 2, 3, 4), 6),
)
TEXTS = (0, 1, 3, 4, 6, 7)


def whole(
    kind: str, title: str, parts: Sequence[Part], scope: Scope, *, now: datetime
) -> bytes:
    """Everything of a page of figures."""
    with _sheet(title, scope, now=now, wide=True) as sheet:
        sheet.title(f"{title}: {scope.clinic}")
        sheet.paragraph(about(kind, scope, now=now))
        sheet.small(about_few())
        for part in parts:
            sheet.heading(part.title)
            for tile in part.tiles:
                sheet.paragraph(f"{tile.figure} {_said(tile)}")
            for table in part.tables:
                _whole_table(sheet, table)
        return sheet.bytes()


def _sheet(
    title: str, scope: Scope, *, now: datetime, wide: bool = False
) -> AbstractContextManager["Paper"]:
    return paper(
        f"{title}: {scope.clinic}",
        foot=f"Spinewatch · {scope.clinic} · {_moment(now, scope)}",
        lang=get_language() or "en",
        now=now,
        wide=wide,
    )


def _moment(now: datetime, scope: Scope) -> str:
    return formats.date_format(now.astimezone(scope.clinic.zone), "j M Y, H:i")


def about(kind: str, scope: Scope, *, now: datetime) -> str:
    """What is counted, in a sentence."""
    values = {
        "since": formats.date_format(scope.since, "j M Y"),
        "until": formats.date_format(scope.until, "j M Y"),
        "at": _moment(now, scope),
    }
    if kind == "on-call":
        return (
            _("Of the pages that opened from %(since)s to %(until)s, as known on %(at)s.")
            % values
        )
    said = _(
        "Of the follow-ups of procedures done from %(since)s to %(until)s, and whatever has "
        "happened to them until %(at)s."
    )
    chosen = [one for one in (scope.clinician, scope.protocol) if one]
    if scope.procedure:
        chosen.insert(0, follow_up_figures.procedure_name(scope.procedure))
    return " ".join([said % values, *(f"{one}." for one in chosen)])


def _said(tile: Tile) -> str:
    if tile.good is None:
        return tile.says
    return f"{tile.says} {_('Met.') if tile.good else _('Not met.')}"


def _whole_table(sheet: "Paper", table: Table) -> None:
    sheet.heading(table.title)
    sheet.small(table.says)
    if not table.rows:
        sheet.paragraph(_("There is nothing to count yet."))
        return
    if table.chart is not None:
        sheet.bars(table.chart)
    sheet.table(table.heads, [[shown(cell) for cell in row] for row in table.rows])


def month_of(scope: Scope) -> str:
    """The month that a report is of, in words."""
    return formats.date_format(scope.since, "YEAR_MONTH_FORMAT")


def month(scope: Scope, *, now: datetime) -> bytes:
    """A month on one page, for clinical governance."""
    follow_ups = follow_up_figures.parts(scope, now=now)
    paging = on_call_figures.parts(scope, now=now)
    tables = {**every(follow_ups), **every(paging)}
    title = _("Monthly report: %(month)s") % {"month": month_of(scope)}
    with _sheet(title, scope, now=now) as sheet:
        sheet.title(f"{scope.clinic}. {title}")
        sheet.small(
            _(
                "Follow-ups are those of the month's procedures, pages those that opened in "
                "it, as known on %(at)s. In brackets 95 per cent intervals."
            )
            % {"at": _moment(now, scope)}
            + " "
            + about_few()
        )
        # The last of the follow-ups' is of pages too, and the paging's own say the same.
        tiles = [*follow_ups[0].tiles[:-1], *paging[0].tiles]
        sheet.table(
            (), [(tile.figure, _said(tile)) for tile in tiles], widths=(2, 5), tight=True
        )
        for key, columns, most in MONTH:
            _narrow(sheet, tables[key], columns, most)
        _on_one_line(sheet, tables["texts"])
        sheet.small(_("Every figure is defined on the pages Figures and On-call figures."))
        return sheet.bytes()


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
    rows = [table.rows[place] for place in TEXTS]
    sheet.table(
        [shown(name) for name, _value in rows], [[shown(value) for _name, value in rows]]
    )
