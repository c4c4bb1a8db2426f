"""The world that tests stand in: a clinic, a second clinic, and an outsider.

Whatever a test shows of the first clinic, the other two are there to be shown nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from monitor.models import ClinicLine
from notifications.models import Channel, Layer, LayerMember, Responder, Rung, Sender, Team
from notifications.oncall import verifying
from patients.models import Clinic, Membership, Procedure
from patients.registration import Registration, register

# A Tuesday, 15:00 in New York.
NOW = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)


def make_user(name: str) -> Any:
    # No password: hashing one is slow on purpose, and tests sign in without it.
    return get_user_model().objects.create_user(username=name)


def make_responder(team: Team, name: str, phone: str, *, lead: bool = False) -> Responder:
    user = make_user(name.lower().replace(" ", "-").replace(".", ""))
    responder = Responder.objects.create(
        team=team, user=user, name=name, phone=phone, lead=lead
    )
    make_ready(responder)
    return responder


def make_ready(responder: Responder, *, now: datetime = NOW) -> None:
    """Two channels of the responder's phone are verified; no rule says how pages use them."""
    for channel in (Channel.SMS, Channel.VOICE):
        contact = verifying.add(responder, channel=channel, address=responder.phone)
        verifying.confirm(contact, now=now)


def make_clinic(
    name: str, *, zone: str, country: str, number: str, staff: tuple[tuple[str, str], ...]
) -> ClinicLine:
    """A clinic with its line, two people on a weekly rota, and a lead above them."""
    slug = name.lower().replace(" ", "-")
    clinic = Clinic.objects.create(
        name=name, slug=slug, time_zone=zone, country=country, phone=number
    )
    sender = Sender.objects.create(name=name, number=number)
    team = Team.objects.create(name=f"{name} on call", time_zone=zone, sender=sender)
    first, second, lead = (
        make_responder(team, who, phone, lead=place == 2)
        for place, (who, phone) in enumerate(staff)
    )
    layer = Layer.objects.create(
        team=team, name="Weekly", starts_on=date(2026, 1, 5), handover_at=time(8, 0), days=7
    )
    for place, responder in enumerate((first, second)):
        LayerMember.objects.create(layer=layer, responder=responder, position=place)
        Membership.objects.create(
            user=responder.user, clinic=clinic, role=Membership.Role.ON_CALL
        )
    Membership.objects.create(user=lead.user, clinic=clinic, role=Membership.Role.CLINICIAN)
    Rung.objects.create(team=team, position=0, target=Rung.Target.LAYER, layer=layer)
    Rung.objects.create(team=team, position=1, target=Rung.Target.RESPONDER, responder=lead)
    Rung.objects.create(team=team, position=2, target=Rung.Target.EVERYONE)
    return ClinicLine.objects.create(clinic=clinic, sender=sender, team=team)


@dataclass
class World:
    """`clinic` is what a test is about; `other` and `outsider` must learn nothing of it."""

    line: ClinicLine
    other_line: ClinicLine
    nurse: Any
    auditor: Any
    other_nurse: Any
    outsider: Any

    @property
    def clinic(self) -> Clinic:
        return self.line.clinic

    @property
    def other(self) -> Clinic:
        return self.other_line.clinic

    @property
    def team(self) -> Team:
        return self.line.team

    def form(self, **changes: Any) -> Registration:
        """A registration without fault, of a procedure five hours before NOW."""
        return registration(**changes)

    def register(self, *, now: datetime = NOW, **changes: Any) -> Procedure:
        return register(
            self.form(**changes),
            clinic=self.clinic,
            by=self.nurse,
            now=now,
            accept_warnings=True,
        )

    def register_elsewhere(self, *, now: datetime = NOW, **changes: Any) -> Procedure:
        """The same person's name at the second clinic, with a phone of that country."""
        changes = {"phone": "07400 123456", **changes}
        return register(self.form(**changes), clinic=self.other, by=self.other_nurse, now=now)


def registration(**changes: Any) -> Registration:
    performed_at = changes.get("performed_at", NOW - timedelta(hours=5))
    values: dict[str, Any] = {
        "given_name": "Ruth",
        "family_name": "Adler",
        "born_on": date(1957, 6, 2),
        "phone": "(201) 555-0123",
        "kind": Procedure.Kind.EPIDURAL_STEROID,
        "region": Procedure.Region.LUMBAR,
        "side": Procedure.Side.LEFT,
        "levels": ["L4/5"],
        "performed_at": performed_at,
        "clinician": "Dr. Osei",
        "steroid": True,
        "drugs": "dexamethasone 10 mg",
        "baseline_pain": 6,
        "consent_given_at": performed_at,
        "consent_how": "written",
    }
    return Registration(**{**values, **changes})


def make_world() -> World:
    line = make_clinic(
        "Harbor Spine Clinic",
        zone="America/New_York",
        country="US",
        number="+12125550100",
        staff=(
            ("Dr. Chen", "+12125550111"),
            ("Dr. Novak", "+12125550112"),
            ("Dr. Okafor", "+12125550113"),
        ),
    )
    other = make_clinic(
        "Fenwick Pain Centre",
        zone="Europe/London",
        country="GB",
        number="+447400000100",
        staff=(
            ("Dr. Hughes", "+447400000111"),
            ("Dr. Patel", "+447400000112"),
            ("Dr. Young", "+447400000113"),
        ),
    )
    nurse, auditor, other_nurse, outsider = (
        make_user(name) for name in ("nurse", "auditor", "other-nurse", "outsider")
    )
    for user, clinic, role in (
        (nurse, line.clinic, Membership.Role.NURSE),
        (auditor, line.clinic, Membership.Role.AUDITOR),
        (other_nurse, other.clinic, Membership.Role.NURSE),
    ):
        Membership.objects.create(user=user, clinic=clinic, role=role)
    return World(line, other, nurse, auditor, other_nurse, outsider)
