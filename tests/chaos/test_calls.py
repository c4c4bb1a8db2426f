"""Pages by telephone through real processes: rung, answered by a key, and killed half-way."""

import time
from collections.abc import Iterator

import pytest

from notifications.models import ContactMethod, Message, NotificationRule, Page, Responder
from notifications.simulator import Fault, Kind
from tests.chaos.case import Case
from tests.chaos.ledger import Ledger
from tests.chaos.points import SILENCE
from tests.chaos.system import LEAD, PATIENCE, System, look, only_full

# From what went wrong until the next way rings: a sweep, and a call on its way.
SECONDS = 10.0


@pytest.fixture
def case(system: System, ledger: Ledger) -> Iterator[Case]:
    """A patient; whoever is on call is reached by the ways that a test sets."""
    yield Case(system, ledger.line("calls"), system.patient())
    NotificationRule.objects.all().delete()
    ContactMethod.objects.update(active=False)
    system.restore()


def reached_by(case: Case, *ways: tuple[str, int]) -> None:
    who = Responder.objects.get(phone=case.system.on_call)
    for channel, delay in ways:
        contact, _new = ContactMethod.objects.update_or_create(
            responder=who, channel=channel, address=who.phone, defaults={"active": True}
        )
        NotificationRule.objects.create(contact=contact, delay=delay)


def take_by_key(case: Case) -> Page:
    """The phone rings; key 4. Returns the page, which has somebody then."""
    page = look(case.page, "a page in the database")
    call = case.system.stand_in.phone(case.system.on_call).expect_call(within=PATIENCE)
    assert "press 4" in call.answer().heard
    call.press("4")
    assert "You have" in call.heard
    page.refresh_from_db()
    assert page.acknowledged_by is not None
    assert page.acknowledged_by.phone == case.system.on_call
    return page


def close(case: Case, page: Page) -> None:
    case.line.cases += 1
    case.line.pages += 1
    case.close_as(page, case.system.on_call)


def test_key_4_takes_a_page(case: Case) -> None:
    reached_by(case, ("voice", 0))
    case.says()
    close(case, take_by_key(case))


def test_a_text_that_is_lost_is_followed_by_the_call_within_seconds(case: Case) -> None:
    reached_by(case, ("sms", 0), ("voice", 600))
    case.system.stand_in.add_fault(
        Fault(Kind.UNDELIVERED, case.system.on_call, times=1, code=30003)
    )
    case.says()
    lost = look(
        lambda: (
            Message.objects.filter(to=case.system.on_call, state="undelivered")
            .order_by("-created_at")
            .first()
        ),
        "the text undelivered",
    )
    began = time.monotonic()
    page = take_by_key(case)
    assert lost.ref == f"page:{page.pk}"
    assert time.monotonic() - began < SECONDS
    close(case, page)


@only_full
def test_a_voice_box_climbs_to_the_lead_within_seconds(case: Case) -> None:
    reached_by(case, ("voice", 0))
    case.system.stand_in.add_fault(Fault(Kind.VOICEMAIL, case.system.on_call, times=1))
    case.says()
    case.system.stand_in.phone(case.system.on_call).expect_call(within=PATIENCE)
    began = time.monotonic()
    page = look(case.page, "a page in the database")
    look(
        lambda: any(text.to == LEAD for text in case.system.arrived(page.reference)),
        "the lead paged",
    )
    assert time.monotonic() - began < SECONDS
    case.line.cases += 1
    case.line.pages += 1
    case.close_as(page, LEAD)


def test_a_worker_that_dies_with_the_call_on_its_way_makes_no_second_one(case: Case) -> None:
    reached_by(case, ("voice", 0))
    stand_in, on_call = case.system.stand_in, case.system.on_call
    before = sum(call.to == on_call for call in stand_in.account.calls.values())
    fault = stand_in.add_fault(
        Fault(Kind.SILENT_AFTER_ACCEPTING, on_call, times=1, seconds=SILENCE)
    )
    case.says()
    look(lambda: fault.hits, "the call at the provider")
    case.kill("pages")
    page = take_by_key(case)
    look(
        lambda: not Message.objects.filter(ref=f"page:{page.pk}", state="sending").exists(),
        "the call settled",
    )
    calls = [call for call in stand_in.account.calls.values() if call.to == on_call]
    assert len(calls) == before + 1
    close(case, page)
