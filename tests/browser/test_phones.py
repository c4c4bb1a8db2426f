"""The two phones of the demo."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from playwright.sync_api import Page as Window
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from notifications import outbox
from notifications.models import Page, PageEvent
from notifications.simulator import Simulator
from tests.browser.conftest import Visitor
from tests.monitor.dashboard.scene import Scene
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stand_in(settings: Settings, world: World, live_server: LiveServer) -> Iterator[Simulator]:
    """Its webhooks go to the live server, signed."""
    settings.PUBLIC_BASE_URL = live_server.url
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID, auth_token=settings.TWILIO_AUTH_TOKEN
    ) as one:
        one.add_number(world.line.sender.number, sms_url=f"{live_server.url}/twilio/text")
        settings.TWILIO_API_BASE_URL = one.base_url
        settings.DEMO = True
        yield one
    connection.close()


def test_two_phones(visitor: Visitor, world: World, scene: Scene, stand_in: Simulator) -> None:

    window = visitor.window(user=world.nurse)
    window.goto("/phones")
    patient = window.get_by_role("region", name="The patient's phone")
    patient.get_by_label("Whose phone").select_option(label="Grace Lindqvist")
    patient.get_by_label("Text message").fill("I can't feel anything when I wipe")
    patient.get_by_role("button", name="Send").click()
    log = patient.get_by_role("log")
    expect(log).to_contain_text("I can't feel anything when I wipe")
    expect(patient.get_by_label("Text message")).to_have_value("")
    page = Page.objects.exclude(pk__in=[scene.page.pk, scene.taken.pk])
    wait_until(window, page.exists)
    assert page.get().level == "emergency"
    for stream in ("page", "text"):
        outbox.sweep(stream, now=datetime.now(UTC))
    expect(log).to_contain_text("911")
    # Whoever is on call this week has it, and takes it by the code that is offered.
    called = PageEvent.objects.filter(page=page.get(), responder__isnull=False)[0].responder
    assert called is not None
    clinician = window.get_by_role("region", name="The clinician's phone")
    clinician.get_by_label("Whose phone").select_option(label=called.name)
    code = clinician.get_by_role("button", name=str(page.get().code), exact=True)
    code.click()
    wait_until(window, page.filter(acknowledged_by=called).exists)


def wait_until(window: Window, happened: Callable[[], bool]) -> None:
    for _time in range(60):
        if happened():
            return
        window.wait_for_timeout(250)
    raise AssertionError("It did not happen.")


def test_after_signing_out_they_ask_for_nothing_and_say_so(
    visitor: Visitor, world: World, scene: Scene, stand_in: Simulator
) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/phones")
    expect(window.locator("#not-live")).to_be_hidden()
    asked: list[str] = []
    other = window.context.new_page()
    other.goto("/")
    other.locator("#menu > summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(window.get_by_role("alert").filter(has_text="You are signed out")).to_be_visible()
    # The polls of both phones and of the system's state may have been under way together.
    window.wait_for_timeout(1500)
    window.on("request", lambda one: asked.append(one.url))
    window.wait_for_timeout(3000)
    assert [url for url in asked if "/phones" in url] == []
    visitor.complaints[:] = [said for said in visitor.complaints if "401" not in said]
    window.get_by_role("link", name="Sign in again").click()
    expect(window.get_by_label("Password")).to_be_visible()
