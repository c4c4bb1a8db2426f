"""In the background, over real HTTP: webhooks, the control API, the program itself."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from notifications.gateways.twilio import TwilioGateway, verify
from notifications.simulator import Simulator, state
from notifications.simulator.phones import NotAsExpected
from tests.notifications.simulator.conftest import (
    ACCOUNT,
    CLINIC,
    OTHER,
    PATIENT,
    TOKEN,
    text,
)


@dataclass
class Clinic:
    """A web server that keeps what it is told; `failing` answers of 503 come first."""

    url: str = ""
    failing: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)

    def told(self, name: str) -> list[str]:
        return [form[name] for _, form in self.forms if name in form]


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    clinic = Clinic()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fields = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            form = {name: values[0] for name, values in fields.items()}
            signature = self.headers["X-Twilio-Signature"]
            url = clinic.url + self.path
            clinic.signed.append(
                verify(auth_token=TOKEN, url=url, params=form, signature=signature)
            )
            clinic.forms.append((self.path, form))
            clinic.failing -= 1
            self.send_response(503 if clinic.failing >= 0 else 200)
            self.end_headers()
            self.wfile.write(clinic.answers.get(self.path, "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        # The stand-in connects many times at once, and the default is 5.
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    clinic.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield clinic
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def simulator(clinic: Clinic) -> Iterator[Simulator]:
    with Simulator(account_sid=ACCOUNT, auth_token=TOKEN, pace=0.01) as simulator:
        simulator.add_number(CLINIC, sms_url=f"{clinic.url}/sms")
        yield simulator


def _send(gateway: TwilioGateway, body: str = "How is the pain?") -> None:
    gateway.send(text(body, callback=""))


def _until(there: Any, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _ask(base_url: str, method: str, path: str, data: object = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    headers = {"Content-Type": "application/json"}
    connection.request(method, f"/_simulator/{path}", json.dumps(data or {}), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def test_a_conversation_runs_by_itself(
    simulator: Simulator, gateway: TwilioGateway, clinic: Clinic
) -> None:
    clinic.answers["/sms"] = "<Response><Message>Noted.</Message></Response>"
    gateway.send(text(callback=f"{clinic.url}/status?m=7"))
    simulator.phone(PATIENT).expect_sms(containing="pain").reply("7 ü")
    simulator.phone(PATIENT).expect_sms(containing="noted")

    _until(lambda: "delivered" in clinic.told("MessageStatus"))
    assert clinic.told("MessageStatus") == ["sending", "sent", "delivered"]
    assert clinic.told("Body") == ["7 ü"]
    assert all(clinic.signed)
    with pytest.raises(RuntimeError):
        simulator.settle()


def test_expectations_wait_and_give_up(simulator: Simulator, gateway: TwilioGateway) -> None:
    phone = simulator.phone(PATIENT)
    began = time.monotonic()
    with pytest.raises(NotAsExpected):
        phone.expect_sms(within=0.2)
    assert 0.2 <= time.monotonic() - began < 2
    phone.expect_nothing(for_=0.05)
    _send(gateway)
    with pytest.raises(NotAsExpected):
        phone.expect_nothing(for_=5)


def test_texts_arrive_in_the_order_in_which_they_were_sent(
    simulator: Simulator, gateway: TwilioGateway
) -> None:
    bodies = [f"text {number}" for number in range(30)]
    for body in bodies:
        _send(gateway, body)
    with pytest.raises(NotAsExpected) as failure:
        simulator.assert_no_unexpected()
    # What was still on its way has been waited for.
    assert all(repr(body) in str(failure.value) for body in bodies)
    for body in bodies:
        assert simulator.phone(PATIENT).expect_sms().body == body
    simulator.assert_no_unexpected()


@pytest.mark.parametrize(
    ("fragment", "failing", "attempts"),
    [("", 1, 1), ("#rc=2&rp=5xx", 1, 2), ("#rc=2&rp=all", 9, 3), ("#rc=2&rp=4xx", 1, 1)],
)
def test_webhooks_are_retried_as_their_address_says(
    simulator: Simulator, clinic: Clinic, fragment: str, failing: int, attempts: int
) -> None:
    clinic.failing = failing
    simulator.account.numbers[CLINIC].sms_url = f"{clinic.url}/sms{fragment}"
    simulator.phone(PATIENT).send("7")
    _until(lambda: len(simulator.delivered()) >= attempts)
    time.sleep(0.05)
    assert clinic.told("Body") == ["7"] * attempts
    assert len(set(clinic.told("MessageSid"))) == 1
    assert all(clinic.signed)


def test_a_web_server_that_is_down_is_tried_twice(simulator: Simulator) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/sms"
        simulator.account.numbers[CLINIC].sms_url = url
        simulator.phone(PATIENT).send("7")
        _until(lambda: len(simulator.delivered()) == 2)
    assert [(one.status, one.failure) for one in simulator.delivered()] == [(0, "ct")] * 2


def test_a_call_rings_and_is_pressed_over_the_control_api(
    simulator: Simulator, clinic: Clinic
) -> None:
    clinic.answers = {
        "/call": "<Response><Gather numDigits='1' action='/pressed'>"
        "<Say>Press 4.</Say></Gather></Response>",
        "/pressed": "<Response><Say>Thank you.</Say></Response>",
    }
    fields = {"To": [PATIENT], "From": [CLINIC], "Url": [f"{clinic.url}/call"]}
    sid = simulator.calls.create(fields).sid
    base, path = simulator.base_url, f"phones/{quote(PATIENT)}"

    def call() -> Any:
        return _ask(base, "GET", path)[1]["calls"][0]

    _until(lambda: call()["status"] == "ringing")
    assert _ask(base, "POST", f"calls/{sid}/answer")[0] == 200
    _until(lambda: call()["gathering"])
    assert _ask(base, "POST", f"calls/{sid}/press", {"digits": "4"})[0] == 200
    _until(lambda: call()["status"] == "completed")
    assert call()["heard"] == ["Press 4.", "Thank you."]
    assert clinic.told("Digits") == ["4"]
    for action in ("reject", "hangup", "sing"):
        assert _ask(base, "POST", f"calls/{sid}/{action}")[0] == 400


def test_a_call_rings_out(simulator: Simulator, clinic: Clinic) -> None:
    fields = {"To": [PATIENT], "From": [CLINIC], "Url": [clinic.url], "Timeout": ["0.1"]}
    call = simulator.calls.create(fields)
    _until(lambda: call.status == "no-answer")


def test_the_phones_page_sees_and_sends(
    simulator: Simulator, gateway: TwilioGateway, clinic: Clinic
) -> None:
    base, path = simulator.base_url, f"phones/{quote(PATIENT)}"
    _send(gateway)
    simulator.phone(PATIENT).expect_sms()
    seen = _ask(base, "GET", path)[1]
    assert [(one["body"], one["status"], one["from_it"]) for one in seen["messages"]] == [
        ("How is the pain?", "delivered", False)
    ]

    answer = {"to": CLINIC, "body": "7", "media": [["http://m/1", "image/png"]]}
    status, message = _ask(base, "POST", f"{path}/send", answer)
    assert (status, message["from_it"]) == (201, True)
    news = _ask(base, "GET", f"{path}?since={seen['seq']}&wait=2")[1]
    assert [one["body"] for one in news["messages"]] == ["7"]
    _until(lambda: clinic.told("MediaUrl0") == ["http://m/1"])

    assert _ask(base, "GET", f"{path}?since={news['seq']}")[1]["messages"] == []
    [phone] = _ask(base, "GET", "phones")[1]["phones"]
    assert (phone["number"], phone["messages"]) == (PATIENT, 2)
    posts = _ask(base, "GET", "sent")[1]["sent"]
    assert [one["form"]["Body"] for one in posts] == [["How is the pain?"]]
    webhooks = _ask(base, "GET", "webhooks")[1]["webhooks"]
    assert [one["status"] for one in webhooks if one["params"].get("Body")] == [200]


def test_faults_and_services_over_the_control_api(simulator: Simulator) -> None:
    base = simulator.base_url
    fault = {"kind": "undelivered", "to": OTHER, "times": 1, "code": 30006}
    assert _ask(base, "POST", "faults", fault)[0] == 201
    assert _ask(base, "GET", "faults")[1]["faults"][0]["code"] == 30006
    assert _ask(base, "DELETE", "faults")[1] == {"faults": []}
    service = {"sid": "MG1", "numbers": [CLINIC]}
    assert _ask(base, "POST", "services", service)[0] == 201
    assert simulator.account.services["MG1"].numbers == [CLINIC]
    for method, path, data, status in (
        ("POST", "faults", {"kind": "sulky"}, 400),
        ("POST", "services", {"name": "x"}, 400),
        ("POST", f"phones/{quote(PATIENT)}/send", {"to": "+19", "body": "x"}, 400),
        ("GET", f"phones/{quote(PATIENT)}?since=x", None, 400),
        ("GET", "nothing", None, 404),
        ("DELETE", "phones", None, 404),
    ):
        assert _ask(base, method, path, data)[0] == status, path


def test_state_survives(simulator: Simulator, gateway: TwilioGateway, tmp_path: Path) -> None:
    _send(gateway)
    simulator.phone(PATIENT).expect_sms()
    simulator.phone(OTHER).send("STOP")
    simulator.phone(OTHER).expect_sms()
    simulator.calls.create({"To": [OTHER], "From": [CLINIC], "Url": ["http://c/x"]})
    state.save(simulator.account, tmp_path / "state.json")

    again = Simulator(account_sid=ACCOUNT, auth_token=TOKEN)
    state.load(again.account, tmp_path / "state.json")
    assert again.account.numbers == simulator.account.numbers
    assert again.account.blocked == simulator.account.blocked == {(CLINIC, OTHER)}
    assert again.phone(PATIENT).texts() == ["How is the pain?"]
    assert [one.status for one in again.account.calls.values()] == ["failed"]
    assert again.account.seq >= simulator.account.seq
    threads = simulator.account.threads
    assert [one.date_created for one in again.account.threads[PATIENT]] == [
        one.date_created for one in threads[PATIENT]
    ]


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_the_program_serves_and_ends_cleanly(
    clinic: Clinic, tmp_path: Path, kind: signal.Signals
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "notifications.simulator",
        *("--port", str(port), "--account-sid", ACCOUNT, "--auth-token", TOKEN),
        *("--webhook", f"{clinic.url}/sms", "--number", CLINIC, "--pace", "0.01"),
        *("--state", str(tmp_path / "state.json")),
    ]
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout is not None
        assert str(port) in program.stdout.readline()
        base = f"http://127.0.0.1:{port}"
        gateway = TwilioGateway(account_sid=ACCOUNT, auth_token=TOKEN, base_url=base)
        _send(gateway)
        reply = {"to": CLINIC, "body": "7"}
        assert _ask(base, "POST", f"phones/{quote(PATIENT)}/send", reply)[0] == 201
        _until(lambda: clinic.told("Body") == ["7"])
        taken = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert taken.returncode == 1
        assert f"can't listen on port {port}" in taken.stderr
        program.send_signal(kind)
        _, complaints = program.communicate(timeout=20)
    finally:
        program.kill()
    assert (program.returncode, complaints) == (0, "")
    saved = json.loads((tmp_path / "state.json").read_text())
    assert [one["body"] for one in saved["messages"]] == ["How is the pain?", "7"]
