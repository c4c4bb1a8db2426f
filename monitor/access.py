"""The doors to what the follow-up knows: a user's own clinics, and nothing else."""

from typing import Any

from django.db.models import QuerySet

from monitor.models import (
    Alert,
    Assessment,
    CheckIn,
    Episode,
    ReadyText,
    SavedView,
    TextRead,
    WorkItem,
)
from notifications.models import (
    CalendarLink,
    ContactMethod,
    Drill,
    Incident,
    Override,
    Page,
    Responder,
    Swap,
    Team,
    TimeOff,
)
from patients.access import Role, clinics


def episodes(user: Any) -> QuerySet[Episode]:
    """The follow-ups of the user's clinics."""
    return Episode.objects.filter(clinic__in=clinics(user))


def check_ins(user: Any) -> QuerySet[CheckIn]:
    """The check-ins of the user's clinics."""
    return CheckIn.objects.filter(episode__in=episodes(user))


def assessments(user: Any) -> QuerySet[Assessment]:
    """The assessments of the user's clinics."""
    return Assessment.objects.filter(episode__in=episodes(user))


def work(user: Any) -> QuerySet[WorkItem]:
    """The work of the user's clinics, done and to do."""
    return WorkItem.objects.filter(clinic__in=clinics(user))


def texts(user: Any) -> QuerySet[TextRead]:
    """The texts to the user's clinics, as they were read."""
    return TextRead.objects.filter(clinic__in=clinics(user))


def ready_texts(user: Any) -> QuerySet[ReadyText]:
    """The ready texts of the user's clinics, in their order, retired ones too."""
    return ReadyText.objects.filter(clinic__in=clinics(user)).order_by("position", "pk")


def alerts(user: Any) -> QuerySet[Alert]:
    """The alerts of the user's clinics."""
    return Alert.objects.filter(episode__in=episodes(user))


def pages(user: Any) -> QuerySet[Page]:
    """The pages of the teams that are paged for the user's clinics."""
    return Page.objects.filter(team__clinicline__clinic__in=clinics(user)).distinct()


def teams(user: Any) -> QuerySet[Team]:
    """The teams that are paged for the user's clinics."""
    return Team.objects.filter(clinicline__clinic__in=clinics(user)).distinct()


def overrides(user: Any) -> QuerySet[Override]:
    """The overrides of those teams."""
    return Override.objects.filter(layer__team__in=teams(user))


def time_off(user: Any) -> QuerySet[TimeOff]:
    """The time off of those teams' responders."""
    return TimeOff.objects.filter(responder__team__in=teams(user))


def swaps(user: Any) -> QuerySet[Swap]:
    """The swaps of those teams."""
    return Swap.objects.filter(layer__team__in=teams(user))


def calendar_links(user: Any) -> QuerySet[CalendarLink]:
    """The links to those teams' rotas."""
    return CalendarLink.objects.filter(team__in=teams(user))


def responder(user: Any, page: Page) -> Responder | None:
    """The person on the page's team that this user is, if any."""
    return member(user, page.team)


def member(user: Any, team: Team) -> Responder | None:
    """The person on a team that this user is, if any."""
    if not user.is_authenticated:
        return None
    return Responder.objects.filter(team=team, user=user, active=True).first()


def leads(user: Any, team: Team) -> bool:
    """Whether the user answers for a team's rota: its lead, or an admin of its clinic."""
    me = member(user, team)
    if me is not None and me.lead:
        return True
    return clinics(user, roles=(Role.ADMIN,)).filter(line__team=team).exists()


def incidents(user: Any) -> QuerySet[Incident]:
    """What is wrong with the paging of the teams of the user's clinics."""
    return Incident.objects.filter(team__in=teams(user))


def memberships(user: Any) -> QuerySet[Responder]:
    """The user as a responder, in each team of the user's clinics."""
    if not user.is_authenticated:
        return Responder.objects.none()
    return Responder.objects.filter(user=user, active=True, team__in=teams(user))


def contacts(user: Any) -> QuerySet[ContactMethod]:
    """The user's own contacts: nobody else's address is shown to anybody here."""
    return ContactMethod.objects.filter(responder__in=memberships(user), active=True)


def drills(user: Any) -> QuerySet[Drill]:
    """The drills of those teams that have begun."""
    return Drill.objects.filter(team__in=teams(user), page__isnull=False)


def number_of(user: Any, page: Page) -> str:
    """The phone of whoever a page is about, where that is of the user's clinics; else ""."""
    alert = alerts(user).filter(page=page).select_related("episode__patient").first()
    if alert is not None:
        return alert.episode.patient.phone
    item = work(user).filter(page=page).select_related("episode__patient", "inbound").first()
    if item is None:
        return ""
    if item.episode is not None:
        return item.episode.patient.phone
    return item.inbound.from_number if item.inbound is not None else ""


def views(user: Any) -> QuerySet[SavedView]:
    """The worklist's views that the user has kept."""
    if not user.is_authenticated:
        return SavedView.objects.none()
    return SavedView.objects.filter(user=user)
