"""Check-ins that will not be texted say so, and when staff are to phone instead."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import checkins, episodes
from monitor.models import CheckIn, Episode
from notifications import optouts
from patients.registration import withdraw_consent
from tests.monitor.dashboard.scene import follow
from tests.world import NOW, World

CONSENT = "not texted, consent is withdrawn: staff are to phone from"
STOPPED = "not texted, the patient wants no texts: staff are to phone from"


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


@pytest.fixture
def episode(world: World) -> Episode:
    """Somebody whose check-ins are all to come, the first of them at noon of today."""
    return due_today(world, 1)


def due_today(world: World, n: int) -> Episode:
    one = follow(world, "Ruth", "Adler", days=0.1, now=datetime.now(UTC), n=n)
    noon = datetime.now(world.clinic.zone).replace(hour=12, minute=0, second=0)
    one.check_ins.filter(key="d1").update(planned_for=noon, due_at=noon)
    return one


def withdraw(episode: Episode) -> None:
    withdraw_consent(episode.patient, how="by phone", now=datetime.now(UTC))


def stop(episode: Episode) -> None:
    sender = episodes.sender_of(episode)
    optouts.opt_out(sender, episode.patient.phone, source="keyword", now=datetime.now(UTC))


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(("how", "said"), [(withdraw, CONSENT), (stop, STOPPED)])
def test_on_the_patients_page_and_today(
    nurse: Client,
    world: World,
    episode: Episode,
    how: Callable[[Episode], None],
    said: str,
) -> None:
    page, today = f"/patients/{episode.patient_id}", "/today"
    assert ">to come<" in shown(nurse, page)
    assert "goes out at 12:00" in shown(nurse, today)
    how(episode)
    text = shown(nurse, page)
    assert ">to come<" not in text
    # In the story and in the list of what is to come, for each of the three.
    assert text.count(said) == 6
    last = episode.check_ins.get(key="d14")
    assert last.due_at is not None
    at = last.due_at.astimezone(world.clinic.zone)
    assert f"{said} {at:%a} {at.day} {at:%b}, {at:%H:%M}" in text
    text = shown(nurse, today)
    assert "goes out at" not in text and "contact planned" not in text
    row = text[text.index('id="contact-') :].split("</li>")[0]
    assert said in row and "12:00" in row
    # By the procedure's row too.
    done = episode.procedure.performed_at.astimezone(world.clinic.zone).date()
    text = shown(nurse, f"/today?day={done}")
    assert said in text[text.index('id="procedures"') :]


def test_what_staff_have_already_says_so(nurse: Client, episode: Episode) -> None:
    withdraw(episode)
    first = episode.check_ins.get(key="d1")
    assert first.due_at is not None
    checkins.sweep(now=first.due_at)
    first.refresh_from_db()
    assert (first.state, first.step != CheckIn.Step.SEND) == (CheckIn.State.PLANNED, True)
    text = shown(nurse, f"/patients/{episode.patient_id}")
    assert text.count("not texted: staff have it to phone about") == 2
    assert text.count(CONSENT) == 4
    assert "not texted: staff have it to phone about" in shown(nurse, "/today")


def test_a_paused_one_is_held_back(nurse: Client, episode: Episode) -> None:
    episodes.pause(episode, now=datetime.now(UTC))
    withdraw(episode)
    held = "held back: the follow-up is paused"
    assert shown(nurse, f"/patients/{episode.patient_id}").count(held) == 6
    text = shown(nurse, "/today")
    assert held in text and "goes out at" not in text


def test_why_for_many_in_as_many_queries(world: World) -> None:
    elsewhere = world.register_elsewhere(now=NOW)
    other = Episode.objects.select_related("patient").get(procedure=elsewhere)
    many = [due_today(world, n) for n in range(1, 5)]
    withdraw(many[0])
    stop(many[1])
    # A stop to one clinic's number says nothing of another's.
    optouts.opt_out(world.line.sender, other.patient.phone, source="keyword", now=NOW)
    with CaptureQueriesContext(connection) as found:
        why = episodes.silenced([*many, other])
    assert why == {many[0].pk: "consent", many[1].pk: "opted_out"}
    assert len(found) == 3
    for one in (*many, other):
        assert (one.pk in why) == (not episodes.may_text(one))


def test_queries_of_today_do_not_grow(nurse: Client, world: World) -> None:
    withdraw(due_today(world, 1))
    shown(nurse, "/today")
    few = queries(nurse)
    for n in range(2, 7):
        withdraw(due_today(world, n))
    assert queries(nurse) == few


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as found:
        shown(client, "/today")
    return len(found)
