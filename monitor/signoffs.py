"""Who answers for a protocol version at a clinic, and which one its new follow-ups take.

Rows are only ever added. A sign-off stands for one digest at one clinic: for a version whose
content has changed since, it stands no longer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from monitor import versions
from monitor.models import ProtocolChoice, SignOff
from monitor.protocol import Protocol, ProtocolError, load
from patients.access import Role
from patients.models import Clinic

# Who may sign, withdraw and choose, at their own clinic.
SIGNATORIES = frozenset({Role.ADMIN, Role.CLINICIAN})

Signed = Mapping[tuple[Any, str, str], SignOff]
"""The sign-offs in force, by clinic, protocol name and digest."""


class NotSigned(ValueError):
    """Nothing was recorded; the message says why and what to do."""


def in_force(clinics: QuerySet[Clinic] | Iterable[Clinic]) -> Signed:
    """The sign-offs of these clinics that were not withdrawn; one query."""
    newest = (
        SignOff.objects.filter(clinic__in=clinics)
        .select_related("by")
        .order_by("clinic", "protocol", "digest", "-pk")
        .distinct("clinic", "protocol", "digest")
    )
    return {
        (one.clinic_id, one.protocol, one.digest): one
        for one in newest
        if one.act == SignOff.Act.SIGNED
    }


def sign(
    clinic: Clinic, protocol: Protocol, *, digest: str, clinician: str, by: Any, now: datetime
) -> SignOff:
    """Record that a clinician answers for this version at the clinic.

    `digest` is the one of what was read. NotSigned without a name, for other content, or where
    it is signed already.
    """
    clinician = " ".join(clinician.split())
    if not clinician:
        raise NotSigned("Enter the name of the clinician who answers for it.")
    if digest != protocol.digest:
        raise NotSigned("The protocol has changed since this page was opened: read it again.")
    if (clinic.pk, protocol.name, digest) in in_force([clinic]):
        raise NotSigned("This version is signed off already.")
    return _write(SignOff.Act.SIGNED, clinic, protocol, clinician=clinician, by=by, now=now)


def withdraw(
    clinic: Clinic, protocol: Protocol, *, note: str, by: Any, now: datetime
) -> SignOff:
    """Record that the clinic's sign-off no longer stands; the row of the sign-off stays.

    NotSigned without a reason, or where none is in force.
    """
    if not note.strip():
        raise NotSigned("Say why the sign-off is withdrawn.")
    signed = in_force([clinic]).get((clinic.pk, protocol.name, protocol.digest))
    if signed is None:
        raise NotSigned("This version is not signed off.")
    return _write(
        SignOff.Act.WITHDRAWN,
        clinic,
        protocol,
        clinician=signed.clinician,
        by=by,
        now=now,
        note=note.strip(),
    )


def _write(
    act: SignOff.Act,
    clinic: Clinic,
    protocol: Protocol,
    *,
    clinician: str,
    by: Any,
    now: datetime,
    note: str = "",
) -> SignOff:
    return SignOff.objects.create(
        clinic=clinic,
        protocol=protocol.name,
        digest=protocol.digest,
        act=act,
        clinician=clinician,
        by=by,
        at=now,
        note=note,
    )


def choose(
    clinic: Clinic, procedure: str, name: str, *, by: Any, now: datetime
) -> ProtocolChoice:
    """Let the clinic's new follow-ups of a procedure take a version; "" for the latest.

    Follow-ups that have begun keep theirs. ProtocolError for a version that is not there or is
    one of another procedure.
    """
    if name and load(name).procedure != procedure:
        raise ProtocolError(f"{name} is for another procedure; choose one of its own versions")
    return ProtocolChoice.objects.create(
        clinic=clinic, procedure=procedure, protocol=name, by=by, at=now
    )


@dataclass(frozen=True)
class Unsigned:
    """What a clinic uses without a sign-off: names of versions, in order."""

    clinic: Clinic
    names: tuple[str, ...]


def unsigned(clinics: QuerySet[Clinic]) -> list[Unsigned]:
    """The clinics that use versions nobody has signed: running, or for new follow-ups."""
    signed, taken = in_force(clinics), versions.taken(clinics)
    used = {(pk, one.name, one.digest) for (pk, _), one in taken.items()}
    used |= set(versions.in_use(clinics))
    found = []
    for clinic in clinics:
        names = {name for pk, name, digest in used - signed.keys() if pk == clinic.pk}
        if names:
            found.append(Unsigned(clinic, tuple(sorted(names))))
    return found


def history(clinic: Clinic, protocol: Protocol) -> QuerySet[SignOff]:
    """Every sign-off and withdrawal of a version at a clinic, newest first."""
    rows = SignOff.objects.filter(clinic=clinic, protocol=protocol.name)
    return rows.select_related("by").order_by("-pk")
