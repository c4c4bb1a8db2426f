"""Scripts: what they can say, and how they are refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.simulation.scripts import ScriptError, read_script, scene

FULL = """
procedure = "nerve_root_block"
zone = "Europe/London"
country = "GB"
start = "2026-03-28T11:00"
language = "es"
risks = ["anticoagulant"]
region = "cervical"
baseline_pain = 7
silent = ["d7"]
settings = { restart_due_hours = 48 }

[answers.d1]
limb_weakness = 3
pain_score = 8

[waits]
d1 = 90

[gives_up]
d14 = 3

[[texts]]
after_hours = 50
words = "me duele la cabeza al sentarme"

[[outages]]
since = "2026-03-29T09:00"
until = "2026-03-29T15:00"
"""


def test_a_script_says_who_where_and_what_fails(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    path.write_text(FULL)
    found = scene(read_script(path))
    person = found.person
    assert (person.kind, person.language, person.region) == (
        "nerve_root_block",
        "es",
        "cervical",
    )
    # Eleven in the morning in London, a day before the clocks go forward.
    assert person.performed_at == datetime(2026, 3, 28, 11, tzinfo=UTC)
    assert found.outages == (
        (datetime(2026, 3, 29, 8, tzinfo=UTC), datetime(2026, 3, 29, 14, tzinfo=UTC)),
    )
    assert person.says("d1", "pain_score") == "8"
    assert person.says("d1", "fever") == "1"
    assert person.replies_after("d1", answered=0) == timedelta(minutes=90)
    assert person.replies_after("d7", answered=0) is None
    assert person.replies_after("d14", answered=3) is None
    assert person.texts == ((timedelta(hours=50), "me duele la cabeza al sentarme"),)
    assert found.clinic.protocol_settings == {"restart_due_hours": 48}


def test_json_is_as_good_as_toml(tmp_path: Path) -> None:
    path = tmp_path / "story.json"
    path.write_text(json.dumps({"procedure": "blood_patch", "random": True, "seed": 4}))
    assert scene(read_script(path)).person.kind == "blood_patch"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({"proc": "x"}, "proc: no such key; use one of"),
        ({"procedure": "knee"}, "procedure: no protocol for procedure 'knee'"),
        ({"zone": "Mars/Olympus"}, "zone: 'Mars/Olympus' is unknown"),
        ({"country": "FR"}, "country: 'FR'; use one of US, GB, AU"),
        ({"start": "tomorrow"}, "start: 'tomorrow'; write it like"),
        ({"answers": {"d1": {"knee": 1}}}, "answers.d1.knee: no such check-in or question"),
        ({"answers": {"d2": {"fever": 1}}}, "answers.d2.fever: no such"),
        ({"silent": ["d2"]}, "'d2' is no check-in"),
        (
            {"settings": {"severe_pain_score": 10}},
            "settings: severe_pain_score = 10 is outside",
        ),
        (
            {"outages": [{"since": "2026-03-03T12:00", "until": "2026-03-03T11:00"}]},
            "outages: since must be before until",
        ),
        ({"outages": [{"since": "2026-03-03T12:00"}]}, "until: None; write it like"),
    ],
)
def test_a_script_that_can_t_be_played_is_refused(script: dict[str, Any], message: str) -> None:
    with pytest.raises(ScriptError) as refused:
        scene(script)
    assert str(refused.value).startswith(message)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="name a TOML or JSON file"):
        read_script(tmp_path / "gone.toml")
    path = tmp_path / "broken.toml"
    path.write_text("procedure = ")
    with pytest.raises(ScriptError, match="correct the file"):
        read_script(path)
