"""What has happened in one made-up follow-up by a moment, and what is still to come. Pure.

Three check-ins, as everybody has them: the next day, after one and after two weeks. The silent
are reminded, then phoned by the desk; whoever reports a red flag is asked about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from monitor.models import CheckIn
from monitor.simulation.people import PACE, Person

DAYS: Mapping[str, int] = {"d1": 1, "d7": 7, "d14": 14}
ASKED_AT = time(10)
REMINDED_AFTER = timedelta(hours=4)
HANDED_OVER_AFTER = timedelta(hours=5)
EXPIRES_AFTER = {"d1": timedelta(hours=38), "d7": timedelta(days=2), "d14": timedelta(days=2)}
# The desk's calls to the silent: some are reached, the rest are missed when it expires.
REACHED = 0.6
DESK_TAKES = timedelta(hours=2)

_ALWAYS = ("screen",)
_AT_THE_END: Mapping[str, tuple[str, ...]] = {
    "d1": ("pain_score",),
    "d7": ("pain_score",),
    "d14": ("pain_score", "relief"),
}
State, Step = CheckIn.State, CheckIn.Step


@dataclass(frozen=True, slots=True)
class Said:
    """A question, the number that was typed in reply, and when both were."""

    question: str
    value: int
    asked_at: datetime
    at: datetime


@dataclass(slots=True)
class Asked:
    """One check-in as it stands; `called_at` is when the desk closed its work on it."""

    key: str
    planned_for: datetime
    expires_at: datetime
    state: str
    step: str = Step.SEND
    due_at: datetime | None = None
    ended_at: datetime | None = None
    said: tuple[Said, ...] = ()
    reminded: bool = False
    handed_over_at: datetime | None = None
    called_at: datetime | None = None

    @property
    def open_question(self) -> str:
        """What the patient was asked and has not answered."""
        if self.state != State.SENT:
            return ""
        return _AT_THE_END[self.key][0] if self.said else "screen"


def course(
    person: Person, *, zone: ZoneInfo, dice: Random, stops_after: str = "", now: datetime
) -> list[Asked]:
    """The check-ins of a follow-up; after `stops_after` there are only cancelled ones."""
    found: list[Asked] = []
    cancelled_at = None
    day = person.performed_at.astimezone(zone).date()
    for key, after in DAYS.items():
        at = datetime.combine(day + timedelta(days=after), ASKED_AT, zone).astimezone(UTC)
        if cancelled_at is not None:
            one = Asked(
                key, at, at + EXPIRES_AFTER[key], State.CANCELLED, ended_at=cancelled_at
            )
        elif at > now:
            one = Asked(key, at, at + EXPIRES_AFTER[key], State.PLANNED, due_at=at)
        else:
            one = _asked(person, key, at, dice=dice, now=now)
        found.append(one)
        if key == stops_after and one.ended_at is not None:
            cancelled_at = one.ended_at
    return found


def _asked(person: Person, key: str, at: datetime, *, dice: Random, now: datetime) -> Asked:
    reached, pause = dice.random() < REACHED, DESK_TAKES * dice.uniform(0.2, 2.5)
    said = tuple(_said(person, key, at))
    base = Asked(key, at, at + EXPIRES_AFTER[key], State.SENT)
    base.reminded = at + REMINDED_AFTER <= now and (
        not said or said[0].at > at + REMINDED_AFTER
    )
    if said and said[-1].at <= now and key not in person.gives_up:
        base.said, base.state, base.ended_at = said, State.ANSWERED, said[-1].at
        return base
    base.said = said[:1] if said and said[0].at <= now else ()
    handed_over_at = at + HANDED_OVER_AFTER
    if now < handed_over_at:
        reminder_due = now < at + REMINDED_AFTER
        base.step = Step.REMIND if reminder_due else Step.HAND_OVER
        base.due_at = at + REMINDED_AFTER if reminder_due else handed_over_at
        return base
    base.handed_over_at = handed_over_at
    called_at = handed_over_at + pause
    base.called_at = called_at if called_at <= now else None
    if base.called_at is not None and reached:
        base.state, base.ended_at = State.REACHED, called_at
    elif base.expires_at <= now:
        base.state, base.ended_at = State.MISSED, base.expires_at
    else:
        base.step, base.due_at = Step.MISS, base.expires_at
    return base


def _said(person: Person, key: str, at: datetime) -> Iterator[Said]:
    """Questions and replies to the end; a "one or more" opens the questions behind it."""
    wait = person.waits.get(key)
    if wait is None:
        return
    answers = person.answers.get(key, {})
    behind = (
        [name for name in answers if name in _BEHIND] if answers.get("screen") == "2" else []
    )
    asked_at, at = at, at + wait
    for question in (*_ALWAYS, *behind, *_AT_THE_END[key]):
        yield Said(question, int(person.says(key, question)), asked_at, at)
        asked_at, at = at, at + PACE


_BEHIND = frozenset(
    "limb_weakness saddle_numbness urinary_retention fever headache headache_severity "
    "worse_pain leg_swelling allergic_reaction".split()
)
