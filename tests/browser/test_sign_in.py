"""Signing in and out, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_sign_in_by_keyboard(visitor: Visitor, world: World, size: str) -> None:
    world.nurse.set_password("a long one for a test")
    world.nurse.save()
    window = visitor.window(size=size)
    window.goto("/register")
    expect(window).to_have_title("Sign in · Spinewatch")
    window.keyboard.type("nurse")
    window.keyboard.press("Tab")
    window.keyboard.type("wrong")
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("do not match")
    window.get_by_label("Password").fill("a long one for a test")
    window.keyboard.press("Enter")
    expect(window).to_have_title("Register · Spinewatch")
    window.get_by_role("button", name="Sign out").click()
    expect(window).to_have_title("Sign in · Spinewatch")
