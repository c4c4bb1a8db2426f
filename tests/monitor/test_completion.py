"""When a follow-up may end by itself."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import completion, staff_texts
from monitor.completion import Standing, completes_at
from monitor.episodes import COMPLETE_AFTER, ref
from monitor.models import CheckIn, Episode
from notifications.models import Message
from tests.monitor.figures.ward import close, contact, flag, follow, late_work
from tests.world import NOW, World

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001  of one zone


@given(last=moments, now=moments, open_=st.booleans(), paused=st.booleans())
def test_it_ends_only_when_over_and_is_always_looked_at_again(
    *, last: datetime, now: datetime, open_: bool, paused: bool
) -> None:
    at = completes_at(Standing(last, open=open_, paused=paused), now=now)
    assert (at <= now) == (not open_ and not paused and now >= last + COMPLETE_AFTER)


def over(world: World, n: int = 1) -> Episode:
    """Somebody who was treated and asked to the end long before NOW."""
    episode = follow(world, n, performed_at=NOW - timedelta(days=60))
    for key in ("d1", "d7", "d14"):
        contact(episode, key, CheckIn.State.MISSED if n % 2 else CheckIn.State.ANSWERED)
    return episode


def flagged(episode: Episode, world: World) -> None:
    flag(episode, at=NOW - timedelta(days=20))


def with_work(episode: Episode, world: World) -> None:
    late_work(episode, world.clinic, at=NOW - timedelta(days=20), kind="silent")


def asked(episode: Episode, world: World) -> None:
    contact(episode, "d14", CheckIn.State.SENT)


def written_to(episode: Episode, world: World) -> None:
    lately = NOW - timedelta(minutes=1)
    staff_texts.send(episode, "How are you?", token=uuid.uuid4(), by=world.nurse, now=lately)


@pytest.mark.parametrize("open_", [flagged, with_work, asked, written_to])
def test_what_keeps_it_open(world: World, open_: Callable[[Episode, World], None]) -> None:
    kept, other = over(world), over(world, 2)
    elsewhere = follow(world, 3, elsewhere=True)
    open_(kept, world)
    assert completion.sweep(now=NOW) == {"completed": 1, "failed": 0}
    assert Episode.objects.get(state=Episode.State.ENDED) == other
    kept.refresh_from_db()
    assert kept.completes_at == NOW + completion.AGAIN
    assert not Message.objects.filter(ref=ref(kept), key__contains=":staff:").exclude(
        state=Message.State.CREATED
    )
    elsewhere.refresh_from_db()
    assert elsewhere.completes_at is not None
    assert elsewhere.completes_at > NOW


def test_a_page_that_was_closed_keeps_nothing_open(world: World) -> None:
    episode = over(world)
    close(flag(episode, at=NOW - timedelta(days=20)), "Chen", "advised", after=9)
    assert completion.sweep(now=NOW)["completed"] == 1
