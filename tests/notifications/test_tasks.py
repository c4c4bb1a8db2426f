"""The tasks are where the settings route them, and one half's failure spares the other."""

from threading import Thread
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from monitor.celery import app
from notifications import tasks
from notifications.models import Message
from notifications.oncall import paging
from tests.notifications.conftest import Post, fresh
from tests.world import NOW, World


def test_every_routed_and_scheduled_task_is_there() -> None:
    app.loader.import_default_modules()
    scheduled = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    named = {*settings.CELERY_TASK_ROUTES, *scheduled}
    ours = {name for name in named if name.startswith("notifications.")}
    assert ours == {
        f"notifications.tasks.{name}"
        for name in (
            "send_page_text",
            "send_text",
            "sweep_pages",
            "sweep_relays",
            "sweep_texts",
            "fetch_lost_texts",
            "sweep_rota",
            "sweep_readiness",
            "fetch_calendars",
        )
    }
    assert ours <= set(app.tasks)


def test_a_nudged_text_is_sent(post: Post) -> None:
    text, page = post.put(), post.page()
    with time_machine.travel(post.now):
        assert tasks.send_text(str(text.pk))
        assert not tasks.send_text(str(text.pk))
        assert tasks.send_page_text(str(page.pk))
    assert post.arrived() == ["How is the pain?", "Ref K7QD. Reply 27."]


def test_page_texts_go_out_even_if_climbing_fails(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, text = post.page(), post.put()

    def fail(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(paging, "sweep", fail)
    with time_machine.travel(post.now):
        with pytest.raises(RuntimeError):
            tasks.sweep_pages()
        assert fresh(page).state == Message.State.ACCEPTED
        assert fresh(text).state == Message.State.CREATED
        assert tasks.sweep_texts() == 1


def test_the_rotas_are_swept(world: World) -> None:
    with time_machine.travel(NOW):
        assert tasks.sweep_rota() == {"looked": 2, "alarmed": 0, "lapsed": 0, "failed": 0}
        assert tasks.fetch_calendars() == {"fetched": 0, "failed": 0}


@pytest.mark.django_db(transaction=True)
def test_one_sweep_of_relays_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[str] = []

    def sweep(stream: str, **_: Any) -> dict[str, int]:
        swept.append(stream)
        # Another process, with a connection of its own, comes meanwhile.
        other = Thread(target=lambda: (swept.append(str(tasks.sweep_relays())), close()))
        if len(swept) == 1:
            other.start()
            other.join()
        return {"claimed": 3}

    def close() -> None:
        connection.close()

    monkeypatch.setattr(tasks.outbox, "sweep", sweep)
    assert tasks.sweep_relays() == 3
    assert swept == ["relay", "0"]
    # It was let go.
    assert tasks.sweep_relays() == 3
