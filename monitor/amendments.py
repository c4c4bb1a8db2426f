"""What came of a closed page, corrected: what that takes back, and what it leaves to people.

The page stays closed and calls nobody. An outcome that said that somebody had spoken with the
patient ended check-ins and closed work; where it is taken back, these are open again, each
with a deadline. The other way round nothing is closed: who was reached, and when, is not
known from a correction, so that whoever works on it says so there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, QuerySet

from monitor import episodes, worklist
from monitor.alerts import AT_HOME, REACHED, SPOKEN_WITH_WRITER, keep_trying
from monitor.levels import Level
from monitor.models import Alert, Change, CheckIn, Episode, Note, WorkItem
from notifications.models import Page, PageAmendment, Responder
from notifications.oncall import amending

NOBODY_KNOWN = (
    "The outcome of the page was corrected: nobody is known to have reached the patient. Phone."
)


@dataclass(frozen=True)
class Amended:
    """What was corrected, and how much work and how many check-ins that opened again.

    `still_open` is the work of the follow-up that is open now, `lettered` whether a letter
    with the old outcome has been made.
    """

    amendment: PageAmendment
    reopened: int = 0
    still_open: int = 0
    lettered: bool = False


@transaction.atomic
def amend(
    page: Page,
    responder: Responder,
    *,
    outcome: str,
    known: str,
    why: str,
    now: datetime,
) -> Amended:
    """Correct what came of a page, as `amending.amend`, and what had followed from it."""
    alert = Alert.objects.filter(page=page).first()
    item = WorkItem.objects.filter(page=page).select_related("clinic", "inbound").first()
    about = alert or item
    # The follow-up first, as everybody takes the two locks.
    episode = _locked(about.episode_id if about else None)
    amendment = amending.amend(page, responder, outcome=outcome, known=known, why=why, now=now)
    if item is not None:
        item.note = amendment.get_after_display()
        item.save(update_fields=["note"])
    if (item is not None and item.kind != WorkItem.Kind.ROTA) or episode is not None:
        return _follow(page, amendment, episode, item, now=now)
    # Nobody's patient: there was nobody to reach.
    return Amended(amendment)


def _follow(
    page: Page,
    amendment: PageAmendment,
    episode: Episode | None,
    item: WorkItem | None,
    *,
    now: datetime,
) -> Amended:
    reopened = 0
    if amendment.before in REACHED and amendment.after not in REACHED:
        reopened = _take_back(page, amendment, episode, item, now=now)
    if amendment.after == Page.Outcome.NOT_REACHED:
        _keep_trying(episode, item, now=now)
    if episode is None:
        return Amended(amendment, reopened)
    if amendment.after not in AT_HOME:
        episodes.hold_advice(episode, now=now)
    left = WorkItem.objects.filter(episode=episode, closed_at__isnull=True).count()
    letters = Change.objects.filter(episode=episode, what=Change.What.LETTER)
    lettered = letters.filter(at__gte=page.closed_at).exists()
    return Amended(amendment, reopened, left, lettered)


def _keep_trying(episode: Episode | None, item: WorkItem | None, *, now: datetime) -> None:
    if item is not None:
        keep_trying(episode, item.clinic, level=Level(item.level), now=now)
    elif episode is not None:
        keep_trying(episode, episode.clinic, level=Level.URGENT, now=now)


def _locked(key: Any) -> Episode | None:
    rows = Episode.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("clinic", "patient", "procedure__patient").filter(pk=key).first()


def _take_back(
    page: Page,
    amendment: PageAmendment,
    episode: Episode | None,
    item: WorkItem | None,
    *,
    now: datetime,
) -> int:
    """Open again what was closed because somebody was said to have been reached."""
    settled = WorkItem.objects.select_for_update(of=("self",)).filter(
        closed_at=page.closed_at,
        closed_by=None,
        outcome=WorkItem.Outcome.DONE,
        page=None,
    )
    if episode is None:
        if item is None or item.inbound is None:
            return 0
        theirs = settled.filter(
            clinic=item.clinic,
            note=SPOKEN_WITH_WRITER,
            inbound__from_number=item.inbound.from_number,
        )
        return _reopen(theirs, amendment, now=now)
    spoken_at = _spoken_at(episode, page)
    asked = [
        _ask_again(episode, check_in, now=now)
        for check_in in episode.check_ins.select_for_update().filter(
            state=CheckIn.State.REACHED, ended_at=page.closed_at
        )
        if not _was_in_time(episode, check_in, spoken_at)
    ]
    kinds = _needed_again(episode, page, spoken_at)
    work = _reopen(settled.filter(episode=episode, kind__in=kinds), amendment, now=now)
    if (asked or work) and spoken_at is None and amendment.after != Page.Outcome.NOT_REACHED:
        worklist.add(
            worklist.Kind.CALL,
            clinic=episode.clinic,
            episode=episode,
            why=NOBODY_KNOWN,
            now=now,
        )
    return len(asked) + work


def _needed_again(episode: Episode, page: Page, spoken_at: datetime | None) -> set[str]:
    """The kinds of work that are not needless after all."""
    kind = WorkItem.Kind
    if spoken_at is not None:
        # A call that reached the patient does not say that anybody has read the texts.
        return set() if _by_a_page(episode, page).exists() else {kind.READ}
    needed: set[str] = {kind.READ, kind.CALL, kind.OPTED_OUT}
    return needed if _answered_since(episode, page) else needed | {kind.SILENT, kind.MISSED}


def _reopen(rows: QuerySet[WorkItem], amendment: PageAmendment, *, now: datetime) -> int:
    """Each with the reason as a note, so that whoever takes it knows why it is back."""
    again = [item for item in rows.select_related("clinic") if worklist.reopen(item, now=now)]
    for item in again:
        Note.objects.create(
            clinic=item.clinic,
            episode_id=item.episode_id,
            item=item,
            body=amendment.why,
            by=amendment.responder.user,
            at=now,
        )
    return len(again)


def _ask_again(episode: Episode, check_in: CheckIn, *, now: datetime) -> CheckIn:
    """A check-in without contact is open until it counts as missed, by its own rule."""
    sent = check_in.sent_at is not None
    check_in.state = CheckIn.State.SENT if sent else CheckIn.State.PLANNED
    check_in.step = CheckIn.Step.MISS
    check_in.ended_at = None
    due = max(episodes.due_of(episode, check_in, CheckIn.Step.MISS), now)
    if episode.state == Episode.State.ENDED:
        due = now
    check_in.due_at = None if episode.state == Episode.State.PAUSED else due
    check_in.save()
    return check_in


def _was_in_time(episode: Episode, check_in: CheckIn, spoken_at: datetime | None) -> bool:
    """Whether somebody else made the contact before it counted as missed; then as of that."""
    if spoken_at is None:
        return False
    if spoken_at > episodes.due_of(episode, check_in, CheckIn.Step.MISS):
        return False
    check_in.ended_at = spoken_at
    check_in.save(update_fields=["ended_at"])
    return True


def _spoken_at(episode: Episode, page: Page) -> datetime | None:
    """When somebody first spoke with the patient since the page opened, this page apart."""
    since = page.opened_at
    known = (
        episode.notes.filter(kind=Note.Kind.REACHED, at__gte=since).aggregate(at=Min("at")),
        episode.work.filter(outcome=WorkItem.Outcome.REACHED, closed_at__gte=since).aggregate(
            at=Min("closed_at")
        ),
        episode.changes.filter(what=Change.What.REACHED, at__gte=since).aggregate(at=Min("at")),
        _by_a_page(episode, page).aggregate(at=Min("closed_at")),
    )
    return min((one["at"] for one in known if one["at"] is not None), default=None)


def _by_a_page(episode: Episode, page: Page) -> QuerySet[Page]:
    """Other pages by which somebody has reached the patient since."""
    others = Page.objects.filter(outcome__in=REACHED, closed_at__gte=page.opened_at)
    alerts = Alert.objects.filter(episode=episode).values("page")
    work = WorkItem.objects.filter(episode=episode, page__isnull=False).values("page")
    return others.filter(pk__in=alerts.union(work)).exclude(pk=page.pk)


def _answered_since(episode: Episode, page: Page) -> bool:
    return episode.check_ins.filter(
        state=CheckIn.State.ANSWERED, ended_at__gt=page.closed_at
    ).exists()
