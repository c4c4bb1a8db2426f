"""No job is forgotten: each address has a test that does it both ways at both sizes."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.browser.jobs import EXCEPTED, WANTED
from tests.world import World

HERE = Path(__file__).parent


def marked() -> Iterator[tuple[Callable[..., Any], tuple[str, ...]]]:
    """Each test that is marked, and the names it says that it does."""
    for path in sorted(HERE.glob("test_*.py")):
        for one in vars(import_module(f"{__package__}.{path.stem}")).values():
            for mark in getattr(one, "pytestmark", ()) if inspect.isfunction(one) else ():
                if mark.name == "does":
                    yield one, mark.args


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_the_policy_refuses_is_a_complaint(visitor: Visitor, world: World) -> None:
    window = visitor.window(user=world.nurse)
    window.goto("/")
    assert visitor.complaints == []
    window.evaluate("document.body.innerHTML += '<p style=\"color: red\">x</p>'")
    window.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{ text: 'window.ran = true' }))"
    )
    assert window.evaluate("window.ran") is None
    window.wait_for_timeout(100)
    assert len(visitor.complaints) == 2
    assert all("Content Security Policy" in one for one in visitor.complaints)
    assert visitor.used <= {"", "system"}, "what the test opened itself is no use of it"
    visitor.complaints.clear()


def test_every_job_is_done_by_a_test() -> None:
    done = {name for _test, names in marked() for name in names}
    assert sorted(WANTED - done) == [], "no browser test does these"
    assert sorted(done - WANTED) == [], "no such job, or one that is excepted"


def test_no_reason_for_what_is_gone() -> None:
    assert not set(EXCEPTED) & WANTED
    assert all(EXCEPTED.values())


@pytest.mark.parametrize("one", [pytest.param(one, id=one.__name__) for one, _ in marked()])
def test_both_ways_at_both_sizes(one: Callable[..., Any]) -> None:
    assert {"size", "way", "visitor"} <= set(inspect.signature(one).parameters)
