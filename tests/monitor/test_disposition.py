"""Until when the sources' options count: from the finding, the first report, the procedure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.disposition import first_report, offers
from monitor.protocol import latest, load, names

NEW_YORK = ZoneInfo("America/New_York")
FOUND = datetime(2026, 3, 3, 15, 20, tzinfo=UTC)
PROTOCOL = latest("facet_joint")


def until(code: str, words: str, **changes: datetime) -> str:
    """When the option with these words is due, on the wall in New York."""
    moments = {"found_at": FOUND, "reported_at": FOUND, "performed_at": FOUND, **changes}
    found = offers(PROTOCOL, [code], zone=NEW_YORK, **moments)
    offer = next(one for one in found if words in one.option.text)
    return "-" if offer.until is None else f"{offer.until.astimezone(NEW_YORK):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("neuro_exam", "Examine now", "03-03 10:20"),
        ("neuro_exam", "emergency MRI", "03-03 14:20"),
        ("neuro_exam", "decompression", "03-03 22:20"),
        ("leg_swelling", "Doppler", "03-03 14:20"),
        ("numbness", "Examine today", "03-04 00:00"),
        ("infection", "blood cultures", "03-04 00:00"),
        ("numbness_late", "Refer to a neurologist", "03-17 11:20"),
        ("pain_late", "pain specialist", "03-17 11:20"),
        ("numbness_late", "Nerve conduction", "-"),
        ("relief", "Repeat or not", "-"),
    ],
)
def test_time_limits_count_from_the_finding(code: str, words: str, expected: str) -> None:
    assert until(code, words) == expected


def test_imaging_and_surgery_count_from_the_first_report_the_examination_does_not() -> None:
    earlier = FOUND - timedelta(hours=3)
    assert until("cauda_equina", "Emergency MRI", reported_at=earlier) == "03-03 11:20"
    assert until("neuro_exam", "Examine now", reported_at=earlier) == "03-03 10:20"


def test_more_tests_for_a_facet_joint_count_from_the_procedure() -> None:
    performed_at = FOUND - timedelta(days=7)
    assert until("relief", "more tests", performed_at=performed_at) == "03-10 11:20"


def test_hours_are_real_and_days_are_the_wall_s_when_the_clock_changes() -> None:
    night = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert until("cauda_equina", "Emergency MRI", reported_at=night) == "03-08 06:30"
    assert until("numbness", "Examine today", found_at=night) == "03-09 00:00"


@pytest.mark.parametrize(
    ("earlier", "hours"),
    [
        ([], 0),
        ([(5, {"limb_weakness": "emergency"})], 5),
        ([(5, {"limb_weakness": "urgent"}), (2, {"limb_weakness": "emergency"})], 5),
        # It was expected then, or something else, or another time.
        ([(5, {"limb_weakness": "routine"})], 0),
        ([(5, {"fever": "urgent"})], 0),
        ([(49, {"limb_weakness": "urgent"})], 0),
    ],
)
def test_first_report_of_the_same_symptom(
    earlier: list[tuple[int, dict[str, str]]], hours: int
) -> None:
    past = [(FOUND - timedelta(hours=ago), levels) for ago, levels in earlier]
    found = first_report(["limb_weakness"], found_at=FOUND, earlier=past)
    assert found == FOUND - timedelta(hours=hours)


def test_an_option_with_a_time_in_hours_or_days_has_a_clock() -> None:
    for name in names():
        for options in load(name).dispositions.values():
            for option in options:
                timed = option.limit is not None or option.today
                in_words = option.within not in (None, "same or next business day")
                assert timed == in_words, option.text


def test_unknown_code_is_passed_over_and_an_option_is_offered_once() -> None:
    found = offers(
        PROTOCOL,
        ["pain_late", "gone", "pain_late"],
        found_at=FOUND,
        reported_at=FOUND,
        performed_at=FOUND,
        zone=NEW_YORK,
    )
    assert len(found) == len(PROTOCOL.disposition("pain_late"))
