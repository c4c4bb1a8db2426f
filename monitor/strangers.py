"""Texts from numbers that no patient has: a relative's phone, a new one, or a mistake."""

from datetime import datetime, timedelta

from monitor import worklist
from monitor.assessments import SAFETY_EXPIRES, store_reading
from monitor.levels import Level
from monitor.models import ClinicLine, TextRead, WorkItem
from monitor.reading import Reading, read
from notifications import outbox
from notifications.models import Inbound, Message, Page
from notifications.oncall import directory, paging, replies
from patients.models import Patient

ANSWERED_FOR = timedelta(hours=24)


def hear(line: ClinicLine, inbound: Inbound, *, now: datetime) -> None:
    """Hand the text to a human; a red flag pages all the same.

    A colleague's phone is no stranger's, whatever is written there: STOP and START are seen to
    by the paging, and anything else is answered with what can be replied.
    """
    if _a_colleagues(line, inbound, now=now):
        return
    reading = read(inbound.body, hours_since=24, procedure="")
    store_reading(line.clinic, None, inbound, reading, now=now)
    item = worklist.add(
        worklist.Kind.UNKNOWN_NUMBER,
        clinic=line.clinic,
        inbound=inbound,
        why="From a number that no patient has: find out who it is.",
        level=max(reading.level, Level.REVIEW),
        score=reading.score,
        now=now,
    )
    if reading.level.pages:
        _page(item, inbound, reading, now=now)
    if reading.intent in ("opt_out", "thanks") or _answered_lately(inbound, now=now):
        return
    clinic = line.clinic
    outbox.put(
        sender=line.sender,
        stream=Message.Stream.TEXT,
        to=inbound.from_number,
        body=(
            f"{clinic.name}: we do not know this number. If this is an emergency call "
            f"{clinic.emergency_number}. Otherwise call us: {clinic.phone}."
        ),
        key=f"stranger:{inbound.pk}",
        now=now,
        expires_in=SAFETY_EXPIRES,
    )


def _a_colleagues(line: ClinicLine, inbound: Inbound, *, now: datetime) -> bool:
    """Whether a responder wrote, who is answered then.

    A registered patient may write as one even before there is a follow-up.
    """
    if inbound.keyword:
        return bool(directory.at_number(inbound.from_number, sender=line.sender_id))
    clinic = line.clinic
    if Patient.objects.filter(clinic=clinic, phone=inbound.from_number).exists():
        return False
    # A colleague may lend the phone to somebody: the words say who does read texts.
    otherwise = (
        f"{clinic.name}: no page waits for your reply, and texts from on-call phones are "
        f"not read. Call us: {clinic.phone}. In an emergency: {clinic.emergency_number}."
    )
    return replies.answer_colleague(inbound, otherwise=otherwise, now=now)


def _page(item: WorkItem, inbound: Inbound, reading: Reading, *, now: datetime) -> None:
    """Page once for one number, and again for a flag of another kind or a higher level."""
    earlier = WorkItem.objects.filter(
        clinic=item.clinic,
        kind=worklist.Kind.UNKNOWN_NUMBER,
        inbound__from_number=inbound.from_number,
        closed_at__isnull=True,
    ).exclude(pk=item.pk)
    told = {
        code
        for one in TextRead.objects.filter(inbound__in=earlier.values("inbound"))
        for code in one.findings
    }
    page = Page.objects.filter(workitem__in=earlier).first()
    if page is None:
        worklist.page_for(item, level=reading.level, now=now)
    elif not set(reading.findings) <= told or reading.level > Level.parse(page.level):
        paging.raise_again(page, level=reading.level.code, now=now)


def _answered_lately(inbound: Inbound, *, now: datetime) -> bool:
    """One answer a day to a number we do not know: two machines must not talk for ever."""
    return Message.objects.filter(
        to=inbound.from_number,
        key__startswith="stranger:",
        created_at__gt=now - ANSWERED_FOR,
    ).exists()
