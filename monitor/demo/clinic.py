"""The made-up clinic of the demo: its people, its rota, and how they sign in."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from monitor import ready_texts
from monitor.models import ClinicLine
from monitor.rehearsal import ensure_clinic, make_ready
from monitor.starters import STARTERS
from notifications.models import (
    Channel,
    ContactMethod,
    Layer,
    LayerMember,
    NotificationRule,
    Responder,
    Rung,
    Sender,
    Team,
)
from patients.models import Clinic, Membership

NUMBER = "+12125550100"
PASSWORD = "spinewatch-demo"  # noqa: S105 - printed on the screen, for made-up data only
# One for each hour: it is early afternoon at the made-up clinic whenever the demo is started.
ZONES = (
    "Europe/London Atlantic/Azores Atlantic/South_Georgia America/Sao_Paulo America/Halifax "
    "America/New_York America/Chicago America/Denver America/Los_Angeles America/Anchorage "
    "Pacific/Honolulu Pacific/Midway Pacific/Auckland Pacific/Noumea Australia/Sydney "
    "Asia/Tokyo Asia/Singapore Asia/Bangkok Asia/Dhaka Asia/Karachi Asia/Dubai Africa/Nairobi "
    "Europe/Athens Europe/Paris"
).split()
AFTERNOON = time(13, 30)

STAFF = (
    ("nurse", "Nora Vance", Membership.Role.NURSE, ""),
    ("chen", "Dr. Chen", Membership.Role.CLINICIAN, "+12125550111"),
    ("novak", "Dr. Novak", Membership.Role.ON_CALL, "+12125550112"),
    ("okafor", "Dr. Okafor", Membership.Role.ON_CALL, "+12125550113"),
    ("auditor", "Avery Quinn", Membership.Role.AUDITOR, ""),
    ("admin", "Robin Hale", Membership.Role.ADMIN, ""),
)
# Seconds instead of minutes, so that a visitor sees a page climb.
WAYS = ((Channel.SMS, 0), (Channel.VOICE, 20))
SHORT_DELAYS = {"emergency_delay": 45, "urgent_delay": 90}


def afternoon_zone(now: datetime) -> str:
    """Where it is nearest to early afternoon; an American zone wins a tie."""
    wanted = timedelta(hours=AFTERNOON.hour, minutes=AFTERNOON.minute)

    def away(zone: str) -> timedelta:
        local = now.astimezone(ZoneInfo(zone))
        return abs(timedelta(hours=local.hour, minutes=local.minute) - wanted)

    return min(ZONES, key=lambda zone: (away(zone), not zone.startswith("America")))


def build(*, now: datetime) -> tuple[ClinicLine, Any]:
    """Make the clinic; returns its line and the nurse who works there."""
    zone = afternoon_zone(now)
    clinic = Clinic.objects.create(
        name="Harbor Spine Clinic",
        slug="harbor",
        time_zone=zone,
        phone=NUMBER,
        country="US",
        open_weekdays=[0, 1, 2, 3, 4, 5, 6],
    )
    for starter in STARTERS:
        ready_texts.save(clinic, name=starter.name, words=starter.words)
    sender = Sender.objects.create(name=clinic.name, number=NUMBER)
    team = Team.objects.create(name="Harbor on call", time_zone=zone, sender=sender)
    rehearsals = ensure_clinic(real_sender=True, now=now).clinic
    responders = []
    for username, name, role, phone in STAFF:
        given, _, family = name.partition(" ")
        user = get_user_model().objects.create_user(
            username, password=PASSWORD, first_name=given, last_name=family
        )
        for place in (clinic, rehearsals):
            Membership.objects.create(user=user, clinic=place, role=role)
        if phone:
            responder = Responder.objects.create(
                team=team, user=user, name=name, phone=phone, lead=username == "chen"
            )
            make_ready(responder, now=now)
            responders.append(responder)
    _rota(team, responders)
    nurse = get_user_model().objects.get(username="nurse")
    return ClinicLine.objects.create(clinic=clinic, sender=sender, team=team), nurse


def _rota(team: Team, responders: list[Responder]) -> None:
    lead, *others = responders
    layer = Layer.objects.create(
        team=team, name="Week", starts_on=date(2026, 1, 5), handover_at=time(8), days=7
    )
    for place, responder in enumerate((lead, *others)):
        LayerMember.objects.create(layer=layer, responder=responder, position=place)
    Rung.objects.create(team=team, position=0, target=Rung.Target.LAYER, layer=layer)
    Rung.objects.create(team=team, position=1, target=Rung.Target.RESPONDER, responder=lead)
    Rung.objects.create(team=team, position=2, target=Rung.Target.EVERYONE)


def hurry(team: Team) -> None:
    """From now on a page climbs within the patience of somebody who watches.

    Everybody is texted, and called when that has not helped.
    """
    Rung.objects.filter(team=team).update(**SHORT_DELAYS)
    for responder in Responder.objects.filter(team=team):
        for channel, delay in WAYS:
            contact = ContactMethod.objects.get(
                responder=responder, channel=channel, address=responder.phone
            )
            NotificationRule.objects.create(contact=contact, delay=delay)
