"""A team's policy and who stands behind its rungs: the rota's, and the people named besides."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from notifications.models import Responder, Rung, Team
from notifications.oncall import directory, escalation


def policy(team: Team) -> escalation.Policy:
    """The team's escalation policy as it is written now, made complete."""
    read = directory.policy(team)
    rows = Rung.objects.filter(team=team).prefetch_related("people")
    besides = [tuple(sorted(person.pk for person in row.people.all())) for row in rows]
    # The last rung may have been added, so that it has no row.
    besides += [()] * (len(read.rungs) - len(besides))
    rungs = tuple(
        replace(rung, also=also) for rung, also in zip(read.rungs, besides, strict=True)
    )
    return replace(read, rungs=rungs)


def finder(team: Team, *, at: datetime) -> escalation.Who:
    """Who stands behind a rung at an instant; somebody who left is nobody."""
    rota = directory.finder(team, at=at)

    def who(rung: escalation.Rung) -> Collection[int]:
        found = set(rota(rung))
        if rung.also:
            there = Responder.objects.filter(team=team, active=True, pk__in=rung.also)
            found.update(there.values_list("pk", flat=True))
        return found

    return who
