"""Who belongs to a clinic, and as what: the verbs behind the page Staff."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from patients.access import Role
from patients.models import Clinic, Membership


class NotDone(ValueError):
    """Refused; the message says why."""


@transaction.atomic
def invite(
    clinic: Clinic, *, username: str, name: tuple[str, str], email: str, role: str
) -> Any:
    """The user, who belongs to the clinic from now on; made without a password where new.

    NotDone when the name is somebody else's, or belongs already.
    """
    user = get_user_model().objects.filter(username__iexact=username).first()
    if user is None:
        user = get_user_model()(
            username=username, first_name=name[0], last_name=name[1], email=email
        )
        user.set_unusable_password()
        user.save()
    elif user.email.lower() != email.lower():
        raise NotDone("This user name is taken: choose another.")
    if Membership.objects.filter(user=user, clinic=clinic).exists():
        raise NotDone("They belong to the clinic already.")
    Membership.objects.create(user=user, clinic=clinic, role=role)
    return user


@transaction.atomic
def set_role(membership: Membership, role: str) -> None:
    """NotDone where that would leave the clinic without an admin."""
    _keep_an_admin(membership, unless=role == Role.ADMIN)
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove(membership: Membership) -> None:
    """Let somebody belong no longer. NotDone for the only admin; what they did is kept."""
    _keep_an_admin(membership)
    membership.delete()


def own(user: Any, clinic: Clinic) -> bool:
    """Whether a clinic's admin may see to the account itself: it is of no other clinic, and
    runs nothing.
    """
    elsewhere = Membership.objects.filter(user=user).exclude(clinic=clinic).exists()
    return not elsewhere and not user.is_superuser and not user.is_staff


def _keep_an_admin(membership: Membership, *, unless: bool = False) -> None:
    # The clinic's row is the lock: two admins must not remove each other at once.
    Clinic.objects.select_for_update().get(pk=membership.clinic_id)
    admins = Membership.objects.filter(clinic=membership.clinic_id, role=Role.ADMIN)
    others = admins.exclude(pk=membership.pk).exists()
    if membership.role == Role.ADMIN and not unless and not others:
        raise NotDone("The clinic needs an admin: make somebody else one first.")
