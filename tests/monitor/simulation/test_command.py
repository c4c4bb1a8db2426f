"""`manage.py simulate`, as it is run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"
# Nobody listens there: whoever used the configured servers would fail.
NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/real",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
    "SECRET_KEY": "for tests only",
}


def simulate(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(MANAGE), "simulate", *arguments],
        env={**os.environ, **NOWHERE},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.processes
def test_a_story_with_an_outage_touches_none_of_the_configured_servers(tmp_path: Path) -> None:
    script = tmp_path / "story.toml"
    script.write_text(
        'procedure = "facet_joint"\nstart = "2026-03-07T11:00"\nsilent = ["d7", "d14"]\n'
        "[answers.d1]\nlimb_weakness = 2\n"
        '[[outages]]\nsince = "2026-03-08T09:30"\nuntil = "2026-03-08T11:30"\n'
    )
    done = simulate(str(script), "--json")
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert (story["protocol"], story["zone"]) == ("facet_joint.v1", "America/New_York")
    told = [(event["local"][5:16], event["kind"], event["detail"]) for event in story["events"]]
    # Due at 10:00 in a night that lost an hour; sent when the provider was back.
    opening = next(one for one in told if "how are you today" in one[2])
    assert "03-08T11:30" <= opening[0] < "03-08T11:45"
    assert next(one[2] for one in told if one[1] == "page") == "emergency flag"
    assert any(one[1] == "closed" for one in told)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.toml"], "gone.toml: No such file"),
        (["--protocol", "facet_joint.v9"], "no such file beside the protocols"),
        (["--year", "--patients", "0"], "must be at least 1"),
        (["--zone", "Nowhere"], "zone: 'Nowhere' is unknown"),
    ],
)
def test_what_can_t_be_played_is_said(arguments: list[str], message: str) -> None:
    done = simulate(*arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_year_needs_no_server_at_all() -> None:
    done = simulate("--year", "--patients", "4", "--processes", "1", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert rows[-1]["procedure"] == "all"
    assert rows[-1]["patients"] == 4
