from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from monitor import checkins, episodes, notes, worklist
from monitor.models import Change, CheckIn, Episode, Note, WorkItem
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def episode(world: World) -> Episode:
    return Episode.objects.get(procedure=world.register())


def missed(episode: Episode) -> WorkItem:
    first = episode.check_ins.get(key="d1")
    CheckIn.objects.filter(pk=first.pk).update(state="sent", due_at=NOW)
    return worklist.add(
        "silent",
        clinic=episode.clinic,
        episode=episode,
        check_in=first,
        why="Silent.",
        now=NOW,
    )


def test_a_note_leaves_the_work_open(episode: Episode, world: World) -> None:
    item = missed(episode)
    note = notes.write(
        " Wife says he sleeps. ",
        clinic=world.clinic,
        episode=episode,
        item=item,
        by=world.nurse,
        now=LATER,
    )
    item.refresh_from_db()
    assert (note.body, item.closed_at) == ("Wife says he sleeps.", None)
    with pytest.raises(ValueError, match="Write the note"):
        notes.write("  ", clinic=world.clinic, by=world.nurse, now=LATER)
    note.body = "Other."
    with pytest.raises(DatabaseError), transaction.atomic():
        note.save()


@pytest.mark.parametrize("with_item", [True, False])
def test_who_was_reached_has_been_contacted(
    with_item: bool,  # noqa: FBT001
    episode: Episode,
    world: World,
) -> None:
    item = missed(episode)
    notes.called(
        reached=True,
        clinic=world.clinic,
        episode=episode,
        item=item if with_item else None,
        body="All well.",
        by=world.nurse,
        now=LATER,
    )
    item.refresh_from_db()
    assert item.closed_at == LATER
    assert item.outcome == ("reached" if with_item else "done")
    assert episode.check_ins.get(key="d1").state == "reached"
    assert Note.objects.get().kind == "reached"


def test_a_call_in_vain_changes_no_deadline(episode: Episode, world: World) -> None:
    item = missed(episode)
    notes.called(
        reached=False,
        clinic=world.clinic,
        episode=episode,
        item=item,
        by=world.nurse,
        now=LATER,
    )
    before = item.deadline
    item.refresh_from_db()
    assert (item.deadline, item.due_at, item.closed_at) == (before, before, None)
    assert episode.check_ins.get(key="d1").state == "sent"


def test_work_is_assigned_until_it_is_closed(episode: Episode, world: World) -> None:
    item = missed(episode)
    for to in (world.nurse, None, world.auditor):
        assert worklist.assign(item, to=to)
        item.refresh_from_db()
        assert item.owner == to
    worklist.close(item, outcome="done", note="", user=world.nurse, now=LATER)
    assert not worklist.assign(item, to=world.nurse)
    item.refresh_from_db()
    assert item.owner == world.auditor


def test_every_change_is_kept_with_who_and_before_and_after(
    episode: Episode, world: World
) -> None:
    week_one, week_two = (episode.check_ins.get(key=key) for key in ("d7", "d14"))
    was = week_one.planned_for
    to = was + timedelta(days=1)
    checkins.reschedule(week_one, to=to, by=world.nurse, now=LATER)
    checkins.cancel(week_two, by=world.nurse, now=LATER)
    episodes.pause(episode, by=world.nurse, now=LATER)
    episodes.pause(episode, by=world.nurse, now=LATER)
    episodes.resume(episode, by=world.nurse, now=LATER)
    episodes.end(episode, why="Moved away", by=world.nurse, now=LATER)
    assert list(Change.objects.order_by("pk").values_list("what", "before", "after")) == [
        ("moved", was.isoformat(), to.isoformat()),
        ("cancelled", "planned", ""),
        ("paused", "", ""),
        ("resumed", "", ""),
        ("ended", "active", "Moved away"),
    ]
    assert set(Change.objects.values_list("by", flat=True)) == {world.nurse.pk}
