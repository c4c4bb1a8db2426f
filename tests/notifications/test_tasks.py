"""The tasks are where the settings route them, and one half's failure spares the other."""

from typing import Any

import pytest
import time_machine
from django.conf import settings

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
            "sweep_texts",
            "fetch_lost_texts",
            "sweep_rota",
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
