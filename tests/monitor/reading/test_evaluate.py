"""The measures themselves."""

import json
from pathlib import Path

import pytest

from monitor.reading.evaluate import dangerous, report, same, wilson
from monitor.reading.types import Answer


def test_wilson_interval_against_published_values() -> None:
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "value", "label", "direction"),
    [
        ("yes_no", False, True, 1),
        ("yes_no", True, False, 0),
        ("yes_no", None, True, 0),
        ("pain_0_10", 3, 8, 1),
        ("pain_0_10", 8, 3, 0),
        ("pain_0_10", 3, None, 1),
        ("relief_percent", 80, 30, 1),
        ("relief_percent", 30, 80, 0),
        ("choice", 1, 2, 1),
        ("choice", 2, None, 0),
        ("temperature", 37.0, 38.6, 1),
    ],
)
def test_the_dangerous_direction(
    kind: str, value: Answer, label: Answer, direction: int
) -> None:
    assert dangerous(value, label, kind=kind) == bool(direction)


def test_same_tells_yes_from_one() -> None:
    yes: Answer = True
    assert not same(yes, 1)
    assert same(38.6, 38.64)
    assert not same(None, 0)


def test_the_report_names_misses_and_missed_bounds(tmp_path: Path) -> None:
    row = {
        "id": "x-1",
        "text": "all good thanks",
        "hours_since": 30,
        "procedure": "facet_joint",
        "level": "emergency",
        "findings": ["limb_weakness"],
        "denied": [],
        "intent": "symptom",
    }
    (tmp_path / "replies_en.jsonl").write_text(json.dumps(row), encoding="utf-8")
    lines, met = report(tmp_path)
    assert not met
    assert any("CLOSED: x-1" in line for line in lines)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no replies"):
        report(tmp_path)
