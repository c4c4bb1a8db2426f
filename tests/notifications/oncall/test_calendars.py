"""iCalendars read and written, and the links that show a rota to calendar programs."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest

from notifications.models import CalendarLink, Layer, LayerHours, LayerMember, Override
from notifications.oncall import calendar_export, calendar_links
from notifications.oncall.calendar_read import Entry, NotACalendar, Person, person_of, read
from tests.notifications.oncall.duty import DAY, HOUR, line
from tests.notifications.oncall.test_rotation import utc
from tests.notifications.oncall.ward import person
from tests.world import NOW, World

NEW_YORK = ZoneInfo("America/New_York")
START, END = utc("2026-03-01T00:00"), utc("2026-04-01T00:00")


def calendar(*events: str) -> str:
    inside = "\n".join(
        f"BEGIN:VEVENT\nUID:{i}\n{one}\nEND:VEVENT" for i, one in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{inside}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def times(text: str) -> list[tuple[str, str]]:
    found = read(text, start=START, end=END, zone=NEW_YORK)
    return [(f"{one.starts_at:%m-%dT%H:%M}", f"{one.ends_at:%m-%dT%H:%M}") for one in found]


def test_times_of_every_kind() -> None:
    text = calendar(
        "SUMMARY:UTC\nDTSTART:20260302T130000Z\nDTEND:20260302T210000Z",
        "SUMMARY:zone\nDTSTART;TZID=Europe/London:20260303T080000\nDURATION:PT2H",
        "SUMMARY:floating\nDTSTART:20260304T080000\nDTEND:20260304T200000",
        "SUMMARY:day\nDTSTART;VALUE=DATE:20260308\nDTEND;VALUE=DATE:20260309",
        "SUMMARY:no end\nDTSTART;VALUE=DATE:20260310",
        "SUMMARY:cancelled\nSTATUS:CANCELLED\nDTSTART:20260311T080000Z\nDTEND:20260311T090000Z",
        "SUMMARY:before\nDTSTART:20260201T130000Z\nDTEND:20260201T210000Z",
        "SUMMARY:after\nDTSTART:20260501T130000Z\nDTEND:20260501T210000Z",
        "SUMMARY:under way\nDTSTART:20260227T130000Z\nDTEND:20260301T130000Z",
    )
    assert times(text) == [
        ("02-27T13:00", "03-01T13:00"),
        ("03-02T13:00", "03-02T21:00"),
        ("03-03T08:00", "03-03T10:00"),
        ("03-04T13:00", "03-05T01:00"),
        # The day of the change has 23 hours.
        ("03-08T05:00", "03-09T04:00"),
        ("03-10T04:00", "03-11T04:00"),
    ]


def test_a_rule_keeps_its_wall_time_and_its_exceptions() -> None:
    text = calendar(
        "SUMMARY:nights\nDTSTART;TZID=America/New_York:20260305T200000\n"
        "DTEND;TZID=America/New_York:20260306T080000\nRRULE:FREQ=DAILY;COUNT=5\n"
        "EXDATE;TZID=America/New_York:20260306T200000"
    )
    assert times(text) == [
        ("03-06T01:00", "03-06T13:00"),
        ("03-08T01:00", "03-08T12:00"),
        ("03-09T00:00", "03-09T12:00"),
        ("03-10T00:00", "03-10T12:00"),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot be read"),
        ("<html>Please sign in</html>", "cannot be read"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "not an iCalendar"),
        (calendar("DTSTART:yesterday"), "cannot be read"),
        (
            calendar("DTSTART:20260301T000000Z\nDTEND:20260301T000001Z\nRRULE:FREQ=SECONDLY"),
            "every minute or second",
        ),
        (
            calendar(
                *(f"SUMMARY:{n}\nDTSTART:20260301T000000Z\nRRULE:FREQ=HOURLY" for n in range(7))
            ),
            "more than 4000 shifts",
        ),
    ],
)
def test_what_is_no_calendar(text: str, complaint: str) -> None:
    with pytest.raises(NotACalendar, match=complaint):
        read(text, start=START, end=END, zone=NEW_YORK)


PEOPLE = {
    1: Person(1, ("Dr. Chen", "chen"), ("chen@example.org",)),
    2: Person(2, ("Dr. Novak", "novak")),
    3: Person(3, ("Dr. Chen-Novak",)),
}


@pytest.mark.parametrize(
    ("summary", "invited", "key"),
    [
        ("Dr. Chen", (), 1),
        ("dr chen", (), 1),
        ("On call: Dr. Novak (second)", (), 2),
        ("night", ("CHEN@example.org",), 1),
        ("Dr. Novak", ("chen@example.org",), 1),
        # Dr. Chen and Dr. Chen-Novak both stand in it.
        ("Dr. Chen-Novak", (), 3),
        ("on call Dr. Chen-Novak", (), None),
        ("Dr. Chen and Dr. Novak", (), None),
        ("Dr. Chenoweth", (), None),
        ("", (), None),
    ],
)
def test_whom_an_event_is_about(
    summary: str, invited: tuple[str, ...], key: int | None
) -> None:
    assert person_of(Entry(summary, invited, START, END), PEOPLE) == key


def exported(raw: bytes) -> list[tuple[str, datetime, datetime]]:
    found = icalendar.Calendar.from_ical(raw)
    return [
        (str(event["summary"]), event.start, event.end)  # type: ignore[attr-defined]
        for event in found.walk("VEVENT")
    ]


def test_the_whole_rota_goes_out_as_it_really_is(world: World) -> None:
    Override.objects.create(
        layer=line(world.team),
        responder=person(world.team, "Okafor"),
        starts_at=NOW,
        ends_at=NOW + HOUR,
    )
    raw = calendar_export.export(world.team, now=NOW)
    events = exported(raw)
    assert events[0][1] == NOW - calendar_export.BACK
    assert events[-1][2] == NOW + calendar_export.AHEAD
    assert ("Dr. Okafor, on call (Weekly)", NOW, NOW + HOUR) in events
    assert all(one[2] == other[1] for one, other in pairwise(events))
    # The same shift has the same name the next day, so that programs do not double it.
    again = calendar_export.export(world.team, now=NOW + DAY)
    uids = [
        {str(event["uid"]) for event in icalendar.Calendar.from_ical(one).walk("VEVENT")}
        for one in (raw, again)
    ]
    assert len(uids[0] & uids[1]) == len(events) - 1
    assert b"Hughes" not in raw


def test_one_person_sees_their_own_shifts_and_a_meant_gap_is_no_event(world: World) -> None:
    nights = Layer.objects.create(
        team=world.team,
        name="Nights",
        starts_on=date(2026, 1, 1),
        handover_at=time(8),
        gaps_allowed=True,
    )
    LayerHours.objects.create(layer=nights, weekdays=[5], starts=time(20), ends=time(8))
    LayerMember.objects.create(layer=nights, responder=person(world.team, "Novak"), position=0)
    chen = person(world.team, "Chen")
    own = exported(calendar_export.export(world.team, responder=chen, now=NOW))
    assert {summary for summary, _, _ in own} == {"Dr. Chen, on call (Weekly)"}
    assert len(own) == 14
    everything = exported(calendar_export.export(world.team, now=NOW))
    assert not any("NOBODY" in summary for summary, _, _ in everything)
    assert any("Nights" in summary for summary, _, _ in everything)
    Layer.objects.filter(pk=nights.pk).update(gaps_allowed=False)
    everything = exported(calendar_export.export(world.team, now=NOW))
    assert any(summary == "NOBODY, on call (Nights)" for summary, _, _ in everything)


def test_a_link_is_found_by_its_token_alone_and_keeps_a_hash_of_it(world: World) -> None:
    link, token = calendar_links.make(world.team, by=world.nurse, now=NOW)
    assert token not in str(CalendarLink.objects.values().get())
    assert len(token) >= 43
    assert calendar_links.find(link.pk, token, now=NOW) == link
    for key, wrong in ((link.pk, token + "x"), (link.pk, ""), (uuid4(), token), (uuid4(), "")):
        assert calendar_links.find(key, wrong, now=NOW) is None


def test_a_revoked_link_shows_nothing_and_the_others_stay(world: World) -> None:
    link, token = calendar_links.make(world.team, by=world.nurse, now=NOW)
    other, other_token = calendar_links.make(world.team, by=world.nurse, now=NOW)
    calendar_links.revoke(link, now=NOW + HOUR)
    calendar_links.revoke(link, now=NOW + DAY)
    link.refresh_from_db()
    assert link.revoked_at == NOW + HOUR
    assert calendar_links.find(link.pk, token, now=NOW + HOUR) is None
    assert calendar_links.find(other.pk, other_token, now=NOW + HOUR) == other


def test_when_a_link_was_used_is_noted_to_the_hour(world: World) -> None:
    link, token = calendar_links.make(world.team, by=world.nurse, now=NOW)
    for minutes in (0, 30, 61):
        calendar_links.find(link.pk, token, now=NOW + timedelta(minutes=minutes))
    link.refresh_from_db()
    assert link.used_at == datetime(2026, 3, 3, 21, 1, tzinfo=UTC)
