"""When check-ins are due: zones, DST, month ends, leap days, holidays, nights and outages."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocol import Protocol, latest, load, names
from monitor.timetable import (
    ClinicHours,
    Due,
    HandOver,
    Send,
    Shift,
    business_deadline,
    late,
    next_sendable,
    plan,
    welcome_at,
)

NEW_YORK, LONDON = "America/New_York", "Europe/London"
LORD_HOWE, SAO_PAULO = "Australia/Lord_Howe", "America/Sao_Paulo"
ZONES = [NEW_YORK, LONDON, LORD_HOWE, SAO_PAULO, "Asia/Kathmandu", "Pacific/Apia"]
ESI = latest("epidural_steroid")


def hours_in(zone: str, *closed_on: date) -> ClinicHours:
    """A clinic open Monday to Friday, 9 to 17, with check-ins at 10."""
    return ClinicHours(ZoneInfo(zone), closed_on=frozenset(closed_on))


def local(zone: str, text: str) -> datetime:
    """A wall time in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def dues(zone: str, performed: str, *closed_on: date, risk: str = "") -> dict[str, str]:
    """The check-ins of an epidural steroid injection as local wall times."""
    performed_at = local(zone, performed)
    hours = hours_in(zone, *closed_on)
    found = plan(
        ESI, performed_at=performed_at, hours=hours, risk=set(risk.split()), now=performed_at
    )
    return {due.key: f"{due.due_at.astimezone(hours.zone):%Y-%m-%d %H:%M}" for due in found}


@pytest.mark.parametrize(
    ("zone", "performed", "expected"),
    [
        # an ordinary week
        (NEW_YORK, "2026-06-02 11:00", ["06-03 10:00", "06-09 10:00", "06-16 10:00"]),
        # clocks go forward in the night before the first check-in, back in the autumn
        (NEW_YORK, "2026-03-07 11:00", ["03-08 10:00", "03-16 10:00", "03-23 10:00"]),
        (NEW_YORK, "2026-10-31 11:00", ["11-01 10:00", "11-09 10:00", "11-16 10:00"]),
        (LONDON, "2026-03-28 11:00", ["03-29 10:00", "04-06 10:00", "04-13 10:00"]),
        (LONDON, "2026-10-24 11:00", ["10-25 10:00", "11-02 10:00", "11-09 10:00"]),
        # half an hour of DST
        (LORD_HOWE, "2026-10-03 11:00", ["10-04 10:00", "10-12 10:00", "10-19 10:00"]),
        (LORD_HOWE, "2026-04-04 11:00", ["04-05 10:00", "04-13 10:00", "04-20 10:00"]),
        # midnight was skipped
        (SAO_PAULO, "2018-11-03 11:00", ["11-04 10:00", "11-12 10:00", "11-19 10:00"]),
        # month end, year end, leap day, and no leap day
        (NEW_YORK, "2026-01-30 11:00", ["01-31 10:00", "02-06 10:00", "02-13 10:00"]),
        (NEW_YORK, "2025-12-31 11:00", ["01-01 10:00", "01-07 10:00", "01-14 10:00"]),
        (NEW_YORK, "2028-02-28 11:00", ["02-29 10:00", "03-06 10:00", "03-13 10:00"]),
        (NEW_YORK, "2027-02-28 11:00", ["03-01 10:00", "03-08 10:00", "03-15 10:00"]),
        # the first check-in goes out on a Saturday, the later ones wait for Monday
        (NEW_YORK, "2026-06-05 11:00", ["06-06 10:00", "06-12 10:00", "06-19 10:00"]),
        (NEW_YORK, "2026-06-06 11:00", ["06-07 10:00", "06-15 10:00", "06-22 10:00"]),
        # at least 18 hours after, at most 30, never after the clinic has closed
        (NEW_YORK, "2026-06-02 17:30", ["06-03 11:30", "06-09 10:00", "06-16 10:00"]),
        (NEW_YORK, "2026-06-02 23:30", ["06-03 17:00", "06-09 10:00", "06-16 10:00"]),
        (NEW_YORK, "2026-06-02 03:30", ["06-03 09:30", "06-09 10:00", "06-16 10:00"]),
        (NEW_YORK, "2026-06-02 01:00", ["06-03 09:00", "06-09 10:00", "06-16 10:00"]),
    ],
)
def test_check_ins_keep_their_local_day_and_hour(
    zone: str, performed: str, expected: list[str]
) -> None:
    found = dues(zone, performed)
    assert list(found) == ["d1", "d7", "d14"]
    assert [due[5:] for due in found.values()] == expected


def test_later_check_in_waits_for_an_open_day_but_no_longer_than_three_days() -> None:
    christmas = [date(2026, 12, 24), date(2026, 12, 25)]
    assert dues(LONDON, "2026-12-17 11:00", *christmas)["d7"] == "2026-12-24 10:00"
    assert dues(LONDON, "2026-12-18 11:00", *christmas)["d7"] == "2026-12-28 10:00"
    assert dues(LONDON, "2026-12-24 11:00", date(2026, 12, 25))["d1"] == "2026-12-25 10:00"


@pytest.mark.parametrize(
    ("performed", "chaser"),
    [
        ("2026-06-02 08:00", "2026-06-04 10:00"),
        ("2026-06-02 10:00", "2026-06-04 10:00"),
        ("2026-06-02 10:01", "2026-06-05 10:00"),
        ("2026-06-02 16:00", "2026-06-05 10:00"),
    ],
)
def test_chaser_comes_48_to_72_hours_after(performed: str, chaser: str) -> None:
    assert dues(NEW_YORK, performed, risk="reviewed_d1")["d3"] == chaser


@pytest.mark.parametrize(
    ("procedure", "risk", "keys"),
    [
        ("epidural_steroid", "", "d1 d7 d14"),
        ("epidural_steroid", "reviewed_d1", "d1 d3 d7 d14"),
        ("epidural_steroid", "reviewed_d7 reviewed_d14", "d1 d7 d10 d14 d17"),
        ("nerve_root_block", "relief_same", "d1 d7 d14 d21"),
        ("facet_joint", "long_follow_up", "d1 d7 d14 d30 d90"),
        ("lumbar_puncture", "", "d1 d3 d7 d14 d30 d90"),
        ("spinal_anaesthesia", "", "d1 d3 d7 d14 d30 d90"),
        ("blood_patch", "", "d1 d3 d7 d14 d30 d90"),
    ],
)
def test_extra_check_ins_are_held_where_they_are_needed(
    procedure: str, risk: str, keys: str
) -> None:
    performed_at = local(NEW_YORK, "2026-06-02 11:00")
    found = plan(
        latest(procedure),
        performed_at=performed_at,
        hours=hours_in(NEW_YORK),
        risk=set(risk.split()),
        now=performed_at,
    )
    assert [due.key for due in found] == keys.split()


def test_late_registration_is_sent_at_once_or_handed_over_never_dropped() -> None:
    performed_at = local(NEW_YORK, "2026-06-02 11:00")
    hours = hours_in(NEW_YORK)
    soon = local(NEW_YORK, "2026-06-03 15:00")
    first = plan(ESI, performed_at=performed_at, hours=hours, risk=set(), now=soon)[0]
    assert first.due_at == soon
    assert late(first, now=soon, hours=hours) == Send()
    never = local(NEW_YORK, "2026-06-04 12:00")
    first = plan(ESI, performed_at=performed_at, hours=hours, risk=set(), now=never)[0]
    assert first.key == "d1"
    assert isinstance(late(first, now=never, hours=hours), HandOver)


@pytest.mark.parametrize(
    ("key", "now", "outcome"),
    [
        # an outage from 09:00; what happens when the program is back
        ("d1", "2026-06-03 10:00", "send"),
        ("d1", "2026-06-03 16:00", "send"),
        ("d1", "2026-06-03 19:59", "send"),
        ("d1", "2026-06-03 20:00", "hand over"),
        ("d1", "2026-06-04 09:00", "hand over"),
        ("d7", "2026-06-09 16:00", "send"),
        ("d7", "2026-06-09 21:00", "shift to 2026-06-10 09:00"),
        ("d7", "2026-06-10 03:00", "shift to 2026-06-10 09:00"),
        ("d7", "2026-06-11 09:59", "send"),
        ("d7", "2026-06-11 10:00", "hand over"),
        ("d14", "2026-06-18 23:00", "shift to 2026-06-19 09:00"),
        ("d14", "2026-06-19 10:00", "hand over"),
        ("d14", "2026-08-01 10:00", "hand over"),
    ],
)
def test_after_an_outage_each_check_in_is_sent_shifted_or_handed_over(
    key: str, now: str, outcome: str
) -> None:
    performed_at = local(NEW_YORK, "2026-06-02 11:00")
    hours = hours_in(NEW_YORK)
    planned = plan(ESI, performed_at=performed_at, hours=hours, risk=set(), now=performed_at)
    due = next(one for one in planned if one.key == key)
    match late(due, now=local(NEW_YORK, now), hours=hours):
        case Send():
            assert outcome == "send"
        case Shift(to=to):
            assert outcome == f"shift to {to.astimezone(hours.zone):%Y-%m-%d %H:%M}"
        case HandOver(why=why):
            assert outcome == "hand over"
            assert key in why


def test_check_in_that_expires_in_the_night_is_handed_over() -> None:
    due = Due("d1", datetime(2026, 6, 3, 21, tzinfo=UTC), datetime(2026, 6, 4, 7, tzinfo=UTC))
    hours = hours_in(NEW_YORK)
    assert isinstance(late(due, now=due.due_at + timedelta(hours=6), hours=hours), HandOver)


@pytest.mark.parametrize(
    ("zone", "at", "sendable"),
    [
        (NEW_YORK, "2026-06-02 08:59", "2026-06-02 09:00"),
        (NEW_YORK, "2026-06-02 09:00", "2026-06-02 09:00"),
        (NEW_YORK, "2026-06-02 19:59", "2026-06-02 19:59"),
        (NEW_YORK, "2026-06-02 20:00", "2026-06-03 09:00"),
        (NEW_YORK, "2026-03-07 23:00", "2026-03-08 09:00"),
        (NEW_YORK, "2026-10-31 23:00", "2026-11-01 09:00"),
        (LORD_HOWE, "2026-10-04 01:00", "2026-10-04 09:00"),
        (SAO_PAULO, "2018-11-03 23:30", "2018-11-04 09:00"),
    ],
)
def test_quiet_hours_are_the_patient_s_night(zone: str, at: str, sendable: str) -> None:
    assert next_sendable(local(zone, at), hours_in(zone)) == local(zone, sendable)


def test_welcome_comes_an_hour_after_or_in_the_morning() -> None:
    hours = hours_in(NEW_YORK)
    for performed, now, expected in (
        ("2026-06-02 11:00", "2026-06-02 08:00", "2026-06-02 12:00"),
        ("2026-06-02 11:00", "2026-06-02 15:00", "2026-06-02 15:00"),
        ("2026-06-02 19:30", "2026-06-02 19:40", "2026-06-03 09:00"),
    ):
        found = welcome_at(
            performed_at=local(NEW_YORK, performed), hours=hours, now=local(NEW_YORK, now)
        )
        assert found == local(NEW_YORK, expected)


@pytest.mark.parametrize(
    ("at", "within", "deadline"),
    [
        ("2026-06-02 10:00", 4, "2026-06-02 14:00"),
        ("2026-06-02 15:00", 4, "2026-06-03 11:00"),
        ("2026-06-05 16:00", 4, "2026-06-08 12:00"),
        ("2026-06-06 03:00", 2, "2026-06-08 11:00"),
        ("2026-07-02 16:00", 4, "2026-07-06 12:00"),
        ("2026-06-02 18:00", 16, "2026-06-04 17:00"),
        ("2026-10-30 16:00", 2, "2026-11-02 10:00"),
    ],
)
def test_worklist_deadline_counts_open_hours(at: str, within: int, deadline: str) -> None:
    hours = hours_in(NEW_YORK, date(2026, 7, 3))
    found = business_deadline(local(NEW_YORK, at), hours, timedelta(hours=within))
    assert found == local(NEW_YORK, deadline)


def test_clinic_that_never_opens_has_no_deadline() -> None:
    year = [date(2026, 1, 1) + timedelta(days=day) for day in range(800)]
    hours = hours_in(NEW_YORK, *year)
    with pytest.raises(ValueError, match="not open long enough"):
        business_deadline(local(NEW_YORK, "2026-06-02 10:00"), hours, timedelta(hours=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"closes": time(8)}, "must open before it closes"),
        ({"open_weekdays": frozenset({7})}, "weekdays from 0 to 6"),
        ({"open_weekdays": frozenset()}, "weekdays from 0 to 6"),
        ({"quiet_from": time(8)}, "quiet hours must end"),
        ({"check_in_at": time(21)}, "outside the quiet hours"),
    ],
)
def test_hours_that_contradict_themselves_are_refused(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(hours_in(NEW_YORK), **change)  # type: ignore[arg-type]


MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
PROTOCOLS = [load(name) for name in names()]


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(PROTOCOLS))
def test_first_check_in_is_on_the_next_local_day_awake_and_in_time(
    performed_at: datetime, zone: str, protocol: Protocol
) -> None:
    hours = hours_in(zone)
    found = plan(protocol, performed_at=performed_at, hours=hours, risk=set(), now=performed_at)
    due_at = found[0].due_at
    next_day = performed_at.astimezone(hours.zone).date() + timedelta(days=1)
    assert due_at.astimezone(hours.zone).date() == next_day
    assert next_sendable(due_at, hours) == due_at
    assert timedelta(hours=16) < due_at - performed_at < timedelta(hours=34)
    assert late(found[0], now=due_at, hours=hours) == Send()


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(PROTOCOLS))
def test_no_check_in_is_ever_dropped_and_all_are_in_order(
    performed_at: datetime, zone: str, protocol: Protocol
) -> None:
    hours = hours_in(zone)
    keys = [check_in.key for check_in in protocol.check_ins]
    risk = {"relief_same", "long_follow_up", *(f"reviewed_{key}" for key in keys)}
    found = plan(protocol, performed_at=performed_at, hours=hours, risk=risk, now=performed_at)
    assert [due.key for due in found] == keys
    assert all(due.due_at < due.expires_at for due in found)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.timedeltas(timedelta(), timedelta(days=40)))
def test_late_check_in_always_has_an_outcome_in_time(
    performed_at: datetime, zone: str, lateness: timedelta
) -> None:
    hours = hours_in(zone)
    for due in plan(ESI, performed_at=performed_at, hours=hours, risk=set(), now=performed_at):
        now = due.due_at + lateness
        match late(due, now=now, hours=hours):
            case Send():
                assert next_sendable(now, hours) == now < due.expires_at
            case Shift(to=to):
                assert now < to < due.expires_at
                assert next_sendable(to, hours) == to
            case HandOver(why=why):
                assert why


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 40))
def test_deadline_is_inside_the_clinic_s_hours(at: datetime, zone: str, within: int) -> None:
    hours = hours_in(zone)
    deadline = business_deadline(at, hours, timedelta(hours=within)).astimezone(hours.zone)
    assert hours.is_open(deadline.date())
    assert hours.opens <= deadline.time() <= hours.closes
    assert deadline - at >= timedelta(hours=within)
