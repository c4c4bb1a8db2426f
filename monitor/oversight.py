"""Keeping who looked at whom, and reading it and the revisions back, a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet

from monitor.models import Access, Revision
from notifications.models import Team
from patients.models import Clinic, Patient

_COLUMNS = {
    "user_id": "auth.User",
    "made_by_id": "auth.User",
    "patient_id": "patients.Patient",
    "responder_id": "notifications.Responder",
    "asker_id": "notifications.Responder",
    "asked_id": "notifications.Responder",
    "layer_id": "notifications.Layer",
    "over_id": "notifications.Layer",
    "team_id": "notifications.Team",
    "clinic_id": "patients.Clinic",
    "ready_text_id": "monitor.ReadyText",
}
# A search that shows so many is about somebody: each is named. Of more, it is kept how many.
NAMED = 3
# While somebody types, one search follows another: what they show again is not kept again.
SHOWN_AGAIN = timedelta(minutes=1)
ITSELF = {"patients_patient": "patient_id", "monitor_readytext": "ready_text_id"}
"""Tables whose rows have a name, and the column by which other rows lead to one."""
BY = "spinewatch.user"
"""The setting of the database session that says who changes something."""


def looked(
    what: str,
    *,
    by: Any,
    clinic: Clinic,
    patient: Patient | None = None,
    detail: str = "",
    now: datetime,
) -> None:
    """Keep that somebody was shown a patient, or took something out: before it is shown."""
    Access.objects.create(
        what=Access.What(what), by=by, clinic=clinic, patient=patient, detail=detail, at=now
    )


def searched(people: Iterable[Patient], *, by: Any, now: datetime) -> None:
    """Keep whom a search showed, or how many; never what was typed. Two queries at most."""
    shown: dict[int, list[Patient]] = defaultdict(list)
    for one in people:
        shown[one.clinic_id].append(one)
    if not shown:
        return
    named, most = _shown_lately(shown, by=by, now=now)
    lines: list[tuple[int, Any, str]] = []
    for clinic, there in shown.items():
        if len(there) <= NAMED:
            lines += [(clinic, one.pk, "") for one in there if one.pk not in named]
        elif len(there) > most[clinic]:
            lines.append((clinic, None, str(len(there))))
    Access.objects.bulk_create(
        Access(
            what=Access.What.FOUND, by=by, clinic_id=clinic, patient_id=pk, detail=many, at=now
        )
        for clinic, pk, many in lines
    )


def _shown_lately(
    clinics: Iterable[int], *, by: Any, now: datetime
) -> tuple[set[Any], dict[int, int]]:
    """Whom searches of the last minute named, and by clinic the most that one showed.

    One that is narrowed by a further letter shows none but those of the one before.
    """
    named: set[Any] = set()
    most: dict[int, int] = defaultdict(int)
    for clinic, patient, many in Access.objects.filter(
        clinic__in=list(clinics), by=by, what=Access.What.FOUND, at__gt=now - SHOWN_AGAIN
    ).values_list("clinic_id", "patient_id", "detail"):
        if many:
            most[clinic] = max(most[clinic], int(many))
        else:
            named.add(patient)
    return named, most


def accesses(
    clinic: Clinic,
    *,
    patients: Iterable[Patient] | None = None,
    person: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Access]:
    """Who looked at whom at a clinic, the newest first."""
    found = Access.objects.filter(clinic=clinic).select_related("patient", "by")
    if patients is not None:
        found = found.filter(patient__in=list(patients))
    return _narrowed(found, person, since, until)


def revisions(
    clinic: Clinic,
    *,
    person: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Revision]:
    """What was changed at a clinic and on the teams that are paged for it, newest first."""
    teams = list(Team.objects.filter(clinicline__clinic=clinic).values_list("pk", flat=True))
    found = Revision.objects.filter(Q(clinic=clinic) | Q(team__in=teams)).select_related("by")
    return _narrowed(found, person, since, until)


def names(rows: Iterable[Revision]) -> dict[tuple[str, str], str]:
    """Who and what the rows are about, by column and key; a fixed number of queries."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for column, key in _keys(row):
            wanted.setdefault(_COLUMNS[column], set()).add(key)
    found: dict[str, dict[str, str]] = {}
    for label, keys in wanted.items():
        model = apps.get_model(label)
        found[label] = {
            str(one.pk): _called(one) for one in model._default_manager.filter(pk__in=keys)
        }
    return {
        (column, key): found[_COLUMNS[column]].get(key, key)
        for row in rows
        for column, key in _keys(row)
    }


def _keys(row: Revision) -> Iterator[tuple[str, str]]:
    """The columns of a revision that lead to other rows, and where."""
    for part in (row.about, row.before or {}, row.after or {}):
        for column, key in part.items():
            if column in _COLUMNS and key is not None:
                yield column, str(key)
    if row.table in ITSELF:
        yield ITSELF[row.table], row.key


def _called(one: Any) -> str:
    full = getattr(one, "get_full_name", None)
    return str((full() if full else "") or one)


def _narrowed(
    found: QuerySet[Any], person: str, since: datetime | None, until: datetime | None
) -> QuerySet[Any]:
    if person:
        found = found.filter(by=person) if person.isdecimal() else found.none()
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.order_by("-at", "-pk")


def changing(user: Any) -> None:
    """Tell the database who changes what is changed from now on; None for nobody."""
    with connection.cursor() as cursor:
        key = "" if user is None else str(user.pk)
        cursor.execute("SELECT set_config(%s, %s, false)", [BY, key])
