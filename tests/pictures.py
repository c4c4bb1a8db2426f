"""Takes the pictures of docs/pictures: the main pages, of made-up data on a fixed clock.

python -m tests.pictures [name ...]

Light and dark, on a desk and on a phone, full and empty; a second run gives about the same.
Last the demo's two phones, while a red flag travels from one to the other.
With names ("worklist", "patient") only those are taken. Needs chromium, like the browser tests.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django
import time_machine
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from monitor import engines

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
)
SIZES = {"desktop": (1440, 900), "phone": (360, 740)}
THEMES = ("light", "dark")
# A Tuesday, half past four in New York: the silent wait for a call.
NOW = datetime(2026, 3, 3, 21, 30, tzinfo=UTC)
PATIENTS, A_DAY = 240, 12
COLOURS = 128


@dataclass(frozen=True)
class Shot:
    """A picture's name, who looks ("nurse", "on call", "newcomer" or nobody), and at what."""

    name: str
    who: str
    path: Callable[[dict[str, Any]], str]


SHOTS = (
    Shot("sign-in", "", lambda _: "/sign-in"),
    Shot("worklist", "nurse", lambda _: "/"),
    Shot("today", "nurse", lambda _: "/today?clinic=made-up-1&day=2026-02-26"),
    Shot("patient", "nurse", lambda keys: f"/patients/{keys['patient']}"),
    Shot("register", "nurse", lambda _: "/register"),
    Shot("page", "on call", lambda keys: f"/p/{keys['page']}"),
    Shot("figures", "nurse", lambda _: "/figures"),
    Shot("rota", "on call", lambda _: "/rota"),
    Shot("worklist-empty", "newcomer", lambda _: "/"),
    Shot("today-empty", "newcomer", lambda _: "/today"),
    Shot("patients-empty", "newcomer", lambda _: "/patients"),
)
PHONES = Shot("phones", "nurse", lambda keys: f"/phones?{keys['phones']}")
WORDS = "Pain is ok but I cant feel anything when i wipe"


@contextmanager
def database() -> Iterator[None]:
    """Django on a PostgreSQL of this run's own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="spinewatch-pictures-"))
    folder.chmod(0o755)
    postgres = engines.Postgres(folder / "postgres", port=engines.free_port(), throwaway=True)
    try:
        postgres.start()
        postgres.create("pictures")
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "monitor.settings",
            "DATABASE_URL": postgres.url("pictures"),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "for pictures only, where nothing is secret",
            "ALLOWED_HOSTS": "127.0.0.1",
            # Playwright runs a loop in this thread, which Django would take for async code.
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        }
        django.setup()
        from django.conf import settings
        from django.db import connections

        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        yield
        connections.close_all()
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fill() -> dict[str, Any]:
    """A clinic in the middle of its day, one with a red flag in words, and an empty one."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import transaction

    from monitor import episodes, heartbeat, ready_texts
    from monitor.conversation import Reply
    from monitor.crowd.filling import Crowd
    from monitor.crowd.filling import fill as fill_with
    from monitor.starters import STARTERS
    from notifications.models import Message
    from patients.models import Membership
    from tests.monitor.dashboard.scene import make_scene
    from tests.world import make_world

    call_command("migrate", verbosity=0)
    fill_with(Crowd(PATIENTS, clinics=1, a_day=A_DAY), now=NOW)
    world = make_world()
    for starter in STARTERS:
        ready_texts.save(world.clinic, name=starter.name, words=starter.words)
    scene = make_scene(world, now=NOW)
    # What the patient was told as the page opened.
    with transaction.atomic():
        episodes.say(
            scene.flagged,
            [Reply("text", "emergency")],
            now=scene.page.opened_at,
            idempotency="emergency",
        )
    Message.objects.filter(key=f"{episodes.ref(scene.flagged)}:emergency:0").update(
        state=Message.State.DELIVERED,
        provider_sid="SM of the picture",
        accepted_at=scene.page.opened_at,
        settled_at=NOW,
    )
    # As it is while the watchdog runs.
    heartbeat.keep([], now=NOW)
    nurse = get_user_model().objects.get(username="made-up-nurse")
    Membership.objects.create(user=nurse, clinic=world.clinic, role=Membership.Role.NURSE)
    return {
        "nurse": nurse,
        "on call": scene.responder.user,
        "newcomer": world.other_nurse,
        "patient": scene.flagged.patient_id,
        "page": scene.page.reference,
        "line": world.line.sender.number,
        "phones": urlencode(
            {
                "patient": scene.silent.patient.phone,
                "clinician": scene.responder.phone,
            }
        ),
        "texter": scene.silent.patient.phone,
    }


@contextmanager
def serving() -> Iterator[str]:
    """The staff pages in this process, on the fixed clock; yields their address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@contextmanager
def demonstration(base: str, keys: dict[str, Any]) -> Iterator[None]:
    """The stand-in for Twilio, and a red flag in a patient's own words on its way through it.

    It changes what the other pages show: these pictures are taken last.
    """
    from django.test import override_settings

    from monitor.dashboard.telephones import Telephones
    from notifications import outbox
    from notifications.models import Inbound
    from notifications.simulator import Simulator

    account = {"account_sid": "AC" + "1" * 32, "auth_token": "for pictures only"}
    with (
        Simulator(**account) as stand_in,
        override_settings(
            DEMO=True,
            PUBLIC_BASE_URL=base,
            TWILIO_ACCOUNT_SID=account["account_sid"],
            TWILIO_AUTH_TOKEN=account["auth_token"],
            TWILIO_API_BASE_URL=stand_in.base_url,
        ),
    ):
        stand_in.add_number(keys["line"], sms_url=f"{base}/twilio/text")
        Telephones(stand_in.base_url).send(keys["texter"], WORDS, to=keys["line"])
        read = Inbound.objects.filter(body=WORDS, handled_at__isnull=False)
        while not read.exists():
            time.sleep(0.2)
        for stream in ("page", "text"):
            outbox.sweep(stream, now=NOW)
        yield


def window(browser: Browser, base: str, user: Any, *, size: str, theme: str) -> Page:
    """A window of that size and theme, signed in as the user, if any."""
    from django.test import Client

    from tests.signed_in import verified

    width, height = SIZES[size]
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    if user is not None:
        client = Client()
        verified(client, user)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": base}])
    page = context.new_page()
    # Its timers run on; only what it reads from the clock stands still.
    page.clock.set_fixed_time(NOW)
    return page


def take(page: Page, shot: Shot, path: str, *, size: str, theme: str) -> None:
    """One picture of what is seen without scrolling, in few colours."""
    answer = page.goto(path)
    if answer is None or answer.status == 404:
        print(f"{shot.name}: there is no {path}")
        return
    file = FOLDER / f"{shot.name}-{size}-{theme}.png"
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            file, optimize=True
        )


def take_all(browser: Browser, base: str, shots: list[Shot], keys: dict[str, Any]) -> None:
    """Pictures of these at each size and in each theme."""
    for theme, size, shot in product(THEMES, SIZES, shots):
        page = window(browser, base, keys.get(shot.who), size=size, theme=theme)
        take(page, shot, shot.path(keys), size=size, theme=theme)
        page.context.close()


def main(wanted: list[str]) -> None:
    """Take them all, or those of the names."""
    shots = [shot for shot in (*SHOTS, PHONES) if not wanted or shot.name in wanted]
    FOLDER.mkdir(exist_ok=True)
    with database(), time_machine.travel(NOW, tick=False):
        keys = fill()
        with serving() as base, sync_playwright() as kit:
            browser = kit.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            take_all(browser, base, [shot for shot in shots if shot != PHONES], keys)
            if PHONES in shots:
                with demonstration(base, keys):
                    take_all(browser, base, [PHONES], keys)
            browser.close()
    print(f"{len(shots) * len(THEMES) * len(SIZES)} pictures in {FOLDER}")


if __name__ == "__main__":
    main(sys.argv[1:])
