"""A real browser against a live server: whatever it complains of fails the test."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import signed_in
from tests.monitor.dashboard.scene import Scene, make_scene
from tests.world import World

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SIZES = {"desktop": (1440, 900), "phone": (360, 740)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}; Debian's package is chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Lists are polled every five seconds.
    expect.set_options(timeout=12_000)
    # Playwright runs a loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as kit:
        found = kit.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(params=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["keyboard", "mouse"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scene(world: World) -> Scene:
    return make_scene(world, now=datetime.now(UTC))


class Visitor:
    """Opens windows on the live server; `complaints` is what the browser said."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self.browser = browser
        self.server = server
        self.complaints: list[str] = []

    @staticmethod
    def session(user: Any, sign_in: Callable[[Client, Any], None] = signed_in.verified) -> str:
        """The key of a new session of the user."""
        client = Client()
        sign_in(client, user)
        return str(client.cookies["sessionid"].value)

    def window(
        self,
        *,
        user: Any = None,
        size: str = "desktop",
        theme: str = "light",
        sign_in: Callable[[Client, Any], None] = signed_in.verified,
    ) -> Page:
        width, height = SIZES[size]
        context = self.browser.new_context(
            base_url=self.server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        if user is not None:
            value = self.session(user, sign_in)
            context.add_cookies([{"name": "sessionid", "value": value, "url": self.server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Fails on any console message: a refusal of the content security policy is one."""
    one = Visitor(browser, live_server)
    yield one
    for context in browser.contexts:
        context.close()
    assert one.complaints == []
