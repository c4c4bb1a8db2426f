"""How a page climbs: decisions only, without rows and without a clock.

A policy is frozen into a page when the page opens; who stands behind a rung is asked anew
at each step. The last rung is everyone and repeats for ever, so that an open page always
has something due: it ends by an outcome, never in silence.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

VERSION = 2

# All texts of the last rung were lost. There is nobody left to climb to, and trying again
# at once would only hammer the fault that lost them.
AGAIN_AFTER_LOST = timedelta(seconds=30)


class Target(StrEnum):
    """What a rung points at."""

    LAYER = "layer"
    RESPONDER = "responder"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: whom it pages, and how many seconds it waits before the next.

    `of` is the id of the layer or of the responder; None for everyone. `also` are ids of
    people who stand there besides.
    """

    target: Target
    of: int | None
    emergency_delay: int
    urgent_delay: int
    also: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.of is None) != (self.target is Target.EVERYONE):
            raise ValueError("a rung names its layer or responder, and everyone has no name")
        if min(self.emergency_delay, self.urgent_delay) < 1:
            raise ValueError("a rung waits at least a second")

    def delay(self, level: str) -> timedelta:
        """How long the rung waits at "emergency" or "urgent"; KeyError for other levels."""
        return _by_level(level, self.emergency_delay, self.urgent_delay)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rungs, the last of them everyone; and the seconds in which an outcome is due."""

    rungs: tuple[Rung, ...]
    emergency_outcome_within: int
    urgent_outcome_within: int

    def __post_init__(self) -> None:
        if not self.rungs or self.rungs[-1].target is not Target.EVERYONE:
            raise ValueError("the last rung is everyone")
        if min(self.emergency_outcome_within, self.urgent_outcome_within) < 1:
            raise ValueError("an outcome takes at least a second")

    @property
    def last(self) -> int:
        """The place of the rung that repeats."""
        return len(self.rungs) - 1

    def outcome_within(self, level: str) -> timedelta:
        """How long after an acknowledgement an outcome is due."""
        return _by_level(level, self.emergency_outcome_within, self.urgent_outcome_within)

    def to_json(self) -> dict[str, Any]:
        """Plain data with a version, for keeping with a page."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Policy":
        """Read what `to_json` wrote; ValueError where it is not that."""
        try:
            # The first version had one person a rung; pages opened by it are still about.
            if data["version"] not in (1, VERSION):
                raise ValueError(f"a policy of version {data['version']!r} is unknown")
            rungs = tuple(
                Rung(
                    Target(rung["target"]),
                    rung["of"],
                    rung["emergency_delay"],
                    rung["urgent_delay"],
                    tuple(rung.get("also", ())),
                )
                for rung in data["rungs"]
            )
            return cls(rungs, data["emergency_outcome_within"], data["urgent_outcome_within"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a policy: {error!r}") from error


# Maps a rung to the ids of those who stand behind it at this moment.
Who = Callable[[Rung], Collection[int]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an unclosed page stands. `due_at` is its next rung's; None once acknowledged."""

    level: str
    rung: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """Page `people` (ids, sorted) on `rung`, having skipped `empty`; next at `due_at`.

    Where nobody at all can be paged, `people` is empty and `empty` holds the last rung too.
    """

    rung: int
    people: tuple[int, ...]
    empty: tuple[int, ...]
    due_at: datetime


def complete(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """The same rungs, with everyone for the last.

    What a clinic wrote down may end with one person, or be empty. Everyone is added then,
    with the delays of the rung before it (5 and 15 minutes where there is none).
    """
    if rungs and rungs[-1].target is Target.EVERYONE:
        return rungs
    emergency, urgent = (
        (rungs[-1].emergency_delay, rungs[-1].urgent_delay) if rungs else (300, 900)
    )
    return (*rungs, Rung(Target.EVERYONE, None, emergency, urgent))


def first(policy: Policy, level: str, who: Who, *, now: datetime) -> Step:
    """The step of a page that opens: the lowest rung that somebody stands behind."""
    return _step(policy, level, 0, who, now)


def climb(standing: Standing, policy: Policy, who: Who, *, now: datetime) -> Step:
    """The step of a page whose rung is due: the next one up, or the last one again."""
    return _step(policy, standing.level, standing.rung + 1, who, now)


def again(standing: Standing, policy: Policy, who: Who, *, now: datetime) -> Step:
    """The step of a page that a new red flag calls for: its present rung, at once.

    A rung that was due anyway is not put off by it: a patient who writes every minute must
    not hold the page down.
    """
    step = _step(policy, standing.level, standing.rung, who, now)
    if standing.due_at is None or standing.due_at >= step.due_at:
        return step
    return Step(step.rung, step.people, step.empty, standing.due_at)


def handed_to(person: int, standing: Standing, policy: Policy, *, now: datetime) -> Step:
    """The step of a page that is handed to one person, in place of a rung's people.

    It stays on its present rung, and climbs to the
    next when that person is silent for the rung's time.
    """
    at = min(standing.rung, policy.last)
    return Step(at, (person,), (), now + policy.rungs[at].delay(standing.level))


def after_lost(standing: Standing, policy: Policy, *, now: datetime) -> datetime | None:
    """When the next rung is due, now that every text of the present one is lost.

    At once; the last rung, which has nothing above it, waits AGAIN_AFTER_LOST. Never later
    than it was due before. None for an acknowledged page: nothing climbs there.
    """
    if standing.due_at is None:
        return None
    pause = AGAIN_AFTER_LOST if standing.rung >= policy.last else timedelta(0)
    return min(standing.due_at, now + pause)


def _step(policy: Policy, level: str, rung: int, who: Who, now: datetime) -> Step:
    empty: list[int] = []
    at = min(rung, policy.last)
    while not (people := who(policy.rungs[at])):
        empty.append(at)
        if at == policy.last:
            break
        at += 1
    return Step(
        at, tuple(sorted(set(people))), tuple(empty), now + policy.rungs[at].delay(level)
    )


def _by_level(level: str, emergency: int, urgent: int) -> timedelta:
    return timedelta(seconds={"emergency": emergency, "urgent": urgent}[level])
