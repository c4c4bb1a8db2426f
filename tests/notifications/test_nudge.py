"""A worker is woken on commit; a broker that is away costs a moment and nothing else."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import transaction

from monitor import engines
from notifications import nudge, outbox
from notifications.models import Message
from tests.notifications.conftest import Post


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[engines.Valkey]:
    server = engines.Valkey(tmp_path / "valkey", port=engines.free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, valkey: engines.Valkey) -> engines.Valkey:
    app = Celery("nudges", broker=valkey.url, set_as_current=False)
    app.conf.update(
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
        task_routes=settings.CELERY_TASK_ROUTES,
        task_ignore_result=True,
    )
    monkeypatch.setattr(nudge, "current_app", app)
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    return valkey


def waiting(valkey: engines.Valkey, queue: str) -> int:
    with redis.Redis.from_url(valkey.url) as client:
        length: Any = client.llen(queue)
        return int(length)


def seconds_of_a_put(post: Post, body: str) -> float:
    began = time.monotonic()
    post.put(body)
    return time.monotonic() - began


def test_each_stream_wakes_its_own_worker(post: Post, broker: engines.Valkey) -> None:
    post.put()
    post.page()
    post.page("later", due_at=post.later(minutes=5), now=post.later(minutes=-5))
    assert (waiting(broker, "messages"), waiting(broker, "pages")) == (1, 1)


def test_what_is_rolled_back_wakes_nobody(post: Post, broker: engines.Valkey) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post.put()
        raise ZeroDivisionError
    assert waiting(broker, "messages") == 0
    assert not Message.objects.exists()


def test_a_broker_that_is_dead_costs_next_to_nothing(
    post: Post, broker: engines.Valkey
) -> None:
    post.put("before")
    broker.stop(with_signal=signal.SIGKILL)
    assert seconds_of_a_put(post, "first") < 1
    assert sum(seconds_of_a_put(post, f"{place}") for place in range(20)) < 1
    assert Message.objects.count() == 22
    assert outbox.sweep("text", now=post.now)["claimed"] == 22


def test_a_broker_that_hangs_is_waited_for_once(post: Post, broker: engines.Valkey) -> None:
    post.put("before")
    assert broker.process is not None
    broker.process.send_signal(signal.SIGSTOP)
    try:
        first = seconds_of_a_put(post, "first")
        rest = sum(seconds_of_a_put(post, f"{place}") for place in range(20))
    finally:
        broker.process.send_signal(signal.SIGCONT)
    assert first < 1.5
    assert rest < 1


def test_a_broker_that_comes_back_is_used_again(
    post: Post, broker: engines.Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put("before")
    broker.stop()
    post.put("during")
    broker.start()
    monkeypatch.setattr(nudge, "_quiet_until", 0.0)
    post.put("after")
    assert waiting(broker, "messages") == 2
