"""A patient who said "one or more" and then fell silent counts as urgent after a while."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from monitor import conversation, worklist
from monitor.alerts import raise_alert
from monitor.assessments import SAFETY_EXPIRES, store_assessment
from monitor.episodes import context_of, protocol_of, say, state_of
from monitor.levels import Level
from monitor.models import Episode

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> dict[str, int]:
    """Assess every branch that was begun and not finished in time."""
    counts = {"lapsed": 0, "failed": 0}
    due = Episode.objects.filter(branch_due_at__lte=now).order_by("branch_due_at")
    for pk in list(due.values_list("pk", flat=True)[:500]):
        try:
            with transaction.atomic():
                counts["lapsed"] += _lapse(pk, now=now)
        except Exception as error:
            logger.error("episode %s: %s", pk, type(error).__name__)
            counts["failed"] += 1
    return counts


def _lapse(pk: Any, *, now: datetime) -> int:
    episode = (
        Episode.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("clinic", "patient", "procedure__patient")
        .filter(pk=pk, branch_due_at__lte=now)
        .first()
    )
    if episode is None:
        return 0
    state = state_of(episode)
    step = conversation.advance(
        state,
        conversation.BranchLapsed(),
        protocol_of(episode),
        context_of(episode, check_in=state.check_in, now=now),
        now=now,
    )
    check_in = episode.check_ins.filter(key=state.check_in).first()
    if step.assessment is not None:
        stored = store_assessment(
            episode,
            step.assessment,
            check_in=check_in,
            inbound=None,
            now=now,
        )
        if step.assessment.level.pages:
            raise_alert(episode, step.assessment, stored, now=now)
    for work in step.work:
        worklist.add(
            work.kind,
            clinic=episode.clinic,
            episode=episode,
            check_in=check_in,
            why=work.why,
            level=Level.URGENT,
            now=now,
        )
    say(
        episode,
        step.replies,
        idempotency=f"branch:{state.check_in}",
        now=now,
        expires_in=SAFETY_EXPIRES,
    )
    episode.conversation = step.state.to_json()
    episode.branch_due_at = None
    episode.save(update_fields=["conversation", "branch_due_at"])
    return 1
