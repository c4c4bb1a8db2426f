"""Signing in, on a desk and on a phone: code, passkey, lockout, the first time."""

from datetime import UTC, datetime
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
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from pytest_django import Settings

from patients.access import Role
from patients.models import Membership
from tests import signed_in
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.test_accessible import check
from tests.monitor.dashboard.scene import make_scene
from tests.monitor.dashboard.test_sign_in import PASSWORD, SECRET
from tests.world import World, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENROL = "/account/second-factor/"


@pytest.fixture(autouse=True)
def cheap_hash(settings: Settings) -> None:
    """What is slow on purpose is slow often here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def nurse(world: World) -> Any:
    world.nurse.set_password(PASSWORD)
    world.nurse.save()
    return world.nurse


def code(secret: str) -> str:
    """The one of this half minute; the earlier one, which counts too, may end meanwhile."""
    _earlier, counter, _later = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def enter(hand: Hand, password: str = PASSWORD) -> None:
    window = hand.window
    hand.write(window.get_by_label("User name"), "nurse")
    if hand.by_keyboard:
        window.keyboard.press("Tab")
        window.keyboard.type(password)
        window.keyboard.press("Enter")
    else:
        hand.write(window.get_by_label("Password"), password)
        hand.press(window.get_by_role("button", name="Sign in", exact=True))


@pytest.mark.does("sign-in", "mfa_activate_totp")
def test_the_first_time_with_an_app(visitor: Visitor, nurse: Any, size: str, way: str) -> None:
    window = visitor.window(size=size)
    window.goto("/today")
    hand = Hand(window, way)
    enter(hand)
    expect(window.get_by_role("heading", name="Second factor")).to_be_visible()
    hand.press(window.get_by_role("link", name="Set up an app"))
    secret = window.get_by_label("Authenticator secret").input_value()
    hand.write(window.get_by_label("Authenticator code"), code(secret))
    hand.press(window.get_by_role("button", name="Activate"))
    expect(window.get_by_label("Codes that are left")).to_be_visible()
    hand.press(window.get_by_role("link", name="Go on"))
    expect(window).to_have_title("Today · Spinewatch")


@pytest.mark.does("mfa_authenticate")
def test_then_with_the_code(visitor: Visitor, nurse: Any, size: str, way: str) -> None:
    TOTP.activate(nurse, SECRET)
    window = visitor.window(size=size)
    window.goto("/today")
    hand, go_on = Hand(window, way), window.get_by_role("button", name="Sign In", exact=True)
    enter(hand, "wrong")
    expect(window.get_by_role("alert")).to_contain_text("do not match")
    enter(hand)
    hand.write(window.get_by_label("Code"), "000000")
    hand.press(go_on)
    expect(window.get_by_role("alert")).to_contain_text("Incorrect code.")
    hand.write(window.get_by_label("Code"), code(SECRET))
    hand.press(go_on)
    expect(window).to_have_title("Today · Spinewatch")


def authenticator(window: Window) -> None:
    """A device that holds passkeys and says yes to all that it is asked."""
    session = window.context.new_cdp_session(window)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.does("mfa_add_webauthn", "mfa_login_webauthn", "sign-out")
def test_with_a_passkey(visitor: Visitor, nurse: Any, size: str, way: str) -> None:
    window = visitor.window(size=size)
    authenticator(window)
    window.goto("/today")
    hand = Hand(window, way)
    enter(hand)
    hand.press(window.get_by_role("link", name="Add a passkey"))
    hand.tick(window.get_by_label("Passwordless"))
    hand.press(window.get_by_role("button", name="Add"))
    hand.press(window.get_by_role("link", name="Go on"))
    expect(window).to_have_title("Today · Spinewatch")
    hand.press(window.locator("#menu > summary"))
    hand.press(window.get_by_role("button", name="Sign out"))
    expect(window.get_by_role("heading", name="Sign in")).to_be_visible()
    window.goto("/today")
    hand.press(window.get_by_role("button", name="Sign in with a passkey"))
    expect(window).to_have_title("Today · Spinewatch")
    Authenticator.objects.all().delete()
    hand.press(window.locator("#menu > summary"))
    hand.press(window.get_by_role("button", name="Sign out"))
    hand.press(window.get_by_role("button", name="Sign in with a passkey"))
    expect(window.locator(".note-error").first).to_be_visible()


def test_locked_out_and_unlocked(visitor: Visitor, nurse: Any, world: World) -> None:
    window = visitor.window()
    window.goto("/sign-in")
    hand = Hand(window, "keyboard")
    for _n in range(5):
        enter(hand, "wrong")
        window.wait_for_load_state()
    expect(window.get_by_role("heading", name="Locked for a while")).to_be_visible()
    boss = make_user("boss")
    Membership.objects.create(user=boss, clinic=world.clinic, role=Role.ADMIN)
    admin = visitor.window(user=boss)
    admin.goto("/staff")
    admin.get_by_label("Change nurse", exact=True).press("Enter")
    admin.get_by_role("button", name="Unlock").press("Enter")
    expect(admin.get_by_text("Unlocked: they can sign in at once.")).to_be_visible()
    window.goto("/sign-in")
    enter(hand)
    expect(window.get_by_role("heading", name="Second factor")).to_be_visible()
    assert all("429" in one for one in visitor.complaints)
    visitor.complaints.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_an_account(
    theme: str, size: str, visitor: Visitor, nurse: Any, world: World, settings: Settings
) -> None:
    window = visitor.window(size=size, theme=theme)
    for path in ("/sign-in", "/account/reset", "/account/reset/sent", "/account/reset/1-x/"):
        check(window, path)
    new = visitor.window(user=nurse, size=size, theme=theme, sign_in=signed_in.by_password)
    for path in ("", "totp/activate/", "webauthn/add/"):
        check(new, ENROL + path)
    boss = make_user("boss")
    Membership.objects.create(user=boss, clinic=world.clinic, role=Role.ADMIN)
    boss.set_password(PASSWORD)
    boss.save()
    RecoveryCodes.activate(boss)
    known = visitor.window(user=boss, size=size, theme=theme)
    for path in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        check(known, ENROL + path)
    for path in ("webauthn/", "reauthenticate/"):
        check(known, ENROL + path)
    for path in ("/account/confirm", "/account/password", "/staff", "/settings"):
        check(known, path)
    scene = make_scene(world, now=datetime.now(UTC))
    known.goto(f"/patients/{scene.flagged.patient_id}")
    world.clinic.steroid_limit = 5
    world.clinic.save()
    for path in ("/access-log", "/changes", "/staff"):
        check(known, path)
    known.get_by_role("button", name="Invite", exact=True).press("Enter")
    known.get_by_text("Nothing was saved.").wait_for()
    assert Axe().run(known).response["violations"] == []
