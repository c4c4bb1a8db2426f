from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from monitor import changes, episodes, worklist
from monitor.completion import WHY
from monitor.dashboard.today import sort_out
from monitor.levels import Level
from monitor.models import Assessment, Change, CheckIn
from notifications.oncall import paging
from tests.monitor.dashboard.scene import Scene
from tests.world import World

State = CheckIn.State


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def place(scene: Scene, world: World, name: str, state: str, **more: object) -> CheckIn:
    """The first check-in of somebody, due at noon of the clinic's day, in this state."""
    episodes = {"flagged": scene.flagged, "silent": scene.silent}
    assert scene.item.episode is not None
    episode = {**episodes, "asking": scene.item.episode}[name]
    check_in = episode.check_ins.get(key="d1")
    noon = datetime.now(world.clinic.zone).replace(hour=12, minute=0)
    ended = None if state in CheckIn.OPEN else noon
    CheckIn.objects.filter(pk=check_in.pk).update(
        planned_for=noon, state=state, ended_at=ended, due_at=None, **more
    )
    return check_in


def shown(client: Client, path: str = "/today") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_was_contacted_and_every_exception_by_name(
    nurse: Client, scene: Scene, world: World
) -> None:
    CheckIn.objects.filter(key="d1").update(planned_for=datetime.now(UTC) - timedelta(days=40))
    place(scene, world, "flagged", State.REACHED)
    place(scene, world, "silent", State.MISSED)
    place(scene, world, "asking", State.SENT, sent_at=datetime.now(UTC))
    text = shown(nurse)
    assert "33 %" in text
    assert "contacted: 1 of 3. The aim is 100 %." in text
    parts = [text.index(one) for one in ("Not contacted: a failure", "Not contacted yet")]
    assert parts[0] < text.index("Grace Lindqvist") < parts[1] < text.index("Tom Becker")


@pytest.mark.parametrize(
    ("states", "percent", "failed"),
    [
        ([], None, 0),
        ([State.ANSWERED, State.REACHED], 100, 0),
        ([State.ANSWERED, State.MISSED], 50, 1),
        # A contact that was called off was not made.
        ([State.ANSWERED, State.CANCELLED], 50, 1),
        ([State.ANSWERED] * 199 + [State.MISSED], 99, 1),
        ([State.SENT, State.PLANNED], 0, 0),
    ],
)
def test_the_rate(states: list[str], percent: int | None, failed: int) -> None:
    contacts = sort_out([CheckIn(key="d1", state=state) for state in states], {})
    assert (contacts.percent, len(contacts.failed)) == (percent, failed)


def test_procedures_stand_on_the_clinics_day(nurse: Client, scene: Scene, world: World) -> None:
    done = scene.flagged.procedure.performed_at.astimezone(world.clinic.zone).date()
    text = shown(nurse, f"/today?day={done}")
    part = text[text.index('id="procedures"') :]
    assert "Ruth Adler" in part
    assert "Grace Lindqvist" not in part
    for other in (done - timedelta(days=1), done + timedelta(days=1)):
        text = shown(nurse, f"/today?day={other}")
        assert "Ruth Adler" not in text[text.index('id="procedures"') :]


def test_nonsense_is_today(nurse: Client, world: World) -> None:
    for query in (
        "day=soon",
        "day=2026-02-30",
        "clinic=elsewhere",
        f"clinic={world.other.slug}",
    ):
        assert "None is registered for this day." in shown(nurse, f"/today?{query}")


def test_who_ended_on_the_day_waits_for_the_letter(
    nurse: Client, scene: Scene, world: World
) -> None:
    now = datetime.now(UTC)
    episodes.end(scene.flagged, why=WHY, now=now)
    episodes.end(scene.silent, why="Moved away", now=now)
    changes.record(Change.What.LETTER, episode=scene.silent, by=world.nurse, now=now)
    text = shown(nurse)
    part = text[text.index('id="ended"') :]
    assert "2 follow-ups ended on this day" in part
    assert WHY in part
    assert part.index("Ruth Adler") < part.index("Grace Lindqvist") < part.index("Letter made")
    assert part.count("Follow-up letter") == 1
    yesterday = now.astimezone(world.clinic.zone).date() - timedelta(days=1)
    assert 'id="ended"' not in shown(nurse, f"/today?day={yesterday}")


@pytest.mark.parametrize(
    ("outcome", "title", "said", "rate"),
    [
        ("", "Not contacted yet", "emergency: nobody has reached the patient yet", 0),
        (
            "not_reached",
            "Not contacted: a failure each",
            "emergency: nobody has reached the patient",
            0,
        ),
        ("advised", "Contacted", "Answered", 100),
    ],
)
def test_an_emergency_that_nobody_reached_is_no_contact(
    nurse: Client,
    scene: Scene,
    world: World,
    outcome: str,
    title: str,
    said: str,
    rate: int,
) -> None:
    CheckIn.objects.filter(key="d1").update(planned_for=datetime.now(UTC) - timedelta(days=40))
    first = place(scene, world, "flagged", State.ANSWERED)
    now = datetime.now(UTC)
    Assessment.objects.create(
        episode=scene.flagged,
        check_in=first,
        at=now,
        protocol=scene.flagged.protocol,
        protocol_digest=scene.flagged.protocol_digest,
        level=Level.EMERGENCY,
        score=97,
        reasons=[],
    )
    CheckIn.objects.filter(pk=first.pk).update(ended_at=now)
    if outcome:
        paging.close(scene.page, scene.responder, outcome=outcome, now=now)
    text = " ".join(shown(nurse).split())
    row = text[text.index(f'id="contact-{first.pk}"') :].split("</li>")[0]
    head = text[: text.index(f'id="contact-{first.pk}"')].rsplit("<h3", 1)[1]
    assert title in head
    assert said in row
    assert f"{rate} %</strong>" in text
    if outcome == "not_reached":
        [call] = scene.flagged.work.filter(kind="call")
        # What is open for it, where it is, and when it pages.
        assert f'href="/#item-{call.pk}">A patient to phone</a>, pages in' in row
        assert said in text[text.index('id="week"') :]
    elif not outcome:
        assert f'href="/p/{scene.page.reference}"' in row and "Nobody has it yet." in row
    assert ("nothing is open for it" in row) is False


def test_one_with_nothing_open_says_so(nurse: Client, scene: Scene, world: World) -> None:
    test_an_emergency_that_nobody_reached_is_no_contact(
        nurse,
        scene,
        world,
        "not_reached",
        "Not contacted: a failure each",
        "emergency: nobody has reached the patient",
        0,
    )
    [call] = scene.flagged.work.filter(kind="call")
    worklist.close(
        call, outcome="not_reached", note="", user=world.nurse, now=datetime.now(UTC)
    )
    assert "nothing is open for it: phone the patient" in shown(nurse)
