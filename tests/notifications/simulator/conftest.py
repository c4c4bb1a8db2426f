from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from notifications.gateways.base import Accepted, OutgoingText
from notifications.gateways.twilio import Session, TwilioGateway
from notifications.simulator import Simulator

ACCOUNT = "AC" + "5" * 32
TOKEN = "a token of the tests"
CLINIC = "+14155550100"
PATIENT = "+14155550123"
OTHER = "+14155550124"
NOW = datetime(2026, 3, 8, 17, 30, tzinfo=UTC)


@dataclass
class Application:
    """What the webhooks reach: it keeps what it was told, and answers as it was told to."""

    answers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    calls: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, params: Any, headers: Any) -> tuple[int, str]:
        self.calls.append((url, dict(params), dict(headers)))
        return self.status, self.answers.get(url, "")

    def told(self, name: str) -> list[str]:
        """The values of one field over all webhooks, in order."""
        return [params[name] for _, params, _ in self.calls if name in params]


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def simulator(application: Application) -> Iterator[Simulator]:
    with Simulator(
        account_sid=ACCOUNT, auth_token=TOKEN, clock=lambda: NOW, deliver=application
    ) as simulator:
        simulator.add_number(
            CLINIC, sms_url="http://clinic/sms?line=1", voice_url="http://clinic/voice"
        )
        yield simulator


@pytest.fixture
def gateway(simulator: Simulator) -> TwilioGateway:
    return TwilioGateway(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        base_url=simulator.base_url,
        timeout_seconds=0.5,
    )


def text(
    body: str = "How is the pain?",
    *,
    to: str = PATIENT,
    from_number: str = CLINIC,
    service: str = "",
    callback: str = "http://clinic/status?m=7",
    validity: int = 600,
) -> OutgoingText:
    return OutgoingText(to, body, from_number, service, callback, validity)


def sent(gateway: TwilioGateway, body: str = "How is the pain?", to: str = PATIENT) -> Accepted:
    return gateway.send(text(body, to=to))


def twilio_client(simulator: Simulator, token: str = TOKEN) -> Any:
    """Twilio's own library, with nothing of ours but the address."""
    library: Any = Client
    http = TwilioHttpClient(timeout=2)
    http.session = Session(simulator.base_url)
    return library(ACCOUNT, token, http_client=http)
