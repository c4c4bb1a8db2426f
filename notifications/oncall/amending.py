"""What came of a page, corrected once it is closed. It stays closed, and nobody is called."""

from datetime import datetime

from django.db import transaction

from notifications.models import Page, PageAmendment, PageEvent, Responder
from notifications.oncall import calls, paging


class Refused(ValueError):
    """Nothing was changed; the message says what to do."""


def amend(
    page: Page,
    responder: Responder,
    *,
    outcome: str,
    known: str,
    why: str,
    now: datetime,
) -> PageAmendment:
    """Give a closed page another outcome; the old one is kept with who, when and why.

    `known` is the outcome that the responder saw: where somebody else has corrected it since,
    nothing is changed. `why` is kept and never sent; the page's events have the two outcomes
    by their codes. Who closed the page, when, and with which note stays as it is. What the
    patient's follow-up makes of it is not this package's to know: monitor.amendments.
    Refused: not closed, a drill, the same or an unknown outcome, no reason. ValueError as for
    `paging.acknowledge`.
    """
    paging.must_be_of_the_team(page, responder)
    if outcome not in Page.Outcome.values:
        raise Refused("Choose what came of it.")
    if not why.strip():
        raise Refused("Say why the outcome is another one.")
    with transaction.atomic():
        page = paging.lock(page)
        _check(page, outcome=outcome, known=known)
        amendment = PageAmendment.objects.create(
            page=page,
            before=page.outcome,
            after=outcome,
            why=why.strip()[:300],
            responder=responder,
            at=now,
        )
        page.outcome = Page.Outcome(outcome)
        page.save(update_fields=["outcome"])
        calls.record(
            page,
            PageEvent.Kind.AMENDED,
            now=now,
            responder=responder,
            detail=f"{amendment.after} instead of {amendment.before}",
        )
    return amendment


def _check(page: Page, *, outcome: str, known: str) -> None:
    if page.drill:
        raise Refused("A drill has no outcome.")
    if page.state != Page.State.CLOSED:
        raise Refused("The page is not closed: say there what came of it.")
    if page.outcome != known:
        raise Refused("Somebody has corrected it meanwhile: look at it again.")
    if page.outcome == outcome:
        raise Refused("That is the outcome already: choose another one.")
