"""The figures of the paging, in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from monitor.dashboard import phrases, wording
from monitor.dashboard.figure_charts import Bars, Value, bars
from monitor.dashboard.figure_tables import (
    Cell,
    Few,
    Part,
    Table,
    Tile,
    lasting,
    shown,
    times_cells,
    times_heads,
)
from monitor.figures import rows
from monitor.figures.paging import WANTED_MEDIAN, Answering, Paged, answering, grouped
from monitor.figures.rates import Times
from monitor.figures.rules import Rule, tally
from monitor.figures.scope import Scope, pages_opened
from monitor.figures.shifts import Duty

MINUTE = 60.0


def parts(scope: Scope, *, now: datetime) -> list[Part]:
    """Everything of the pages that opened in the time; a fixed number of queries."""
    pages = pages_opened(scope)
    went = rows.paged(pages, scope.clinic)
    return [
        Part(_("How soon"), soon(went), tiles(answering(went))),
        Part(_("The load"), [shifts(rows.duty(scope, now=now))]),
        Part(_("Which rules"), [false_pages(tally(rows.fired(pages, now=now)))]),
    ]


def tiles(all_of_them: Answering) -> list[Tile]:
    """The two targets, and whether they are met."""
    minutes = int(WANTED_MEDIAN.total_seconds() // 60)
    return [
        Tile(
            shown(all_of_them.acknowledged),
            _("of the pages were acknowledged. The aim is 95 %."),
            all_of_them.enough_acknowledged,
        ),
        Tile(
            _median(all_of_them.to_acknowledge),
            _("to an acknowledgement, the median. The aim is under %(minutes)d min.")
            % {"minutes": minutes},
            all_of_them.soon_enough,
        ),
        Tile(
            _median(all_of_them.to_contact), _("until the patient was spoken with, the median.")
        ),
    ]


def _median(times: Times) -> str:
    if not times.n or times.median is None:
        return "–"
    if times.few:
        return _("%(n)d: too few") % {"n": times.n}
    return lasting(times.median)


def soon(went: Sequence[Paged]) -> list[Table]:
    """By level, hour of day and person."""
    return [
        _soon(
            "level",
            (_("How soon, by level"), _("Level")),
            went,
            by=lambda row: row.level,
            named=lambda level: phrases.shown(level),
            of_all=True,
        ),
        _soon(
            "hour",
            (_("How soon, by hour of day"), _("Hour")),
            went,
            by=lambda row: row.hour,
            named=lambda hour: f"{hour:02d}:00",
            every=range(24),
        ),
        _soon(
            "person",
            (_("How soon, by person"), _("Person")),
            [row for row in went if row.acknowledged_at is not None],
            by=lambda row: row.by,
            named=str,
        ),
    ]


SAYS: Mapping[str, Callable[[], str]] = {
    "level": lambda: _(
        "Acknowledged: of all pages that opened in the time, those that somebody took, still "
        "open ones counted as not taken. Time to acknowledge: from the page's opening to its "
        "first acknowledgement. Patient spoken with: of the pages about a patient that were no "
        "false alarm, those closed as advised, seen, sent to emergency care or for an MRI, or "
        "followed by a call or a piece of work that reached the patient; the time is from the "
        "page's opening to that moment. Opened again: no outcome in time, a further red flag, "
        "or passed on."
    ),
    "hour": lambda: _(
        "The same by the hour on the clinic's clock in which the page opened. The bars are the "
        "medians of the time to acknowledge."
    ),
    "person": lambda: _(
        "The same by who acknowledged first; times run from the page's opening, also where it "
        "had climbed to that person. Pages that nobody has taken are not in this table."
    ),
}


def _soon(
    key: str,
    names: tuple[str, str],
    went: Sequence[Paged],
    *,
    by: Callable[[Paged], Any],
    named: Callable[[Any], str],
    every: Sequence[Any] = (),
    of_all: bool = False,
) -> Table:
    title, head = names
    groups = grouped(went, by)
    keys = [*every] or [*groups]
    lines = [(named(one), groups.get(one) or answering([])) for one in keys]
    chart = _minutes(head, lines)
    if of_all and len(lines) > 1:
        lines.append((_("all"), answering(went)))
    heads = (
        head,
        _("Pages"),
        _("Acknowledged"),
        *times_heads(_("To acknowledge")),
        _("Patient spoken with"),
        *times_heads(_("To contact")),
        _("Opened again"),
    )
    return Table(
        f"on-call-{key}",
        title,
        SAYS[key](),
        heads,
        [_line(name, found) for name, found in lines],
        chart if key != "level" else None,
    )


def _line(name: str, found: Answering) -> tuple[Cell | Few, ...]:
    return (
        name,
        found.pages,
        found.acknowledged,
        *times_cells(found.to_acknowledge),
        found.contacted,
        *times_cells(found.to_contact),
        found.again,
    )


def _minutes(title: str, lines: Sequence[tuple[str, Answering]]) -> Bars | None:
    values = [
        Value(
            name,
            median.total_seconds() / MINUTE if median is not None else None,
            lasting(median) if median is not None else "",
            few=found.to_acknowledge.few,
        )
        for name, found in lines
        for median in [found.to_acknowledge.median]
    ]
    return bars(
        _("Median time to acknowledge: %(by)s") % {"by": title.lower()},
        values,
        unit=_("minutes; hollow: too few to judge"),
        wanted=WANTED_MEDIAN.total_seconds() / MINUTE,
        wanted_label=_("aim"),
    )


def shifts(found: Sequence[Duty]) -> Table:
    """Pages per shift, by line and person."""
    return Table(
        "on-call-shifts",
        _("Pages per shift"),
        _(
            "A shift is an unbroken time for which the rota, as it is written now, has one "
            "person on a line; one at the edge of the period counts with the part inside. A "
            "page belongs to the shift of each line in which it opened, whoever took it. Per "
            "shift: pages by shifts. Per 24 hours: pages by time on call."
        ),
        (
            _("Line"),
            _("Person"),
            _("Shifts"),
            _("Time on call"),
            _("Pages"),
            _("Per shift"),
            _("Most in one"),
            _("Per 24 hours"),
        ),
        [
            (
                one.line,
                one.person or _("nobody"),
                one.shifts,
                wording.length(one.length),
                one.pages,
                one.a_shift,
                one.most,
                one.a_day,
            )
            for one in found
        ],
    )


def false_pages(found: Sequence[Rule]) -> Table:
    """How often each rule paged for nothing."""
    return Table(
        "on-call-rules",
        _("False pages by rule"),
        _(
            "A page counts for each rule that found a red flag while it was out. False pages: "
            'of those closed with an outcome other than "not reached", the ones closed as a '
            "false alarm. In brackets Wilson's interval (95 %)."
        ),
        (
            _("Rule"),
            _("Finding"),
            _("Pages"),
            _("False pages"),
            _("Not reached"),
            _("Still open"),
        ),
        [
            (
                one.rule,
                wording.finding(one.code),
                one.pages,
                one.false,
                one.not_reached,
                one.open,
            )
            for one in found
        ],
    )
