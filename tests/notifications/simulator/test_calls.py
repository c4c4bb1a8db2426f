from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from notifications.gateways.twilio import verify
from notifications.simulator import Fault, Kind, Simulator
from notifications.simulator.calls import APOLOGY
from notifications.simulator.phones import NotAsExpected
from tests.notifications.simulator.conftest import (
    CLINIC,
    OTHER,
    PATIENT,
    TOKEN,
    Application,
    twilio_client,
)

CLINICIAN = "+14155550150"
MENU = (
    "<Response><Gather numDigits='1' action='/pressed?page=3' timeout='4'>"
    "<Say>A patient needs you. Press 4 to acknowledge.</Say></Gather>"
    "<Say>Nobody pressed.</Say></Response>"
)
EVENTS = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
def client(simulator: Simulator, application: Application) -> Any:
    application.answers = {
        "http://clinic/call": MENU,
        "http://clinic/pressed?page=3": "<Response><Say>Thank you.</Say><Hangup/></Response>",
    }
    return twilio_client(simulator)


def _call(client: Any, url: str = "http://clinic/call", **more: object) -> str:
    call = client.calls.create(
        to=CLINICIAN,
        from_=CLINIC,
        url=url,
        status_callback="http://clinic/progress",
        status_callback_event=EVENTS,
        **more,
    )
    assert call.status == "queued"
    return str(call.sid)


def _progress(application: Application) -> list[str]:
    return [params["CallStatus"] for url, params, _ in application.calls if "/progress" in url]


def test_a_key_that_is_pressed_reaches_the_action(
    simulator: Simulator, client: Any, application: Application
) -> None:
    sid = _call(client)
    call = simulator.phone(CLINICIAN).expect_call()
    assert call.status == "ringing"
    call.press("4")

    assert call.heard == "A patient needs you. Press 4 to acknowledge. Thank you."
    pressed = [params for url, params, _ in application.calls if "pressed" in url]
    assert [(one["Digits"], one["CallSid"], one["To"]) for one in pressed] == [
        ("4", sid, CLINICIAN)
    ]
    simulator.settle()
    assert _progress(application) == ["initiated", "ringing", "in-progress", "completed"]
    for url, params, headers in application.calls:
        signature = headers["X-Twilio-Signature"]
        assert verify(auth_token=TOKEN, url=url, params=params, signature=signature)
    assert client.calls(sid).fetch().status == "completed"
    simulator.assert_no_unexpected()


def test_silence_goes_on_behind_the_question(simulator: Simulator, client: Any) -> None:
    _call(client)
    call = simulator.phone(CLINICIAN).expect_call().answer()
    assert call.status == "in-progress"
    call.say_nothing()
    assert call.heard.endswith("Nobody pressed.")
    assert call.status == "completed"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.BUSY, "busy"),
        (Kind.NO_ANSWER, "no-answer"),
        (Kind.CALL_FAILED, "failed"),
    ],
)
def test_a_call_that_nobody_takes(
    simulator: Simulator, client: Any, application: Application, kind: Kind, status: str
) -> None:
    simulator.add_fault(Fault(kind, to=CLINICIAN))
    sid = _call(client)
    simulator.settle()

    assert _progress(application)[-1] == status
    assert client.calls(sid).fetch().status == status
    with pytest.raises(NotAsExpected):
        simulator.phone(CLINICIAN).expect_call().press("4")


def test_voicemail_picks_up_and_never_presses(
    simulator: Simulator, client: Any, application: Application
) -> None:
    simulator.add_fault(Fault(Kind.VOICEMAIL))
    sid = _call(client, machine_detection="Enable")
    call = simulator.phone(CLINICIAN).expect_call()

    assert call.heard.endswith("Nobody pressed.")
    assert client.calls(sid).fetch().answered_by == "machine_start"
    assert set(application.told("AnsweredBy")) == {"machine_start"}
    assert application.told("Digits") == []
    assert _progress(application)[-1] == "completed"


def test_hands_reject_ignore_and_hang_up(simulator: Simulator, client: Any) -> None:
    phone = simulator.phone(CLINICIAN)
    sids = [_call(client) for _ in range(3)]
    phone.expect_call().reject()
    phone.expect_call().ignore()
    phone.expect_call().answer().hang_up()
    assert [client.calls(sid).fetch().status for sid in sids] == [
        "busy",
        "no-answer",
        "completed",
    ]


@pytest.mark.parametrize(
    ("document", "heard"),
    [
        ("<Response><Play>a.mp3</Play><Pause length='2'/><Say>x</Say></Response>", "[a.mp3] x"),
        ("<Response><Say>x</Say><Redirect>/other</Redirect></Response>", "x Elsewhere."),
        ("<Response><Hangup/><Say>never</Say></Response>", ""),
        ("<Response><Dance/></Response>", APOLOGY),
        ("<Response>", APOLOGY),
        ("", APOLOGY),
        ("<Response><Redirect>/turn</Redirect></Response>", APOLOGY),
    ],
)
def test_documents(
    simulator: Simulator, client: Any, application: Application, document: str, heard: str
) -> None:
    application.answers |= {
        "http://clinic/turn": document,
        "http://clinic/other": "<Response><Say>Elsewhere.</Say></Response>",
    }
    _call(client, "http://clinic/turn")
    call = simulator.phone(CLINICIAN).expect_call().answer()
    assert (call.heard, call.status) == (heard, "completed")


def test_a_document_can_come_with_the_call(
    simulator: Simulator, client: Any, application: Application
) -> None:
    client.calls.create(to=CLINICIAN, from_=CLINIC, twiml="<Response><Say>x</Say></Response>")
    assert simulator.phone(CLINICIAN).expect_call().answer().heard == "x"
    assert application.calls == []


@pytest.mark.parametrize(
    ("attributes", "presses", "digits"),
    [
        ("numDigits='2'", ["1", "2"], ["12"]),
        ("numDigits='2'", ["123"], ["12"]),
        ("numDigits='4'", ["12#"], ["12"]),
        ("", ["123#4"], ["123"]),
        ("finishOnKey=''", ["1#"], ["1#"]),
    ],
)
def test_how_many_keys_are_an_entry(
    simulator: Simulator,
    client: Any,
    application: Application,
    attributes: str,
    presses: list[str],
    digits: list[str],
) -> None:
    application.answers["http://clinic/call"] = (
        f"<Response><Gather action='/pressed?page=3' {attributes}/></Response>"
    )
    _call(client)
    call = simulator.phone(CLINICIAN).expect_call()
    for press in presses:
        call.press(press)
    assert application.told("Digits") == digits


def test_keys_that_nobody_asked_for_fail(simulator: Simulator, client: Any) -> None:
    _call(client)
    call = simulator.phone(CLINICIAN).expect_call()
    with pytest.raises(NotAsExpected, match="keys"):
        call.press("x")
    call.press("4")
    with pytest.raises(NotAsExpected, match="no key"):
        call.press("4")
    with pytest.raises(NotAsExpected, match="not ringing"):
        call.reject()


def test_an_unexpected_call_is_named(simulator: Simulator, client: Any) -> None:
    _call(client)
    with pytest.raises(NotAsExpected, match="a call from"):
        simulator.assert_no_unexpected()
    with pytest.raises(NotAsExpected):
        simulator.phone(CLINICIAN).expect_nothing()
    with pytest.raises(NotAsExpected, match="No call came"):
        simulator.phone(OTHER).expect_call()


def test_the_application_can_end_a_call(simulator: Simulator, client: Any) -> None:
    ringing, talking = _call(client), _call(client)
    simulator.settle()
    simulator.calls.answer(talking)
    client.calls(ringing).update(status="canceled")
    client.calls(talking).update(status="completed")

    assert client.calls(ringing).fetch().status == "canceled"
    assert client.calls(talking).fetch().status == "completed"
    with pytest.raises(TwilioRestException) as refusal:
        client.calls(talking).update(status="completed")
    assert refusal.value.code == 21220
    assert [one.sid for one in client.calls.list(to=CLINICIAN)] == [talking, ringing]
    assert [one.sid for one in client.calls.list(status="canceled")] == [ringing]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to": "", "from_": CLINIC, "url": "http://clinic/call"}, 21201),
        ({"to": "1", "from_": CLINIC, "url": "http://clinic/call"}, 21211),
        ({"to": CLINICIAN, "from_": "", "url": "http://clinic/call"}, 21213),
        ({"to": CLINICIAN, "from_": OTHER, "url": "http://clinic/call"}, 21210),
        ({"to": CLINICIAN, "from_": CLINIC}, 21205),
        ({"to": CLINICIAN, "from_": CLINIC, "url": "ftp://clinic"}, 21205),
        (
            {"to": CLINICIAN, "from_": CLINIC, "url": "http://c/x", "status_callback": "x"},
            21609,
        ),
        ({"to": CLINICIAN, "from_": CLINIC, "url": "http://c/x", "method": "GET"}, 20001),
        ({"to": CLINICIAN, "from_": CLINIC, "url": "http://c/x", "timeout": "soon"}, 20001),
    ],
)
def test_calls_that_are_refused(client: Any, form: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        client.calls.create(**form)
    assert refusal.value.code == code


def test_an_error_of_the_application_comes_through_as_it_is(
    simulator: Simulator, client: Any, application: Application
) -> None:
    # A view that raises under Django's test client must not look like a wrong expectation.
    application.answers["http://clinic/call"] = "<Response><Gather numDigits='x'/></Response>"
    _call(client)
    with pytest.raises(ValueError, match="invalid literal"):
        simulator.phone(CLINICIAN).expect_call().answer()


def test_a_number_dialled_behind_a_call(
    simulator: Simulator, client: Any, application: Application
) -> None:
    application.answers["http://clinic/call"] = (
        f"<Response><Dial callerId='{CLINIC}' action='/done'><Number>{PATIENT}</Number></Dial>"
        "</Response>"
    )
    application.answers["http://clinic/done"] = "<Response><Say>Bye</Say></Response>"
    first = _call(client)
    call = simulator.phone(CLINICIAN).expect_call().answer()
    behind = simulator.phone(PATIENT).expect_call()
    assert (call.status, behind.from_number) == ("in-progress", CLINIC)
    behind.answer().hang_up()
    simulator.settle()
    assert (call.status, call.heard) == ("completed", "Bye")
    assert client.calls(behind.sid).fetch().parent_call_sid == first
    assert client.calls(behind.sid).fetch().direction == "outbound-dial"


def test_a_number_that_is_not_ours_can_not_be_shown(
    simulator: Simulator, client: Any, application: Application
) -> None:
    application.answers["http://clinic/call"] = (
        f"<Response><Dial callerId='+12125559999' action='/done'><Number>{PATIENT}</Number>"
        "</Dial></Response>"
    )
    application.answers["http://clinic/done"] = "<Response><Say>Failed</Say></Response>"
    _call(client)
    call = simulator.phone(CLINICIAN).expect_call().answer()
    simulator.settle()
    assert call.heard == "Failed"
    assert simulator.account.calls[next(reversed(simulator.account.calls))].status == "failed"
