"""Writing on paper: A4 as PDF, in letters of most alphabets, without loss.

The letters are FiraGO's: Latin, Greek, Cyrillic, Arabic, Hebrew, Georgian, Thai, Devanagari.
One that it does not have is written by its number, as in [U+5C71], rather than left out.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import pymupdf_fonts
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from monitor.dashboard.figure_charts import LABEL_LINE, Bars

FONT = "FiraGO"
INK, QUIET, ACCENT, LINE = (20, 26, 30), (82, 96, 106), (11, 90, 107), (190, 199, 206)
MARGIN = 15
# Points, and millimetres of a line, for each kind of writing.
TITLE, HEADING, BODY, SMALL = (15, 7), (10.5, 5.5), (9, 4.6), (7.5, 3.7)
TIGHT = (7, 3.1)
_CHART_HEIGHT, _SMALL_HEIGHT = 42, 28


class _Sheet(FPDF):
    """A page whose foot says what it is of, and which of how many."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-10)
        self.set_font(FONT, "", SMALL[0])
        self.set_text_color(*QUIET)
        # A clinic with a long name: smaller, so that it ends before the number.
        fits = min(1.0, (self.epw - 22) / max(1.0, self.get_string_width(self.foot)))
        self.set_font_size(SMALL[0] * fits)
        self.cell(self.epw - 20, 4, self.foot)
        self.set_font_size(SMALL[0])
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align=Align.R)


class Paper:
    """A document that is written from the top down; `bytes` ends it."""

    def __init__(
        self, folder: Path, *, title: str, foot: str, lang: str, now: datetime, wide: bool
    ) -> None:
        self.sheet = _Sheet("landscape" if wide else "portrait", "mm", "A4")
        for style, code in (("", "figo"), ("B", "figbo")):
            path = folder / f"{code}.ttf"
            path.write_bytes(_letters(code))
            self.sheet.add_font(FONT, style, path)
        self.sheet.set_text_shaping(use_shaping_engine=True)
        self.sheet.set_title(title)
        self.sheet.set_lang(lang)
        self.sheet.set_creation_date(now)
        self.sheet.set_margins(MARGIN, MARGIN, MARGIN)
        self.sheet.set_auto_page_break(auto=True, margin=MARGIN)
        regular = self.sheet.fonts[FONT.lower()]
        self._known = frozenset(regular.cmap if isinstance(regular, TTFFont) else ())
        self.sheet.foot = self.printable(foot)
        self.sheet.add_page()

    def printable(self, text: str) -> str:
        """The text with every letter that the font lacks written by its number."""
        return "".join(
            sign if ord(sign) in self._known or sign in "\n\t" else f"[U+{ord(sign):04X}]"
            for sign in text
        )

    def title(self, text: str) -> None:
        self._write(text, TITLE, bold=True)

    def heading(self, text: str, *, tight: bool = False) -> None:
        """A heading; unless all is tight, never alone at the foot of a page."""
        if not tight and self.sheet.will_page_break(18):
            self.sheet.add_page()
        self.sheet.ln(0.5 if tight else 2)
        self._write(text, HEADING, bold=True, color=ACCENT)

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        self._write(text, BODY, bold=bold)

    def small(self, text: str) -> None:
        self._write(text, SMALL, color=QUIET)

    def _write(
        self,
        text: str,
        size: tuple[float, float],
        *,
        bold: bool = False,
        color: tuple[int, int, int] = INK,
    ) -> None:
        points, height = size
        self.sheet.set_font(FONT, "B" if bold else "", points)
        self.sheet.set_text_color(*color)
        self.sheet.multi_cell(
            0, height, self.printable(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float] = (),
        tight: bool = False,
    ) -> None:
        """Rows under heads; without heads a list of names and values. `widths` are parts."""
        points, height = TIGHT if tight else SMALL
        self.sheet.set_font(FONT, "", points)
        self.sheet.set_fill_color(255)
        self.sheet.set_text_color(*INK)
        self.sheet.set_draw_color(*LINE)
        with self.sheet.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=list(widths) or _parts(heads, rows),
            first_row_as_headings=bool(heads),
            headings_style=FontFace(emphasis="BOLD", color=INK),
            line_height=height,
            text_align=Align.L,
            padding=(0.2, 1, 0.2, 0) if tight else (0.5, 1, 0.5, 0),
        ) as table:
            for line in ([heads] if heads else []) + [*rows]:
                row = table.row()
                for cell in line:
                    row.cell(self.printable(cell))
        self.sheet.ln(1)

    def bars(self, chart: Bars) -> None:
        """A chart with its unit, to the left; what it shows stands in its table too."""
        if self.sheet.will_page_break(_CHART_HEIGHT + 6):
            self.sheet.add_page()
        left, top = self.sheet.l_margin, self.sheet.get_y()
        self._draw(chart, left, top, _CHART_HEIGHT / chart.height)
        self.sheet.set_xy(left, top + _CHART_HEIGHT + 2)

    def small_bars(self, charts: Sequence[Bars]) -> None:
        """Two charts beside each other, or one."""
        if not charts:
            return
        left, top = self.sheet.l_margin, self.sheet.get_y() + 1
        for place, chart in enumerate(charts):
            aside = place * self.sheet.epw / 2
            self._draw(chart, left + aside, top, _SMALL_HEIGHT / chart.height)
        self.sheet.set_xy(left, top + _SMALL_HEIGHT)

    def _draw(self, chart: Bars, left: float, top: float, scale: float) -> None:
        self.sheet.set_draw_color(*LINE)
        for y, label in chart.ticks:
            self._line(left, top, scale, (chart.left, y), (chart.right, y))
            self._label(left, top, scale, (chart.left - 46, y + 4), label)
        for bar in chart.bars:
            self.sheet.set_fill_color(*ACCENT)
            self.sheet.set_draw_color(*ACCENT)
            if bar.height:
                box = (left + bar.x * scale, top + bar.y * scale)
                size = (bar.width * scale, bar.height * scale)
                self.sheet.rect(*box, *size, style="D" if bar.few else "DF")
            self.sheet.set_draw_color(*INK)
            if bar.low is not None and bar.high is not None:
                middle = bar.middle
                self._line(left, top, scale, (middle, bar.low), (middle, bar.high))
            self._label(left, top, scale, (bar.x, bar.head - 6), bar.shown)
            for place, line in enumerate(bar.label):
                at = (bar.x, chart.floor + 22 + place * LABEL_LINE)
                self._label(left, top, scale, at, line)
        if chart.wanted is not None:
            self._line(
                left, top, scale, (chart.left, chart.wanted), (chart.right, chart.wanted)
            )
            self._label(left, top, scale, (chart.right, chart.wanted + 4), chart.wanted_label)
        self._label(left, top, scale, (chart.left, 16), f"{chart.title} ({chart.unit})")

    def _line(
        self,
        left: float,
        top: float,
        scale: float,
        start: tuple[float, float],
        end: tuple[float, float],
    ) -> None:
        self.sheet.line(
            left + start[0] * scale,
            top + start[1] * scale,
            left + end[0] * scale,
            top + end[1] * scale,
        )

    def _label(
        self, left: float, top: float, scale: float, at: tuple[float, float], text: str
    ) -> None:
        if text:
            self.sheet.set_font(FONT, "", 6.5)
            self.sheet.set_text_color(*INK)
            self.sheet.text(left + at[0] * scale, top + at[1] * scale, self.printable(text))

    @property
    def pages(self) -> int:
        return int(self.sheet.page_no())

    def bytes(self) -> bytes:
        return bytes(self.sheet.output())


@cache
def _letters(code: str) -> bytes:
    return bytes(pymupdf_fonts.myfont(code))


def _parts(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths of columns by what stands in them; no word of it is broken."""
    columns = zip(*([heads] if heads else []), *rows, strict=True)
    return [min(40, max(6, *(_wants(cell) for cell in column))) for column in columns]


def _wants(text: str) -> int:
    longest = max((len(word) for word in text.split()), default=0)
    return max(longest + 3, len(text) * 2 // 3 + 2)
