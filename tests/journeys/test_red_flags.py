"""From a red flag to a human: at once, whenever it comes, and for each flag once."""

from datetime import date, datetime, timedelta

import pytest

from monitor import episodes
from monitor.levels import Level
from monitor.models import Alert, Answer, CheckIn, Episode, WorkItem
from notifications.models import Page
from notifications.simulator import Kind
from tests.journeys.conftest import Story

WEAK = "my legs are so weak I can't stand up"
RETENTION = "I can't pee at all since this morning"
RELATIVE = "+12015550188"


def night(story: Story) -> datetime:
    """The next three in the morning, at the clinic."""
    zone = story.world.clinic.zone
    day = story.now.astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, 3, tzinfo=zone)


def answer(story: Story, episode: Episode, *, until: str) -> None:
    """Nothing to report, up to a question."""
    for _question in range(30):
        episode.refresh_from_db()
        if episode.conversation["open"] == until:
            return
        story.says("1")
        story.hears("")
    raise AssertionError(f"{until} is never asked.")


def test_in_own_words_in_the_first_answer(story: Story) -> None:
    episode = story.follow()
    check_in = story.asks(episode)
    asked_at = story.now
    story.says(WEAK)
    story.hears("Go to the nearest ER now or call 911")
    page = story.paged(0)
    assert page.level == Page.Level.EMERGENCY
    assert page.opened_at == asked_at
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ANSWERED
    story.no_text()


@pytest.mark.parametrize(
    ("reply", "advised"),
    [("1", True), ("6, it was his dog", True), ("3", False), ("5", False)],
)
def test_advice_for_who_is_well_does_not_follow_it(
    story: Story, *, reply: str, advised: bool
) -> None:
    """Rest and the usual pills are not for who was sent to the ER a minute before."""
    story.register()
    story.hears("we will text you")
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    story.after(minutes=4)
    story.replies(story.responder(0), f"{page.code} {reply}")
    story.hears(f"closed with {reply[0]}", story.responder(0).phone)
    if advised:
        story.hears("acetaminophen")
    story.after(minutes=10)
    story.no_text()


def test_in_the_last_answer(story: Story) -> None:
    episode = story.follow(diabetes=True)
    story.asks(episode)
    answer(story, episode, until="blood_sugar")
    assert not Page.objects.exists()
    story.says("120, and now I can't control my bladder")
    story.hears("ER")
    assert story.paged(0).level == Page.Level.EMERGENCY


def test_a_number_that_says_an_emergency(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    answer(story, episode, until="urinary_retention")
    story.says("2")
    story.hears("ER")
    assert story.paged(0).level == Page.Level.EMERGENCY
    assert Answer.objects.get(question="urinary_retention").value == 2


def test_the_first_is_silent_and_the_second_acknowledges(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    called = next(
        number for number in story.team() if "Spinewatch" in str(story.phone(number).texts())
    )
    assert called == story.responder(0).phone
    story.after(minutes=4, seconds=59)
    story.no_text(*story.team())
    story.after(seconds=1)
    lead = story.responder(2)
    assert f"ref {page.reference}" in story.hears("call 2", lead.phone)
    story.replies(lead, f"{page.code}")
    story.hears(f"You have EMERGENCY {page.reference}", lead.phone)
    story.hears("Dr. Okafor has", story.responder(0).phone)
    story.after(minutes=10)
    story.replies(lead, f"{page.code} 3, ambulance sent")
    story.hears("closed with 3", lead.phone)
    page.refresh_from_db()
    assert (page.outcome, page.note) == ("emergency_care", "ambulance sent")
    story.after(hours=12)
    assert not Page.objects.filter(due_at__isnull=False).exists()


def test_a_page_without_an_outcome_climbs_on_and_the_last_rung_repeats(story: Story) -> None:
    story.follow()
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    first, second, lead = (story.responder(place) for place in range(3))
    story.replies(first, "ok")
    story.hears("Within 15 min", first.phone)
    story.after(minutes=15)
    story.hears("no outcome yet", first.phone)
    story.hears("call 2", lead.phone)
    for nth in (3, 4, 5):
        story.after(minutes=5)
        for person in (first, second, lead):
            story.hears(f"call {nth}", person.phone)
    story.replies(second, f"{page.code} advised")
    story.hears("closed with 1", second.phone)
    for other in (first, lead):
        story.hears("is closed by Dr. Novak", other.phone)


def test_an_outcome_of_not_reached_opens_a_call_that_pages_again(story: Story) -> None:
    story.follow()
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code} 5")
    story.hears("closed with 5", story.responder(0).phone)
    assert "call" in story.work()
    # The red flag is as urgent by night as by day.
    story.after(hours=1)
    again = story.paged(0)
    assert again != page
    story.replies(story.responder(0), f"{again.code} 5")
    story.hears("closed with 5", story.responder(0).phone)
    assert "call" in story.work()
    assert not WorkItem.objects.filter(closed_at=None, due_at=None).exists()


def test_at_three_in_the_morning_outside_a_check_in(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.well(episode)
    story.until(night(story))
    story.says("my groin is numb and I wet myself")
    story.hears("ER")
    assert story.paged(0).level == Page.Level.EMERGENCY
    story.no_text()


def test_after_the_follow_up_has_ended(story: Story) -> None:
    episode = story.follow()
    episodes.end(episode, why="Moved away.", now=story.now)
    story.after(days=14)
    story.says(WEAK)
    story.hears("ER")
    story.paged(0)
    assert Alert.objects.get().episode == episode


def test_from_a_relatives_phone(story: Story) -> None:
    story.follow()
    story.says("My mother had a spine injection, now she can't move her legs", RELATIVE)
    story.hears("we do not know this number", RELATIVE)
    page = story.paged(0)
    assert story.work() == ["unknown_number"]
    story.replies(story.responder(0), f"{page.code} 1")
    story.hears("closed with 1", story.responder(0).phone)
    assert story.work() == []


def test_a_stranger_who_repeats_it_does_not_page_twice(story: Story) -> None:
    story.says("I can't move my legs", RELATIVE)
    story.hears("we do not know this number", RELATIVE)
    story.paged(0)
    story.says("I can't move my legs, help", RELATIVE)
    assert Page.objects.count() == 1
    assert story.work() == ["unknown_number"] * 2
    story.says("now crushing chest pain", RELATIVE)
    story.hears("call 2", story.responder(0).phone)
    story.replies(story.responder(0), f"{story.page().code} 3")
    story.hears("closed with 3", story.responder(0).phone)
    assert story.work() == []


def test_from_a_patient_who_has_opted_out(story: Story) -> None:
    story.follow()
    story.says("STOP")
    story.ignore()
    story.until(night(story))
    story.says(RETENTION)
    story.no_text()
    story.paged(0)
    assert "call" in story.work()


def test_the_same_flag_again_is_one_page(story: Story) -> None:
    story.follow()
    story.says(WEAK)
    story.hears("ER")
    story.paged(0)
    story.says("my legs are weak, I still can't stand up")
    assert Page.objects.count() == 1
    story.no_text(*story.team())
    story.ignore()


def test_another_flag_after_the_acknowledgement_pages_again(story: Story) -> None:
    story.follow()
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    story.replies(story.responder(0), f"{page.code}")
    story.hears("You have", story.responder(0).phone)
    story.after(minutes=2)
    story.says("crushing chest pain and I can't breathe")
    story.hears("911")
    story.hears(f"{page.reference} (call 2)", story.responder(0).phone)
    page.refresh_from_db()
    assert page.state == Page.State.OPEN
    assert Page.objects.count() == 1


def test_two_patients_are_two_pages(story: Story) -> None:
    story.follow()
    other = story.follow(
        given_name="Omar",
        family_name="Haddad",
        phone="(201) 555-0177",
        born_on=date(1950, 1, 2),
    )
    story.says(WEAK)
    story.hears("ER")
    story.says(WEAK, other.patient.phone)
    story.hears("ER", other.patient.phone)
    first, second = story.paged(0), story.paged(0)
    assert first != second and first.code != second.code
    # Taking one leaves the other open.
    story.replies(story.responder(0), str(first.code))
    story.hears("You have", story.responder(0).phone)
    second.refresh_from_db()
    assert (second.state, second.acknowledged_by) == (Page.State.OPEN, None)


def test_two_urgent_flags_stay_at_least_urgent(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says("2")
    story.hears("")
    answer(story, episode, until="fever")
    story.says("2")
    story.ignore()
    first = story.paged(0)
    first.refresh_from_db()
    before = Alert.objects.get().codes
    story.says("and my calf is swollen and hot")
    story.ignore()
    story.ignore(*story.team())
    alert = Alert.objects.get()
    assert Page.objects.count() == 1
    assert Level.parse(alert.page.level) >= Level.parse(first.level)
    assert set(before) <= set(alert.codes)


def test_news_for_a_clinician_say_nothing_of_the_patient(story: Story) -> None:
    episode = story.follow()
    story.asks(episode)
    story.says(WEAK)
    story.hears("ER")
    page = story.paged(0)
    story.after(minutes=20)
    story.replies(story.responder(1), f"{page.code} 5, daughter says asleep")
    story.says("she has a fever of 103 now", RELATIVE)
    story.after(minutes=20)
    sent = [
        request.form["Body"][0]
        for request in story.stand_in.sent()
        if request.form["To"][0] in story.team()
    ]
    assert len(sent) > 5
    patient = episode.patient
    forbidden = (
        patient.given_name,
        patient.family_name,
        "1957",
        patient.phone[2:],
        RELATIVE[2:],
        *("weak", "leg", "stand", "fever", "daughter", "spine", "injection", "epidural"),
    )
    for body in sent:
        for word in forbidden:
            assert word.casefold() not in body.casefold().replace("spinewatch", "")
    story.ignore(RELATIVE, story.patient_number, *story.team())


def test_a_page_that_cannot_be_delivered_moves_on_within_seconds(story: Story) -> None:
    story.follow()
    story.fault(Kind.UNDELIVERED, story.responder(0).phone, code=30003)
    story.says(WEAK)
    story.hears("ER")
    story.after(seconds=5)
    assert story.paged(2).rung == 1


def test_a_page_that_is_refused_moves_on_within_seconds(story: Story) -> None:
    story.follow()
    story.fault(Kind.REFUSED, story.responder(0).phone, code=21211)
    story.says(WEAK)
    story.hears("ER")
    story.after(seconds=5)
    assert story.paged(2).rung == 1
