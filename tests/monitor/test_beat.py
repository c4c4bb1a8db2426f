"""Beat against a real broker that comes and goes."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings

from monitor import beat, engines

EVERY = 0.2


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[engines.Valkey]:
    server = engines.Valkey(tmp_path / "valkey", port=engines.free_port())
    server.start()
    yield server
    server.stop()


class Beat:
    """A scheduler of an app of its own, with what its tasks did when they ran here."""

    def __init__(self, broker: str, *, unknown: bool = False) -> None:
        self.ran: list[str] = []
        self.hold = threading.Event()
        self.hold.set()
        self.app = Celery("beat-under-test", broker=broker, set_as_current=False)
        self.app.conf.update(
            broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
            task_ignore_result=True,
            timezone="UTC",
        )
        names = ["broken", "pages", "texts"] + (["unknown"] if unknown else [])
        self.app.conf.beat_schedule = {
            name: {"task": name, "schedule": EVERY} for name in names
        }

        def broken() -> None:
            raise RuntimeError("this sweep is broken")

        def pages() -> None:
            self.ran.append("pages")

        def texts() -> None:
            self.hold.wait(timeout=10)
            self.ran.append("texts")

        for work in (broken, pages, texts):
            self.app.task(name=work.__name__, shared=False)(work)
        self.app.finalize()
        self.scheduler = beat.Scheduler(app=self.app)

    def tick_until(self, done: Callable[[], bool], *, within: float = 6.0) -> float:
        """Tick as beat does; returns how many seconds it took. Fails when it takes longer."""
        began = time.monotonic()
        while not done():
            assert time.monotonic() - began < within, "it did not come about in time"
            time.sleep(min(max(self.scheduler.tick(), 0), 0.05))
        return time.monotonic() - began


def published(valkey: engines.Valkey) -> int:
    with redis.Redis.from_url(valkey.url) as client:
        length: Any = client.llen("celery")
        return int(length)


def test_with_a_broker_everything_is_published_and_nothing_runs_here(
    valkey: engines.Valkey,
) -> None:
    ticking = Beat(valkey.url)
    ticking.tick_until(lambda: published(valkey) >= 6)
    ticking.scheduler.close()
    assert ticking.ran == []


def test_it_starts_and_works_without_a_broker() -> None:
    ticking = Beat(f"redis://127.0.0.1:{engines.free_port()}/0", unknown=True)
    took = ticking.tick_until(lambda: {"pages", "texts"} <= set(ticking.ran))
    ticking.scheduler.close()
    assert took < EVERY + 1


def test_a_broker_that_dies_and_returns_costs_no_sweep(
    valkey: engines.Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "QUIET_SECONDS", 0.5)
    ticking = Beat(valkey.url)
    ticking.tick_until(lambda: published(valkey) >= 3)
    valkey.stop(with_signal=signal.SIGKILL)
    took = ticking.tick_until(lambda: {"pages", "texts"} <= set(ticking.ran))
    assert took < EVERY + 1
    valkey.start()
    before = published(valkey)
    ticking.tick_until(lambda: published(valkey) >= before + 3)
    ticking.scheduler.close()


def test_a_broker_that_hangs_is_given_up_within_two_seconds(
    valkey: engines.Valkey,
) -> None:
    ticking = Beat(valkey.url)
    ticking.tick_until(lambda: published(valkey) >= 3)
    assert valkey.process is not None
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        took = ticking.tick_until(lambda: {"pages", "texts"} <= set(ticking.ran), within=8)
    finally:
        valkey.process.send_signal(signal.SIGCONT)
    ticking.scheduler.close()
    assert took < EVERY + 3


def test_a_sweep_that_takes_long_keeps_no_other_waiting_and_runs_once() -> None:
    ticking = Beat(f"redis://127.0.0.1:{engines.free_port()}/0")
    ticking.hold.clear()
    ticking.tick_until(lambda: ticking.ran.count("pages") >= 3)
    ticking.hold.set()
    ticking.tick_until(lambda: "texts" in ticking.ran)
    ticking.scheduler.close()
    # Three ticks came and went while the first of the texts' sweeps was still at work.
    assert ticking.ran.count("texts") <= 2
