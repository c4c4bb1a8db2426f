"""Limits of tries hold: for codes as for passwords, and whichever process is asked."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client, RequestFactory

from monitor.dashboard import lockout
from patients.access import Role
from patients.models import Membership
from tests import signed_in
from tests.monitor.dashboard.test_sign_in import (
    ENROL,
    PASSWORD,
    cheap_hash,
    code,
    enrol,
    enter,
    nurse,
)
from tests.world import World

__all__ = ["cheap_hash", "nurse"]

AUTHENTICATE, AGAIN = f"{ENROL}authenticate/", f"{ENROL}reauthenticate/"
WRONG = {"code": "000000"}
MINUTE = timedelta(minutes=1)

# What another process answers to forms that were sent to it.
ELSEWHERE = """
import django, json, sys
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
from django.test import Client
heard = []
for session, address, path, form in json.load(sys.stdin):
    client = Client(REMOTE_ADDR=address)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    heard.append(client.post(path, form).status_code)
print(json.dumps(heard))
"""


def elsewhere(*asked: tuple[Client, str, str, dict[str, str]]) -> list[int]:
    """The statuses with which a web process of its own answers."""
    of = connection.settings_dict
    url = f"postgresql://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"
    given = [
        (client.cookies["sessionid"].value, address, path, form)
        for client, address, path, form in asked
    ]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=json.dumps(given),
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "monitor.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    heard: list[int] = json.loads(done.stdout)
    return heard


def asked_for_a_code(user: Any, address: str = "127.0.0.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    assert enter(client, user).url == AUTHENTICATE
    return client


def test_after_five_wrong_codes_the_right_one_is_not_looked_at(nurse: Any) -> None:
    enrol(nurse)
    client = asked_for_a_code(nurse)
    assert [client.post(AUTHENTICATE, WRONG).status_code for _ in range(5)][-1] == 429
    refused = client.post(AUTHENTICATE, {"code": code()})
    assert refused.status_code == 429
    assert "After 15 minutes it can be tried again" in refused.content.decode()
    assert client.get("/").status_code == 302
    # The refused one is not spent: it lets in from elsewhere.
    other = asked_for_a_code(nurse, "203.0.113.9")
    assert other.post(AUTHENTICATE, {"code": code()}).url == "/"


def test_a_step_up_counts_the_same_way(client: Client, nurse: Any) -> None:
    enrol(nurse)
    signed_in.verified(client, nurse, ago=310)
    for _n in range(3):
        assert client.post(AGAIN, WRONG).status_code == 200
    assert client.post("/account/confirm", {"password": "wrong"}).status_code == 200
    assert client.post("/account/confirm", {"password": "wrong"}).status_code == 429
    assert client.post(AGAIN, {"code": code()}).status_code == 429
    assert client.post("/account/confirm", {"password": PASSWORD}).status_code == 429
    assert AccessAttempt.objects.get().failures_since_start >= 5


def test_many_addresses_have_ten_codes_between_them(nurse: Any) -> None:
    enrol(nurse)
    for n in range(10):
        client = asked_for_a_code(nurse, f"203.0.113.{n}")
        assert client.post(AUTHENTICATE, WRONG).status_code == 200
    last = asked_for_a_code(nurse, "203.0.113.99")
    assert last.post(AUTHENTICATE, {"code": code()}).status_code == 429
    # A stranger without the password has no say in it.
    with time_machine.travel(timedelta(minutes=16)):
        fresh = asked_for_a_code(nurse, "203.0.113.99")
        assert fresh.post(AUTHENTICATE, {"code": code()}).url == "/"


def test_the_admin_lets_try_at_once(client: Client, nurse: Any, world: World) -> None:
    enrol(nurse)
    for n in range(10):
        asked_for_a_code(nurse, f"203.0.113.{n}").post(AUTHENTICATE, WRONG)
    Membership.objects.filter(user=world.auditor).update(role=Role.ADMIN)
    client.force_login(world.auditor)
    member = nurse.membership_set.get()
    assert "locked out until" in client.get("/staff").content.decode()
    assert client.post(f"/staff/{member.pk}/unlock").status_code == 302
    assert "locked out" not in client.get("/staff").content.decode()
    tried = asked_for_a_code(nurse, "203.0.113.99")
    assert tried.post(AUTHENTICATE, {"code": code()}).url == "/"


def test_how_long_each_is_locked_out(nurse: Any, world: World) -> None:
    enrol(nurse)
    request = RequestFactory().get("/staff")
    both = [nurse, world.auditor]
    began = datetime(2026, 3, 3, 20, tzinfo=UTC)

    def locked(at: datetime) -> dict[Any, datetime]:
        return lockout.locked_until(request, both, now=at)

    with time_machine.travel(began, tick=False) as clock:
        for n in range(10):
            assert locked(began + n * MINUTE) == {}
            client = asked_for_a_code(nurse, f"203.0.113.{n}")
            client.post(AUTHENTICATE, WRONG)
            clock.shift(MINUTE)
        # The first of the ten is forgotten then, and one code may be tried again.
        end = began + 15 * MINUTE
        assert locked(began + 10 * MINUTE) == {nurse.pk: end}
        AccessAttempt.objects.update(failures_since_start=5, attempt_time=began + 4 * MINUTE)
        assert locked(began + 10 * MINUTE) == {nurse.pk: began + 19 * MINUTE}
        AccessAttempt.objects.all().delete()
        clock.move_to(end + MINUTE / 2)
        assert locked(end + MINUTE / 2) == {}
        tried = asked_for_a_code(nurse, "203.0.113.99")
        assert tried.post(AUTHENTICATE, {"code": code()}).url == "/"


def test_a_code_of_the_app_works_once(nurse: Any) -> None:
    enrol(nurse)
    with time_machine.travel("2026-03-03T20:00:02Z", tick=False) as clock:
        seen = code()
        assert asked_for_a_code(nurse).post(AUTHENTICATE, {"code": seen}).url == "/"
        # Still right, by the clock, for the period after its own.
        clock.shift(27)
        assert asked_for_a_code(nurse).post(AUTHENTICATE, {"code": seen}).status_code == 200
        clock.shift(29)
        again = asked_for_a_code(nurse)
        assert again.post(AUTHENTICATE, {"code": f"{seen[:3]} {seen[3:]}"}).status_code == 200
        assert again.get("/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_every_process_counts_with_the_others(nurse: Any, world: World) -> None:
    enrol(nurse)
    enrol(world.auditor)
    world.auditor.set_password(PASSWORD)
    world.auditor.save()
    seen = code()
    watched, watching = asked_for_a_code(world.auditor), asked_for_a_code(world.auditor)
    assert watched.post(AUTHENTICATE, {"code": seen}).url == "/"
    tried = [asked_for_a_code(nurse, f"203.0.113.{n}") for n in range(11)]
    for n, client in enumerate(tried[:9]):
        client.post(AUTHENTICATE, WRONG, REMOTE_ADDR=f"203.0.113.{n}")
    heard = elsewhere(
        (watching, "127.0.0.1", AUTHENTICATE, {"code": seen}),
        (tried[9], "203.0.113.9", AUTHENTICATE, WRONG),
        (tried[10], "203.0.113.10", AUTHENTICATE, {"code": code()}),
    )
    assert heard == [200, 200, 429]
    assert not Authenticator.objects.filter(user=nurse, last_used_at__isnull=False).exists()
