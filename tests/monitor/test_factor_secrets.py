"""The secrets of second factors in the database: what a copy of it shows, and new keys."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet, InvalidToken
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from monitor import checks, factor_secrets
from monitor.factor_secrets import Lies
from tests.monitor.dashboard.test_sign_in import ENROL, SECRET, cheap_hash, code, enter, nurse
from tests.world import World

__all__ = ["cheap_hash", "nurse"]

SEED = "0123456789abcdef" * 5


def key() -> str:
    return Fernet.generate_key().decode()


def table() -> str:
    """All that a copy of the database shows of second factors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY id")
        return " ".join(row[0] for row in cursor.fetchall())


def plain(user: Any) -> None:
    """As factors lay before they were encrypted."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": SEED, "used_mask": 1}
    )


def codes(user: Any) -> list[str]:
    kept: RecoveryCodes = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    return kept.get_unused_codes()


def said(found: list[CheckMessage]) -> list[str]:
    return [str(one.id) for one in found]


def look(*, database: bool = True) -> list[str]:
    databases = ["default"] if database else None
    return said(
        [
            *checks.second_factors_have_a_key(None),
            *checks.second_factors_can_be_read(None, databases),
        ]
    )


def test_what_lies_in_the_table_is_not_the_secret(
    client: Client, nurse: Any, settings: Settings
) -> None:
    settings.MFA_KEYS = [key()]
    TOTP.activate(nurse, SECRET)
    spare = RecoveryCodes.activate(nurse)
    seed = factor_secrets.decrypt(spare.instance.data["seed"])
    assert len(seed) == 80
    assert SECRET not in table()
    assert seed not in table()
    assert not any(one in table() for one in codes(nurse))
    enter(client, nurse)
    assert client.post(f"{ENROL}authenticate/", {"code": code()}).url == "/"


def test_the_page_that_enrols_stores_it_encrypted(client: Client, nurse: Any) -> None:
    enter(client, nurse)
    secret = client.get(f"{ENROL}totp/activate/").context["form"].secret
    entered = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(f"{ENROL}totp/activate/", {"code": entered})
    kept = Authenticator.objects.get(user=nurse, type="totp").data["secret"]
    assert factor_secrets.decrypt(kept) == secret
    assert secret not in table()


def test_one_from_before_works_and_is_encrypted_as_it_is_used(
    client: Client, nurse: Any, settings: Settings
) -> None:
    plain(nurse)
    before = codes(nurse)
    settings.MFA_KEYS = [key()]
    assert factor_secrets.survey() == {Lies.PLAIN: 2}
    enter(client, nurse)
    assert client.post(f"{ENROL}authenticate/", {"code": code()}).url == "/"
    assert factor_secrets.survey() == {Lies.FIRST: 2}
    assert SECRET not in table()
    assert SEED not in table()
    assert codes(nurse) == before
    assert len(before) == 9
    # And the encrypted one lets in again.
    client.post("/sign-out")
    enter(client, nurse)
    assert client.post(f"{ENROL}authenticate/", {"code": before[0]}).url == "/"
    assert codes(nurse) == before[1:]


def test_wrong_keys_do_not_keep_out_whom_an_old_factor_lets_in(
    client: Client, nurse: Any, settings: Settings
) -> None:
    plain(nurse)
    settings.MFA_KEYS = ["no key"]
    enter(client, nurse)
    assert client.post(f"{ENROL}authenticate/", {"code": code()}).url == "/"
    assert SECRET in table()
    assert look() == ["monitor.E006"]


def test_without_a_key_nothing_is_stored_plain(nurse: Any, settings: Settings) -> None:
    settings.HTTPS, settings.MFA_KEYS = True, []
    with pytest.raises(ImproperlyConfigured, match="MFA_KEYS is not set"):
        TOTP.activate(nurse, SECRET)
    assert not Authenticator.objects.exists()
    assert look(database=False) == ["monitor.E006"]
    settings.MFA_KEYS = ["c2hvcnQ="]
    with pytest.raises(ImproperlyConfigured, match="no key"):
        factor_secrets.encrypt(SECRET)
    assert look(database=False) == ["monitor.E006"]
    settings.MFA_KEYS = [key()]
    assert look(database=False) == []


def test_on_this_machine_nothing_needs_to_be_set(settings: Settings) -> None:
    settings.HTTPS, settings.MFA_KEYS = False, []
    assert look(database=False) == []
    stored = factor_secrets.encrypt(SECRET)
    assert factor_secrets.decrypt(stored) == SECRET
    # A trial goes on under keys of its own; another SECRET_KEY reads nothing.
    settings.HTTPS, settings.MFA_KEYS = True, [key()]
    assert factor_secrets.decrypt(stored) == SECRET
    settings.SECRET_KEY = "another"
    with pytest.raises(InvalidToken):
        factor_secrets.decrypt(stored)


def test_a_key_is_changed_for_another(world: World, settings: Settings) -> None:
    old, new = key(), key()
    settings.MFA_KEYS = [old]
    TOTP.activate(world.nurse, SECRET)
    RecoveryCodes.activate(world.nurse)
    plain(world.auditor)
    before = codes(world.nurse)
    settings.MFA_KEYS = [new, old]
    assert factor_secrets.survey() == {Lies.OLDER: 2, Lies.PLAIN: 2}
    assert look() == ["monitor.W004"]
    out = StringIO()
    call_command("second_factors", "--renew", stdout=out)
    assert "encrypted anew: 4" in out.getvalue()
    assert look() == []
    settings.MFA_KEYS = [new]
    assert look() == []
    kept = Authenticator.objects.get(user=world.nurse, type="totp").data["secret"]
    assert factor_secrets.decrypt(kept) == SECRET
    assert codes(world.nurse) == before
    assert len(codes(world.auditor)) == 9


def test_a_key_that_is_taken_away_too_early_is_named(
    world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MFA_KEYS = [key()]
    TOTP.activate(world.nurse, SECRET)
    lain = table()
    settings.MFA_KEYS = [key()]
    assert look() == ["monitor.E007"]
    with pytest.raises(CommandError, match="Put the key back"):
        call_command("second_factors", "--renew", stdout=StringIO())
    # What can't be read is left as it is: with the key it is there again.
    assert table() == lain
    with pytest.raises(InvalidToken):
        factor_secrets.decrypt(json.loads(lain)["secret"])
    assert [one.getMessage() for one in caplog.records] == [
        "a second factor lies under a key that MFA_KEYS lacks"
    ]


def test_codes_taken_over_from_another_system_too(world: World) -> None:
    one = Authenticator.objects.create(
        user=world.nurse, type="recovery_codes", data={"migrated_codes": ["11112222", "3333"]}
    )
    assert factor_secrets.renew(one)
    assert not factor_secrets.renew(one)
    assert "11112222" not in table()
    assert codes(world.nurse) == ["11112222", "3333"]


def test_a_key_is_made_before_there_is_one(settings: Settings) -> None:
    settings.HTTPS, settings.MFA_KEYS = True, []
    out = StringIO()
    call_command("second_factors", "--new-key", stdout=out)
    settings.MFA_KEYS = [out.getvalue().strip()]
    assert factor_secrets.trouble() == ""
    with pytest.raises(CommandError, match=r"MFA_KEYS is not set.*--new-key"):
        settings.MFA_KEYS = []
        call_command("second_factors", stdout=StringIO())
