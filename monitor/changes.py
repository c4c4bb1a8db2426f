"""What staff changed in a follow-up, kept with before and after."""

from datetime import datetime
from typing import Any

from monitor.models import Change, CheckIn, Episode


def record(
    what: str,
    *,
    episode: Episode,
    by: Any,
    now: datetime,
    check_in: CheckIn | None = None,
    before: str = "",
    after: str = "",
) -> Change:
    """Keep a change, in the transaction that makes it. `by` is None for the program itself."""
    return Change.objects.create(
        what=Change.What(what),
        episode=episode,
        check_in=check_in,
        by=by,
        before=before[:200],
        after=after[:200],
        at=now,
    )
