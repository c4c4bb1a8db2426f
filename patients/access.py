"""The door to clinics and patients: what is not let through here, nobody sees."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from patients.models import Clinic, Membership, Patient

Role = Membership.Role
# Who may change what is known of a patient; an auditor reads all and changes nothing.
STAFF = frozenset({Role.ADMIN, Role.NURSE, Role.CLINICIAN, Role.ON_CALL})
REGISTRARS = frozenset({Role.ADMIN, Role.NURSE, Role.CLINICIAN})


def clinics(user: Any, *, roles: Iterable[str] = Role.values) -> QuerySet[Clinic]:
    """The clinics where this user has one of these roles. Signed out: none."""
    if not user.is_authenticated:
        return Clinic.objects.none()
    return Clinic.objects.filter(
        membership__user=user, membership__role__in=list(roles)
    ).distinct()


def roles_of(user: Any) -> dict[int, str]:
    """The user's role by clinic, of which nobody has two at one. Signed out: none."""
    if not user.is_authenticated:
        return {}
    return dict(Membership.objects.filter(user=user).values_list("clinic_id", "role"))


def patients(user: Any) -> QuerySet[Patient]:
    """The patients of the user's clinics."""
    return Patient.objects.filter(clinic__in=clinics(user))
