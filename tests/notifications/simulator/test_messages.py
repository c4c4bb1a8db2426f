"""The Messages resource, asked by Twilio's own library."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from notifications.gateways.twilio import TwilioGateway, verify
from notifications.simulator import Simulator
from tests.notifications.simulator.conftest import (
    ACCOUNT,
    CLINIC,
    NOW,
    OTHER,
    PATIENT,
    TOKEN,
    Application,
    sent,
    text,
    twilio_client,
)

SERVICE = "MG" + "1" * 32


@pytest.fixture
def client(simulator: Simulator) -> Any:
    return twilio_client(simulator)


def test_a_text_is_taken_on_with_the_documented_fields(client: Any) -> None:
    message = client.messages.create(to=PATIENT, from_=CLINIC, body="pain " * 40)

    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.status, message.direction) == ("queued", "outbound-api")
    assert (message.to, message.from_, message.num_segments) == (PATIENT, CLINIC, "2")
    assert message.date_created == NOW
    assert message.date_sent is None
    assert message.error_code is None
    assert message.account_sid == ACCOUNT
    assert message.uri.endswith(f"/Messages/{message.sid}.json")


def test_it_walks_to_delivered_and_each_status_is_signed(
    simulator: Simulator, gateway: TwilioGateway, application: Application
) -> None:
    accepted = sent(gateway)
    simulator.settle()

    assert application.told("MessageStatus") == ["sending", "sent", "delivered"]
    for url, params, headers in application.calls:
        assert url == "http://clinic/status?m=7"
        assert params["MessageSid"] == params["SmsSid"] == accepted.sid
        assert params["AccountSid"] == ACCOUNT
        signature = headers["X-Twilio-Signature"]
        assert verify(auth_token=TOKEN, url=url, params=params, signature=signature)
    fetched = gateway.fetch(accepted.sid)
    assert fetched is not None
    assert fetched.status == "delivered"


def test_a_service_accepts_first_and_then_picks_a_number(
    simulator: Simulator, client: Any, application: Application
) -> None:
    simulator.add_service(SERVICE, [CLINIC])
    message = client.messages.create(
        to=PATIENT, messaging_service_sid=SERVICE, body="x", status_callback="http://clinic/s"
    )
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")

    simulator.settle()

    assert application.told("MessageStatus") == ["queued", "sending", "sent", "delivered"]
    assert set(application.told("MessagingServiceSid")) == {SERVICE}
    assert client.messages(message.sid).fetch().from_ == CLINIC


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to": "", "body": "x", "from_": CLINIC}, 21604),
        ({"to": "12", "body": "x", "from_": CLINIC}, 21211),
        ({"to": "4155550123", "body": "x", "from_": CLINIC}, 21211),
        ({"to": PATIENT, "from_": CLINIC}, 21602),
        ({"to": PATIENT, "body": "x"}, 21603),
        ({"to": PATIENT, "body": "x", "from_": "clinic"}, 21212),
        ({"to": PATIENT, "body": "x", "from_": OTHER}, 21659),
        ({"to": PATIENT, "body": "x", "from_": "+14155550111"}, 21606),
        ({"to": PATIENT, "body": "x", "from_": PATIENT}, 21266),
        ({"to": PATIENT, "body": "x" * 1601, "from_": CLINIC}, 21617),
        ({"to": PATIENT, "body": "x", "from_": CLINIC, "validity_period": 0}, 21624),
        ({"to": PATIENT, "body": "x", "from_": CLINIC, "validity_period": 36_001}, 21624),
        ({"to": PATIENT, "body": "x", "from_": CLINIC, "status_callback": "clinic"}, 21609),
        ({"to": PATIENT, "body": "x", "messaging_service_sid": "MG2"}, 21701),
        ({"to": PATIENT, "body": "x", "messaging_service_sid": SERVICE}, 21703),
    ],
)
def test_what_twilio_refuses_is_refused(
    simulator: Simulator, client: Any, form: dict[str, str], code: int
) -> None:
    simulator.add_service(SERVICE, [])
    simulator.add_number("+14155550111", can_text=False)

    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(**form)

    assert (refusal.value.status, refusal.value.code) == (400, code)
    assert simulator.account.messages == {}
    assert [request.code for request in simulator.sent()] == [code]


@pytest.mark.parametrize("body", ["x" * 1600, "й" * 1600])
def test_the_longest_text_is_taken(client: Any, body: str) -> None:
    assert client.messages.create(to=PATIENT, from_=CLINIC, body=body).body == body


def test_a_wrong_token_is_refused(simulator: Simulator) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        twilio_client(simulator, token="wrong").messages("SM1").fetch()
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_an_unknown_message_is_not_found(client: Any) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client.messages("SM" + "0" * 32).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_lists_are_newest_first_in_pages_and_filtered(
    simulator: Simulator, client: Any
) -> None:
    for number in range(5):
        client.messages.create(to=PATIENT, from_=CLINIC, body=f"text {number}")
    client.messages.create(to=OTHER, from_=CLINIC, body="other")
    simulator.phone(PATIENT).send("mine")

    assert [one.body for one in client.messages.list(to=PATIENT, page_size=2)] == [
        f"text {number}" for number in (4, 3, 2, 1, 0)
    ]
    assert [one.body for one in client.messages.list(from_=PATIENT)] == ["mine"]
    assert len(client.messages.list()) == 7
    assert client.messages.list(to="+14155550199") == []


def test_lists_are_filtered_by_the_day_of_sending(simulator: Simulator, client: Any) -> None:
    client.messages.create(to=PATIENT, from_=CLINIC, body="sent")
    simulator.settle()
    client.messages.create(to=PATIENT, from_=CLINIC, body="not sent yet")
    day = timedelta(days=1)

    def bodies(**dates: datetime) -> list[str]:
        return [one.body for one in client.messages.list(**dates)]

    assert bodies(date_sent=NOW) == ["sent"]
    assert bodies(date_sent=NOW - day) == []
    assert bodies(date_sent_after=NOW - day, date_sent_before=NOW + day) == ["sent"]
    assert bodies(date_sent_after=NOW + day) == []
    assert bodies(date_sent_before=NOW - day) == []


def test_redacting_and_deleting_wait_until_a_text_is_through(
    simulator: Simulator, client: Any
) -> None:
    message = client.messages.create(to=PATIENT, from_=CLINIC, body="pain")
    for attempt in (lambda: message.update(body=""), message.delete):
        with pytest.raises(TwilioRestException) as refusal:
            attempt()
        assert refusal.value.code == 20009

    simulator.settle()
    assert message.update(body="").body == ""
    with pytest.raises(TwilioRestException):
        message.update(body="other words")
    assert message.delete()
    with pytest.raises(TwilioRestException):
        message.fetch()


def test_numbers_are_registered_over_the_api(simulator: Simulator, client: Any) -> None:
    client.incoming_phone_numbers.create(phone_number=OTHER, sms_url="http://clinic/two")

    assert [one.phone_number for one in client.incoming_phone_numbers.list()] == [CLINIC, OTHER]
    simulator.phone(PATIENT).send("hi", to=OTHER)
    assert simulator.delivered()[0].url == "http://clinic/two"
    with pytest.raises(TwilioRestException) as refusal:
        client.incoming_phone_numbers.create(phone_number="12")
    assert refusal.value.code == 21421


def test_everything_that_was_posted_can_be_read(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    gateway.send(text("one"))
    gateway.send(text("two", to=OTHER))

    bodies = [request.form["Body"] for request in simulator.sent()]
    assert bodies == [["one"], ["two"]]
    assert simulator.sent()[0].form["ValidityPeriod"] == ["600"]


def test_dates_come_from_the_clock() -> None:
    moments = iter(datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC) for second in range(60))
    with Simulator(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        clock=lambda: next(moments),
        deliver=Application(),
    ) as simulator:
        simulator.add_number(CLINIC)
        gateway = TwilioGateway(
            account_sid=ACCOUNT, auth_token=TOKEN, base_url=simulator.base_url
        )
        accepted = gateway.send(text())
        found = gateway.fetch(accepted.sid)
    assert found is not None
    assert found.date_created == datetime(2026, 1, 1, tzinfo=UTC)
