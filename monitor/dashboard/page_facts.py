"""What whoever is called must know before phoning: what was done, the risks, what was said."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitor import episodes
from monitor.dashboard import phrases
from monitor.models import Alert, Episode
from monitor.protocol import Protocol
from notifications.models import Message, Page, PageEvent
from patients.models import Patient, Procedure
from patients.registration import has_consent

# What each safety text of a protocol tells the patient to do, the most pressing first.
TO_THE_ER = ("emergency", "self_harm", "close_emergency")
TO_WAIT = ("urgent", "urgent_nerve", "urgent_leg", "close_urgent")
_PLACE = re.compile(r"\\\{\w+\\\}")


@dataclass(frozen=True)
class Told:
    """The text that told the patient what to do; `state` is its delivery in words."""

    at: datetime
    to_the_er: bool
    state: str
    lost: bool


@dataclass(frozen=True)
class Facts:
    """`risks` most pressing first; `told` is None where no text said what to do.

    `untold` says why then; both are empty where the page is about no red flag.
    """

    procedure: str
    performed_at: datetime
    risks: tuple[str, ...]
    told: Told | None
    untold: str


def facts(episode: Episode | None, alert: Alert | None) -> Facts | None:
    """What is known of the patient of a page; None where it is about nobody known.

    As many queries for many texts as for one.
    """
    if episode is None:
        return None
    done = episode.procedure
    told = _told(alert) if alert is not None else None
    return Facts(
        procedure=procedure(done),
        performed_at=done.performed_at,
        risks=risks(episode.patient, done),
        told=told,
        untold=_untold(episode) if alert is not None and told is None else "",
    )


def procedure(done: Procedure) -> str:
    """What was done where: "Epidural steroid injection, lumbar L4/5, left"."""
    kind, region, side = (
        phrases.shown(str(label))
        for label in (
            done.get_kind_display(),
            done.get_region_display(),
            done.get_side_display(),
        )
    )
    where = " ".join([region.lower(), *done.levels])
    return f"{kind[:1].upper()}{kind[1:]}, {where}, {side.lower()}"


def risks(person: Patient, done: Procedure) -> tuple[str, ...]:
    """What makes the same words mean more in this patient, in the reader's language."""
    known = (
        (person.anticoagulant, _("blood thinner")),
        (done.region == Procedure.Region.CERVICAL, _("cervical")),
        (person.immune_problem, _("weak immune system")),
        (person.diabetes, _("diabetes")),
    )
    labels = dict(Patient.Contraindication.choices)
    others = [labels[code] for code in person.contraindications if code in labels]
    return (
        *(words for present, words in known if present),
        *(phrases.shown(str(label)) for label in others),
    )


def _told(alert: Alert) -> Told | None:
    """The safety text since the page's first finding, as far as there is one."""
    episode = alert.episode
    sent = Message.objects.filter(
        ref=episodes.ref(episode),
        stream=Message.Stream.TEXT,
        created_at__gte=alert.opened_at,
    ).exclude(state=Message.State.CANCELLED)
    if alert.page.closed_at is not None:
        sent = sent.filter(created_at__lte=alert.page.closed_at)
    return told(sent.order_by("created_at", "key"), episodes.protocol_of(episode))


def told(sent: Iterable[Message], rules: Protocol) -> Told | None:
    """Of texts, oldest first, the one that told the patient what to do.

    Known by the protocol's words: a text in answer may as well be a question, or confirm an
    opt-out. One that was not lost counts first, then one that sends to the ER, then the older.
    """
    found: list[tuple[bool, bool, Told]] = []
    for message in sent:
        to_the_er = _says(message.body, rules, TO_THE_ER)
        if not to_the_er and not _says(message.body, rules, TO_WAIT):
            continue
        lost = message.state in Message.LOST
        at = message.accepted_at or message.created_at
        one = Told(at, to_the_er, delivery(message.state), lost)
        found.append((lost, not to_the_er, one))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _says(body: str, rules: Protocol, keys: Iterable[str]) -> bool:
    return any(
        re.search(_pattern(texts[key]), body)
        for texts in rules.texts.values()
        for key in keys
        if key in texts
    )


def _pattern(text: str) -> str:
    """A protocol's text with anything in its places: a clinic's number may have changed."""
    return _PLACE.sub(".+?", re.escape(text))


def delivery(state: str) -> str:
    """Where a text is, as the reader asks: "on its way", "delivered" or "not delivered"."""
    if state in Message.LOST:
        return _("not delivered")
    return _("delivered") if state == Message.State.DELIVERED else _("on its way")


def _untold(episode: Episode) -> str:
    if not has_consent(episode.patient):
        return _("consent withdrawn")
    if episodes.opted_out(episode):
        return _("wants no texts")
    return _("no text went out")


@dataclass(frozen=True)
class Closing:
    """What a closed page came to, beside its outcome: whom it called, and calls to the patient.

    `paged` has how often each responder was called, in the order of the first calls.
    """

    paged: tuple[tuple[str, int], ...]
    calls: tuple[PageEvent, ...]


def closing(page: Page, events: Sequence[PageEvent]) -> Closing | None:
    """From the page's events; None while it runs."""
    if page.state != Page.State.CLOSED:
        return None
    kinds = (PageEvent.Kind.BRIDGED, PageEvent.Kind.PATIENT_CALL)
    paged = Counter(
        one.responder.name
        for one in events
        if one.kind == PageEvent.Kind.PAGED and one.responder is not None
    )
    return Closing(tuple(paged.items()), tuple(one for one in events if one.kind in kinds))
