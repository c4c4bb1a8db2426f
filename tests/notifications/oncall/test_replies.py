"""A responder's texts, in the manner of GoAlert's scenarios."""

import pytest
from django.db import transaction

from notifications.models import Channel, Inbound, Message, Page, Responder, Sender, Team
from notifications.oncall import paging, replies, verifying
from tests.notifications.oncall.ward import (
    after,
    kinds,
    open_page,
    person,
    reply,
    text,
    texts_to,
    went_out,
)
from tests.world import World, make_responder

MENU = "1 advised 2 seen 3 ER 4 MRI 5 not reached 6 false alarm"


@pytest.fixture
def team(world: World) -> Team:
    return world.team


@pytest.fixture
def chen(team: Team) -> Responder:
    return person(team, "Chen")


@pytest.fixture
def okafor(team: Team) -> Responder:
    return person(team, "Okafor")


@pytest.fixture
def page(team: Team) -> Page:
    return open_page(team)


def state(page: Page) -> str:
    page.refresh_from_db()
    return page.state


@pytest.mark.parametrize("words", ["11", "ack 11", "A11", "ack", "a", '"11"', " 11 ", "voy"])
def test_a_page_is_taken_and_the_reply_says_what_was_taken(
    page: Page, chen: Responder, words: str
) -> None:
    assert reply(chen, words, now=after(1)) is True
    assert state(page) == "acknowledged"
    assert page.acknowledged_by == chen
    assert texts_to(chen)[-1] == (
        f"You have EMERGENCY {page.reference}. Within 15 min reply 11 then {MENU}"
    )


def test_an_outcome_is_recorded_by_number_or_word(
    page: Page, chen: Responder, team: Team
) -> None:
    reply(chen, "ack", now=after(1))
    assert reply(chen, "4", now=after(2)) is True
    assert (state(page), page.outcome) == ("closed", "imaging")
    assert texts_to(chen)[-1] == f"{page.reference} is closed with 4. Thank you."
    second = open_page(team, now=after(3))
    reply(chen, "ack", now=after(4))
    assert reply(chen, "11 advised, will call again", now=after(5)) is True
    assert (state(second), second.outcome) == ("closed", "advised")
    assert second.note == "will call again"
    assert "will call again" not in " ".join(texts_to(chen))


def test_an_outcome_with_the_code_takes_and_closes_at_once(page: Page, chen: Responder) -> None:
    assert reply(chen, "11 5", now=after(1)) is True
    assert (state(page), page.outcome) == ("closed", "not_reached")
    assert kinds(page)[-2:] == ["acknowledged", "closed"]


def test_the_second_hears_who_was_first(page: Page, chen: Responder, okafor: Responder) -> None:
    went_out(page)
    paging.sweep(now=after(5))
    went_out(page)
    reply(okafor, "11", now=after(6))
    assert texts_to(chen)[-1] == f"Dr. Okafor has {page.reference}."
    for words in ("11", "ack"):
        assert reply(chen, words, now=after(7)) is True
        assert texts_to(chen)[-1] == f"Dr. Okafor has {page.reference}."
    assert len(texts_to(chen)) == 4
    assert state(page) == "acknowledged"
    assert page.acknowledged_by == okafor
    # Who has it already is shown the menu again, with the time that is left.
    reply(okafor, "ack", now=after(11))
    assert f"Within 10 min reply 11 then {MENU}" in texts_to(okafor)[-1]


def test_a_bare_ack_with_two_open_pages_is_answered_with_the_codes(
    page: Page, chen: Responder, team: Team
) -> None:
    second = open_page(team, now=after(1))
    assert reply(chen, "ack", now=after(2)) is True
    assert (state(page), state(second)) == ("open", "open")
    assert texts_to(chen)[-1] == (
        f"Not understood. Reply 11 for {page.reference}, 12 for {second.reference} "
        f"to take it, or the code then {MENU}"
    )
    assert reply(chen, "12", now=after(3)) is True
    assert (state(page), state(second)) == ("open", "acknowledged")
    # One is left, and a bare ack is about that one.
    assert reply(chen, "ack", now=after(4)) is True
    assert state(page) == "acknowledged"
    # Two are held: a bare outcome could mean either.
    assert reply(chen, "reached", now=after(5)) is False
    assert (state(page), state(second)) == ("acknowledged", "acknowledged")


def test_a_bare_ack_is_about_a_page_that_called_its_writer(
    page: Page, okafor: Responder, team: Team
) -> None:
    assert reply(okafor, "ack", now=after(1)) is False
    assert state(page) == "open"
    assert texts_to(okafor) == []
    # The code, heard from a colleague, is enough.
    assert reply(okafor, "11", now=after(2)) is True
    assert state(page) == "acknowledged"


def test_a_code_that_there_is_not_is_answered_with_those_that_there_are(
    page: Page, chen: Responder
) -> None:
    assert reply(chen, "99", now=after(1)) is True
    assert f"Reply 11 for {page.reference} to take it" in texts_to(chen)[-1]
    assert state(page) == "open"


def test_the_code_of_a_closed_page_says_who_closed_it(
    page: Page, chen: Responder, okafor: Responder
) -> None:
    paging.close(page, okafor, outcome="imaging", now=after(1))
    for words in ("11", "11 1"):
        assert reply(chen, words, now=after(30)) is True
        assert texts_to(chen)[-1] == f"{page.reference} is closed by Dr. Okafor."
    assert (state(page), page.outcome) == ("closed", "imaging")
    # A day later the number means nothing any more, nor does a bare word.
    assert reply(chen, "11", now=after(24 * 60 + 2)) is False
    assert reply(chen, "ack", now=after(31)) is False


def test_a_code_that_is_used_again_means_the_new_page(
    page: Page, chen: Responder, team: Team
) -> None:
    paging.close(page, chen, outcome="advised", now=after(1))
    second = open_page(team, now=after(2))
    assert second.code == page.code
    reply(chen, "11", now=after(3))
    assert state(second) == "acknowledged"


@pytest.mark.parametrize(
    "words", ["I can't feel my legs", "on my way", "7", "1 no 2 yes 3 7", "", "11 no"]
)
def test_what_is_not_a_reply_is_explained_and_left_to_others_to_read(
    page: Page, chen: Responder, words: str
) -> None:
    assert reply(chen, words, now=after(1)) is False
    assert state(page) == "open"
    assert texts_to(chen)[-1].startswith("Not understood. Reply 11 for")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("11 9", "9 is no outcome: 1 to 6. You have"),
        ("9", "9 is no outcome: 1 to 6. You have"),
        ("99 9", "Not understood. You have"),
        ("cannot take it, driving", "Not understood. You have"),
    ],
)
def test_who_has_the_page_is_not_offered_it_again(
    page: Page, chen: Responder, words: str, said: str
) -> None:
    reply(chen, "11", now=after(1))
    assert reply(chen, words, now=after(2)) is False
    assert texts_to(chen)[-1] == f"{said} {page.reference}: reply 11 then {MENU}"
    assert state(page) == "acknowledged"


def test_a_number_that_only_rings_answers_too_once_it_is_verified(
    page: Page, chen: Responder, team: Team
) -> None:
    desk = "+12125550199"
    inbound = text(chen, "11", now=after(1))
    Inbound.objects.filter(pk=inbound.pk).update(from_number=desk)
    inbound.refresh_from_db()
    contact = verifying.add(chen, channel=Channel.VOICE, address=desk)
    with transaction.atomic():
        assert replies.take(inbound, now=after(1)) is False
        verifying.confirm(contact, now=after(1))
        assert replies.take(inbound, now=after(2)) is True
    assert state(page) == "acknowledged"


@pytest.mark.parametrize("words", ["1", "11", "ack", "ok", "reached", "my back hurts"])
def test_without_a_page_a_text_is_not_a_responders(
    team: Team, chen: Responder, words: str
) -> None:
    assert reply(chen, words, now=after(1)) is False
    assert texts_to(chen) == []


@pytest.mark.parametrize("words", ["1", "3", "reached"])
def test_an_answer_while_a_colleague_has_the_page_may_be_a_patients(
    page: Page, chen: Responder, okafor: Responder, words: str
) -> None:
    paging.acknowledge(page, okafor, via="web", now=after(1))
    before = len(texts_to(chen))
    assert reply(chen, words, now=after(2)) is False
    assert (state(page), page.acknowledged_by) == ("acknowledged", okafor)
    assert len(texts_to(chen)) == before


def test_strangers_and_those_who_left_are_not_read(
    page: Page, chen: Responder, world: World
) -> None:
    hughes = person(world.other_line.team, "Hughes")
    assert reply(hughes, "11", now=after(1)) is False
    # The right phone, at another clinic's number.
    crossed = text(chen, "11", now=after(1))
    Inbound.objects.filter(pk=crossed.pk).update(sender=world.other_line.sender)
    crossed.refresh_from_db()
    with transaction.atomic():
        assert replies.take(crossed, now=after(1)) is False
    Responder.objects.filter(pk=chen.pk).update(active=False)
    assert reply(chen, "11", now=after(1)) is False
    assert state(page) == "open"


def test_somebody_in_two_teams_of_one_number_answers_for_the_right_one(
    page: Page, chen: Responder, team: Team
) -> None:
    nights = Team.objects.create(name="Nights", time_zone="UTC", sender=team.sender)
    also_chen = make_responder(nights, "Dr. Chen of nights", chen.phone)
    night = open_page(nights, now=after(1))
    assert night.code == 12
    assert reply(chen, "12", now=after(2)) is True
    assert (state(page), state(night)) == ("open", "acknowledged")
    assert night.acknowledged_by == also_chen


def test_two_machines_that_answer_each_other_come_to_an_end(
    page: Page, chen: Responder
) -> None:
    def explanations() -> int:
        return sum(said.startswith("Not understood") for said in texts_to(chen))

    for minute in range(1, 9):
        reply(chen, "I am driving.", now=after(minute))
    assert explanations() == 5
    # Something real is always answered, and begins a new row.
    assert reply(chen, "11", now=after(10)) is True
    assert texts_to(chen)[-1].startswith("You have EMERGENCY")
    reply(chen, "what now?", now=after(11))
    assert explanations() == 6
    for minute in range(12, 20):
        reply(chen, "I am driving.", now=after(minute))
    assert explanations() == 10
    reply(chen, "I am driving.", now=after(80))
    assert explanations() == 11


def test_a_text_that_is_handled_twice_is_answered_once(page: Page, chen: Responder) -> None:
    inbound = text(chen, "11", now=after(1))
    for _ in range(2):
        with transaction.atomic():
            assert replies.take(inbound, now=after(1)) is True
    assert Message.objects.filter(key=f"reply:{inbound.pk}").count() == 1


def test_an_answer_comes_from_the_number_that_was_written_to(
    page: Page, chen: Responder, team: Team
) -> None:
    reply(chen, "11", now=after(1))
    answer = Message.objects.get(ref__startswith="responder:")
    assert answer.sender == Sender.objects.get(team=team)
    assert answer.expires_at == after(31)
