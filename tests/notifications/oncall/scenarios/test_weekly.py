"""Weekly tests, told with the phones of those who are tested."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from notifications.models import (
    ContactCheck,
    ContactMethod,
    Incident,
    RotaWatch,
    Rung,
    TimeOff,
)
from notifications.oncall import civil, verifying, watch, weekly_tests
from tests.notifications.oncall.scenarios.chores import run
from tests.notifications.oncall.scenarios.conftest import Person, Shift, fresh, holder
from tests.notifications.oncall.scenarios.receivers import MailServer

ZONE = ZoneInfo("America/New_York")


def only(who: Person, channel: str) -> ContactMethod:
    """Nobody but this person is tested, by this channel alone; every page calls them first."""
    Rung.objects.filter(team=who.shift.team, position=0).update(
        target="responder", layer=None, responder=who.responder
    )
    ContactMethod.objects.exclude(responder=who.responder, channel=channel).update(active=False)
    return ContactMethod.objects.get(responder=who.responder, channel=channel)


def due(contact: ContactMethod) -> datetime:
    check = contact.checks.filter(kind="test").last()
    assert check is not None and check.due_at is not None
    return check.due_at


def states(contact: ContactMethod) -> list[str]:
    return list(contact.checks.filter(kind="test").values_list("state", flat=True))


def quietly(shift: Shift) -> None:
    """Plan the tests; that nobody is ready now is told to nobody."""
    RotaWatch.objects.update(due_at=shift.now)
    watch.sweep(now=shift.now)
    Incident.objects.update(due_at=None)


def go_to_the_test(shift: Shift, contact: ContactMethod) -> None:
    quietly(shift)
    shift.now = due(contact)
    run(shift)


def test_by_text_with_its_code(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    go_to_the_test(shift, contact)
    local = shift.now.astimezone(ZONE)
    assert local.weekday() < 5 and 10 <= local.hour < 12
    body = shift.chen.hears("weekly TEST. No patient")
    assert "ref " not in body and len(body) <= 160
    code = contact.checks.get().code
    assert f"reply {code} " in body and code[0] == "T"
    shift.chen.says(code.lower())
    shift.chen.hears("TEST answered")
    assert states(contact) == ["answered"]
    shift.chen.says(code)
    shift.chen.hears("that TEST is over")
    # The next one is a week later, at the same hour.
    before = shift.now
    quietly(shift)
    wall = due(contact).astimezone(ZONE).replace(tzinfo=None)
    assert wall - before.astimezone(ZONE).replace(tzinfo=None) == timedelta(days=7)


def test_a_bare_ack_takes_the_page_and_not_the_test(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    go_to_the_test(shift, contact)
    shift.chen.hears("weekly TEST")
    page = shift.opens()
    shift.chen.hears("EMERGENCY")
    shift.chen.says("ack")
    shift.chen.hears(f"You have EMERGENCY {page.reference}")
    assert holder(page) == "Dr. Chen" and states(contact) == ["sent"]
    # The page's code is the page's, the test's the test's.
    assert not contact.checks.get().code.isdecimal()
    shift.chen.says(contact.checks.get().code)
    shift.chen.hears("TEST answered")
    assert fresh(page).state == "acknowledged"


def test_a_bare_ack_answers_the_test_where_there_is_no_page(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    go_to_the_test(shift, contact)
    shift.chen.hears("weekly TEST")
    shift.chen.says("ok")
    shift.chen.hears("TEST answered")
    assert states(contact) == ["answered"]


def test_by_key_and_called_again_when_nobody_picks_up(shift: Shift) -> None:
    contact = only(shift.chen, "voice")
    go_to_the_test(shift, contact)
    shift.chen.rings().ignore()
    shift.now += weekly_tests.CALLED_AGAIN_AFTER
    run(shift)
    call = shift.chen.rings().answer()
    assert "weekly test of your phone. There is no patient" in call.heard
    # Star says it again; only 4 is an answer.
    before = call.heard
    assert "weekly test" in call.press("*").heard.removeprefix(before)
    call.press("4")
    run(shift)
    assert states(contact) == ["answered"] and contact.checks.get().how == "key press"


def test_by_a_link_in_an_email(shift: Shift, mail: MailServer) -> None:
    contact = verifying.add(
        shift.chen.responder, channel="email", address="chen@harbor.example"
    )
    verifying.confirm(contact, now=shift.now)
    go_to_the_test(shift, only(shift.chen, "email"))
    [text] = mail.texts()
    assert "TEST" in text and "No patient" in text
    token = text.split("/channels/confirm/")[1].split()[0]
    check = verifying.by_link(token, now=shift.now)
    assert check is not None and verifying.follow(check, now=shift.now)
    assert states(contact) == ["answered"]


def test_after_three_weeks_without_an_answer_it_is_verified_no_more(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    for week in range(weekly_tests.WEEKS):
        contact.refresh_from_db()
        assert contact.verified, week
        go_to_the_test(shift, contact)
        shift.chen.hears("weekly TEST")
        shift.now += weekly_tests.ANSWER_WITHIN
        run(shift)
    contact.refresh_from_db()
    assert not contact.verified
    assert contact.lost_why == "its weekly tests were not answered"
    [row] = Incident.objects.filter(kind="test", closed_at=None)
    assert (row.responder, row.times) == (shift.chen.responder, 3)
    quietly(shift)
    # Nothing more is sent to what is not verified; a page still is.
    assert not contact.checks.filter(state__in=ContactCheck.OPEN).exists()
    shift.opens()
    shift.chen.hears("EMERGENCY")


def test_an_answer_in_between_begins_anew(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    for answered in (False, False, True, False, False):
        go_to_the_test(shift, contact)
        shift.chen.hears("weekly TEST")
        if answered:
            shift.chen.says("ok")
            shift.chen.hears("TEST answered")
        shift.now += weekly_tests.ANSWER_WITHIN
        run(shift)
    contact.refresh_from_db()
    assert contact.verified


def test_it_waits_for_a_page_and_for_whoever_is_away(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    quietly(shift)
    shift.now = due(contact)
    page = shift.opens()
    shift.chen.hears("EMERGENCY")
    shift.chen.says("ack")
    shift.chen.hears("You have")
    run(shift)
    assert due(contact) == shift.now + weekly_tests.PUT_OFF
    shift.chen.says(f"{page.code} 1")
    shift.chen.hears("is closed")
    TimeOff.objects.create(
        responder=shift.chen.responder,
        starts_at=shift.now,
        ends_at=shift.now + timedelta(days=3),
    )
    shift.now = due(contact)
    run(shift)
    shift.chen.silence()
    assert due(contact) > shift.now + timedelta(days=5)


def test_after_an_outage_it_waits_for_the_day(shift: Shift) -> None:
    contact = only(shift.chen, "sms")
    quietly(shift)
    shift.now = due(contact) + timedelta(hours=14)
    run(shift)
    shift.chen.silence()
    assert civil.is_for_tests(due(contact), ZONE)


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/London"])
@pytest.mark.parametrize("key", [0, 1, 7, 29, 400])
def test_the_hour_is_civil_all_year_and_a_week_apart(zone: str, key: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
    walls = []
    for _week in range(60):
        at = civil.next_slot(key, after=at, zone=ZoneInfo(zone))
        assert civil.is_for_tests(at, ZoneInfo(zone))
        walls.append(at.astimezone(ZoneInfo(zone)))
        at += timedelta(days=6)
    assert len({(one.weekday(), one.hour, one.minute) for one in walls}) == 1
    days = [one.date() for one in walls]
    assert {(b - a).days for a, b in pairwise(days)} == {7}
