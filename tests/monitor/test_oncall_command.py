"""`manage.py oncall`: who is on call, and whom a page would call."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Responder
from tests.world import World


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("oncall", "--clinic", "harbor-spine-clinic", *arguments, stdout=out)
    return out.getvalue()


def test_now_next_and_the_day(world: World) -> None:
    assert run("--at", "2026-03-09T07:00").splitlines() == [
        "Harbor Spine Clinic on call, Mon 2026-03-09 07:00 EDT (America/New_York)",
        "Weekly",
        "  now    Dr. Chen  Mon 2026-03-02 08:00 EST to Mon 2026-03-09 08:00 EDT  (turn)",
        "  next   Dr. Novak  Mon 2026-03-09 08:00 EDT to Mon 2026-03-16 08:00 EDT  (turn)",
        "  day    Dr. Chen  Mon 2026-03-02 08:00 EST to Mon 2026-03-09 08:00 EDT  (turn)",
        "  day    Dr. Novak  Mon 2026-03-09 08:00 EDT to Mon 2026-03-16 08:00 EDT  (turn)",
    ]
    assert json.loads(run("--json", "--at", "2026-03-09T11:00:00Z"))["lines"][0]["now"][
        "name"
    ] == ("Dr. Chen")
    assert "now    Dr." in run()


def test_a_time_that_comes_twice_is_answered_twice(world: World) -> None:
    found = [line for line in run("--at", "2026-11-01T01:30").splitlines() if "01:30" in line]
    assert [line.partition("01:30 ")[2][:3] for line in found] == ["EDT", "EST"]


def test_whom_a_page_would_call(world: World) -> None:
    Responder.objects.filter(team=world.team, name="Dr. Okafor").update(active=False)
    assert run("--page", "urgent", "--at", "2026-03-08T02:30").splitlines() == [
        "Harbor Spine Clinic on call, urgent, Sun 2026-03-08 03:30 EDT (America/New_York)",
        "  rung 1  Sun 2026-03-08 03:30 EDT  Dr. Chen",
        "  rung 2  skipped: nobody stands on it",
        "  rung 3  Sun 2026-03-08 03:45 EDT  Dr. Chen, Dr. Novak",
    ]
    found = json.loads(run("--page", "urgent", "--json", "--at", "2026-03-08T02:30"))
    assert found["rungs"][1] == {
        "rung": 3,
        "at": "2026-03-08T03:45:00-04:00",
        "people": ["Dr. Chen", "Dr. Novak"],
        "skipped": [2],
    }


def test_what_it_does_not_know(world: World) -> None:
    with pytest.raises(CommandError, match="2026-03-08T02:30"):
        run("--at", "tonight")
    with pytest.raises(CommandError, match=r"Known: .*harbor-spine-clinic"):
        call_command("oncall", "--clinic", "nowhere")
