"""Signing in: password, second factor, lockout, trusted phones, and the demo's one click."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from pytest_django import Settings

from monitor.dashboard.second_factor import TRUSTED
from tests import signed_in
from tests.monitor.dashboard.scene import Scene
from tests.world import World

PASSWORD = "a long one for a test"
SECRET = "JBSWY3DPEHPK3PXP"
ENROL = "/account/second-factor/"


@pytest.fixture(autouse=True)
def cheap_hash(settings: Settings) -> None:
    """What is slow on purpose is slow often here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def nurse(world: World) -> Any:
    world.nurse.set_password(PASSWORD)
    world.nurse.email = "nurse@harbor.example"
    world.nurse.save()
    return world.nurse


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


def enrol(user: Any) -> None:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def enter(client: Client, user: Any, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"login": user.username, "password": password, **more})


def test_the_first_time_one_enrols_before_anything_is_shown(
    client: Client, nurse: Any, scene: Scene
) -> None:
    path = f"/patients/{scene.flagged.patient_id}"
    assert enter(client, nurse, next=path).url == path
    for tried in (path, "/", f"/p/{scene.page.reference}", "/rota"):
        answer = client.get(tried)
        assert (answer.status_code, answer.url) == (302, ENROL)
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 401
    page = client.get(ENROL).content.decode()
    assert "Set one up now" in page
    assert "Adler" not in page
    shown = client.get(f"{ENROL}totp/activate/")
    secret = shown.context["form"].secret
    entered = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    answer = client.post(f"{ENROL}totp/activate/", {"code": entered})
    assert answer.url == f"{ENROL}recovery-codes/"
    codes = client.get(answer.url).content.decode()
    assert len(re.findall(r"^.*\b\d{8}\b", codes, re.M)) == 10
    # And on it goes; that the session counts from here on is seen in the browser, because
    # the signal is sent when the transaction of the factor is committed.
    assert 'href="/rota"' in codes


def test_then_the_code_is_asked_each_time(client: Client, nurse: Any, world: World) -> None:
    enrol(nurse)
    assert enter(client, nurse).url == f"{ENROL}authenticate/"
    assert client.get("/").url.startswith("/sign-in")
    wrong = client.post(f"{ENROL}authenticate/", {"code": "000000"})
    assert "Incorrect code." in wrong.content.decode()
    assert client.post(f"{ENROL}authenticate/", {"code": code()}).url == "/"
    assert client.get("/").status_code == 200


def test_a_recovery_code_works_once(nurse: Any) -> None:
    enrol(nurse)
    kept = Authenticator.objects.get(user=nurse, type="recovery_codes").wrap()
    spare = kept.get_unused_codes()[0]
    for expected in ("/", None):
        client = Client()
        enter(client, nurse)
        answer = client.post(f"{ENROL}authenticate/", {"code": spare})
        assert getattr(answer, "url", None) == expected


def test_a_factor_that_is_forgotten_lets_nobody_on(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    assert client.get("/").status_code == 200
    Authenticator.objects.filter(user=world.nurse).delete()
    assert client.get("/").url == ENROL


def test_five_wrong_passwords_lock_and_say_so(nurse: Any) -> None:
    client = Client()
    for _n in range(4):
        assert "do not match" in enter(client, nurse, "wrong").content.decode()
    locked = enter(client, nurse, "wrong")
    assert locked.status_code == 429
    assert "After 15 minutes it can be tried again" in locked.content.decode()
    assert enter(client, nurse).status_code == 429
    # Somebody who knows the name cannot lock its owner out elsewhere.
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert enter(elsewhere, nurse).status_code == 302
    with time_machine.travel(timedelta(minutes=16)):
        assert enter(client, nurse).status_code == 302


def test_wrong_codes_lock_too(nurse: Any) -> None:
    enrol(nurse)
    client = Client()
    enter(client, nurse)
    heard = [
        client.post(f"{ENROL}authenticate/", {"code": "000000"}).status_code for _n in range(5)
    ]
    assert heard == [200, 200, 200, 200, 429]


def test_there_is_no_sign_up(client: Client, nurse: Any) -> None:
    page = client.get("/sign-in").content.decode()
    assert "ign up" not in page
    for path in ("/account/signup/", "/signup", "/account/email/"):
        assert client.get(path).status_code == 404


def test_a_forgotten_password_is_set_anew_by_email(client: Client, nurse: Any) -> None:
    client.post("/account/reset", {"email": "nobody@harbor.example"})
    client.post("/account/reset", {"email": nurse.email})
    sent = [one for one in mail.outbox if one.to == [nurse.email]]
    found = re.search(r"http://testserver(/account/reset/\S+)", sent[0].body)
    assert found
    form = client.get(found[1], follow=True)
    path = form.redirect_chain[-1][0]
    new = {"password1": "another long one here", "password2": "another long one here"}
    assert client.post(path, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(path, new).url == "/account/reset/done"
    assert enter(client, nurse, "another long one here").status_code == 302
    assert "already been used" in Client().get(found[1]).content.decode()


def test_a_trusted_phone_opens_pages_by_password_alone(
    client: Client, scene: Scene, world: World
) -> None:
    doctor = scene.responder.user
    doctor.set_password(PASSWORD)
    doctor.save()
    enrol(doctor)
    page = f"/p/{scene.page.reference}"
    enter(client, doctor, next=page)
    asked = client.post(f"{ENROL}authenticate/", {"code": code()})
    assert asked.url == f"{ENROL}trust/"
    assert client.post(asked.url, {"action": "trust"}).url == page
    client.post("/sign-out")
    # At three in the morning: the password, which the phone fills in, and one tap.
    assert enter(client, doctor, next=page).url == page
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/acknowledge").url == page
    scene.page.refresh_from_db()
    assert scene.page.state == "acknowledged"
    patient = f"/patients/{scene.flagged.patient_id}"
    for path in ("/", patient, "/patients", "/rota"):
        answer = client.get(path)
        assert answer.url == f"{ENROL}reauthenticate/?next={path.replace('/', '%2F')}"
    # A code of the app works once: this one comes from the recovery codes.
    spare = Authenticator.objects.get(user=doctor, type="recovery_codes").wrap()
    given = {"code": spare.get_unused_codes()[0], "next": patient}
    answer = client.post(f"{ENROL}reauthenticate/", given)
    assert answer.url == patient
    assert client.get(patient).status_code == 200


def test_nobody_else_is_offered_to_trust_a_browser(client: Client, nurse: Any) -> None:
    enrol(nurse)
    enter(client, nurse)
    assert client.post(f"{ENROL}authenticate/", {"code": code()}).url == "/"


def test_a_trusted_phone_is_for_pages_alone(client: Client, world: World, scene: Scene) -> None:
    """Enrolled, and signed in by the password alone: whatever is not of a page is shut."""
    from tests.monitor.dashboard.test_doors import PLACES

    Authenticator.objects.create(user=world.nurse, type="totp", data={"secret": SECRET})
    signed_in.by_password(client, world.nurse)
    for name, (path, method, _auditor) in PLACES.items():
        if name in TRUSTED or "{" in path:
            continue
        answer = getattr(client, method)(path)
        assert answer.status_code == 302, name
        assert answer.url.startswith(f"{ENROL}reauthenticate/"), name


def test_the_demo_is_one_click(client: Client, nurse: Any, settings: Settings) -> None:
    assert client.post("/sign-in/demo", {"who": "nurse"}).status_code == 404
    settings.DEMO, settings.SECOND_FACTOR = True, False
    assert "The demo: one click" in client.get("/sign-in").content.decode()
    assert client.post("/sign-in/demo", {"who": "outsider"}).status_code == 404
    assert client.post("/sign-in/demo", {"who": "nurse", "next": "/today"}).url == "/today"
    assert client.get("/today").status_code == 200


def test_production_cannot_leave_it_out(settings: Settings) -> None:
    from monitor.checks import the_demo_stays_at_home

    assert settings.SECOND_FACTOR
    assert the_demo_stays_at_home(None) == []
    settings.DEMO = True
    settings.PUBLIC_BASE_URL = "https://follow-up.example.org"
    assert [one.id for one in the_demo_stays_at_home(None)] == ["monitor.E005"]
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    assert the_demo_stays_at_home(None) == []


def test_in_spanish(client: Client, nurse: Any) -> None:
    enrol(nurse)
    headers = {"Accept-Language": "es"}
    assert (
        "Entrar con una llave de acceso"
        in client.get("/sign-in", headers=headers).content.decode()
    )
    enter(client, nurse)
    page = client.get(f"{ENROL}authenticate/", headers=headers).content.decode()
    assert "Please" not in page
    assert "Cancelar" in page
