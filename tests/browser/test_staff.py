"""The admin's pages: who works here, the settings, who looked at whom, what was changed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from axes.models import AccessAttempt
from playwright.sync_api import expect

from monitor.models import Access
from patients.access import Role
from patients.models import Clinic, Membership
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand
from tests.browser.screens import clean
from tests.monitor.dashboard.scene import Scene
from tests.signed_in import verified
from tests.world import World, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss(world: World) -> Any:
    user = make_user("boss")
    Membership.objects.create(user=user, clinic=world.clinic, role=Role.ADMIN)
    return user


@pytest.mark.does("staff", "invite", "invite-again", "set-role", "unlock", "reset-factor")
@pytest.mark.does("remove-member")
def test_somebody_comes_changes_and_goes(
    visitor: Visitor, world: World, boss: Any, size: str, way: str
) -> None:
    AccessAttempt.objects.create(
        username="nurse",
        ip_address="127.0.0.1",
        failures_since_start=5,
        attempt_time=datetime.now(UTC),
    )
    visitor.session(world.nurse, verified)
    window = visitor.window(user=boss, size=size)
    window.goto("/staff")
    hand = Hand(window, way)
    for label, words in (
        ("Given name", "Ida"),
        ("Family name", "Moreau"),
        ("User name", "nurse"),
        ("E-mail", "ida@harbor.example"),
    ):
        hand.write(window.get_by_label(label), words)
    hand.choose(window.locator("aside").get_by_label("Role"), "Nurse")
    invite = window.get_by_role("button", name="Invite", exact=True)
    hand.press(invite)
    expect(window.get_by_text("This user name is taken")).to_be_visible()
    expect(window.get_by_label("Family name")).to_have_value("Moreau")
    hand.write(window.get_by_label("User name"), "ida")
    hand.choose(window.locator("aside").get_by_label("Role"), "Nurse")
    hand.press(invite)
    expect(window.get_by_text("is on its way by e-mail")).to_be_visible()

    def change(name: str, button: str, said: str) -> None:
        hand.press(window.get_by_label(f"Change {name}", exact=True))
        hand.press(window.get_by_role("button", name=button).and_(window.locator(":visible")))
        expect(window.get_by_text(said)).to_be_visible()

    change("Ida Moreau", "New link for the password", "is on its way by e-mail")
    ida = Membership.objects.get(user__username="ida")
    hand.press(window.get_by_label("Change Ida Moreau"))
    if not hand.by_keyboard:
        clean(window, f"#member-{ida.pk}")
    row = window.locator(f"#member-{ida.pk}")
    hand.choose(row.get_by_label("Role"), "Auditor")
    hand.press(row.get_by_role("button", name="Give this role"))
    expect(window.get_by_text("The role is changed.")).to_be_visible()
    change("nurse", "Unlock", "Unlocked: they can sign in at once.")
    change("nurse", "Phone lost", "Their second factor is gone")
    change("nurse", "Remove from the clinic", "They see nothing of the clinic any more.")
    ida.refresh_from_db()
    assert ida.role == Role.AUDITOR
    assert not Membership.objects.filter(user=world.nurse, clinic=world.clinic).exists()
    assert not AccessAttempt.objects.exists()


@pytest.mark.does("settings", "save-settings", "access-log", "changes")
def test_settings_are_saved_and_what_was_looked_at_and_changed_is_found(
    visitor: Visitor, world: World, boss: Any, scene: Scene, size: str, way: str
) -> None:
    now = datetime.now(UTC)
    for patient, by, times in (
        (scene.silent.patient, world.nurse, 2),
        (scene.flagged.patient, world.auditor, 101),
    ):
        Access.objects.bulk_create(
            Access(what="patient", clinic=world.clinic, patient=patient, by=by, at=now)
            for _time in range(times)
        )
    window = visitor.window(user=boss, size=size)
    window.goto("/settings")
    hand = Hand(window, way)
    hand.date(window.get_by_label("Opens"), "19:00")
    hand.write(window.get_by_label("Phone that patients call"), "call us")
    hand.write(window.get_by_label("Severe pain"), "10")
    save = window.get_by_role("button", name="Save the settings")
    hand.press(save)
    for wrong in (
        "It closes after it opens: write",
        "not a phone number",
        "from 7 to 9 (points",
    ):
        expect(window.get_by_text(wrong)).to_be_visible()
    if not hand.by_keyboard:
        clean(window, "main form")
    hand.date(window.get_by_label("Opens"), "07:30")
    hand.write(window.get_by_label("Phone that patients call"), "(212) 555-0177")
    hand.write(window.get_by_label("Severe pain"), "7")
    hand.tick(window.get_by_label("Saturday"))
    hand.press(save)
    expect(window.get_by_text("The settings are saved.")).to_be_visible()
    clinic = Clinic.objects.get(pk=world.clinic.pk)
    assert (clinic.phone, clinic.open_weekdays[-1]) == ("+12125550177", 5)
    hand.press(window.get_by_role("main").get_by_role("link", name="Access log"))
    table, show = window.get_by_role("table"), window.get_by_role("button", name="Show")
    expect(table).to_contain_text("Ruth Adler")
    expect(table).not_to_contain_text("Grace Lindqvist")
    hand.press(window.get_by_role("button", name="Older"))
    expect(table).to_contain_text("Grace Lindqvist")
    hand.press(window.get_by_role("button", name="Newer"))
    expect(window.get_by_role("button", name="Older")).to_be_visible()
    hand.write(window.get_by_label("Patient", exact=True), "lindqvist")
    hand.choose(window.get_by_label("Who", exact=True), "nurse")
    hand.press(show)
    expect(table).not_to_contain_text("Ruth Adler")
    expect(table).to_contain_text("Grace Lindqvist")
    assert "lindqvist" not in window.url
    hand.press(window.get_by_role("main").get_by_role("link", name="Changes"))
    expect(window.locator(".row-card", has_text="+12125550177")).to_be_visible()
    hand.date(window.get_by_label("To", exact=True), "2020-01-01")
    hand.press(show)
    expect(window.get_by_text("Nothing was changed.")).to_be_visible()
