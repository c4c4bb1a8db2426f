"""The main figures of a month, and how the last months went by two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from monitor.figures import follow_up, rows
from monitor.figures.cohort import Cohort, pages_about
from monitor.figures.follow_up import ENDED, FIRST, People, Texts
from monitor.figures.paging import Answering, answering
from monitor.figures.rates import Share
from monitor.figures.relief import Relief, relief
from monitor.figures.scope import Scope, pages_opened
from monitor.models import CheckIn
from monitor.unreached import unreached
from notifications.models import PageEvent

COURSE = 6
"""Months in the course, the one that is asked for among them."""


@dataclass(frozen=True)
class Month:
    """`people`, `contacted`, `relief` and `texts` are of the follow-ups of the month's
    procedures, `answered` of the pages that opened in it; `contacted` is the next day's.
    """

    people: People
    contacted: Share
    answered: Answering
    relief: Relief
    texts: Texts


def month(counted: Cohort) -> Month:
    """A fixed number of queries."""
    scope = counted.scope
    pages = pages_about(counted).count()
    contacts = {one.key: one for one in follow_up.contacts(counted)}
    turned_out = follow_up.turned_out(counted, follow_up.given(counted))
    return Month(
        people=follow_up.people(counted, follow_up.flagged(counted), pages=pages),
        contacted=contacts[FIRST].contacted if FIRST in contacts else Share(0, 0),
        answered=answering(rows.paged(pages_opened(scope), scope.clinic)),
        relief=relief(*turned_out.values()),
        texts=follow_up.texts(counted),
    )


def before(scope: Scope) -> Scope:
    """The month before a month."""
    last = scope.since - timedelta(days=1)
    return Scope(scope.clinic, last.replace(day=1), last)


@dataclass(frozen=True)
class Went:
    """A month, by its first day: contacted the day after, and acknowledged."""

    first: date
    contacted: Share
    acknowledged: Share


def course(scope: Scope) -> Sequence[Went]:
    """The months up to this one, the oldest first; two queries."""
    months = [scope]
    while len(months) < COURSE:
        months.append(before(months[-1]))
    months.reverse()
    whole = Scope(scope.clinic, months[0].since, scope.until)
    contacted, acknowledged = _contacted(whole), _acknowledged(whole)
    nothing = Share(0, 0)
    return [
        Went(one.since, contacted.get(one.since, nothing), acknowledged.get(one.since, nothing))
        for one in months
    ]


def _contacted(scope: Scope) -> dict[date, Share]:
    start, end = scope.bounds
    of_month = TruncMonth("episode__procedure__performed_at", tzinfo=scope.clinic.zone)
    reached = Q(state__in=(CheckIn.State.ANSWERED, CheckIn.State.REACHED))
    firsts = (
        CheckIn.objects.filter(
            episode__clinic=scope.clinic,
            episode__procedure__performed_at__gte=start,
            episode__procedure__performed_at__lt=end,
            key=FIRST,
            state__in=ENDED,
        )
        .order_by()
        .annotate(month=of_month)
    )
    nobody = unreached(firsts)
    found = firsts.values_list("month").annotate(
        reached=Count("pk", filter=reached),
        over=Count("pk"),
        nobody=Count("pk", filter=Q(pk__in=nobody.values("pk"))),
        running=Count("pk", filter=Q(pk__in=nobody.filter(page_open=True).values("pk"))),
    )
    return {
        at.date(): Share(n - not_reached, of - running)
        for at, n, of, not_reached, running in found
    }


def _acknowledged(scope: Scope) -> dict[date, Share]:
    taken = PageEvent.objects.filter(page=OuterRef("pk"), kind=PageEvent.Kind.ACKNOWLEDGED)
    found = (
        pages_opened(scope)
        .order_by()
        .annotate(month=TruncMonth("opened_at", tzinfo=scope.clinic.zone), taken=Exists(taken))
        .values_list("month")
        .annotate(n=Count("pk", filter=Q(taken=True)), of=Count("pk"))
    )
    return {at.date(): Share(n, of) for at, n, of in found}
