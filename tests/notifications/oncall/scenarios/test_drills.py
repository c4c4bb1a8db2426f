"""Drills, told with the phones of those who are called: as a page goes, and marked DRILL."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from monitor.models import Alert, Episode, WorkItem
from notifications.models import Drill, Incident, Message, Page, Team
from notifications.oncall import (
    bridge,
    civil,
    drill_report,
    drills,
    handing_on,
    paging,
)
from notifications.oncall.swapping import NotPossible
from patients.models import Patient
from tests.notifications.oncall.scenarios.conftest import Shift
from tests.notifications.oncall.scenarios.receivers import (
    MailServer,
    PagerDutyService,
    Receiver,
)


def begin(shift: Shift) -> Drill:
    drill = drills.start(shift.team, by=None, now=shift.now)
    shift.work()
    return drill


def page_of(drill: Drill) -> Page:
    return Page.every.get(drill_of=drill)


def report(drill: Drill) -> drill_report.Report:
    return drill_report.of(Drill.objects.select_related("page", "team").get(pk=drill.pk))


@pytest.fixture(autouse=True)
def everything_says_drill(shift: Shift) -> Iterator[None]:
    """Whatever a drill sends, by whatever channel, says that it is one."""
    yield
    pages = Page.every.filter(drill=True).values_list("pk", flat=True)
    for key in pages:
        for message in Message.objects.filter(ref__startswith=f"page:{key}"):
            relayed = json.loads(message.body) if message.body.startswith("{") else {}
            if relayed.get("event_action") == "resolve" and "payload" not in relayed:
                continue
            assert "drill" in f"{message.title} {message.body}".casefold(), message.body


def test_acknowledged_by_text(shift: Shift) -> None:
    drill = begin(shift)
    page = page_of(drill)
    body = shift.chen.hears("DRILL, NO PATIENT")
    assert "URGENT" not in body and "EMERGENCY" not in body and len(body) <= 160
    shift.now += timedelta(seconds=40)
    shift.chen.says(str(page.code))
    shift.chen.hears(f"DRILL {page.reference}: you have acknowledged it")
    found = report(drill)
    assert (found.result, found.by, found.via) == ("acknowledged", "Dr. Chen", "sms")
    assert found.acknowledged == 40 and found.rungs == [(1, 0.0)]
    [call] = found.calls
    assert (call.channel, call.accepted, call.heard) == ("sms", 0.0, 0.0)
    # It is over: no outcome is asked for, and nothing comes any more.
    shift.after(minutes=60)
    shift.chen.says(str(page.code))
    shift.chen.hears("you have acknowledged it")


def test_it_climbs_by_voice_and_is_acknowledged_by_key(shift: Shift) -> None:
    shift.okafor.by(("voice", 0))
    drill = begin(shift)
    shift.chen.hears("DRILL")
    shift.after(minutes=5)
    call = shift.okafor.rings().answer()
    assert "This is a drill. There is no patient." in call.heard
    before = call.heard
    call.press("4")
    assert "Drill acknowledged" in call.heard.removeprefix(before)
    shift.work()
    shift.chen.hears("Dr. Okafor has acknowledged it")
    found = report(drill)
    assert (found.by, found.via, found.acknowledged) == ("Dr. Okafor", "key press", 300)
    assert found.rungs == [(1, 0.0), (2, 300.0)]
    assert found.to_json()["rungs"] == [
        {"rung": 1, "called": 0.0},
        {"rung": 2, "called": 300.0},
    ]


def test_a_bare_ack_and_an_outcome_are_acknowledgements(shift: Shift) -> None:
    for words in ("ok", "{code} 1", "{code} 6"):
        page = page_of(begin(shift))
        shift.chen.hears("DRILL")
        shift.chen.says(words.format(code=page.code))
        shift.chen.hears("you have acknowledged it")


def test_it_is_passed_on_as_a_page_is(shift: Shift) -> None:
    page = page_of(begin(shift))
    shift.chen.hears("DRILL")
    handing_on.pass_on(page, shift.chen.responder, via="web", now=shift.now)
    shift.work()
    shift.okafor.hears("DRILL")
    paging.acknowledge(page, shift.okafor.responder, via="web", now=shift.now)
    shift.work()
    shift.chen.hears("Dr. Okafor has acknowledged it")


def test_nobody_acknowledges_it_and_it_ends(shift: Shift) -> None:
    drill = begin(shift)
    shift.after(minutes=16)
    for person, times in ((shift.chen, 2), (shift.okafor, 2), (shift.novak, 1)):
        for _call in range(times):
            person.hears("DRILL")
    assert report(drill).result == "nobody"
    [row] = Incident.objects.filter(kind="drill")
    assert row.page == page_of(drill)
    shift.after(minutes=60)
    shift.chen.says(str(page_of(drill).code))
    shift.chen.hears("is over. There is nothing to do")


def test_it_gives_way_to_a_page_and_says_so(shift: Shift) -> None:
    drill = drills.start(shift.team, by=None, now=shift.now)
    page = shift.opens()
    # Of the drill's call nothing had gone out; the page is the first that anybody hears of.
    shift.chen.hears("EMERGENCY")
    assert report(drill).result == "yielded"
    shift.chen.silence()
    shift.chen.says("ack")
    shift.chen.hears(f"You have EMERGENCY {page.reference}")
    with pytest.raises(NotPossible, match="A page is not closed yet"):
        drills.start(shift.team, by=None, now=shift.now)
    shift.chen.says(f"{page.code} 1")
    shift.chen.hears("is closed")
    begin(shift)
    shift.chen.hears("DRILL")
    shift.opens()
    shift.chen.hears("EMERGENCY")
    shift.chen.silence()
    shift.after(seconds=15)
    shift.chen.hears("gives way to a real page")


def test_one_at_a_time(shift: Shift) -> None:
    begin(shift)
    shift.chen.hears("DRILL")
    with pytest.raises(NotPossible, match="running already"):
        drills.start(shift.team, by=None, now=shift.now)


def test_pagerduty_hears_of_it_as_information_and_acknowledges(
    shift: Shift, pagerduty: PagerDutyService, hook: Receiver
) -> None:
    page = page_of(begin(shift))
    shift.chen.hears("DRILL")
    [trigger] = pagerduty.events()
    assert trigger["payload"]["severity"] == "info"
    assert "DRILL" in trigger["payload"]["summary"]
    body, signature = pagerduty.told(f"{page.reference}-0", "PCHEN11")
    with time_machine.travel(shift.now, tick=False):
        answer = shift.client.post(
            "/pagerduty/events",
            body,
            content_type="application/json",
            headers={"X-PagerDuty-Signature": signature},
        )
    assert answer.status_code == 204
    shift.work()
    page.refresh_from_db()
    assert page.closed_by == shift.chen.responder
    assert [event["event_action"] for event in pagerduty.events()][-1] == "resolve"
    types = [event["type"] for event in hook.events()]
    assert types == ["drill.opened", "drill.acknowledged", "drill.closed"]
    assert {event["data"]["level"] for event in hook.events()} == {"drill"}


def test_by_email_it_says_so_in_the_subject(shift: Shift, mail: MailServer) -> None:
    shift.chen.by(("email", 0), email="chen@harbor.example")
    begin(shift)
    [text] = mail.texts()
    assert text.count("DRILL, NO PATIENT") >= 2


def test_it_is_counted_among_no_pages_and_is_about_nobody(shift: Shift) -> None:
    page = page_of(begin(shift))
    shift.chen.hears("DRILL")
    assert not Page.objects.exists() and Page.every.count() == 1
    for rows in (Episode, Patient, Alert, WorkItem):
        assert not rows.objects.exists()
    with pytest.raises(ValueError, match="about nobody"):
        bridge.ask_for(page, shift.chen.responder, number="+12015550123", now=shift.now)


def test_on_a_schedule_in_the_daytime_and_not_while_there_is_a_page(shift: Shift) -> None:
    Team.objects.exclude(pk=shift.team.pk).update(drills="never")
    drills.sweep(now=shift.now)
    planned = Drill.objects.get()
    assert planned.due_at is not None
    assert planned.due_at >= shift.now + drills.FIRST_AFTER
    assert civil.is_for_tests(planned.due_at, shift.world.clinic.zone)
    shift.now = planned.due_at
    page = shift.opens()
    on_call = shift.chen if shift.chen.phone.texts() else shift.novak
    on_call.hears("EMERGENCY")
    on_call.says("ack")
    on_call.hears("You have")
    drills.sweep(now=shift.now)
    planned.refresh_from_db()
    assert (planned.put_off, planned.due_at) == (1, shift.now + drills.PUT_OFF)
    on_call.says(f"{page.code} 1")
    on_call.hears("is closed")
    shift.now += drills.PUT_OFF
    drills.sweep(now=shift.now)
    shift.work()
    on_call.hears("DRILL")
    drills.sweep(now=shift.now)
    again = Drill.objects.get(due_at__isnull=False)
    assert again.due_at is not None
    assert timedelta(days=27) <= again.due_at - shift.now <= timedelta(days=35)
    # The clinic's setting: none any more.
    Team.objects.update(drills="never")
    drills.sweep(now=again.due_at)
    assert not Drill.objects.filter(due_at__isnull=False).exists()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("drill", "--clinic", "harbor-spine-clinic", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_begins_one_and_prints_the_past(shift: Shift) -> None:
    assert run("--past") == "There was no drill yet.\n"
    assert "still running" in run("--wait", "0")
    shift.now = Drill.objects.get().started_at or shift.now
    shift.work()
    for person in (shift.chen, shift.novak):
        if person.phone.texts():
            person.hears("DRILL")
    page = Page.every.get()
    paging.acknowledge(
        page, shift.okafor.responder, via="web", now=shift.now + timedelta(seconds=90)
    )
    assert "acknowledged by Dr. Okafor (web) after 90.0 s" in run("--past")
    [found] = json.loads(run("--past", "--json"))
    assert (found["result"], found["acknowledged"]) == ("acknowledged", 90)
    with pytest.raises(CommandError, match="No clinic 'nowhere' has a line"):
        call_command("drill", "--clinic", "nowhere")
