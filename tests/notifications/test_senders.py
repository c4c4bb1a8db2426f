"""Each sender has its gateway, each account its token, and a stranger has neither."""

import pytest
from pytest_django.fixtures import Settings

from notifications import senders
from notifications.gateways.base import Refused
from notifications.models import Sender

REAL = Sender(name="Harbor", number="+12125550100")
REHEARSAL = Sender(name="Rehearsal", number="+12125550900", rehearsal=True)


def test_a_gateway_is_kept_for_the_process(settings: Settings) -> None:
    first = senders.gateway_for(REAL)
    assert senders.gateway_for(Sender(name="Other", number="+12125550200")) is first
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:1"
    assert senders.gateway_for(REAL) is not first


def test_a_rehearsals_texts_never_reach_the_real_account(settings: Settings) -> None:
    assert senders.gateway_for(REHEARSAL) is not senders.gateway_for(REAL)
    account, token = senders.rehearsal_credentials()
    assert account != settings.TWILIO_ACCOUNT_SID
    assert (len(account), account[:2], len(token)) == (34, "AC", 32)
    settings.SECRET_KEY = "another installation's"
    assert senders.rehearsal_credentials() != (account, token)


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_without_an_account_there_is_no_gateway(settings: Settings, missing: str) -> None:
    setattr(settings, missing, "")
    with pytest.raises(Refused) as refused:
        senders.gateway_for(REAL)
    assert refused.value.kind == "configuration"
    senders.gateway_for(REHEARSAL)


def test_a_token_is_known_for_the_two_accounts_alone(settings: Settings) -> None:
    account, token = senders.rehearsal_credentials()
    assert senders.token_of(settings.TWILIO_ACCOUNT_SID) == settings.TWILIO_AUTH_TOKEN
    assert senders.token_of(account) == token
    assert senders.token_of("AC" + "0" * 32) == ""
    settings.TWILIO_ACCOUNT_SID = ""
    assert senders.token_of("") == ""
