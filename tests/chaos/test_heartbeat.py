"""The heartbeat on real processes: it stops when one of them does, and comes back with it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.chaos.system import HEARTBEAT, TICK, System, look

# A beat that was on its way, a sweep, and a busy machine.
SLACK = 5.0


def health(system: System) -> tuple[int, str]:
    try:
        answer = requests.get(f"http://127.0.0.1:{system.port}/health", timeout=10)
        return answer.status_code, " ".join(answer.json()["why"])
    except requests.RequestException:
        return 0, ""


def beats_since(system: System, moment: float) -> list[float]:
    return [at for at, _method, _body in system.listener.heard if at > moment]


def beats(system: System) -> None:
    now = time.monotonic()
    look(lambda: beats_since(system, now), "a heartbeat")


@contextmanager
def without(system: System, name: str) -> Iterator[None]:
    with system.kept_dead(name):
        system.kill(name)
        yield


@contextmanager
def without_broker(system: System) -> Iterator[None]:
    assert system.valkey.process is not None
    system.valkey.stop(with_signal=signal.SIGKILL)
    try:
        yield
    finally:
        system.valkey.start()


@pytest.mark.parametrize(
    ("down", "why"),
    [
        (lambda system: without(system, "pages"), "the pages"),
        (lambda system: without(system, "beat"), "the watchdog"),
        (without_broker, "broker"),
    ],
    ids=["pages", "beat", "broker"],
)
def test_it_stops_with_what_dies_and_comes_back(
    system: System, down: Callable[[System], object], why: str
) -> None:
    beats(system)
    with down(system):  # type: ignore[attr-defined]
        dead = time.monotonic()
        look(lambda: health(system)[0] == 503 and why in health(system)[1], f"503: {why}")
        told = time.monotonic()
        assert told - dead < TICK + SLACK
        time.sleep(2 * HEARTBEAT)
        assert all(at < dead + TICK + SLACK for at in beats_since(system, dead))
        assert not beats_since(system, told + HEARTBEAT)
    beats(system)
    look(lambda: health(system)[0] == 200, "all well")
