"""What somebody had written when their session ended: kept here, for them alone, for a day.

It is kept by the server because the computers of a ward are shared: whatever a browser keeps is
there for the next one who sits down.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.models import Draft

KEPT_FOR = timedelta(hours=24)
MOST = 40
LONGEST = 60_000
"""Signs of all fields of a page."""

Fields = Mapping[str, Mapping[str, str]]
"""By the address of the form and the name of the field."""


def keep(user: Any, path: str, fields: Fields, *, now: datetime) -> None:
    """Keep what stands in the forms of a page; again, and it takes the place of the old."""
    Draft.objects.filter(at__lt=now - KEPT_FOR).delete()
    mine = Draft.objects.filter(user=user)
    if not fields:
        mine.filter(path=path).delete()
    elif mine.exclude(path=path).count() < MOST:
        Draft.objects.update_or_create(
            user=user, path=path, defaults={"fields": fields, "at": now}
        )


def take(user: Any, path: str, *, now: datetime) -> Fields:
    """What was written on a page, and is on it again: it is kept no longer."""
    found = Draft.objects.filter(user=user, path=path, at__gt=now - KEPT_FOR).first()
    if found is None:
        return {}
    found.delete()
    return dict(found.fields)


def places(user: Any, *, now: datetime) -> list[str]:
    """The pages on which the user has something unsent."""
    mine = Draft.objects.filter(user=user, at__gt=now - KEPT_FOR)
    return list(mine.order_by("at").values_list("path", flat=True))
