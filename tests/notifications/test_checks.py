"""What `manage.py check` refuses, and what it lets pass."""

import pytest
from pytest_django.fixtures import Settings

from notifications import checks

CLEAR, CIPHERED = "http://127.0.0.1:8000", "https://spine.example"


@pytest.mark.parametrize(
    ("api", "public", "refused"),
    [
        ("", CIPHERED, False),
        ("", CLEAR, False),
        ("https://mock.example", CIPHERED, False),
        ("http://127.0.0.1:8190", CLEAR, False),
        ("http://localhost:8190", CLEAR, False),
        ("http://[::1]:8190", CLEAR, False),
        ("http://127.0.0.1:8190", CIPHERED, True),
        ("http://mock.example", CLEAR, True),
        ("http://127.0.0.1.mock.example", CLEAR, True),
        ("http://10.0.0.1:8190", CLEAR, True),
        ("mock.example", CLEAR, True),
        ("https://", CIPHERED, True),
        ("ftp://127.0.0.1", CLEAR, True),
    ],
)
def test_the_provider_is_reached_safely(
    settings: Settings, api: str, public: str, *, refused: bool
) -> None:
    settings.TWILIO_API_BASE_URL, settings.PUBLIC_BASE_URL = api, public
    found = [error.id for error in checks.provider_is_reached_safely(None)]
    assert found == (["notifications.E001"] if refused else [])


@pytest.mark.parametrize(
    ("seconds", "refused"), [(10.0, False), (11.0, False), (11.5, True), (0.0, True)]
)
def test_a_call_does_not_outlast_its_lease(
    settings: Settings, seconds: float, *, refused: bool
) -> None:
    settings.TWILIO_TIMEOUT_SECONDS = seconds
    found = [error.id for error in checks.leases_outlast_calls(None)]
    assert found == (["notifications.E002"] if refused else [])


def test_a_deployment_without_https_or_account_is_refused(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = CLEAR
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "", "token"
    assert [error.id for error in checks.webhooks_are_encrypted(None)] == ["notifications.E003"]
    assert [error.id for error in checks.account_is_set(None)] == ["notifications.E004"]


def test_a_right_deployment_passes(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = CIPHERED
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC" + "1" * 32, "token"
    assert checks.webhooks_are_encrypted(None) == checks.account_is_set(None) == []
