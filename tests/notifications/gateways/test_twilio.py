"""The gateway against the stand-in, over real HTTP."""

import socket
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ssl import SSLCertVerificationError, SSLEOFError
from typing import Any

import pytest
import requests
from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, ProtocolError
from urllib3.exceptions import SSLError as TlsError

from notifications.gateways.base import (
    RANK,
    Ambiguous,
    GatewayError,
    NotSent,
    OutgoingText,
    Refused,
    Throttled,
)
from notifications.gateways.errors import MEANINGS, REJECTED, meaning
from notifications.gateways.twilio import (
    TwilioGateway,
    _from_connection,
    parse_inbound,
    parse_status,
    verify,
)
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.signature import sign

ACCOUNT = "AC" + "5" * 32
TOKEN = "a token of the tests"
CLINIC = "+14155550100"
PATIENT = "+14155550123"
SERVICE = "MG" + "1" * 32
NOW = datetime(2026, 3, 8, 17, 30, 12, 345_678, tzinfo=UTC)
TEXT = OutgoingText(PATIENT, "How is the pain?", CLINIC, "", "http://clinic/status?m=7", 600)


def _ignored(
    url: str, params: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, str]:
    return 200, ""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(
        account_sid=ACCOUNT, auth_token=TOKEN, clock=lambda: NOW, deliver=_ignored
    ) as simulator:
        simulator.add_number(CLINIC)
        yield simulator


@pytest.fixture
def gateway(simulator: Simulator) -> TwilioGateway:
    return _gateway(simulator.base_url)


def _gateway(base_url: str, token: str = TOKEN) -> TwilioGateway:
    return TwilioGateway(
        account_sid=ACCOUNT, auth_token=token, base_url=base_url, timeout_seconds=0.3
    )


def test_a_text_is_handed_over(simulator: Simulator, gateway: TwilioGateway) -> None:
    accepted = gateway.send(TEXT)

    assert (accepted.status, accepted.segments) == ("queued", 1)
    [request] = simulator.sent()
    assert request.form == {
        "To": [PATIENT],
        "From": [CLINIC],
        "Body": ["How is the pain?"],
        "StatusCallback": ["http://clinic/status?m=7"],
        "ValidityPeriod": ["600"],
    }


def test_a_service_sends_without_a_number(simulator: Simulator, gateway: TwilioGateway) -> None:
    simulator.add_service(SERVICE, [CLINIC])
    accepted = gateway.send(replace(TEXT, messaging_service_sid=SERVICE))

    assert accepted.status == "accepted"
    assert "From" not in simulator.sent()[0].form
    assert simulator.sent()[0].form["MessagingServiceSid"] == [SERVICE]


@pytest.mark.parametrize(("seconds", "asked"), [(0, "1"), (-5, "1"), (90_000, "36000")])
def test_the_validity_stays_within_twilios_bounds(
    simulator: Simulator, gateway: TwilioGateway, seconds: int, asked: str
) -> None:
    gateway.send(replace(TEXT, validity_seconds=seconds))
    assert simulator.sent()[0].form["ValidityPeriod"] == [asked]


# 20003 and 20404 come with a status of their own, and not as an answer to a text.
@pytest.mark.parametrize("code", sorted(MEANINGS.keys() - {20003, 20404}))
def test_a_refusal_carries_its_meaning(
    simulator: Simulator, gateway: TwilioGateway, code: int
) -> None:
    simulator.add_fault(Fault(Kind.REFUSED, code=code))
    with pytest.raises(Refused) as refusal:
        gateway.send(TEXT)
    assert refusal.value.code == code
    assert (refusal.value.kind, refusal.value.advice) == MEANINGS[code]


def test_an_unknown_code_is_a_plain_refusal(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    simulator.add_fault(Fault(Kind.REFUSED, code=21999))
    with pytest.raises(Refused) as refusal:
        gateway.send(TEXT)
    assert refusal.value.kind == "rejected"
    assert meaning(None) == REJECTED


def test_a_wrong_token_is_for_the_administrator(simulator: Simulator) -> None:
    with pytest.raises(Refused) as refusal:
        _gateway(simulator.base_url, token="wrong").send(TEXT)
    assert (refusal.value.code, refusal.value.kind) == (20003, "configuration")


def test_too_many_is_surely_not_accepted(simulator: Simulator, gateway: TwilioGateway) -> None:
    simulator.add_fault(Fault(Kind.HTTP_429, times=1))
    with pytest.raises(Throttled) as throttled:
        gateway.send(TEXT)
    assert throttled.value.retry_after > 0
    assert simulator.account.messages == {}
    gateway.send(TEXT)


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        (Kind.HTTP_500, 0),
        (Kind.HTTP_503, 0),
        (Kind.HTTP_500_AFTER_ACCEPTING, 1),
        (Kind.SILENT_BEFORE_ACCEPTING, 0),
        (Kind.SILENT_AFTER_ACCEPTING, 1),
    ],
)
@pytest.mark.parametrize("seconds", [0.0, 5.0], ids=["reset", "time-out"])
def test_no_clear_answer_is_ambiguous_and_asking_clears_it_up(
    simulator: Simulator, gateway: TwilioGateway, kind: Kind, accepted: int, seconds: float
) -> None:
    simulator.add_fault(Fault(kind, times=1, seconds=seconds))
    with pytest.raises(Ambiguous):
        gateway.send(TEXT)

    found = gateway.find(to=PATIENT, body=TEXT.body, since=NOW)
    assert len(found) == accepted
    assert [one.sid for one in found] == list(simulator.account.messages)


def test_a_closed_port_was_never_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound but not listening: connecting is refused.
        with pytest.raises(NotSent):
            _gateway(f"http://127.0.0.1:{taken.getsockname()[1]}").send(TEXT)


def test_an_unknown_host_was_never_reached() -> None:
    with pytest.raises(NotSent):
        _gateway("http://twilio.invalid").send(TEXT)


def _refused_by(reason: Exception) -> requests.ConnectionError:
    pool = HTTPSConnectionPool("twilio.invalid")
    return requests.exceptions.SSLError(MaxRetryError(pool, "/", reason))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (TlsError(SSLCertVerificationError()), NotSent),
        # The connection may have broken after the request had left.
        (TlsError(SSLEOFError()), Ambiguous),
        (ProtocolError("Connection aborted."), Ambiguous),
    ],
)
def test_only_an_untrusted_certificate_stops_a_request_for_sure(
    reason: Exception, kind: type[GatewayError]
) -> None:
    assert type(_from_connection(_refused_by(reason))) is kind


def test_plain_http_where_tls_was_wanted_never_counts_as_sent(simulator: Simulator) -> None:
    with pytest.raises(GatewayError) as failure:
        _gateway(simulator.base_url.replace("http:", "https:")).send(TEXT)
    assert not isinstance(failure.value, Refused)
    assert simulator.account.messages == {}


def test_find_tells_texts_apart_by_body_recipient_and_time(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    first = gateway.send(TEXT)
    gateway.send(replace(TEXT, body="other words"))
    gateway.send(replace(TEXT, to="+14155550124"))
    last = gateway.send(TEXT)
    simulator.phone(PATIENT).send(TEXT.body)

    found = gateway.find(to=PATIENT, body=TEXT.body, since=NOW)
    assert [one.sid for one in found] == [last.sid, first.sid]
    assert {one.from_number for one in found} == {CLINIC}
    later = NOW + timedelta(seconds=1)
    assert gateway.find(to=PATIENT, body=TEXT.body, since=later) == []


def test_find_does_not_miss_a_text_of_the_same_second(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    accepted = gateway.send(TEXT)
    found = gateway.find(to=PATIENT, body=TEXT.body, since=NOW)
    # Twilio's own date has lost the fraction, and so lies before the moment of asking.
    assert found[0].date_created == NOW.replace(microsecond=0)
    assert found[0].sid == accepted.sid


@pytest.mark.parametrize("kind", [Kind.HTTP_429, Kind.HTTP_503])
def test_a_failing_find_leaves_it_unclear(
    simulator: Simulator, gateway: TwilioGateway, kind: Kind
) -> None:
    simulator.add_fault(Fault(kind))
    with pytest.raises(Ambiguous):
        gateway.find(to=PATIENT, body=TEXT.body, since=NOW)


def test_fetch_tells_what_became_of_a_text(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    simulator.add_fault(Fault(Kind.UNDELIVERED, code=30005))
    accepted = gateway.send(TEXT)
    simulator.settle()

    remote = gateway.fetch(accepted.sid)
    assert remote is not None
    assert (remote.status, remote.error_code) == ("undelivered", 30005)
    assert gateway.fetch("SM" + "0" * 32) is None


@pytest.mark.parametrize(
    "fails",
    [
        lambda gateway: gateway.send(replace(TEXT, to="+1415555012x")),
        lambda gateway: gateway.find(to=PATIENT, body="x", since=NOW),
    ],
)
def test_the_traceback_of_a_failure_quotes_no_number(
    simulator: Simulator, fails: Callable[[TwilioGateway], Any]
) -> None:
    gateway = _gateway(simulator.base_url)
    simulator.add_fault(Fault(Kind.HTTP_503, to=PATIENT))
    with pytest.raises(GatewayError) as failure:
        fails(gateway)
    words = "".join(traceback.format_exception(failure.value))
    assert "415555012" not in words.replace('to="+1415555012x"', "")
    assert "gateway" in words


@pytest.mark.parametrize("change", ["url", "params", "token", "signature"])
def test_only_what_twilio_signed_is_verified(change: str) -> None:
    call: dict[str, Any] = {
        "auth_token": TOKEN,
        "url": "https://clinic.example/sms?line=1",
        "params": {"Body": "7", "From": PATIENT},
    }
    call["signature"] = sign(TOKEN, call["url"], call["params"])
    assert verify(**call)

    wrong: dict[str, dict[str, Any]] = {
        "url": {"url": "https://clinic.example/sms?line=2"},
        "params": {"params": {"Body": "8", "From": PATIENT}},
        "token": {"auth_token": ""},
        "signature": {"signature": ""},
    }
    assert not verify(**{**call, **wrong[change]})


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({}, "NumMedia|MessageSid"),
        ({"MessageSid": "SM1", "From": PATIENT}, "no To"),
        ({"MessageSid": "SM1", "From": " ", "To": CLINIC}, "no From"),
        ({"MessageSid": "SM1", "From": PATIENT, "To": CLINIC, "NumMedia": "x"}, "NumMedia"),
    ],
)
def test_a_malformed_inbound_text_is_none(form: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_inbound(form)


def test_an_inbound_text_without_words_is_one() -> None:
    inbound = parse_inbound({"MessageSid": "SM1", "From": PATIENT, "To": CLINIC})
    assert (inbound.body, inbound.media, inbound.opt_out_type) == ("", (), "")


def test_a_status_is_read_with_its_code() -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "Undelivered", "ErrorCode": "30006"}
    update = parse_status(form, message_id="7")
    assert (update.sid, update.status, update.error_code) == ("SM1", "undelivered", 30006)
    assert update.message_id == "7"
    with pytest.raises(ValueError, match="ErrorCode"):
        parse_status(form | {"ErrorCode": "x"})
    with pytest.raises(ValueError, match="MessageStatus"):
        parse_status({"MessageSid": "SM1"})


def test_every_status_that_a_text_walks_through_ranks_higher_than_the_one_before() -> None:
    ways = [
        ["accepted", "queued", "sending", "sent", "delivered", "read"],
        ["queued", "sending", "sent", "undelivered"],
        ["queued", "sending", "failed"],
    ]
    for way in ways:
        ranks = [RANK[status] for status in way]
        assert ranks == sorted(set(ranks))
