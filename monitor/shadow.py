"""Stored follow-ups, scored again under another protocol version: what a clinic reads first.

Each stored assessment is made again from what it was made of (`Assessment.given`), by the
production triage: under its own version, which must give exactly what is stored, and under the
other one. Nothing is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor import versions
from monitor.levels import Level
from monitor.models import Assessment, Episode
from monitor.protocol import Protocol
from monitor.triage import Assessment as Assessed
from monitor.triage import Given, again
from patients.models import Clinic


@dataclass(frozen=True)
class Reason:
    """A rule that fired: its level here, the words that it fired on, and its sentence."""

    rule: str
    level: str
    words: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What an assessment came to; `told` is the first text, `reasons` most severe first."""

    level: Level
    score: int
    told: tuple[str, ...]
    shown: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Rescored:
    """One stored assessment: as it is stored, and as another scoring makes it."""

    episode: str
    check_in: str
    at: datetime
    protocol: str
    stored: Outcome
    found: Outcome

    @property
    def paging(self) -> str:
        """would_page, would_not_page, or "" where that stays as it was."""
        if self.stored.level.pages == self.found.level.pages:
            return ""
        return "would_page" if self.found.level.pages else "would_not_page"

    @property
    def gained(self) -> tuple[Reason, ...]:
        """The reasons that are only in the other scoring."""
        return tuple(one for one in self.found.reasons if one not in self.stored.reasons)

    @property
    def lost(self) -> tuple[Reason, ...]:
        """The reasons that are only in what is stored."""
        return tuple(one for one in self.stored.reasons if one not in self.found.reasons)


@dataclass(frozen=True)
class Shadow:
    """One clinic's stored follow-ups under another version.

    `changes` came out otherwise under the other version; `not_reproduced` came out otherwise
    under their own, which is a fault of the program; `not_rescored` is the number of
    assessments whose inputs were not kept. `paged` and `would_page` count follow-ups with at
    least one assessment that pages.
    """

    clinic: Clinic
    follow_ups: int
    assessments: int
    paged: int
    would_page: int
    changes: Sequence[Rescored]
    not_reproduced: Sequence[Rescored]
    not_rescored: int


def shadow(protocol: Protocol, clinic: Clinic) -> Shadow:
    """Score the clinic's stored follow-ups of the protocol's procedure under it."""
    changes, differing = [], []
    follow_ups, paged, would_page = set(), set(), set()
    assessments = not_rescored = 0
    for row in _rows(protocol, clinic):
        assessments += 1
        follow_ups.add(row.episode_id)
        stored = _stored(row)
        given = _given(row)
        if given is None:
            not_rescored += 1
            continue
        own = versions.ruling(row.protocol, row.protocol_digest)
        under_own, under_other = _made(again(own, given)), _made(again(protocol, given))
        if under_own != stored or own.digest != row.protocol_digest:
            differing.append(_rescored(row, stored, under_own))
        if under_other != stored:
            changes.append(_rescored(row, stored, under_other))
        paged |= {row.episode_id} if stored.level.pages else set()
        would_page |= {row.episode_id} if under_other.level.pages else set()
    return Shadow(
        clinic=clinic,
        follow_ups=len(follow_ups),
        assessments=assessments,
        paged=len(paged),
        would_page=len(would_page),
        changes=changes,
        not_reproduced=differing,
        not_rescored=not_rescored,
    )


def never_asked(protocol: Protocol, clinic: Clinic) -> tuple[str, ...]:
    """Questions of the version that the clinic's stored follow-ups never asked."""
    names = list(
        Episode.objects.filter(clinic=clinic, procedure__kind=protocol.procedure)
        .values_list("protocol", "protocol_digest")
        .distinct()
    )
    asked = {code for name in names for code in _questions(versions.ruling(*name))}
    return tuple(sorted(_questions(protocol) - asked)) if names else ()


def _questions(protocol: Protocol) -> set[str]:
    return {code for plan in protocol.check_ins for code in plan.questions}


def _rows(protocol: Protocol, clinic: Clinic) -> Iterator[Assessment]:
    return (
        Assessment.objects.filter(
            episode__clinic=clinic, episode__procedure__kind=protocol.procedure
        )
        .select_related("episode", "check_in")
        .order_by("at", "pk")
        .iterator(chunk_size=500)
    )


def _given(row: Assessment) -> Given | None:
    try:
        return Given.from_json(row.given)
    except ValueError:
        return None


def _stored(row: Assessment) -> Outcome:
    return Outcome(
        Level(row.level),
        row.score,
        tuple(row.told),
        tuple(row.shown),
        tuple(
            Reason(one["rule"], one["level"], one["words"], one["why"]) for one in row.reasons
        ),
    )


def _made(assessed: Assessed) -> Outcome:
    return Outcome(
        assessed.level,
        assessed.score,
        assessed.tell,
        assessed.show,
        tuple(Reason(one.rule, one.level.code, one.words, one.why) for one in assessed.reasons),
    )


def _rescored(row: Assessment, stored: Outcome, found: Outcome) -> Rescored:
    return Rescored(
        episode=row.episode.reference,
        check_in=row.check_in.key if row.check_in is not None else "",
        at=row.at,
        protocol=row.protocol,
        stored=stored,
        found=found,
    )


def as_json(one: Shadow) -> Mapping[str, Any]:
    """The clinic's part of `manage.py shadow --json`."""
    return {
        "clinic": one.clinic.slug,
        "follow_ups": one.follow_ups,
        "assessments": one.assessments,
        "follow_ups_paged": one.paged,
        "follow_ups_would_page": one.would_page,
        "changes": [_change(change) for change in one.changes],
        "not_reproduced": [_change(change) for change in one.not_reproduced],
        "not_rescored": one.not_rescored,
    }


def _change(one: Rescored) -> Mapping[str, Any]:
    return {
        "episode": one.episode,
        "check_in": one.check_in,
        "at": one.at.isoformat(),
        "protocol": one.protocol,
        "level": one.stored.level.code,
        "new_level": one.found.level.code,
        "score": one.stored.score,
        "new_score": one.found.score,
        "paging": one.paging,
        "told": list(one.stored.told),
        "new_told": list(one.found.told),
        "shown": list(one.stored.shown),
        "new_shown": list(one.found.shown),
        "gained": [vars(reason) for reason in one.gained],
        "lost": [vars(reason) for reason in one.lost],
    }
