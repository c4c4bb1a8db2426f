"""Red flags: from an assessment to a page, and from a page's end back to the follow-up."""

from datetime import datetime
from typing import Any

from monitor import episodes, worklist
from monitor.levels import Level
from monitor.models import Alert, Assessment, ClinicLine, Episode, WorkItem
from monitor.triage import Assessment as Assessed
from notifications.models import Page
from notifications.oncall import paging
from patients.models import Clinic

# Outcomes of a page that mean that somebody has spoken with the patient.
REACHED = frozenset(
    {
        Page.Outcome.ADVISED,
        Page.Outcome.SEEN,
        Page.Outcome.EMERGENCY_CARE,
        Page.Outcome.IMAGING,
    }
)

# What work is closed with when the outcome of a page says that it has become needless.
SPOKEN_WITH_PATIENT = "The on-call team has spoken with the patient."
SPOKEN_WITH_WRITER = "The on-call team has spoken with the writer."

# Outcomes that leave the patient at home, with the advice for everybody there.
AT_HOME = frozenset({Page.Outcome.ADVISED, Page.Outcome.FALSE_ALARM})


def open_alert(episode: Episode) -> Alert | None:
    """The alert whose page is not closed yet, if there is one."""
    return (
        Alert.objects.filter(episode=episode)
        .exclude(page__state=Page.State.CLOSED)
        .select_related("page")
        .first()
    )


def raise_alert(
    episode: Episode, assessed: Assessed, stored: Assessment | None, *, now: datetime
) -> Alert:
    """Page for a red flag. Inside the transaction that holds the episode's lock.

    One page is open for one episode: a flag of another kind, or a higher level, pages again
    on it, even after an acknowledgement; the same flag told twice does not.
    """
    codes = {reason.code for reason in assessed.reasons if reason.level.pages}
    # "Rest today, take your usual pills" must not follow "go to the ER now".
    episodes.hold_advice(episode, now=now)
    alert = open_alert(episode)
    if alert is None:
        return _page(episode, assessed, stored, codes=codes, now=now)
    if codes <= set(alert.codes) and assessed.level <= Level.parse(alert.page.level):
        return alert
    if paging.raise_again(alert.page, level=assessed.level.code, now=now) is None:
        # Closed in this very moment: what is new has no page yet.
        return _page(episode, assessed, stored, codes=codes, now=now)
    alert.codes = sorted(codes | set(alert.codes))
    alert.save(update_fields=["codes"])
    return alert


def _page(
    episode: Episode,
    assessed: Assessed,
    stored: Assessment | None,
    *,
    codes: set[str],
    now: datetime,
) -> Alert:
    team = ClinicLine.objects.select_related("team__sender").get(clinic=episode.clinic).team
    return Alert.objects.create(
        episode=episode,
        page=paging.open_page(team, level=assessed.level.code, now=now),
        assessment=stored,
        codes=sorted(codes),
        opened_at=now,
    )


def page_closed(*, page: Page, now: datetime, **_signal: Any) -> None:
    """Carry a page's outcome over to whatever the page was about."""
    alert = Alert.objects.filter(page=page).select_related("episode__clinic").first()
    if alert is not None:
        _close_alert(alert, now=now)
        return
    item = WorkItem.objects.filter(page=page, closed_at__isnull=True).first()
    if item is None:
        return
    item.outcome = WorkItem.Outcome.PAGED
    item.note = page.get_outcome_display()
    item.closed_at = now
    item.save(update_fields=["outcome", "note", "closed_at"])
    if item.kind == WorkItem.Kind.ROTA:
        # Nobody's patient: there is nobody to reach.
        return
    if page.outcome == Page.Outcome.NOT_REACHED:
        keep_trying(item.episode, item.clinic, level=Level(item.level), now=now)
    elif item.episode is not None and page.outcome in REACHED:
        worklist.contacted(item.episode, check_in=item.check_in, now=now)
    elif item.inbound is not None and page.outcome in REACHED:
        _close_strangers(item.clinic, item.inbound.from_number, now=now)


def _close_strangers(clinic: Clinic, number: str, *, now: datetime) -> None:
    """What else came from a number that nobody knew belongs to the same call."""
    WorkItem.objects.filter(
        clinic=clinic,
        kind=WorkItem.Kind.UNKNOWN_NUMBER,
        inbound__from_number=number,
        page=None,
        closed_at__isnull=True,
    ).update(
        outcome=WorkItem.Outcome.DONE,
        note=SPOKEN_WITH_WRITER,
        closed_at=now,
        due_at=None,
    )


def _close_alert(alert: Alert, *, now: datetime) -> None:
    outcome = alert.page.outcome
    if outcome in AT_HOME:
        episodes.give_advice(alert.episode, now=now)
    if outcome == Page.Outcome.NOT_REACHED:
        keep_trying(alert.episode, alert.episode.clinic, level=Level.URGENT, now=now)
    elif outcome in REACHED:
        worklist.contacted(alert.episode, now=now)
        # Whoever spoke with the patient had the thread before them.
        worklist.settle(
            alert.episode,
            (WorkItem.Kind.CALL, WorkItem.Kind.READ),
            note=SPOKEN_WITH_PATIENT,
            now=now,
        )


def keep_trying(
    episode: Episode | None, clinic: Clinic, *, level: Level, now: datetime
) -> None:
    """Work for the clinic: the on-call team has not reached whoever the page is about."""
    worklist.add(
        worklist.Kind.CALL,
        clinic=clinic,
        episode=episode,
        why="The on-call team did not reach the patient: keep trying.",
        level=level,
        now=now,
    )
