"""Tables of figures: one shape for the page, the CSV and the PDF. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from monitor.dashboard import wording
from monitor.dashboard.figure_charts import Bars
from monitor.figures.rates import FEW, Share, Times

Cell = str | int | float | Decimal | Share | timedelta | None


@dataclass(frozen=True)
class Few:
    """A percentile that is not stated, because there are too few of what it would be of."""

    n: int


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first cell of a row names it. `says` defines what is counted."""

    key: str
    title: str
    says: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell | Few]]
    chart: Bars | None = None


@dataclass(frozen=True)
class Part:
    """What is said first, in tiles, and tables under a heading."""

    title: str
    tables: Sequence[Table]
    tiles: Sequence["Tile"] = field(default=())


@dataclass(frozen=True)
class Tile:
    """One figure, in words; `good` is whether a target is met, None without one."""

    figure: str
    says: str
    good: bool | None = None

    @property
    def headline(self) -> str:
        """What is read first: a share without its interval and counts."""
        return self.figure.partition(" (")[0]

    @property
    def rest(self) -> str:
        """What belongs to it and is read second."""
        return self.figure.removeprefix(self.headline).strip()


def times_heads(what: str) -> tuple[str, ...]:
    """The heads of a spread of times."""
    return (
        _("%(what)s: times") % {"what": what},
        _("%(what)s: median") % {"what": what},
        _("%(what)s: 90th percentile") % {"what": what},
        _("%(what)s: 95th percentile") % {"what": what},
    )


def times_rows(what: str, times: Times) -> list[tuple[Cell | Few, ...]]:
    """The same as rows of a table of names and values."""
    return [*zip(times_heads(what), times_cells(times), strict=True)]


def times_cells(times: Times) -> tuple[Cell | Few, ...]:
    """The cells under them: how many, and the percentiles where these are enough."""
    if not times.n:
        return 0, None, None, None
    if times.few:
        return times.n, Few(times.n), Few(times.n), Few(times.n)
    return times.n, times.median, times.p90, times.p95


def shown(cell: Cell | Few) -> str:
    """A cell in words, for the page and on paper."""
    match cell:
        case None:
            return "–"
        case str() | int():
            return str(cell)
        case Few():
            return _("too few")
        case timedelta():
            return lasting(cell)
        case Share():
            return _share(cell)
        case float():
            return formats.number_format(cell, 2)
        case Decimal():
            return formats.number_format(cell, 2)


def _share(share: Share) -> str:
    if not share.of:
        return "–"
    counts = _("%(n)d of %(of)d") % {"n": share.n, "of": share.of}
    if share.few:
        return _("%(counts)s: too few") % {"counts": counts}
    low, high = (round(100 * (end or 0)) for end in (share.low, share.high))
    return _("%(percent)d %% (%(low)d to %(high)d); %(counts)s") % {
        "percent": share.percent,
        "low": low,
        "high": high,
        "counts": counts,
    }


def lasting(span: timedelta) -> str:
    """A length of time to the second below an hour: "1 min 30 s"; else "2 h 05 min"."""
    seconds = round(span.total_seconds())
    if seconds >= 3600:
        return wording.length(span)
    minutes, seconds = divmod(seconds, 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def to_csv(table: Table) -> str:
    """The table with plain numbers: a share as five columns, times in seconds.

    What is too few for the page stands here with its counts and without its percentiles.
    """
    out = io.StringIO()
    write = csv.writer(out)
    shares = [
        any(isinstance(row[place], Share) for row in table.rows)
        for place in range(len(table.heads))
    ]
    spans = [
        any(isinstance(row[place], timedelta | Few) for row in table.rows)
        for place in range(len(table.heads))
    ]
    heads: list[str] = []
    for head, share, span in zip(table.heads, shares, spans, strict=True):
        heads += _share_heads(head) if share else [f"{head} (s)" if span else head]
    write.writerow(heads)
    for row in table.rows:
        cells: list[str | int | float | Decimal] = []
        for cell, share in zip(row, shares, strict=True):
            cells += _share_cells(cell) if share else [_plain(cell)]
        write.writerow(cells)
    return out.getvalue()


def _share_heads(head: str) -> list[str]:
    ends = (_("n"), _("of"), "%", _("from (95 %)"), _("to (95 %)"))
    return [f"{head}: {end}" for end in ends]


def _share_cells(cell: Cell | Few) -> list[str | int | float | Decimal]:
    if not isinstance(cell, Share):
        return [_plain(cell), "", "", "", ""]
    if cell.few:
        return [cell.n, cell.of, "", "", ""]
    ends = (cell.rate, cell.low, cell.high)
    return [cell.n, cell.of, *(round(100 * (end or 0), 1) for end in ends)]


def _plain(cell: Cell | Few) -> str | int | float | Decimal:
    match cell:
        case None | Few():
            return ""
        case timedelta():
            return round(cell.total_seconds(), 1)
        case str():
            # A spreadsheet takes these signs for the beginning of a formula.
            return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
        case Share():
            return cell.n
        case _:
            return cell


def about_few() -> str:
    """What "too few" means."""
    return _("Below %(few)d neither a rate nor a percentile is stated.") % {"few": FEW}


def every(parts: Iterable[Part]) -> dict[str, Table]:
    """All tables by their keys."""
    return {table.key: table for part in parts for table in part.tables}
