"""When a check-in stays unanswered: reminder, call list, chaser, missed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocol import Protocol, latest, load, names
from monitor.silence import Silence
from monitor.timetable import ClinicHours, next_sendable, plan, same_day_deadline

NEW_YORK, LONDON, LORD_HOWE = "America/New_York", "Europe/London", "Australia/Lord_Howe"
PROTOCOLS = [load(name) for name in names()]


def silence(
    performed: datetime,
    *,
    zone: str = NEW_YORK,
    key: str = "d1",
    high_risk: bool = False,
    protocol: Protocol | None = None,
    now: datetime | None = None,
) -> Silence:
    """The silence after a check-in that went out when it was due."""
    protocol = protocol or latest("epidural_steroid")
    hours = ClinicHours(ZoneInfo(zone))
    dues = plan(protocol, performed_at=performed, hours=hours, risk=set(), now=now or performed)
    due_at = next(due.due_at for due in dues if due.key == key)
    return Silence(
        protocol.check_in(key),
        planned_for=due_at,
        sent_at=due_at,
        performed_at=performed,
        high_risk=high_risk,
        hours=hours,
    )


def walls(found: Silence) -> list[str]:
    """Reminder, call, chaser and end on the clinic's wall."""
    moments = (found.reminder_at, found.hand_over_at, found.chaser_at, found.missed_at)
    return [
        "-" if at is None else f"{at.astimezone(found.hours.zone):%m-%d %H:%M}"
        for at in moments
    ]


@pytest.mark.parametrize(
    ("zone", "performed", "expected"),
    [
        (
            NEW_YORK,
            "2026-06-02 11:00",
            ["06-03 14:00", "06-03 14:00", "06-04 11:00", "06-05 00:00"],
        ),
        # A day after the check-in at the soonest, which came at 26 hours.
        (
            NEW_YORK,
            "2026-06-02 08:00",
            ["06-03 14:00", "06-03 14:00", "06-04 10:00", "06-05 00:00"],
        ),
        # 48 hours after a procedure at night are at night.
        (
            NEW_YORK,
            "2026-06-02 03:30",
            ["06-03 13:30", "06-03 13:30", "06-04 09:30", "06-04 23:30"],
        ),
        (
            NEW_YORK,
            "2026-06-02 23:30",
            ["06-03 19:00", "06-03 21:00", "06-04 19:00", "06-05 00:00"],
        ),
        # The clock changes in between: hours are real ones, the day's end is the wall's.
        (
            NEW_YORK,
            "2026-03-06 11:00",
            ["03-07 14:00", "03-07 14:00", "03-08 12:00", "03-09 00:00"],
        ),
        (
            NEW_YORK,
            "2026-10-30 11:00",
            ["10-31 14:00", "10-31 14:00", "11-01 10:00", "11-01 23:00"],
        ),
        (
            LONDON,
            "2026-03-27 11:00",
            ["03-28 14:00", "03-28 14:00", "03-29 12:00", "03-30 00:00"],
        ),
        (
            LONDON,
            "2026-10-23 11:00",
            ["10-24 14:00", "10-24 14:00", "10-25 10:00", "10-25 23:00"],
        ),
        (
            LORD_HOWE,
            "2026-10-02 11:00",
            ["10-03 14:00", "10-03 14:00", "10-04 11:30", "10-05 00:00"],
        ),
        (
            LORD_HOWE,
            "2026-04-03 11:00",
            ["04-04 14:00", "04-04 14:00", "04-05 10:30", "04-05 23:30"],
        ),
    ],
)
def test_the_day_after_is_reminded_phoned_chased_and_missed_by_the_end_of_day_two(
    zone: str, performed: str, expected: list[str]
) -> None:
    performed_at = datetime.fromisoformat(performed).replace(tzinfo=ZoneInfo(zone))
    assert walls(silence(performed_at, zone=zone)) == expected


def test_a_week_later_the_reminder_comes_the_next_day_and_no_chaser() -> None:
    performed_at = datetime(2026, 6, 2, 11, tzinfo=ZoneInfo(NEW_YORK))
    expected = ["06-10 10:00", "06-11 10:00", "-", "06-13 10:00"]
    assert walls(silence(performed_at, key="d7")) == expected


def test_high_risk_is_phoned_while_it_is_day_and_reminded_by_then() -> None:
    performed_at = datetime(2026, 6, 2, 23, 30, tzinfo=ZoneInfo(NEW_YORK))
    found = silence(performed_at, high_risk=True)
    assert walls(found)[:2] == ["06-03 19:00", "06-03 19:00"]


@pytest.mark.parametrize(
    ("procedure", "risks", "high"),
    [
        ("epidural_steroid", "", False),
        ("epidural_steroid", "immune", False),
        ("epidural_steroid", "anticoagulant", True),
        ("nerve_root_block", "cervical", True),
        ("facet_joint", "diabetes", True),
        ("spinal_anaesthesia", "", False),
        ("spinal_anaesthesia", "anticoagulant", True),
        ("blood_patch", "", True),
        ("lumbar_puncture", "", True),
    ],
)
def test_who_is_at_high_risk(procedure: str, risks: str, *, high: bool) -> None:
    assert latest(procedure).is_high_risk(frozenset(risks.split())) is high


@pytest.mark.parametrize(
    ("at", "deadline"),
    [
        # Tuesday: before the clinic closes, or within the hour where that is too soon or past.
        ("2026-06-02 14:00", "06-02 17:00"),
        ("2026-06-02 16:00", "06-02 17:00"),
        ("2026-06-02 16:30", "06-02 17:30"),
        ("2026-06-02 19:00", "06-02 20:00"),
        # At night, from the morning on.
        ("2026-06-02 23:00", "06-03 10:00"),
        # Saturday, and a holiday.
        ("2026-06-06 14:00", "06-06 15:00"),
        ("2026-07-03 14:00", "07-03 15:00"),
    ],
)
def test_who_must_be_phoned_the_same_day(at: str, deadline: str) -> None:
    zone = ZoneInfo(NEW_YORK)
    hours = ClinicHours(zone, closed_on=frozenset({date(2026, 7, 3)}))
    moment = datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)
    found = same_day_deadline(moment, hours, timedelta(hours=1))
    assert f"{found.astimezone(zone):%m-%d %H:%M}" == deadline


def test_what_was_never_sent_is_not_chased() -> None:
    found = silence(datetime(2026, 6, 2, 15, tzinfo=UTC))
    unsent = Silence(
        found.check_in,
        found.planned_for,
        None,
        found.performed_at,
        found.high_risk,
        found.hours,
    )
    assert unsent.chaser_at is None


@settings(deadline=None)
@given(
    minutes=st.integers(0, 20 * 365 * 24 * 60),
    zone=st.sampled_from([NEW_YORK, LONDON, LORD_HOWE, "America/Sao_Paulo", "Pacific/Apia"]),
    protocol=st.sampled_from(PROTOCOLS),
    high_risk=st.booleans(),
)
def test_every_silence_ends_and_no_text_comes_at_night(
    minutes: int, zone: str, protocol: Protocol, *, high_risk: bool
) -> None:
    performed_at = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for plan_ in protocol.check_ins:
        if plan_.needed_if is not None:
            continue
        found = silence(
            performed_at, zone=zone, key=plan_.key, high_risk=high_risk, protocol=protocol
        )
        texts = [found.reminder_at, found.chaser_at or found.reminder_at]
        assert all(next_sendable(at, found.hours) == at for at in texts)
        assert found.planned_for < found.reminder_at <= found.hand_over_at
        assert found.hand_over_at < (found.chaser_at or found.missed_at) <= found.missed_at
