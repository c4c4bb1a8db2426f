from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from monitor.dashboard.telephones import Telephones, quick_replies
from notifications.simulator import Simulator
from tests.monitor.dashboard.scene import Scene
from tests.world import World

PATIENT = "+12015551001"
CHEN = "+12125550111"


@pytest.mark.parametrize(
    ("body", "replies"),
    [
        (
            "Any NEW weak legs, fever, or chest pain? 1 None 2 One or more",
            [("1", "None"), ("2", "One or more")],
        ),
        (
            "Weak? 1 No 2 Yes, new or worse 3 Yes, but wearing off since my visit",
            [
                ("1", "No"),
                ("2", "Yes, new or worse"),
                ("3", "Yes, but wearing off since my visit"),
            ],
        ),
        ("Rate your pain now: 0 is none, 10 is the worst. Reply with a number", []),
        ("Rest today. Do not drive for 24 hours. No hard exercise for 2 days.", []),
        (
            "Spinewatch EMERGENCY ref K7QDM. Reply 27 to take it. https://x.example/p/K7QDM",
            [("27", "")],
        ),
        (
            "You have URGENT K7QDM. Within 15 min reply 27 then 1 advised 2 seen 3 ER",
            [("27 1", "advised"), ("27 2", "seen"), ("27 3", "ER")],
        ),
        ("", []),
        (
            "Reply 1 if OK, 2 if not. Call +1 212-555-0100 if worried.",
            [("1", "if OK"), ("2", "if not")],
        ),
    ],
)
def test_quick_replies(body: str, replies: list[tuple[str, str]]) -> None:
    assert quick_replies(body) == replies


@pytest.fixture
def stand_in(settings: Settings, world: World) -> Iterator[Simulator]:
    with Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        deliver=lambda _url, _params, _headers: (200, "<Response/>"),
    ) as one:
        one.add_number(world.line.sender.number, sms_url="/twilio/text")
        settings.TWILIO_API_BASE_URL = one.base_url
        settings.DEMO = True
        yield one


def test_what_is_typed_is_sent_and_shown(
    client: Client, scene: Scene, world: World, stand_in: Simulator
) -> None:
    client.force_login(world.nurse)
    typed = {"side": "patient", "patient": PATIENT, "clinician": CHEN, "body": "my foot drags"}
    answer = client.post("/phones/send", typed)
    assert (
        answer.headers["Location"] == "/phones?patient=%2B12015551001&clinician=%2B12125550111"
    )
    text = client.get(answer.headers["Location"]).content.decode()
    assert "my foot drags" in text
    assert "Ruth Adler" in text
    [sent] = Telephones(stand_in.base_url).screen(PATIENT).texts
    assert (sent.body, sent.mine, sent.other) == (
        "my foot drags",
        True,
        world.line.sender.number,
    )
    poll = client.get(
        "/phones", {"side": "patient", "patient": PATIENT}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "my foot drags" in poll
    assert "<html" not in poll


def test_a_stand_in_that_is_silent_is_named(
    client: Client, scene: Scene, world: World, settings: Settings
) -> None:
    settings.DEMO = True
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    client.force_login(world.nurse)
    assert "does not answer" in client.get("/phones").content.decode()
    typed = {"side": "patient", "patient": PATIENT, "body": "hello"}
    assert "does not answer" in client.post("/phones/send", typed, follow=True).content.decode()


@pytest.mark.parametrize(
    "what",
    [
        {"action": "explode", "side": "patient", "sid": "CA1"},
        {"action": "answer", "side": "", "sid": "CA1"},
    ],
)
def test_nonsense_is_not_found(
    what: dict[str, str], client: Client, scene: Scene, world: World, stand_in: Simulator
) -> None:
    client.force_login(world.nurse)
    assert client.post("/phones/call", what).status_code == 404


def test_only_the_own_clinics_phones_can_be_held(
    client: Client, scene: Scene, world: World, stand_in: Simulator
) -> None:
    client.force_login(world.other_nurse)
    assert "Adler" not in client.get("/phones").content.decode()
    typed = {"side": "patient", "patient": PATIENT, "body": "hello"}
    assert client.post("/phones/send", typed).status_code == 404
    assert Telephones(stand_in.base_url).screen(PATIENT).texts == []
