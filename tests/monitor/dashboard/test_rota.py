"""The rota's page: read by all of the clinic, changed by the two of a swap and by the lead."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitor import worklist
from notifications.models import (
    CalendarImport,
    CalendarLink,
    Layer,
    Message,
    Override,
    Page,
    Responder,
    Rung,
    Swap,
    TimeOff,
)
from notifications.oncall import calendar_links, watch
from patients.models import Membership
from tests.monitor.dashboard.rota_scene import DAY, HOUR, on_hand, plan_changes, plan_trouble
from tests.notifications.oncall.duty import line, on_call
from tests.notifications.oncall.ward import person
from tests.world import World, make_user

ZONE = ZoneInfo("America/New_York")


def as_person(client: Client, world: World, name: str) -> Responder:
    who = person(world.team, name)
    client.force_login(who.user)
    return who


def wall(name: str, at: datetime) -> dict[str, str]:
    local = at.astimezone(ZONE)
    return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M}"}


def soon(days: float) -> datetime:
    at = datetime.now(UTC) + timedelta(days=days)
    return at.replace(minute=0, second=0, microsecond=0)


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, data, follow=True)


def test_the_page_shows_now_next_and_four_weeks(client: Client, world: World) -> None:
    client.force_login(world.nurse)
    answer = client.get("/rota")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count('class="day') == 28
    assert "No gap and no overlap." in text
    now = on_call(world.team, datetime.now(UTC))
    assert now is not None and f"<strong>{now}</strong>" in text
    # A nurse reads: nothing to fill in but the question.
    assert 'action="/rota/' not in text
    assert "Dr. Hughes" not in text


def test_gaps_and_overlaps_stand_there_in_words(client: Client, world: World) -> None:
    plan_trouble(world)
    as_person(client, world, "Okafor")
    text = client.get("/rota").content.decode()
    for words in (
        "Gap: nobody is on call",
        "GAP: nobody",
        "everybody is away",
        "Overlap: Dr. Chen, Dr. Okafor",
        "Really on call",
        "Weekend nights",
        "The calendar of Second call at calendars.example.org cannot be read.",
        "It was never read: nobody has this layer.",
        "Dr. Nobody",
    ):
        assert words in text, words
    # The address itself is a secret.
    assert "secret/rota.ics" not in text


def test_it_is_all_there_in_spanish(client: Client, world: World) -> None:
    layer = line(world.team).pk
    plan_trouble(world)
    CalendarImport.objects.filter(fetched_at=None).update(
        problem="The host answers with status 404."
    )
    lead = as_person(client, world, "Okafor")
    client.cookies["django_language"] = "es"
    at = {"day": "2026-03-08", "hour": "02:30", "level": "urgent"}
    text = client.get("/rota", at).content.decode()
    for words in (
        "Hueco: nadie está de guardia",
        "todos están ausentes",
        "Solapamiento: Dr. Chen, Dr. Okafor",
        "Realmente de guardia",
        "El servidor contesta con el código 404.",
        "Si se abriera un aviso (urgente)",
        "Emergencia",
        "Pedir un cambio de guardia",
    ):
        assert words in text, words
    away = {**wall("starts", soon(20)), **wall("ends", soon(22)), "responder": lead.pk}
    post(client, f"/rota/{world.team.pk}/time-off", **away)
    entered = {**away, "layer": layer}
    refused = post(client, f"/rota/{world.team.pk}/override", **entered)
    assert "Dr. Okafor tiene una ausencia en ese tiempo." in refused.content.decode()


def test_without_a_team_and_without_layers(client: Client, world: World) -> None:
    Rung.objects.all().delete()
    Layer.objects.all().delete()
    client.force_login(world.nurse)
    assert "and then to everybody" in client.get("/rota").content.decode()
    world.line.delete()
    assert "no on-call team yet" in client.get("/rota").content.decode()
    assert client.get("/rota/on-call.json").status_code == 404


def test_of_several_teams_one_is_chosen_and_none_of_another_clinic(
    client: Client, world: World
) -> None:
    client.force_login(world.nurse)
    for team, status in ((world.team.pk, 200), (world.other_line.team.pk, 404), ("x", 404)):
        for path in ("/rota", "/rota/on-call.json"):
            assert client.get(path, {"team": team}).status_code == status
    Membership.objects.create(user=world.nurse, clinic=world.other, role=Membership.Role.NURSE)
    text = client.get("/rota", {"team": world.other_line.team.pk}).content.decode()
    assert "Dr. Hughes" in text and "Dr. Chen" not in text and 'id="team"' in text


def test_who_is_on_call_as_json(client: Client, world: World) -> None:
    client.force_login(world.auditor)
    found = client.get("/rota/on-call.json", {"at": "2026-03-08T02:30"}).json()
    [one] = found["lines"]
    assert (found["team"], found["at"]) == (
        "Harbor Spine Clinic on call",
        "2026-03-08T03:30:00-04:00",
    )
    assert one["now"] == {
        "name": "Dr. Chen",
        "why": "turn",
        "layer": "Weekly",
        "starts_at": "2026-03-02T08:00:00-05:00",
        "ends_at": "2026-03-09T08:00:00-04:00",
    }
    assert one["next"]["name"] == "Dr. Novak"
    assert [shift["name"] for shift in one["day"]] == ["Dr. Chen"]
    exact = client.get("/rota/on-call.json", {"at": "2026-03-09T12:00:00+00:00"}).json()
    assert exact["lines"][0]["now"]["name"] == "Dr. Novak"
    assert [shift["name"] for shift in exact["lines"][0]["day"]] == ["Dr. Chen", "Dr. Novak"]
    assert client.get("/rota/on-call.json", {"at": "noon"}).status_code == 400


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        ("2026-03-08", "02:30", ["The clocks skip that time", "Sun 8 Mar, 03:30", "03:35"]),
        ("2026-11-01", "01:30", ["The clocks show that time twice", "(the second time)"]),
        ("2026-11-01", "00:55", ["Sun 1 Nov, 00:55", "01:00", "01:05"]),
    ],
)
def test_who_would_be_paged_on_the_night_of_the_change(
    client: Client, world: World, day: str, hour: str, words: list[str]
) -> None:
    client.force_login(world.nurse)
    answer = client.get("/rota", {"day": day, "hour": hour, "level": "emergency"})
    text = answer.content.decode()
    for one in (*words, "Dr. Okafor", "until somebody acknowledges", "On call on"):
        assert one in text, one
    wrong = client.get("/rota", {"day": day, "hour": "late", "level": "emergency"})
    assert "Enter a valid time." in wrong.content.decode()


def test_a_lead_enters_and_takes_back_an_override(client: Client, world: World) -> None:
    lead = as_person(client, world, "Okafor")
    data = {
        "layer": line(world.team).pk,
        "responder": lead.pk,
        **wall("starts", soon(3)),
        **wall("ends", soon(3.5)),
    }
    path = f"/rota/{world.team.pk}/override"
    assert "The override is entered." in post(client, path, **data).content.decode()
    assert on_call(world.team, soon(3) + HOUR) == "Dr. Okafor"
    row = Override.objects.get()
    assert (row.made_by, row.starts_at) == (lead.user, soon(3))
    # Somebody of another team is no choice, and what is wrong stands there.
    data["responder"] = person(world.other_line.team, "Hughes").pk
    text = post(client, path, **data).content.decode()
    assert "Nothing was saved." in text and "Select a valid choice" in text
    TimeOff.objects.create(
        responder=person(world.team, "Chen"), starts_at=soon(3), ends_at=soon(4)
    )
    data["responder"] = person(world.team, "Chen").pk
    assert "Dr. Chen has time off then." in post(client, path, **data).content.decode()
    assert Override.objects.count() == 1
    post(client, f"/rota/overrides/{row.pk}/end")
    assert not Override.objects.exists()


def test_a_form_names_what_is_wrong_with_its_times(client: Client, world: World) -> None:
    lead = as_person(client, world, "Okafor")
    path = f"/rota/{world.team.pk}/time-off"
    for times, words in (
        ({**wall("starts", soon(2)), **wall("ends", soon(1))}, "It must end after it begins."),
        (wall("starts", soon(2)), "This field is required."),
        ({**wall("starts", soon(-3)), **wall("ends", soon(-2))}, "That time is over"),
        (
            {"starts_0": "2027-03-14", "starts_1": "02:30", **wall("ends", soon(200))},
            "The clocks skipped this time",
        ),
    ):
        answer = post(client, path, responder=lead.pk, **times)
        assert words in answer.content.decode(), words
    assert not TimeOff.objects.exists()


def test_a_responder_enters_own_time_off_and_no_one_elses(client: Client, world: World) -> None:
    me, other = as_person(client, world, "Chen"), person(world.team, "Novak")
    data = {**wall("starts", soon(3)), **wall("ends", soon(4)), "responder": other.pk}
    post(client, f"/rota/{world.team.pk}/time-off", **data)
    row = TimeOff.objects.get()
    assert (row.responder, row.made_by) == (me, me.user)
    theirs = TimeOff.objects.create(responder=other, starts_at=soon(5), ends_at=soon(6))
    assert client.post(f"/rota/time-off/{theirs.pk}/end").status_code == 403
    post(client, f"/rota/time-off/{row.pk}/end")
    assert list(TimeOff.objects.all()) == [theirs]
    as_person(client, world, "Okafor")
    post(client, f"/rota/time-off/{theirs.pk}/end")
    assert not TimeOff.objects.exists()


def test_a_swap_is_asked_on_the_page_and_answered_on_the_page(
    client: Client, world: World
) -> None:
    name, span = on_hand(world, from_now=2 * DAY)
    other = "Novak" if name == "Chen" else "Chen"
    as_person(client, world, name)
    data = {
        "layer": line(world.team).pk,
        "asked": person(world.team, other).pk,
        **wall("starts", span.starts_at),
        **wall("ends", span.ends_at),
    }
    path = f"/rota/{world.team.pk}/swap"
    assert "Asked." in post(client, path, **data).content.decode()
    swap = Swap.objects.get()
    answer = f"/rota/swaps/{swap.pk}/answer"
    # Whoever asked may not accept it; the lead sees it, and a colleague does not.
    assert "somebody else to say" in post(client, answer, answer="accept").content.decode()
    as_person(client, world, "Okafor")
    assert f"swap-{swap.pk}" in client.get("/rota").content.decode()
    Responder.objects.filter(team=world.team, name="Dr. Okafor").update(lead=False)
    assert f"swap-{swap.pk}" not in client.get("/rota").content.decode()
    as_person(client, world, other)
    assert "Choose an answer" in post(client, answer, answer="maybe").content.decode()
    assert "Done." in post(client, answer, answer="accept").content.decode()
    assert on_call(world.team, span.starts_at) == f"Dr. {other}"
    assert "is over" in post(client, answer, answer="decline").content.decode()


def test_half_a_shift_in_return_is_refused(client: Client, world: World) -> None:
    name, span = on_hand(world, from_now=2 * DAY)
    as_person(client, world, name)
    data = {
        "layer": line(world.team).pk,
        "asked": person(world.team, "Okafor").pk,
        **wall("starts", span.starts_at),
        **wall("ends", span.ends_at),
        "back_starts_0": "2026-03-03",
    }
    answer = post(client, f"/rota/{world.team.pk}/swap", **data)
    assert "or neither" in answer.content.decode()
    # In return for a shift that Dr. Okafor does not have.
    data |= {**wall("back_starts", soon(9)), **wall("back_ends", soon(9.5))}
    answer = post(client, f"/rota/{world.team.pk}/swap", **data)
    assert "no shift to pass on" in answer.content.decode()
    assert not Swap.objects.exists()


@pytest.mark.parametrize("who", ["responder", "nurse", "stranger's lead", "admin"])
def test_who_may_do_what(client: Client, world: World, who: str) -> None:
    keys = plan_changes(world)
    boss = make_user("boss")
    Membership.objects.create(user=boss, clinic=world.clinic, role=Membership.Role.ADMIN)
    users: dict[str, User] = {
        "responder": person(world.team, "Chen").user,
        "nurse": world.nurse,
        "stranger's lead": person(world.other_line.team, "Young").user,
        "admin": boss,
    }
    client.force_login(users[who])
    team = keys["team"]
    # An admin leads and is nobody's colleague: a swap is for responders.
    expected = {
        "responder": {"override": 403, "time-off": 200, "swap": 200, "links": 200},
        "nurse": {"override": 403, "time-off": 403, "swap": 403, "links": 403},
        "stranger's lead": {"override": 404, "time-off": 404, "swap": 404, "links": 404},
        "admin": {"override": 200, "time-off": 200, "swap": 403, "links": 200},
    }[who]
    found = {name: client.post(f"/rota/{team}/{name}").status_code for name in expected}
    assert found == expected
    leads = {"responder": 403, "nurse": 403, "stranger's lead": 404, "admin": 302}[who]
    assert client.post(f"/rota/overrides/{keys['override']}/end").status_code == leads
    # Dr. Chen made the link.
    revoked = {**expected, "links": 302 if leads == 302 or who == "responder" else leads}
    assert client.post(f"/rota/links/{keys['link']}/revoke").status_code == revoked["links"]


def test_an_address_for_calendar_programs_is_shown_once_and_revoked(
    client: Client, world: World
) -> None:
    me = as_person(client, world, "Chen")
    text = post(client, f"/rota/{world.team.pk}/links", whose="mine").content.decode()
    link = CalendarLink.objects.get()
    assert (link.responder, link.made_by) == (me, me.user)
    address = text.split('readonly value="')[1].split('"')[0]
    assert address not in client.get("/rota").content.decode()
    program = Client()
    answer = program.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    calendar = icalendar.Calendar.from_ical(answer.content)
    said = {str(event["summary"]) for event in calendar.walk("VEVENT")}
    assert said == {"Dr. Chen, on call (Weekly)"}
    assert program.get(address.replace(".ics", "x.ics")).status_code == 404
    # Another responder may not revoke it; a lead may.
    as_person(client, world, "Novak")
    assert client.post(f"/rota/links/{link.pk}/revoke").status_code == 403
    as_person(client, world, "Okafor")
    post(client, f"/rota/links/{link.pk}/revoke")
    assert program.get(address).status_code == 404


def test_the_calendar_of_a_made_up_link_is_not_there(client: Client, world: World) -> None:
    link, token = calendar_links.make(world.team, by=world.nurse, now=datetime.now(UTC))
    for path in (f"{link.pk}/wrong.ics", f"11111111-1111-4111-8111-111111111111/{token}.ics"):
        answer = client.get(f"/rota/calendars/{path}")
        assert answer.status_code == 404
        assert b"Dr." not in answer.content


def test_a_gap_is_a_row_of_the_worklist_and_its_page_is_about_the_rota(
    client: Client, world: World
) -> None:
    # Near enough to be told of at once at any hour of the day, the night too.
    for name in ("Chen", "Novak"):
        TimeOff.objects.create(
            responder=person(world.team, name), starts_at=soon(0.5), ends_at=soon(2)
        )
    now = datetime.now(UTC)
    watch.sweep(now=now)
    client.force_login(world.nurse)
    text = client.get("/").content.decode()
    assert "Nobody is on call for Weekly from" in text
    assert '<a class="go" data-row href="/rota">Rota</a>' in text
    worklist.sweep(now=now + 2 * DAY)
    [page] = Page.objects.all()
    for path in ("/", f"/p/{page.reference}"):
        text = client.get(path).content.decode()
        assert "The rota" in text and "Unknown number" not in text
    client.force_login(world.other_nurse)
    assert "Nobody is on call" not in client.get("/").content.decode()


def test_an_address_dies_with_its_makers_membership(client: Client, world: World) -> None:
    link, token = calendar_links.make(world.team, by=world.nurse, now=datetime.now(UTC))
    address = f"/rota/calendars/{link.pk}/{token}.ics"
    assert client.get(address).status_code == 200
    Membership.objects.filter(user=world.nurse).delete()
    assert client.get(address).status_code == 404
    Membership.objects.create(user=world.nurse, clinic=world.clinic, role=Membership.Role.NURSE)
    world.nurse.is_active = False
    world.nurse.save()
    assert client.get(address).status_code == 404


def test_a_swap_text_says_nothing_of_a_patient(client: Client, world: World) -> None:
    plan_changes(world)
    for body in Message.objects.values_list("body", flat=True):
        assert body.startswith("Spinewatch rota: Dr. ")
        assert len(body) <= 160


def test_reading_the_page_takes_no_more_queries_for_more_changes(
    client: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    as_person(client, world, "Okafor")
    for days in range(1, 40):
        Override.objects.create(
            layer=line(world.team),
            responder=person(world.team, "Novak"),
            starts_at=soon(days),
            ends_at=soon(days) + HOUR,
            made_by=world.nurse,
        )
    Layer.objects.filter(team=world.team).update(handover_at=time(9))
    with django_assert_max_num_queries(76):
        client.get("/rota", {"day": "2026-03-08", "hour": "02:30", "level": "urgent"})
