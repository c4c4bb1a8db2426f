"""Texts whose webhook never came through are fetched from the provider, each once."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from notifications import inbox
from notifications.models import Inbound
from notifications.simulator import Fault, Kind, Simulator
from tests.world import NOW, World

PATIENT = "+12015550123"


@pytest.fixture
def deaf(settings: Settings, world: World) -> Simulator:
    """A stand-in whose webhooks all fail."""
    stand_in = Simulator(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        clock=lambda: NOW,
        deliver=lambda _url, _params, _headers: (503, ""),
    )
    stand_in.add_number(world.line.sender.number, sms_url="/twilio/text")
    stand_in.add_number(world.other_line.sender.number, sms_url="/twilio/text")
    return stand_in


def test_each_text_is_fetched_once(world: World, deaf: Simulator, settings: Settings) -> None:
    with deaf:
        settings.TWILIO_API_BASE_URL = deaf.base_url
        sent = [
            deaf.phone(PATIENT).send(words, to=world.clinic.phone)
            for words in ("my leg is numb", "STOP", "a nul\x00 and 𝕏")
        ]
        assert not Inbound.objects.exists()
        assert inbox.fetch_lost(now=NOW) == {"fetched": 3, "failed": 0}
        assert inbox.fetch_lost(now=NOW) == {"fetched": 0, "failed": 0}
    stored = {text.provider_sid: text for text in Inbound.objects.all()}
    assert set(stored) == {text.sid for text in sent}
    first, stop, strange = (stored[text.sid] for text in sent)
    assert (first.body, first.from_number, first.sender) == (
        "my leg is numb",
        PATIENT,
        world.line.sender,
    )
    assert first.handled_at is None and first.due_at == NOW
    assert stop.keyword == Inbound.Keyword.STOP
    assert strange.body == "a nul and 𝕏"


def test_what_is_long_past_is_left_alone(
    world: World, deaf: Simulator, settings: Settings
) -> None:
    with deaf:
        settings.TWILIO_API_BASE_URL = deaf.base_url
        deaf.phone(PATIENT).send("hello", to=world.clinic.phone)
        later = NOW + inbox.LOST_WITHIN + timedelta(seconds=1)
        assert inbox.fetch_lost(now=later)["fetched"] == 0


def test_an_outage_of_six_hours_is_made_up_for(
    world: World, deaf: Simulator, settings: Settings
) -> None:
    with deaf:
        settings.TWILIO_API_BASE_URL = deaf.base_url
        deaf.phone(PATIENT).send("before the outage", to=world.clinic.phone)
        inbox.fetch_lost(now=NOW)
        deaf.phone(PATIENT).send("during the outage", to=world.clinic.phone)
        assert inbox.fetch_lost(now=NOW + timedelta(hours=6))["fetched"] == 1


def test_a_provider_that_fails_is_counted(
    world: World, deaf: Simulator, settings: Settings
) -> None:
    with deaf:
        settings.TWILIO_API_BASE_URL = deaf.base_url
        deaf.add_fault(Fault(Kind.HTTP_503))
        assert inbox.fetch_lost(now=NOW) == {"fetched": 0, "failed": 2}
