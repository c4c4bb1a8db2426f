"""What single replies are read as: the cases that a rule was written for."""

import pytest

from monitor.levels import Level
from monitor.reading import OpenQuestion, Reading, read
from monitor.reading.labelled import CORPUS, load


def _read(text: str, *, hours: float = 40, question: OpenQuestion | None = None) -> Reading:
    return read(text, hours_since=hours, procedure="epidural_steroid", question=question)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cant feel the toilet paper", "saddle_numbness"),
        ("no fever but my foots dead", "limb_numbness"),
        ("la pierna no me responde", "limb_weakness"),
        ("mi leg está numb y se me dobla la knee", "limb_weakness"),
        ("a bit numb down below but im sure its nothing", "saddle_numbness"),
        ("No problem with fever. cant pee at all tho", "urinary_retention"),
        ("No a todo. Bueno, que se me escapa la caca", "incontinence"),
        ("hes burning up, 39.4", "fever"),
        ("it was a 3, now its 9", "severe_pain"),
        ("STOP. also my leg gave way twice", "limb_weakness"),
        ("no quiero vivir mas", "self_harm"),
    ],
)
def test_a_red_flag_is_found_and_pages(text: str, code: str) -> None:
    reading = _read(text)
    assert code in reading.findings
    assert reading.level.pages


@pytest.mark.parametrize(
    "text",
    [
        "no problem peeing, all good",
        "no fever, chills or numbness. feeling fine",
        "sin fiebre, sin adormecimiento, orino bien",
        "Calf is fine, not swollen",
        "my heart is full of joy, much better",
        "My numb foot is the same as its been since 2017, no change",
        "had a headache yesterday when I stood up, completely gone today",
        "Leaflet says ring if I cant pee or lose feeling down below. Neither. All fine",
        "39 degrees in the garden today, me Im 36.7 and fine",
    ],
)
def test_a_denied_past_old_or_quoted_symptom_does_not_page(text: str) -> None:
    reading = _read(text)
    assert not reading.level.pages
    assert not set(reading.denied) & set(reading.findings)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        (
            "no fever no numbness no weakness all good",
            {"fever", "limb_numbness", "limb_weakness"},
        ),
        ("sin fiebre, orino bien", {"fever", "urinary_retention"}),
        ("36.9 and no chills", {"fever"}),
        ("no headache", {"mild_headache", "postural_headache"}),
    ],
)
def test_denials_are_named(text: str, denied: set[str]) -> None:
    assert denied <= set(_read(text).denied)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("STOP", "opt_out"),
        ("please take me off your list", "opt_out"),
        ("ya no me manden mensajes por favor", "opt_out"),
        ("the pain wont stop", "symptom"),
        ("START", "opt_in"),
        ("HELP", "help"),
        ("can I drive tomorrow?", "question"),
        ("cuando puedo volver a trabajar", "question"),
        ("you have the wrong number", "wrong_person"),
        ("thanks so much", "thanks"),
        ("all good", "answer"),
        ("asdf qwerty", "other"),
    ],
)
def test_intents(text: str, intent: str) -> None:
    assert _read(text).intent == intent


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("my leg is numb and I cant walk", "en"),
        ("no siento la pierna desde ayer", "es"),
        ("ma jambe droite ne me porte plus", "fr"),
        ("meine Hand ist seit gestern taub", "de"),
        ("não consigo urinar desde ontem", "pt"),
        ("胸口很痛，喘不过气", "zh"),
        ("онемело между ног", "ru"),
        ("فقدت البصر في عيني", "ar"),
    ],
)
def test_languages(text: str, lang: str) -> None:
    assert _read(text).lang == lang


def test_another_language_goes_to_a_human_and_its_red_flags_page() -> None:
    fine = _read("ça va beaucoup mieux merci")
    assert fine.level is Level.REVIEW
    assert not fine.understood
    assert _read("impossible d'uriner depuis hier soir").level is Level.EMERGENCY


def test_measurements() -> None:
    reading = _read("temp 101.3 this morning, sugar is 340, pain 6/10")
    assert reading.temperature_c == 38.5
    assert reading.glucose_mg_dl == 340
    assert reading.pain_score == 6
    assert _read("blood glucose 19.6 this morning").glucose_mg_dl == pytest.approx(352.8)


@pytest.mark.parametrize("text", ["bp 120/80, all good", "took 2 pills at 8, doing ok"])
def test_numbers_that_measure_something_else_are_no_score(text: str) -> None:
    assert _read(text).pain_score is None


@pytest.mark.parametrize(
    ("hours", "level"), [(5, Level.ROUTINE), (13, Level.URGENT), (60, Level.URGENT)]
)
def test_a_numb_leg_is_expected_while_the_block_lasts(hours: float, level: Level) -> None:
    reading = _read("leg is numb and tingly just like they said it would be", hours=hours)
    assert "limb_numbness" in reading.findings
    assert reading.level in (level, max(level, Level.REVIEW))


def test_fever_with_back_pain_is_an_emergency() -> None:
    assert _read("39.1 and my back pain is getting worse", hours=100).level is Level.EMERGENCY


def test_an_answer_is_read_together_with_what_else_is_said() -> None:
    question = OpenQuestion("limb_weakness", "choice", ("No", "Yes, new", "Yes, wearing off"))
    reading = _read("2 and I cant feel my legs", question=question)
    assert reading.answer == 2
    assert "limb_numbness" in reading.findings
    assert reading.level.pages


def test_numbered_answers_are_taken_apart() -> None:
    assert _read("1 no 2 yes 3 7").numbered == ((1, "no"), (2, "yes"), (3, "7"))
    assert _read("took 2 pills").numbered == ()


def test_the_corpus_holds_what_the_reader_was_built_on() -> None:
    rows = load(sorted(CORPUS.glob("replies_*.jsonl")))
    # Two people may write the same few words.
    texts = [row["text"] for row in rows if len(row["text"].split()) > 6]
    assert len(texts) == len(set(texts))
    assert len(rows) > 1500
