import pytest

from notifications.gateways.twilio import TwilioGateway
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.phones import NotAsExpected
from tests.notifications.simulator.conftest import CLINIC, OTHER, PATIENT, Application, sent


def test_texts_are_taken_in_order(simulator: Simulator, gateway: TwilioGateway) -> None:
    for body in ("first", "second", "third"):
        sent(gateway, body)
    phone = simulator.phone(PATIENT)

    assert phone.expect_sms().body == "first"
    with pytest.raises(NotAsExpected) as failure:
        phone.expect_sms(containing="third")
    assert "'second'   <- not expected" in str(failure.value)
    assert phone.expect_sms(containing="third", any_order=True).body == "third"
    assert phone.expect_sms(containing=("SEC", "ond")).from_number == CLINIC
    simulator.assert_no_unexpected()
    assert phone.texts() == ["first", "second", "third"]


def test_a_text_that_does_not_come_fails_and_tells_what_came(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    simulator.add_fault(Fault(Kind.UNDELIVERED, to=PATIENT))
    sent(gateway, "lost")
    with pytest.raises(NotAsExpected) as failure:
        simulator.phone(PATIENT).expect_sms(containing="lost")
    assert "undelivered" in str(failure.value)
    with pytest.raises(NotAsExpected, match="nothing came"):
        simulator.phone(OTHER).expect_sms()


def test_what_nobody_expected_is_named(simulator: Simulator, gateway: TwilioGateway) -> None:
    sent(gateway, "to the patient")
    sent(gateway, "to the other", to=OTHER)
    simulator.phone(PATIENT).expect_sms()

    with pytest.raises(NotAsExpected) as failure:
        simulator.assert_no_unexpected()
    assert "to the other" in str(failure.value)
    assert "to the patient" not in str(failure.value)
    with pytest.raises(NotAsExpected):
        simulator.phone(OTHER).expect_nothing()
    simulator.phone(PATIENT).expect_nothing()


def test_a_reply_goes_to_whoever_wrote(
    simulator: Simulator, gateway: TwilioGateway, application: Application
) -> None:
    second = "+14155550101"
    simulator.add_number(second, sms_url="http://clinic/second")
    phone = simulator.phone(PATIENT)
    with pytest.raises(NotAsExpected):
        phone.send("which one?")
    sent(gateway)
    phone.expect_sms().reply("7")
    phone.send("8")

    assert application.told("Body") == ["7", "8"]
    assert set(application.told("To")) == {CLINIC, PATIENT}
