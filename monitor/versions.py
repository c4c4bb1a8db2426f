"""Which protocol version rules a follow-up: the one it began with, whatever files say now.

A version's content is kept in the database when the first follow-up begins with it. As long as
the file still has that digest the file is used, else the kept content; both give the same
assessments. A file that has changed under a running follow-up is reported by `manage.py check
--database default`, by /health and on the staff pages.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from monitor import protocol as protocols
from monitor.models import Episode, KeptProtocol, ProtocolChoice
from monitor.protocol import Protocol, ProtocolError
from patients.models import Clinic, Procedure

logger = logging.getLogger(__name__)


def keep(protocol: Protocol, *, now: datetime) -> None:
    """Keep a version's content for the follow-ups that begin with it."""
    KeptProtocol.objects.get_or_create(
        digest=protocol.digest,
        defaults={"name": protocol.name, "content": protocol.content, "kept_at": now},
    )


def ruling(name: str, digest: str) -> Protocol:
    """The version of this name with this digest: from its file, or as it was kept.

    Where neither has the digest the file is used, because a red flag must be read by some
    rules rather than none; the assessment then carries the file's own digest, and /health is
    not well. ProtocolError where there is no file either.
    """
    version = current(name)
    if version is not None and version.digest == digest:
        return version
    try:
        return _kept(digest)
    except KeptProtocol.DoesNotExist:
        logger.error("protocol %s: its file has changed and no copy was kept", name)
        return protocols.load(name)


def chosen(clinic: Clinic, procedure: str) -> Protocol:
    """The version that the clinic's new follow-ups take; the latest unless it chose another.

    A chosen version whose file is gone gives way to the latest: nobody goes unasked for it.
    """
    choice = choices([clinic]).get((clinic.pk, procedure))
    return _taken(choice, procedure)


def choices(
    clinics: QuerySet[Clinic] | Iterable[Clinic],
) -> dict[tuple[Any, str], ProtocolChoice]:
    """The newest choice of each clinic for each procedure; one query."""
    rows = ProtocolChoice.objects.filter(clinic__in=clinics).select_related("by")
    newest = rows.order_by("clinic", "procedure", "-pk").distinct("clinic", "procedure")
    return {(one.clinic_id, one.procedure): one for one in newest}


def taken(clinics: QuerySet[Clinic]) -> dict[tuple[Any, str], Protocol]:
    """The version that new follow-ups take, by clinic and procedure; two queries."""
    known, found = choices(clinics), {}
    for clinic in clinics:
        for procedure in Procedure.Kind.values:
            try:
                version = _taken(known.get((clinic.pk, procedure)), procedure)
            # A broken file is told by `manage.py check`; it must not take the pages with it.
            except ProtocolError:
                continue
            found[clinic.pk, procedure] = version
    return found


def _taken(choice: ProtocolChoice | None, procedure: str) -> Protocol:
    if choice is not None and choice.protocol:
        version = current(choice.protocol)
        if version is not None and version.procedure == procedure:
            return version
        logger.error("protocol %s was chosen by a clinic and is not there", choice.protocol)
    return protocols.latest(procedure)


@dataclass(frozen=True)
class Drift:
    """Running follow-ups by protocol name, where the file is not the one they began with.

    `kept` run on under their kept content; `lost` have none.
    """

    kept: Mapping[str, int]
    lost: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.kept or self.lost)


def drift(clinics: QuerySet[Clinic] | None = None) -> Drift:
    """Find running follow-ups whose protocol file has changed since they began."""
    kept: dict[str, int] = {}
    lost: dict[str, int] = {}
    copies = set(KeptProtocol.objects.values_list("digest", flat=True))
    for clinic, name, digest in in_use(clinics):
        version = current(name)
        if version is None or version.digest != digest:
            found = kept if digest in copies else lost
            found[name] = found.get(name, 0) + _running(clinic, name, digest)
    return Drift(kept, lost)


def in_use(clinics: QuerySet[Clinic] | None = None) -> list[tuple[Any, str, str]]:
    """(clinic's key, name, digest) of the running follow-ups of these clinics, or of all.

    One step into the index for each, however many follow-ups there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE)
        found: list[tuple[Any, str, str]] = cursor.fetchall()
    if clinics is None:
        return found
    mine = {clinic.pk for clinic in clinics}
    return [one for one in found if one[0] in mine]


def _running(clinic: Any, name: str, digest: str) -> int:
    """How many follow-ups of a clinic run under a version."""
    running = Episode.objects.exclude(state=Episode.State.ENDED)
    return running.filter(clinic=clinic, protocol=name, protocol_digest=digest).count()


# PostgreSQL has no skip scan for this: each round asks the index for the next other entry.
_IN_USE = """
    WITH RECURSIVE used AS (
        (SELECT clinic_id, protocol, protocol_digest FROM monitor_episode
         WHERE NOT (state = 'ended') ORDER BY 1, 2, 3 LIMIT 1)
        UNION ALL
        SELECT following.* FROM used CROSS JOIN LATERAL
            (SELECT clinic_id, protocol, protocol_digest FROM monitor_episode
             WHERE NOT (state = 'ended') AND (clinic_id, protocol, protocol_digest)
                 > (used.clinic_id, used.protocol, used.protocol_digest)
             ORDER BY 1, 2, 3 LIMIT 1) AS following
    )
    SELECT clinic_id, protocol, protocol_digest FROM used ORDER BY 2, 3, 1
"""


def current(name: str) -> Protocol | None:
    """The version as its file says; None where there is none, or a broken one."""
    try:
        return protocols.load(name)
    except ProtocolError:
        return None


@lru_cache(maxsize=64)
def _kept(digest: str) -> Protocol:
    content = KeptProtocol.objects.get(digest=digest).content
    return protocols.restore(content, digest=digest)
