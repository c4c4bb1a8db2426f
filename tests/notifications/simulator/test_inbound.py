import pytest

from notifications.gateways.base import Refused
from notifications.gateways.twilio import TwilioGateway, parse_inbound, verify
from notifications.simulator import Fault, Kind, Simulator
from tests.notifications.simulator.conftest import (
    ACCOUNT,
    CLINIC,
    PATIENT,
    TOKEN,
    Application,
    sent,
    text,
)

SERVICE = "MG" + "1" * 32
URL = "http://clinic/sms?line=1"


def test_a_text_reaches_the_webhook_signed_and_whole(
    simulator: Simulator, application: Application
) -> None:
    simulator.phone(PATIENT).send("Schmerz 7 😀", media=[("http://m/1", "image/jpeg")])

    [(url, params, headers)] = application.calls
    assert url == URL
    signature = headers["X-Twilio-Signature"]
    assert verify(auth_token=TOKEN, url=url, params=params, signature=signature)
    inbound = parse_inbound(params)
    assert (inbound.from_number, inbound.to, inbound.body) == (PATIENT, CLINIC, "Schmerz 7 😀")
    assert inbound.media == (("http://m/1", "image/jpeg"),)
    assert inbound.account_sid == ACCOUNT
    assert inbound.sid.startswith("MM")
    assert (params["SmsStatus"], params["NumSegments"]) == ("received", "1")
    assert (params["FromCountry"], params["ToCountry"]) == ("US", "US")


def test_twiml_answers_are_delivered(simulator: Simulator, application: Application) -> None:
    application.answers[URL] = (
        "<Response><Message action='/done'>one &amp; only</Message>"
        "<Message to='+14155550124'><Body>two</Body></Message></Response>"
    )
    simulator.phone(PATIENT).send("hi")

    simulator.phone(PATIENT).expect_sms(containing="one & only")
    simulator.phone("+14155550124").expect_sms("two")
    simulator.assert_no_unexpected()
    callbacks = [url for url, params, _ in application.calls if "MessageStatus" in params]
    assert set(callbacks) == {"http://clinic/done"}


@pytest.mark.parametrize("answer", ["", "thank you", "<html/>", "<Response/>", "<Response"])
def test_other_answers_send_nothing(
    simulator: Simulator, application: Application, answer: str
) -> None:
    application.answers[URL] = answer
    simulator.phone(PATIENT).send("hi")
    simulator.phone(PATIENT).expect_nothing()


def test_stop_blocks_and_start_opens_again(
    simulator: Simulator, gateway: TwilioGateway, application: Application
) -> None:
    phone = simulator.phone(PATIENT)
    phone.send("  stop ")
    phone.expect_sms(containing="unsubscribed")
    with pytest.raises(Refused) as refusal:
        sent(gateway)
    assert (refusal.value.code, refusal.value.kind) == (21610, "opted_out")

    phone.send("Stop")
    phone.expect_nothing()
    phone.send("START")
    phone.expect_sms("re-subscribed")
    sent(gateway)
    phone.expect_sms("pain")
    assert application.told("Body") == ["  stop ", "Stop", "START"]
    assert application.told("OptOutType") == []


@pytest.mark.parametrize("body", ["please stop texting me", "the pain won't stop", "STOP."])
def test_only_the_word_alone_blocks(
    simulator: Simulator, gateway: TwilioGateway, body: str
) -> None:
    simulator.phone(PATIENT).send(body)
    sent(gateway)
    assert simulator.phone(PATIENT).expect_sms().body == "How is the pain?"


def test_help_is_answered_each_time_and_yes_is_only_a_word(simulator: Simulator) -> None:
    phone = simulator.phone(PATIENT)
    for _ in range(2):
        phone.send("help")
        phone.expect_sms("Reply STOP to unsubscribe")
    phone.send("yes")
    phone.expect_nothing()


def test_twiml_can_not_reach_someone_who_opted_out(
    simulator: Simulator, application: Application
) -> None:
    application.answers[URL] = "<Response><Message>You are out.</Message></Response>"
    phone = simulator.phone(PATIENT)
    phone.send("STOP")
    phone.expect_sms("successfully been unsubscribed")
    phone.expect_nothing()


def test_an_opt_out_from_a_service_holds_for_all_its_numbers(
    simulator: Simulator, gateway: TwilioGateway, application: Application
) -> None:
    second = "+14155550101"
    simulator.add_number(second)
    simulator.add_service(SERVICE, [CLINIC, second], inbound_url=URL, advanced_opt_out=True)
    simulator.phone(PATIENT).send("STOP", to=second)

    assert application.told("OptOutType") == ["STOP"]
    assert application.told("MessagingServiceSid")[0] == SERVICE
    for outgoing in (text(service=SERVICE), text(), text(from_number=second)):
        with pytest.raises(Refused) as refusal:
            gateway.send(outgoing)
        assert refusal.value.code == 21610


def test_an_inbound_text_can_come_twice(simulator: Simulator, application: Application) -> None:
    simulator.add_fault(Fault(Kind.DUPLICATE_INBOUND, times=1))
    simulator.phone(PATIENT).send("7")
    simulator.phone(PATIENT).send("8")

    assert application.told("Body") == ["7", "7", "8"]
    first, second, third = application.told("MessageSid")
    assert first == second != third


def test_the_fallback_is_told_when_the_webhook_fails(
    simulator: Simulator, application: Application
) -> None:
    simulator.account.numbers[CLINIC].sms_fallback_url = "http://clinic/fallback"
    application.status = 503
    simulator.phone(PATIENT).send("7")

    assert [url for url, _, _ in application.calls] == [URL, "http://clinic/fallback"]
    assert application.told("ErrorCode") == ["11200"]


def test_a_number_of_nobody_is_an_error_of_the_test(simulator: Simulator) -> None:
    with pytest.raises(KeyError):
        simulator.phone(PATIENT).send("7", to="+14155550199")
