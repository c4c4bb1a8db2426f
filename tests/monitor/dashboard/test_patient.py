import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor import episodes, texts
from monitor.models import Answer, Assessment, CheckIn, Correction, Episode, TextRead
from notifications.models import Inbound, Message
from patients.models import Procedure
from patients.registration import has_consent
from tests.monitor.dashboard.scene import Scene, flag, hear
from tests.world import World


@pytest.fixture
def nurse(client: Client, world: World) -> Client:
    client.force_login(world.nurse)
    return client


def shown(client: Client, episode: Episode) -> str:
    answer = client.get(f"/patients/{episode.patient_id}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_story_is_whole_and_newest_first(nurse: Client, scene: Scene) -> None:
    text = shown(nurse, scene.flagged)
    story = [
        "<mark>cant feel it when i wipe</mark>",
        "Rest today.",
        "we will text you to see how you feel",
        "Dr. Osei",
    ]
    places = [text.index(part) for part in story]
    assert places == sorted(places)
    for part in (
        "cauda equina",
        "<code>R3</code>",
        "Examine now",
        f"Page {scene.page.reference}",
    ):
        assert part in text
    for part in ("Delivered", "Protocol not signed off", "Consent given", "+1 201-555-1001"):
        assert part in text


def test_answers_are_shown_in_words(nurse: Client, scene: Scene) -> None:
    episode = scene.item.episode
    assert episode is not None
    text = shown(nurse, episode)
    assert "Are your legs or arms weak?" in text
    assert "4 of 10" in text
    assert "Answered" in text


def test_an_answer_stands_above_what_it_answers(nurse: Client, scene: Scene) -> None:
    now = datetime.now(UTC)
    for number in range(2):
        Message.objects.create(
            sender=scene.flagged.clinic.line.sender,
            stream="text",
            to=scene.flagged.patient.phone,
            body=f"Part {number + 1} of the answer",
            key=f"part {number}",
            ref=episodes.ref(scene.flagged),
            due_at=now,
            expires_at=now,
            created_at=now,
        )
    hear(scene.flagged, "a question", at=now)
    text = shown(nurse, scene.flagged)
    places = [text.index(part) for part in ("Part 2 of", "Part 1 of", "a question")]
    assert places == sorted(places)


def test_a_routine_answer_is_not_cluttered(nurse: Client, scene: Scene) -> None:
    inbound = hear(scene.flagged, "1", at=datetime.now(UTC))
    Assessment.objects.create(
        episode=scene.flagged,
        inbound=inbound,
        at=inbound.received_at,
        protocol=scene.flagged.protocol,
        protocol_digest=scene.flagged.protocol_digest,
        level=0,
        score=0,
        reasons=[],
    )
    assert "level-routine" not in shown(nurse, scene.flagged)


def test_a_missed_day_after_is_named_a_failure(nurse: Client, scene: Scene) -> None:
    assert "not contacted the day after: a failure" in shown(nurse, scene.silent)


def test_what_a_patient_writes_is_text_and_never_markup(nurse: Client, scene: Scene) -> None:
    hear(scene.flagged, "<script>alert(1)</script>", at=datetime.now(UTC))
    assert "<script>alert" not in shown(nurse, scene.flagged)


def test_a_text_that_the_program_failed_on_is_shown(nurse: Client, scene: Scene) -> None:
    inbound = hear(scene.flagged, "hello", at=datetime.now(UTC))
    failed = Inbound.objects.create(
        sender=inbound.sender,
        provider_sid="SM" + "f" * 32,
        from_number=inbound.from_number,
        body="it broke on this",
        received_at=datetime.now(UTC),
        due_at=datetime.now(UTC),
    )
    texts.set_aside(inbound=failed, now=datetime.now(UTC))
    assert "it broke on this" in shown(nurse, scene.flagged)


def test_the_clock_is_the_clinics(nurse: Client, scene: Scene, world: World) -> None:
    at = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)
    hear(scene.flagged, "hello", at=at)
    assert "Tue 30 Jun, 22:30" in shown(nurse, scene.flagged)


def test_pause_resume_end(nurse: Client, scene: Scene) -> None:
    episode = scene.flagged
    for action, state in (("pause", "paused"), ("resume", "active")):
        nurse.post(f"/episodes/{episode.pk}/{action}")
        episode.refresh_from_db()
        assert episode.state == state
    nurse.post(f"/episodes/{episode.pk}/end", {"why": ""})
    episode.refresh_from_db()
    assert episode.state == "active"
    nurse.post(f"/episodes/{episode.pk}/end", {"why": "Moved away"})
    episode.refresh_from_db()
    assert (episode.state, episode.ended_why) == ("ended", "Moved away")
    assert "Moved away" in shown(nurse, episode)


def test_a_text_is_sent_once_however_often_the_form_is(nurse: Client, scene: Scene) -> None:
    words = {"body": "Please call us.", "token": str(uuid.uuid4())}
    for _time in range(2):
        nurse.post(f"/episodes/{scene.flagged.pk}/text", words)
    sent = Message.objects.get(body="Please call us.")
    assert (sent.to, sent.stream) == (scene.flagged.patient.phone, "text")
    nurse.post(f"/episodes/{scene.flagged.pk}/text", {"body": "", "token": str(uuid.uuid4())})
    assert Message.objects.filter(key__contains=":staff:").count() == 1


def test_no_text_without_consent(nurse: Client, scene: Scene) -> None:
    patient = scene.flagged.patient
    nurse.post(f"/patients/{patient.pk}/withdraw-consent", {"how": ""})
    assert has_consent(patient)
    nurse.post(f"/patients/{patient.pk}/withdraw-consent", {"how": "by phone"})
    assert not has_consent(patient)
    text = shown(nurse, scene.flagged)
    assert "no consent: do not text" in text
    assert "by phone" in text
    words = {"body": "Please call us.", "token": str(uuid.uuid4())}
    nurse.post(f"/episodes/{scene.flagged.pk}/text", words)
    assert not Message.objects.filter(body="Please call us.").exists()
    again = f"/patients/{patient.pk}/give-consent"
    page = nurse.post(again, {"how": "verbal"}, follow=True).content.decode()
    assert "Nothing was saved." in page
    assert not has_consent(patient)
    now = datetime.now(patient.clinic.zone) + timedelta(minutes=1)
    when = {"given_at_0": now.date().isoformat(), "given_at_1": f"{now:%H:%M}"}
    page = nurse.post(again, {"how": "verbal", **when}, follow=True).content.decode()
    assert "what is still to come is texted again" in page
    assert "no consent: do not text" not in page
    nurse.post(f"/episodes/{scene.flagged.pk}/text", words)
    assert Message.objects.filter(body="Please call us.").exists()


def test_a_check_in_is_moved_on_the_clinics_clock(
    nurse: Client, scene: Scene, world: World
) -> None:
    check_in = scene.flagged.check_ins.get(key="d7")
    day = (datetime.now(world.clinic.zone) + timedelta(days=3)).date()
    path = f"/check-ins/{check_in.pk}/reschedule"
    nurse.post(path, {"to_0": day.isoformat(), "to_1": "11:30"})
    check_in.refresh_from_db()
    local = check_in.planned_for.astimezone(world.clinic.zone)
    assert (local.date(), local.hour, local.minute) == (day, 11, 30)
    for hour in ("03:00", "", "soon"):
        nurse.post(path, {"to_0": day.isoformat(), "to_1": hour})
        before = check_in.planned_for
        check_in.refresh_from_db()
        assert check_in.planned_for == before


def test_reached_by_phone_and_cancelled(nurse: Client, scene: Scene) -> None:
    week_one, week_two = (scene.flagged.check_ins.get(key=key) for key in ("d7", "d14"))
    nurse.post(f"/check-ins/{week_one.pk}/reached")
    nurse.post(f"/check-ins/{week_two.pk}/cancel")
    week_one.refresh_from_db()
    week_two.refresh_from_db()
    assert (week_one.state, week_two.state) == (
        CheckIn.State.REACHED,
        CheckIn.State.CANCELLED,
    )
    answer = nurse.post(f"/check-ins/{week_two.pk}/cancel", follow=True)
    assert "already" in answer.content.decode()


def test_pain_is_drawn_and_tabled(nurse: Client, scene: Scene) -> None:
    episode = scene.item.episode
    assert episode is not None
    text = shown(nurse, episode)
    _before, _course, after = text.partition('class="card-box course"')
    chart, _end, _rest = after.partition("</svg>")
    assert 'class="dot"' in chart
    assert 'class="band-relief"' in chart
    table = text[text.index("<table") : text.index("</table>")]
    assert ">-2<" in table.replace("\n", "")


def test_injections_of_the_last_year_by_area(nurse: Client, scene: Scene, world: World) -> None:
    patient = scene.flagged.patient
    now = datetime.now(UTC)
    for days, region in ((30, "lumbar"), (364, "cervical"), (366, "lumbar")):
        Procedure.objects.create(
            patient=patient,
            kind="facet_joint",
            region=region,
            side="left",
            steroid=True,
            performed_at=now - timedelta(days=days),
            clinician="Dr. Osei",
            registered_at=now,
        )
    text = shown(nurse, scene.flagged)
    part = text[text.index('id="injections-title"') :]
    assert "2 of 3 with a steroid" in part
    assert "1 of 3 with a steroid" in part


def test_harmless_questions_and_answers_are_folded_and_nothing_else(
    nurse: Client, scene: Scene
) -> None:
    now = datetime.now(UTC)
    for minutes in range(8):
        hear(scene.silent, f"answer {minutes}", at=now - timedelta(minutes=40 + minutes))
    text = shown(nurse, scene.silent)
    assert "<summary>8 texts</summary>" in text
    hear(scene.silent, "cant feel it", at=now - timedelta(minutes=43.5), words="cant feel")
    text = shown(nurse, scene.silent)
    folded = [part.split("</details>")[0] for part in text.split("<details>")[1:]]
    assert not any("<mark>cant feel</mark>" in part for part in folded)
    assert "<mark>cant feel</mark>" in text
    assert "<summary>4 texts</summary>" in text


def test_changes_stand_in_the_story_with_who_made_them(nurse: Client, scene: Scene) -> None:
    nurse.post(f"/episodes/{scene.flagged.pk}/pause")
    text = shown(nurse, scene.flagged)
    assert "Follow-up paused" in text
    assert "held back: the follow-up is paused" in text


def test_a_reading_is_corrected_and_the_old_one_kept(
    nurse: Client, scene: Scene, world: World
) -> None:
    read = scene.flagged.texts.get()
    path = f"/texts/{read.pk}/correct"
    form = nurse.get(path).content.decode()
    assert 'value="saddle_numbness"' in form
    refused = nurse.post(path, {"finding": ["site_soreness"], "why": ""}).content.decode()
    assert "Say why it is to be read otherwise. Nothing was changed." in refused
    assert 'value="site_soreness" id="finding-site_soreness" checked' in refused
    assert not Correction.objects.exists()
    answer = nurse.post(path, {"finding": ["site_soreness"], "why": "He meant sore."})
    assert answer.headers["Location"] == f"/patients/{scene.flagged.patient_id}"
    text = shown(nurse, scene.flagged)
    assert "Assessed anew by nurse" in text
    assert "He meant sore." in text
    assert "as it was first assessed; corrected since" in text
    assert "<code>R3</code>" in text


def test_an_answer_is_corrected_in_the_form(nurse: Client, scene: Scene) -> None:
    episode = scene.item.episode
    assert episode is not None
    answer = Answer.objects.get(episode=episode, question="pain_score")
    read = TextRead.objects.get(inbound=answer.inbound)
    Assessment.objects.create(
        episode=episode,
        check_in=answer.check_in,
        inbound=answer.inbound,
        at=answer.at,
        protocol=episode.protocol,
        protocol_digest=episode.protocol_digest,
        level=0,
        score=0,
        reasons=[],
    )
    path = f"/texts/{read.pk}/correct"
    assert "Are your legs or arms weak?" in nurse.get(path).content.decode()
    wrong = nurse.post(path, {"answer-pain_score": "a lot", "why": "Phoned."})
    assert "An answer is a number." in wrong.content.decode()
    nurse.post(path, {"answer-pain_score": "7", "why": "Phoned."})
    assert "7 of 10" in shown(nurse, episode)
    assert Answer.objects.filter(question="pain_score", correction=True).get().value == 7


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_come_in_the_readers_language(
    language: str, nurse: Client, scene: Scene
) -> None:
    nurse.post("/language", {"language": language})
    text = shown(nurse, scene.silent)
    assert ("Check-ins to come" in text) == (language == "en")
    assert ("Próximos controles" in text) == (language == "es")
    why = "SIN CONTACTO AL DÍA SIGUIENTE" if language == "es" else "NOT CONTACTED THE DAY AFTER"
    assert why in text


def test_queries_do_not_grow_with_the_story(nurse: Client, scene: Scene) -> None:
    with CaptureQueriesContext(connection) as few:
        shown(nurse, scene.flagged)
    now = datetime.now(UTC)
    for number in range(18):
        hear(scene.flagged, f"Text {number}", at=now - timedelta(hours=number + 1))
    for number in range(3):
        flag(scene.flagged, at=now - timedelta(hours=30 + number))
    with CaptureQueriesContext(connection) as many:
        shown(nurse, scene.flagged)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("adler", ["Adler"]),
        ("ruth adl", ["Adler"]),
        ("(201) 555-1002", ["Haddad"]),
        ("HB-20004", ["Becker"]),
        ("0004", ["Becker"]),
        ("hb-2", ["Adler", "Haddad", "Becker", "Lindqvist"]),
        ("1002", ["Haddad"]),
        ("0000", []),
        ("ade\N{RIGHT SINGLE QUOTATION MARK}ler", []),
        ("nobody of this name", []),
        ("", ["Adler", "Haddad", "Becker", "Lindqvist"]),
    ],
)
def test_search(words: str, found: list[str], nurse: Client, scene: Scene) -> None:
    text = nurse.post("/patients", {"q": words}).content.decode()
    for name in ("Adler", "Haddad", "Becker", "Lindqvist"):
        assert (f" {name}</a>" in text) == (name in found)
