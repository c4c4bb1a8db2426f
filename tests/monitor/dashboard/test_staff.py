"""The clinic's admin and the clinic's staff."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from patients.access import Role
from patients.models import Membership
from tests.world import World, make_user

INVITED = {
    "first_name": "Ida",
    "last_name": "Moreau",
    "username": "ida",
    "email": "ida@harbor.example",
    "role": "nurse",
}


@pytest.fixture
def boss(client: Client, world: World) -> Client:
    user = make_user("boss")
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    client.force_login(user)
    return client


def member(world: World, user: Any) -> Membership:
    return Membership.objects.get(user=user, clinic=world.clinic)


def test_everybody_of_the_clinic_and_nobody_else(boss: Client, world: World) -> None:
    Membership.objects.filter(user=world.auditor).update(role=Role.AUDITOR)
    page = boss.get("/staff").content.decode()
    for name in ("nurse", "auditor", "boss", "dr-chen"):
        assert f">{name}<" in page
    assert "other-nurse" not in page
    assert "outsider" not in page


def test_invited_by_email_one_sets_a_password(boss: Client, world: World) -> None:
    boss.post("/staff/invite", INVITED)
    user = get_user_model().objects.get(username="ida")
    assert (member(world, user).role, user.has_usable_password()) == (Role.NURSE, False)
    (sent,) = mail.outbox
    assert sent.to == ["ida@harbor.example"]
    link = re.search(r"http://testserver(/account/reset/\S+)", sent.body)
    assert link
    visitor = Client()
    path = visitor.get(link[1], follow=True).redirect_chain[-1][0]
    new = "a password of her own"
    visitor.post(path, {"password1": new, "password2": new})
    visitor.post("/sign-in", {"login": "ida", "password": new})
    assert visitor.get("/").url == "/account/second-factor/"


def test_without_a_mail_server_the_admin_hands_it_over(
    boss: Client, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(mail, "outbox")
    settings.EMAIL_HOST = ""
    page = boss.post("/staff/invite", INVITED).content.decode()
    assert "shown this once" in page
    assert re.search(r'value="http://testserver/account/reset/\S+"', page)
    assert 'value="http' not in boss.get("/staff").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "nurse"}, "This user name is taken"),
        ({"username": "a b"}, "letters, digits"),
        ({"email": "no"}, "valid email"),
        ({"role": "king"}, "valid choice"),
        ({"role": ""}, "required"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    boss: Client, change: dict[str, str], said: str
) -> None:
    before = get_user_model().objects.count()
    page = boss.post("/staff/invite", {**INVITED, **change}).content.decode()
    assert said in page
    assert 'value="Ida"' in page
    assert get_user_model().objects.count() == before


def test_who_has_an_account_belongs_here_too(boss: Client, world: World) -> None:
    world.other_nurse.email = "o@fenwick.example"
    world.other_nurse.set_password("something long enough")
    world.other_nurse.save()
    same = {**INVITED, "username": "other-nurse", "email": "O@fenwick.example"}
    boss.post("/staff/invite", same)
    boss.post("/staff/invite", same)
    here = member(world, world.other_nurse)
    assert not mail.outbox
    # Their account is not this admin's: no link, no factor forgotten.
    Authenticator.objects.create(user=world.other_nurse, type="totp", data={})
    for act in ("invite-again", "reset-factor"):
        page = boss.post(f"/staff/{here.pk}/{act}", follow=True).content.decode()
        assert "another clinic too" in page
    assert Authenticator.objects.filter(user=world.other_nurse).exists()
    assert not mail.outbox


def test_roles_and_the_last_admin(boss: Client, world: World) -> None:
    nurse = member(world, world.nurse)
    boss.post(f"/staff/{nurse.pk}/role", {"role": "auditor"})
    boss.post(f"/staff/{nurse.pk}/role", {"role": "king"})
    nurse.refresh_from_db()
    assert nurse.role == Role.AUDITOR
    own = Membership.objects.get(user__username="boss")
    for path, data in (
        (f"/staff/{own.pk}/role", {"role": "nurse"}),
        (f"/staff/{own.pk}/remove", {}),
    ):
        assert "needs an admin" in boss.post(path, data, follow=True).content.decode()
    boss.post(f"/staff/{nurse.pk}/role", {"role": "admin"})
    boss.post(f"/staff/{own.pk}/remove")
    assert boss.get("/").status_code == 403


def test_removed_one_sees_nothing_at_once(boss: Client, world: World) -> None:
    working = Client()
    working.force_login(world.nurse)
    assert working.get("/").status_code == 200
    boss.post(f"/staff/{member(world, world.nurse).pk}/remove")
    assert working.get("/").status_code == 403


def test_unlock(boss: Client, world: World) -> None:
    AccessAttempt.objects.create(
        username="nurse",
        ip_address="127.0.0.1",
        failures_since_start=5,
        attempt_time=timezone.now(),
    )
    assert "locked out until" in boss.get("/staff").content.decode()
    boss.post(f"/staff/{member(world, world.nurse).pk}/unlock")
    assert not AccessAttempt.objects.exists()


def test_a_lost_phone(boss: Client, world: World) -> None:
    working = Client()
    working.force_login(world.nurse)
    boss.post(f"/staff/{member(world, world.nurse).pk}/reset-factor")
    assert working.get("/").url == "/account/second-factor/"


def test_another_clinics_staff_is_not_to_be_had(boss: Client, world: World) -> None:
    there = Membership.objects.get(user=world.other_nurse)
    for act in ("invite-again", "role", "remove", "unlock", "reset-factor"):
        assert boss.post(f"/staff/{there.pk}/{act}").status_code == 404
    boss.post("/staff/invite", {**INVITED, "clinic": world.other.slug})
    assert not Membership.objects.filter(user__username="ida", clinic=world.other).exists()


def test_the_auditor_reads_it(client: Client, world: World) -> None:
    client.force_login(world.auditor)
    page = client.get("/staff").content.decode()
    assert "dr-chen" in page
    assert '<form method="post" action="/staff' not in page
