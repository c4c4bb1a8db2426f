"""The story in memory is the story of the whole stack, patient by patient."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.simulation.memory import Memory
from monitor.simulation.people import Person, draw
from monitor.simulation.play import Company, Event, in_order
from monitor.simulation.stack import EXPLAINED, staged
from monitor.simulation.staff import Staff
from patients.models import Clinic

AT = datetime(2026, 3, 6, 15, tzinfo=UTC)


def clinic() -> Clinic:
    return Clinic(
        name="Simulated Spine Clinic",
        slug="simulated",
        time_zone="America/New_York",
        phone="+12125550100",
        country="US",
    )


def on_rows(person: Person) -> list[Event]:
    with staged(clinic(), person) as stack:
        Company(person, Staff(person.seed)).play(stack)
        return stack.events()


def in_memory(person: Person) -> list[Event]:
    memory = Memory(person, clinic(), now=person.performed_at + EXPLAINED)
    Company(person, Staff(person.seed)).play(memory)
    return in_order(memory.events)


PEOPLE = {
    "silent for ever, at high risk": (
        Person(
            "lumbar_puncture",
            AT,
            waits=dict.fromkeys(("d1", "d3", "d7", "d14", "d30", "d90")),
        ),
        {"sent", "work", "page", "taken", "closed", "check-in", "done"},
    ),
    "an emergency, and pages": (
        Person(
            "epidural_steroid",
            AT,
            seed=3,
            risks=frozenset({"anticoagulant", "diabetes"}),
            answers={"d1": {"limb_numbness": "3"}, "d7": {"screen": "2", "fever": "2"}},
            waits={"d14": None},
            texts=((timedelta(hours=31), "my legs are so weak I can't stand up"),),
        ),
        {"sent", "heard", "assessed", "page", "taken", "closed", "check-in"},
    ),
    "a branch left open, words between, a review": (
        Person(
            "facet_joint",
            AT,
            seed=8,
            answers={"d1": {"screen": "2"}, "d7": {"relief": "3", "incontinence": "3"}},
            gives_up={"d1": 2, "d14": 1},
            texts=(
                (timedelta(hours=60), "can I drive again?"),
                (timedelta(hours=70), "banana"),
            ),
        ),
        {"sent", "heard", "assessed", "page", "work", "done", "check-in"},
    ),
    "drawn": (draw(5, performed_at=AT + timedelta(days=200)), {"sent", "heard", "assessed"}),
}


@pytest.mark.parametrize(("person", "kinds"), PEOPLE.values(), ids=list(PEOPLE))
def test_the_same_story(person: Person, kinds: set[str], transactional_db: None) -> None:
    rows = on_rows(person)
    assert in_memory(person) == rows
    assert kinds <= {event.kind for event in rows}
