"""Passing a page on, calling somebody in, writing a note, and calling the patient."""

import pytest

from notifications.models import Page, PageEvent
from notifications.oncall import bridge, handing_on, paging
from notifications.oncall.paging import Done
from notifications.simulator import Kind
from tests.notifications.oncall.scenarios.conftest import (
    Shift,
    fresh,
    holder,
    messages,
    story_of,
)

PATIENT = "+12015550177"


def pass_on(shift: Shift, page: Page, who: str, to: str = "") -> paging.Result:
    people = {"chen": shift.chen, "novak": shift.novak, "okafor": shift.okafor}
    result = handing_on.pass_on(
        page,
        people[who].responder,
        to=people[to].responder if to else None,
        via="web",
        now=shift.now,
    )
    shift.work()
    return result


def taken_by_chen(shift: Shift) -> Page:
    page = shift.opens()
    shift.chen.hears("Reply")
    shift.chen.says("ok")
    shift.chen.hears("You have")
    return page


class TestPassingOn:
    def test_what_one_has_goes_to_the_next_rung_at_once(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        assert pass_on(shift, page, "chen").done is Done.PASSED_ON
        shift.okafor.hears("call 2")
        assert (fresh(page).state, holder(page)) == ("open", "")

    def test_to_a_colleague_and_on_when_the_colleague_is_silent(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        pass_on(shift, page, "chen", "novak")
        shift.novak.hears("call 2", page.reference)
        # Being given it is not having it.
        assert holder(page) == ""
        shift.after(minutes=5)
        shift.okafor.hears("call 3")

    def test_the_colleague_takes_it(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        pass_on(shift, page, "chen", "novak")
        shift.novak.hears("call 2")
        shift.novak.says("ok")
        shift.novak.hears("You have")
        shift.chen.hears("Dr. Novak has")
        assert holder(page) == "Dr. Novak"

    def test_an_open_page_to_a_colleague(self, shift: Shift) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        pass_on(shift, page, "chen", "novak")
        shift.novak.hears(page.reference)
        assert "passed_on Chen sms" in story_of(page)
        shift.novak.says("ok")
        shift.novak.hears("You have")
        shift.chen.hears("Dr. Novak has")

    def test_what_a_colleague_has_stays_there(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        result = pass_on(shift, page, "novak")
        assert (result.done, result.by.name) == (Done.ALREADY, "Dr. Chen")
        assert holder(page) == "Dr. Chen"

    def test_what_is_closed_stays_closed(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        paging.close(page, shift.chen.responder, outcome="advised", now=shift.now)
        assert pass_on(shift, page, "chen").done is Done.TOO_LATE

    def test_nobody_of_another_team(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        stranger = shift.world.other_line.team.responder_set.first()
        assert stranger is not None
        with pytest.raises(ValueError, match="active responder"):
            handing_on.pass_on(
                page, shift.chen.responder, to=stranger, via="web", now=shift.now
            )
        with pytest.raises(ValueError, match="active responder"):
            handing_on.call_in(page, stranger, who=shift.chen.responder, now=shift.now)
        assert holder(page) == "Dr. Chen"


class TestCallingIn:
    def test_a_colleague_is_called_and_the_page_stays_where_it_is(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        due = fresh(page).due_at
        assert handing_on.call_in(
            page, shift.chen.responder, who=shift.novak.responder, now=shift.now
        )
        shift.work()
        shift.novak.hears(page.reference)
        assert (holder(page), fresh(page).due_at) == ("Dr. Chen", due)

    def test_somebody_who_was_called_before_is_called_anew(self, shift: Shift) -> None:
        page = shift.opens()
        shift.chen.hears("Reply")
        for _ in range(2):
            handing_on.call_in(
                page, shift.novak.responder, who=shift.chen.responder, now=shift.now
            )
            shift.work()
            shift.chen.hears("Reply")

    def test_nobody_is_called_to_a_closed_page(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        paging.close(page, shift.chen.responder, outcome="advised", now=shift.now)
        assert not handing_on.call_in(
            page, shift.chen.responder, who=shift.novak.responder, now=shift.now
        )


def test_a_note_is_kept_and_sent_nowhere(shift: Shift) -> None:
    page = taken_by_chen(shift)
    handing_on.write_note(page, shift.chen.responder, "numb since noon", now=shift.now)
    shift.work()
    assert [note.text for note in page.notes.all()] == ["numb since noon"]
    assert "noted Chen" in story_of(page)
    assert not PageEvent.objects.filter(detail__contains="numb").exists()


def test_a_false_alarm_needs_a_reason(shift: Shift) -> None:
    page = taken_by_chen(shift)
    shift.chen.says(f"{page.code} 6")
    shift.chen.hears("still yours", "then why")
    assert fresh(page).state == "acknowledged"
    shift.chen.says(f"{page.code} 6, answered for another patient")
    shift.chen.hears("closed with 6")
    assert fresh(page).note == "answered for another patient"


class TestTheBridge:
    def ask(self, shift: Shift, page: Page) -> None:
        bridge.ask_for(page, shift.chen.responder, number=PATIENT, now=shift.now)
        shift.work()

    def test_connects_with_the_clinics_number(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        self.ask(shift, page)
        call = shift.chen.rings().answer()
        assert "press 1" in call.heard and PATIENT not in call.heard
        call.press("1")
        patient = shift.stand_in.phone(PATIENT).expect_call()
        assert patient.from_number == shift.team.sender.number
        patient.answer().hang_up()
        shift.work()
        last = PageEvent.objects.exclude(kind="reported").filter(page=page).last()
        assert last is not None and last.kind == "patient_call"
        assert last.detail.startswith("completed")
        # That somebody spoke with the patient is not yet an outcome.
        assert fresh(page).state == "acknowledged"

    @pytest.mark.parametrize("kind", [Kind.BUSY, Kind.NO_ANSWER])
    def test_a_patient_who_is_not_reached(self, kind: Kind, shift: Shift) -> None:
        page = taken_by_chen(shift)
        self.ask(shift, page)
        call = shift.chen.rings().answer()
        shift.fault(kind)
        call.press("1")
        shift.work()
        shift.stand_in.phone(PATIENT).expect_call()
        last = PageEvent.objects.exclude(kind="reported").filter(page=page).last()
        assert last is not None
        assert last.detail == ("busy, 0 s" if kind is Kind.BUSY else "no-answer, 0 s")
        assert "Nobody answered" in call.heard

    def test_a_voice_box_is_not_connected(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        shift.fault(Kind.VOICEMAIL, shift.chen)
        self.ask(shift, page)
        shift.chen.rings()
        shift.work()
        shift.stand_in.phone(PATIENT).expect_nothing()
        last = PageEvent.objects.exclude(kind="reported").filter(page=page).last()
        assert last is not None and last.detail == "not made: voicemail"

    def test_two_taps_are_one_call(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        self.ask(shift, page)
        self.ask(shift, page)
        assert len(messages(page, "bridge")) == 1
        shift.chen.rings()

    def test_another_key_asks_again(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        self.ask(shift, page)
        call = shift.chen.rings().answer().press("7")
        assert call.heard.count("press 1") >= 2
        shift.stand_in.phone(PATIENT).expect_nothing()

    def test_nobody_of_another_team_calls(self, shift: Shift) -> None:
        page = taken_by_chen(shift)
        stranger = shift.world.other_line.team.responder_set.first()
        assert stranger is not None
        with pytest.raises(ValueError, match="active responder"):
            bridge.ask_for(page, stranger, number=PATIENT, now=shift.now)
