import pytest

from notifications.gateways.base import Ambiguous, Throttled
from notifications.gateways.twilio import TwilioGateway
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.faults import Faults
from tests.notifications.simulator.conftest import OTHER, PATIENT, Application, sent

FULL_WAY = ["sending", "sent", "delivered"]


def test_a_fault_strikes_its_telephone_so_many_times(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    fault = simulator.add_fault(Fault(Kind.HTTP_429, to=PATIENT, times=2))
    sent(gateway, to=OTHER)
    for _ in range(2):
        with pytest.raises(Throttled):
            sent(gateway)
    sent(gateway)
    assert fault.hits == 2


def test_a_fault_without_a_number_lasts_until_it_is_cleared(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    simulator.add_fault(Fault(Kind.HTTP_503))
    for number in (PATIENT, OTHER, PATIENT):
        with pytest.raises(Ambiguous):
            sent(gateway, to=number)
    simulator.faults.clear()
    sent(gateway)


def test_chance_is_kept_and_repeatable() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault(Kind.LOST_CALLBACKS, probability=0.25))
        return [faults.take(Kind.LOST_CALLBACKS, to=PATIENT) is not None for _ in range(2000)]

    assert struck(1) == struck(1) != struck(2)
    assert 400 < sum(struck(1)) < 600


@pytest.mark.parametrize(
    ("fault", "way", "code"),
    [
        (Fault(Kind.UNDELIVERED), ["sending", "sent", "undelivered"], "30003"),
        (Fault(Kind.UNDELIVERED, code=30007), ["sending", "sent", "undelivered"], "30007"),
        (Fault(Kind.FAILED), ["sending", "failed"], "30008"),
        (Fault(Kind.STUCK), ["sending", "sent"], None),
    ],
)
def test_a_text_that_does_not_arrive(
    simulator: Simulator,
    gateway: TwilioGateway,
    application: Application,
    fault: Fault,
    way: list[str],
    code: str | None,
) -> None:
    simulator.add_fault(fault)
    accepted = sent(gateway)
    simulator.phone(PATIENT).expect_nothing()

    assert application.told("MessageStatus") == way
    assert application.told("ErrorCode") == ([code] if code else [])
    remote = gateway.fetch(accepted.sid)
    assert remote is not None
    assert remote.status == way[-1]
    assert remote.error_code == (int(code) if code else None)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind.LOST_CALLBACKS, []),
        (Kind.DUPLICATE_CALLBACKS, [status for status in FULL_WAY for _ in range(2)]),
        (Kind.OUT_OF_ORDER_CALLBACKS, FULL_WAY[::-1]),
    ],
)
def test_callbacks_that_are_tampered_with(
    simulator: Simulator,
    gateway: TwilioGateway,
    application: Application,
    kind: Kind,
    told: list[str],
) -> None:
    simulator.add_fault(Fault(kind, times=1))
    sent(gateway)
    simulator.phone(PATIENT).expect_sms()
    assert application.told("MessageStatus") == told


def test_late_callbacks_come_after_those_of_later_texts(
    simulator: Simulator, gateway: TwilioGateway, application: Application
) -> None:
    simulator.add_fault(Fault(Kind.LATE_CALLBACKS, to=PATIENT))
    late = sent(gateway)
    prompt = sent(gateway, to=OTHER)
    simulator.settle()
    assert application.told("MessageSid") == [prompt.sid] * 3 + [late.sid] * 3
    assert application.told("MessageStatus") == FULL_WAY * 2


def test_a_fault_survives_the_control_api_and_nonsense_does_not() -> None:
    fault = Fault(Kind.UNDELIVERED, to=PATIENT, times=3, code=30005)
    assert Fault.from_json(fault.to_json()) == fault
    with pytest.raises(ValueError, match="sulky"):
        Fault.from_json({"kind": "sulky"})
    with pytest.raises(TypeError):
        Fault.from_json({"kind": "busy", "mood": "bad"})
