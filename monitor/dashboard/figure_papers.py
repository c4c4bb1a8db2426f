"""Figures on paper: every table of a page."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.dashboard import follow_up_figures
from monitor.dashboard.figure_tables import Part, Table, Tile, about_few, shown
from monitor.dashboard.paper import paper
from monitor.figures.scope import Scope

if TYPE_CHECKING:
    from monitor.dashboard.sheets import Paper


def whole(
    kind: str, title: str, parts: Sequence[Part], scope: Scope, *, now: datetime
) -> bytes:
    """Everything of a page of figures."""
    with sheet_of(title, scope, now=now, wide=True) as sheet:
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


def sheet_of(
    title: str, scope: Scope, *, now: datetime, wide: bool = False
) -> AbstractContextManager["Paper"]:
    """A sheet of a clinic's figures, to be written from the top down."""
    return paper(
        f"{title}: {scope.clinic}",
        foot=f"Spinewatch · {scope.clinic} · {moment(now, scope)}",
        lang=get_language() or "en",
        now=now,
        wide=wide,
    )


def moment(now: datetime, scope: Scope) -> str:
    """A moment on the clinic's clock, in words."""
    return formats.date_format(now.astimezone(scope.clinic.zone), "j M Y, H:i")


def about(kind: str, scope: Scope, *, now: datetime) -> str:
    """What is counted, in a sentence."""
    values = {
        "since": formats.date_format(scope.since, "j M Y"),
        "until": formats.date_format(scope.until, "j M Y"),
        "at": moment(now, scope),
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
