"""The figures of follow-ups, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from monitor.dashboard import phrases, wording
from monitor.dashboard.figure_charts import Bars, Value, bars
from monitor.dashboard.figure_tables import (
    Cell,
    Few,
    Part,
    Table,
    Tile,
    shown,
    times_cells,
    times_heads,
    times_rows,
)
from monitor.figures import follow_up, rows
from monitor.figures.cohort import Cohort, cohort, pages_about
from monitor.figures.complications import Complication, complications, needing_care
from monitor.figures.follow_up import Contact, People, Texts
from monitor.figures.paging import Answering, answering
from monitor.figures.rates import Share
from monitor.figures.relief import Group, Relief, relief
from monitor.figures.rules import Rule, tally
from monitor.figures.scope import Scope
from patients.models import Procedure


def parts(scope: Scope, *, now: datetime) -> list[Part]:
    """Everything of the follow-ups of the time; a fixed number of queries."""
    return parts_of(cohort(scope), now=now)


def parts_of(counted: Cohort, *, now: datetime) -> list[Part]:
    """The same of follow-ups that were found already."""
    pages = pages_about(counted)
    answered = answering(rows.paged(pages, counted.scope.clinic))
    rules = tally(rows.fired(pages, now=now))
    flagged = follow_up.flagged(counted)
    people = follow_up.people(counted, flagged, pages=answered.pages)
    care = needing_care(flagged, of=people.follow_ups)
    found = complications(flagged, of=people.follow_ups)
    answers = follow_up.given(counted)
    turned_out = follow_up.turned_out(counted, answers)
    all_of_them = relief(*turned_out.values())
    contacts = follow_up.contacts(counted)
    return [
        Part(_("Contact"), [replies(contacts)], tiles(people, contacts, all_of_them, answered)),
        Part(_("Red flags"), [red_flags(people, answered), predictive(rules)]),
        Part(
            _("How it turned out"),
            [
                pain(turned_out, all_of_them),
                pain_course(follow_up.course(answers)),
                suspected(found, care),
            ],
        ),
        Part(_("Texts"), [texts(follow_up.texts(counted), people.follow_ups)]),
    ]


def tiles(
    people: People, contacts: Sequence[Contact], all_of_them: Relief, answered: Answering
) -> list[Tile]:
    """What is asked first."""
    first = next((one for one in contacts if one.key == follow_up.FIRST), None)
    contacted = first.contacted if first is not None else Share(0, 0)
    every_one = contacted.n == contacted.of if contacted.of else None
    replied = Share(
        sum(one.replied.n for one in contacts), sum(one.replied.of for one in contacts)
    )
    return [
        Tile(
            str(people.follow_ups),
            _("follow-ups of %(patients)d patients") % {"patients": people.patients},
        ),
        Tile(shown(replied), _("of the check-ins that were texted and are over had a reply.")),
        Tile(shown(contacted), _("were contacted the day after. The aim is 100 %."), every_one),
        Tile(shown(people.flagged), _("of the follow-ups had a red flag.")),
        Tile(shown(all_of_them.half), _("have at least half of their pain gone.")),
        Tile(
            shown(answered.acknowledged),
            _("of their pages were acknowledged. The aim is 95 %."),
            answered.enough_acknowledged,
        ),
        Tile(shown(answered.false), _("of their pages that were judged were false alarms.")),
    ]


def replies(found: Sequence[Contact]) -> Table:
    """Reply rate and time to reply, by check-in."""
    named = [(_day(one.key), one) for one in found]
    return Table(
        "replies",
        _("Replies by check-in"),
        _(
            "Replied: of the check-ins that were texted and are over, those with at least one "
            "answer. Over: answered in full, reached by phone or missed; those cancelled are "
            "left out. Contacted: of all that are over, texted or not, those answered in full "
            "or reached by phone. One that an emergency ended is answered where somebody spoke "
            "with the patient within a day, or it was a false alarm. Time to reply: from the "
            "text to the first answer to it."
        ),
        (
            _("Check-in"),
            _("Replied"),
            *times_heads(_("To reply")),
            _("Contacted"),
            _("Answered in full"),
            _("Reached by phone"),
            _("Missed"),
            _("Emergency, nobody reached"),
            _("Still open"),
        ),
        [
            (
                name,
                one.replied,
                *times_cells(one.to_reply),
                one.contacted,
                one.answered,
                one.by_phone,
                one.missed,
                one.unreached,
                one.open,
            )
            for name, one in named
        ],
        _percents(_("Replied, by check-in"), [(name, one.replied) for name, one in named]),
    )


def _day(key: str) -> str:
    return _("day %(number)s") % {"number": key.removeprefix("d")}


def _percents(title: str, shares: Sequence[tuple[str, Share]]) -> Bars | None:
    values = [
        Value(
            name,
            None if share.rate is None else 100 * share.rate,
            "" if share.percent is None else f"{share.percent} %",
            low=None if share.low is None else 100 * share.low,
            high=None if share.high is None else 100 * share.high,
            few=share.few,
        )
        for name, share in shares
    ]
    return bars(
        title,
        values,
        unit=_("per cent; line: interval (95 %); hollow: too few to judge"),
        top=100,
    )


def red_flags(people: People, answered: Answering) -> Table:
    """Red flags, pages, and how soon they were answered."""
    return Table(
        "red-flags",
        _("Red flags and pages"),
        _(
            "Red-flag rate: of the follow-ups, those with at least one red flag that paged. "
            "Pages: of red flags, and of work whose deadline had passed. Per 100 patients: "
            "pages by the patients of these follow-ups. Acknowledged, spoken with and their "
            "times: as on the page of the on-call figures, for these pages."
        ),
        (_("Figure"), _("Value")),
        [
            (_("Follow-ups"), people.follow_ups),
            (_("Red-flag rate"), people.flagged),
            (_("Pages"), people.pages),
            (_("Pages per 100 patients"), people.pages_per_hundred),
            (_("Acknowledged"), answered.acknowledged),
            *times_rows(_("To acknowledge"), answered.to_acknowledge),
            (_("Patient spoken with"), answered.contacted),
            *times_rows(_("To contact"), answered.to_contact),
        ],
    )


def predictive(found: Sequence[Rule]) -> Table:
    """The predictive value of each rule."""
    return Table(
        "rules",
        _("Predictive value of each rule"),
        _(
            "A page counts for each rule that found a red flag while it was out. Predictive "
            'value: of the pages closed with an outcome other than "not reached", those whose '
            "patient had to be seen, sent to emergency care or for an MRI. Advised: the "
            "complaint was real and words were enough. In brackets Wilson's interval (95 %)."
        ),
        (
            _("Rule"),
            _("Finding"),
            _("Pages"),
            _("Predictive value"),
            _("False pages"),
            _("Advised"),
            _("Not reached"),
            _("Still open"),
        ),
        [
            (
                one.rule,
                wording.finding(one.code),
                one.pages,
                one.predictive,
                one.false,
                one.judged - one.needed_care - one.false_alarms,
                one.not_reached,
                one.open,
            )
            for one in found
        ],
        _percents(_("Predictive value, by rule"), _most(found)),
    )


def _most(found: Sequence[Rule]) -> list[tuple[str, Share]]:
    """The rules with most pages, as many as the chart has room for names."""
    return [(wording.finding(one.code), one.predictive) for one in found[:5]]


def pain(turned_out: Mapping[str, Group], all_of_them: Relief) -> Table:
    """Relief at the last check-in with an answer, by procedure."""
    lines = [(procedure_name(kind), relief(group)) for kind, group in turned_out.items()]
    chart = _percents(
        _("At least half of the pain gone, by procedure"),
        [(name, one.half) for name, one in lines],
    )
    if len(lines) > 1:
        lines.append((_("all"), all_of_them))
    return Table(
        "relief",
        _("Relief by procedure"),
        _(
            "Pain from 0 to 10 before the procedure and in the last check-in that has it; the "
            "means and the change are of the follow-ups that have both. At least half gone: of "
            "those that had pain before. Clearly less: 2 points, or 30 per cent. Much better: "
            "of those that judged themselves (PGIC), the answers 1 and 2."
        ),
        (_("Procedure"), _("Follow-ups"), *_pain_heads(), _("Much better")),
        [(name, one.follow_ups, *_pain_cells(one), one.much_better) for name, one in lines],
        chart,
    )


def procedure_name(kind: str) -> str:
    """What a kind of procedure is called."""
    labels = {value: str(label) for value, label in Procedure.Kind.choices}
    return phrases.shown(labels.get(kind, kind))


def _pain_heads() -> tuple[str, ...]:
    return (
        _("Measured"),
        _("Pain before"),
        _("Pain after"),
        _("Change"),
        _("Median change"),
        _("At least half gone"),
        _("Clearly less"),
    )


def _pain_cells(one: Relief) -> tuple[Cell | Few, ...]:
    points: tuple[Cell | Few, ...] = (one.before, one.after, one.change, one.median_change)
    if Share(0, one.measured).few and one.measured:
        points = (Few(one.measured),) * 4
    return (one.measured, *points, one.half, one.clear)


def pain_course(found: Sequence[tuple[str, Group]]) -> Table:
    """Relief in each check-in."""
    lines = [(_day(key), relief(group)) for key, group in found]
    return Table(
        "pain",
        _("Pain by check-in"),
        _(
            "The same for the pain that was answered in each check-in, whatever came later. "
            "Not every patient answers every one: the lines are not of the same patients."
        ),
        (_("Check-in"), *_pain_heads()),
        [(name, *_pain_cells(one)) for name, one in lines],
        _percents(
            _("At least half of the pain gone, by check-in"),
            [(name, one.half) for name, one in lines],
        ),
    )


def suspected(found: Sequence[Complication], care: Share) -> Table:
    """What was suspected, and where the patient was sent."""
    lines: list[tuple[Cell, ...]] = [
        (
            wording.finding(one.code),
            one.follow_ups,
            one.emergency_care,
            one.imaging,
            one.seen,
        )
        for one in found
    ]
    return Table(
        "complications",
        _("Suspected complications"),
        _(
            "Of all follow-ups, those with a page for the finding that was closed as seen, "
            "sent to emergency care or for an MRI; each counts once a finding, by the most "
            "that was done. Spinewatch knows where the patient was sent, not the diagnosis."
        ),
        (
            _("Finding"),
            _("Follow-ups"),
            _("Emergency care"),
            _("MRI"),
            _("Seen by the clinic"),
        ),
        [*lines, (_("any finding"), care, None, None, None)],
    )


def texts(found: Texts, follow_ups: int) -> Table:
    """Texts, what was lost, opt-outs, and the cost."""
    each = found.cost / follow_ups if found.cost is not None and follow_ups else None
    return Table(
        "texts",
        _("Texts, opt-outs and cost"),
        _(
            "Sent: texts to these patients that the network took. Undelivered: of those taken "
            "or refused, the ones that did not arrive. Segments: as the network counts them; a "
            "text of which it said nothing counts as one and is named. Cost: segments by the "
            "clinic's price of one, which is set in the administration; texts that come in and "
            "those to staff are not in it. Opted out: of the follow-ups, those whose patient "
            "wanted no more texts while it ran."
        ),
        (_("Figure"), _("Value")),
        [
            (_("Sent"), found.taken),
            (_("Undelivered"), found.lost),
            (_("Received"), found.heard),
            (_("Opted out"), found.opted_out),
            (_("Segments"), found.segments),
            (_("Segments not told"), found.unmeasured),
            (_("Cost"), _money(found.cost, found.currency)),
            (_("Cost per follow-up"), _money(each, found.currency)),
        ],
    )


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{shown(amount)} {currency}"
