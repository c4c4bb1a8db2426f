"""A real browser against a live server: whatever it complains of fails the test."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import signed_in
from tests.browser.jobs import BY_POST
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
STRICT = {"default-src 'none'", "script-src 'self'", "style-src 'self'"}
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


def name_of(url: str) -> str:
    """The name of the address; "" for a static file."""
    try:
        return resolve(urlsplit(url).path).url_name or ""
    except Resolver404:
        return ""


class Visitor:
    """Opens windows on the live server.

    `complaints` is what the browser said; `used` are the names of the addresses that a link,
    a form or a script of a page asked for, and that answered.
    """

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self.browser = browser
        self.server = server
        self.complaints: list[str] = []
        self.used: set[str] = set()

    def note(self, answer: Response) -> None:
        """Look at what the server answered, whoever asked."""
        if answer.request.resource_type == "document":
            policy = answer.headers.get("content-security-policy", "").split("; ")
            if not STRICT <= set(policy):
                self.complaints.append(f"{answer.url} is not strict: {policy}")
        self._use(answer)

    def _use(self, answer: Response) -> None:
        """What a test opened itself has no referer: that is no proof of a way there."""
        heads = answer.request.headers
        if answer.status >= 400 or "referer" not in heads or "x-poll" in heads:
            return
        name = name_of(answer.url)
        if answer.request.method == "POST" or name not in BY_POST:
            self.used.add(name)

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
        context.on("response", self.note)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("download", lambda file: self.used.add(name_of(file.url)))
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Visitor]:
    """Fails on any console message: a refusal of the content security policy is one.

    And when an address of the mark `does` was not used.
    """
    one = Visitor(browser, live_server)
    yield one
    for context in browser.contexts:
        context.close()
    assert one.complaints == []
    said = {name for mark in request.node.iter_markers("does") for name in mark.args}
    assert said - one.used == set()
