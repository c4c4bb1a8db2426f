"""The clinics of the crowd: their numbers, their staff, and a rota that somebody is on."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.auth import get_user_model

from monitor.crowd.people import words
from monitor.models import ClinicLine
from notifications.models import Layer, LayerMember, Responder, Rung, Sender, Team
from patients.models import Clinic, Membership

Role = Membership.Role
PREFIX = "made-up"
EVERYWHERE = f"{PREFIX}-nurse"
"""Who is a nurse at every clinic."""


@dataclass(frozen=True)
class Place:
    """A clinic with whom its rows name: the line, the desk's nurse, who takes pages."""

    clinic: Clinic
    line: ClinicLine
    nurse: Any
    responders: tuple[Responder, ...]


def build(number: int, *, password: str | None) -> list[Place]:
    """Make so many clinics. Without a password nobody of them can sign in by one."""
    everywhere = _user(EVERYWHERE, "Noor", "Haddad", password)
    places = []
    for place in range(number):
        one = _clinic(place, password=password)
        Membership.objects.create(user=everywhere, clinic=one.clinic, role=Role.NURSE)
        places.append(one)
    return places


def _user(name: str, given: str, family: str, password: str | None) -> Any:
    return get_user_model().objects.create_user(
        name, password=password, first_name=given, last_name=family
    )


def _clinic(place: int, *, password: str | None) -> Place:
    known = words()["clinics"]
    name = known["names"][place % len(known["names"])]
    zone = known["zones"][place % len(known["zones"])]
    number = f"+1{known['areas'][place]}5550100"
    slug = f"{PREFIX}-{place + 1}"
    clinic = Clinic.objects.create(
        name=name, slug=slug, time_zone=zone, country="US", phone=number
    )
    # A rehearsal's number: whatever is due goes to a stand-in, never to a network.
    sender = Sender.objects.create(name=name, number=number, rehearsal=True)
    team = Team.objects.create(name=f"{name} on call", time_zone=zone, sender=sender)
    nurse = _user(f"{slug}-nurse", "Robin", f"Ellis {place + 1}", password)
    Membership.objects.create(user=nurse, clinic=clinic, role=Role.NURSE)
    auditor = _user(f"{slug}-auditor", "Avery", f"Quinn {place + 1}", password)
    Membership.objects.create(user=auditor, clinic=clinic, role=Role.AUDITOR)
    responders = []
    for rank in range(3):
        title = known["clinicians"][(2 * place + rank) % len(known["clinicians"])]
        given, _, surname = title.rpartition(" ")
        user = _user(f"{slug}-clinician-{rank + 1}", given, surname, password)
        Membership.objects.create(user=user, clinic=clinic, role=Role.CLINICIAN)
        responders.append(
            Responder.objects.create(
                team=team,
                user=user,
                name=title,
                phone=number[:-2] + str(11 + rank),
                lead=not rank,
            )
        )
    _rota(team, responders)
    line = ClinicLine.objects.create(clinic=clinic, sender=sender, team=team)
    return Place(clinic, line, nurse, tuple(responders))


def _rota(team: Team, responders: list[Responder]) -> None:
    layer = Layer.objects.create(
        team=team, name="Week", starts_on=date(2020, 1, 6), handover_at=time(8), days=7
    )
    for position, responder in enumerate(responders):
        LayerMember.objects.create(layer=layer, responder=responder, position=position)
    Rung.objects.create(team=team, position=0, target=Rung.Target.LAYER, layer=layer)
    Rung.objects.create(
        team=team, position=1, target=Rung.Target.RESPONDER, responder=responders[0]
    )
    Rung.objects.create(team=team, position=2, target=Rung.Target.EVERYONE)
