"""Check-ins that an emergency cut short, and whose patient nobody has spoken with.

The patient's text ended the check-in: it was answered, and what it is for was not done. Only a
human who speaks with the patient, or says that it was a false alarm, has made the contact.
Today and the figures both ask here.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from monitor.alerts import REACHED
from monitor.levels import Level
from monitor.models import Alert, Assessment, Change, CheckIn, Note, WorkItem
from notifications.models import Page, PageAmendment

# An emergency is for now: who is reached later has not been contacted by this check-in.
IN_TIME = timedelta(days=1)
SETTLED = REACHED | {Page.Outcome.FALSE_ALARM}


def unreached(check_ins: QuerySet[CheckIn]) -> QuerySet[Any]:
    """Those of `check_ins` that count as answered, and are no contact, or none yet.

    `page_open` is whether a page about the patient is not closed: it may still be made. The
    emergencies are looked for by check-in: those of other years cost nothing.
    """
    cut_short = Assessment.objects.filter(
        check_in=OuterRef("pk"), level=Level.EMERGENCY, at__lte=OuterRef("ended_at")
    )
    running = Alert.objects.filter(episode=OuterRef("episode")).exclude(
        page__state=Page.State.CLOSED
    )
    return (
        check_ins.filter(Exists(cut_short), state=CheckIn.State.ANSWERED)
        .exclude(_spoken_with())
        .annotate(page_open=Exists(running))
    )


def _spoken_with() -> Q:
    """Whether anybody has said so, in time."""
    by_phone = Note.objects.filter(kind=Note.Kind.REACHED)
    by_work = WorkItem.objects.filter(outcome=WorkItem.Outcome.REACHED)
    by_hand = Change.objects.filter(what=Change.What.REACHED)
    by_page = _said(Page.objects.filter(outcome__in=SETTLED), "alert__episode")
    by_late_work = _said(Page.objects.filter(outcome__in=REACHED), "workitem__episode")
    return (
        Q(Exists(_in_time(by_phone, "at")))
        | Q(Exists(_in_time(by_work, "closed_at")))
        | Q(Exists(_in_time(by_hand, "at")))
        | Q(Exists(_in_time(by_page, "said_at", episode="alert__episode")))
        | Q(Exists(_in_time(by_late_work, "said_at", episode="workitem__episode")))
    )


def _said(pages: QuerySet[Page], episode: str) -> QuerySet[Any]:
    """When a page's outcome was given: one that was corrected to it says so since then."""
    corrected = PageAmendment.objects.filter(page=OuterRef("pk"), after__in=SETTLED)
    since = corrected.exclude(before__in=SETTLED).order_by("-pk").values("at")[:1]
    return pages.filter(**{f"{episode}__isnull": False}).annotate(
        said_at=Coalesce(Subquery(since), F("closed_at"))
    )


def _in_time(rows: QuerySet[Any], at: str, *, episode: str = "episode") -> QuerySet[Any]:
    ended = OuterRef("ended_at")
    return rows.filter(
        **{episode: OuterRef("episode"), f"{at}__gte": ended, f"{at}__lte": ended + IN_TIME}
    )
