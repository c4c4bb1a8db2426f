"""Texts: the table's wording, plain words, two segments, nothing private in the first."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.conversation import BranchLapsed, Opened, State, advance, reminder
from monitor.protocol import Protocol, load, names
from monitor.protocol.segments import measure
from monitor.protocol.texts import SAMPLE, needed_texts, texts_before_a_reply
from monitor.protocol.vocabulary import RISKS
from monitor.triage import Context
from tests.benchmarks import texts as table
from tests.monitor.protocol.plain import (
    counts,
    fernandez_huerta,
    flesch_kincaid,
    inflesz,
    spanish,
)

NOW = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)

PROTOCOLS = [load(name) for name in names()]
TEXTS = PROTOCOLS[0].texts

# The rule table's own wording, which is a fact to carry over.
WORDING = {
    "screen": "Any NEW weak legs, numb groin, trouble peeing, fever, bad headache or "
    "chest pain? 1 None 2 One or more",
    "limb_weakness": "Are your legs or arms weak? 1 No 2 Yes, new or worse "
    "3 Yes, but wearing off since my visit",
    "limb_numbness": "Any numb or tingling arms or legs? 1 No 2 Yes, new or spreading "
    "3 Yes, but fading since my visit",
    "saddle_numbness": "Any numb feeling in your groin, genitals or bottom, or when you wipe? "
    "1 No 2 Yes",
    "urinary_retention": "Is it hard to pee, or can you not feel when you pee? 1 No 2 Yes",
    "incontinence": "Have you leaked pee or poop, or lost control of them? 1 No 2 Yes, new "
    "3 Yes, as before my visit",
    "sexual_dysfunction": "Any new loss of feeling in your private parts or trouble with sex? "
    "1 No 2 Yes 3 Skip",
    "pain_score": "Rate your pain now: 0 is none, 10 is the worst. Reply with a number",
    "worse_pain": "Is the pain new or worse than before your visit? 1 No 2 A bit worse "
    "3 Much worse or a new kind",
    "fever": "Do you have a fever of 100.4F (38C) or more, or chills? 1 No 2 Yes",
    "meningism": "Do you have a stiff neck, or does light hurt your eyes? 1 No 2 Yes",
    "headache": "Do you have a headache? 1 No 2 Yes, better when I lie flat "
    "3 Yes, all the time",
    "headache_severity": "How bad is the headache? 1 Mild 2 Bad, hard to stand up "
    "3 Worst of my life",
    "stroke_signs": "Any loss of sight, droopy face, trouble talking, a fit, or being "
    "confused? 1 No 2 Yes",
    "chest_symptoms": "Any chest pain, trouble breathing, or coughing up blood? 1 No 2 Yes",
    "leg_swelling": "Is one leg more swollen, warm or sore in the calf than the other? "
    "1 No 2 Yes",
    "injection_site": "Where you had the shot: 1 Fine 2 Sore or bruised 3 Hot, red or swollen "
    "4 Leaking or pus",
    "allergic_reaction": "Any new rash, or swelling of your face or lips? 1 No 2 Yes",
    "blood_sugar": "What is your highest blood sugar since we last asked? Reply with a number, "
    "or 0 if not checked",
    "high_sugar_symptoms": "Are you very thirsty, throwing up or very sleepy? 1 No 2 Yes",
    "anticoagulant_restart": "Have you restarted your blood thinner as we told you? 1 Yes 2 No "
    "3 Not sure",
    "fainting": "Have you fainted since you got home? 1 No 2 Yes",
    "steroid_effects": "Any hot red face, bad sleep, hiccups or mood change? 1 No 2 Yes",
    "relief": "Since your visit, is your usual pain: 1 Much better 2 A bit better 3 The same "
    "4 Worse?",
    "pgic": "Since your visit you are: 1 Very much better 2 Much better 3 Bit better 4 Same "
    "5 Bit worse 6 Much worse 7 Very much worse",
    "late_symptoms": "Do you still have back pain or headaches that began after your visit? "
    "1 No 2 Yes",
    "menstrual_change": "Have your periods or bleeding changed since your shot? 1 No 2 Yes "
    "3 Not for me",
}

FIRST_TEXTS = sorted({key for one in PROTOCOLS for key in texts_before_a_reply(one)})
PROCEDURE_WORDS = re.compile(
    r"epidural|inject|inyec|spin|column|lumbar|punc|nerv|facet|faceta|block|bloqueo|patch|parche"
    r"|steroid|esteroid|anesthe|anaesthe|anest|blood|sangre|shot|back|espalda",
    re.IGNORECASE,
)
SENSITIVE = {
    "saddle_numbness",
    "urinary_retention",
    "incontinence",
    "sexual_dysfunction",
    "menstrual_change",
}

HIGHEST_GRADE = 6.0
"""Flesch-Kincaid grade that no English text may pass."""
LEAST_EASE = 65.0
"""INFLESZ that no Spanish text may fall below: from here on "quite easy", primary school."""
LEAST_HUERTA = 70.0
"""Fernandez Huerta that no Spanish text may fall below: from here on the sixth grade."""


def test_questions_carry_the_table_s_wording() -> None:
    assert {code: TEXTS["en"][f"ask_{code}"] for code in WORDING} == WORDING
    assert set(PROTOCOLS[0].questions) == set(WORDING)
    for question in WORDING.values():
        assert len(question) <= 121
        assert measure(question).encoding == "GSM-7"


def test_emergency_text_carries_the_table_s_wording() -> None:
    assert TEXTS["en"]["emergency"].format(emergency="911") == (
        "Your answer needs urgent care. Go to the nearest ER now or call 911. Do not drive. "
        "Our team is calling you."
    )


@pytest.mark.parametrize("lang", TEXTS)
def test_every_text_fits_into_two_segments_with_the_longest_values(lang: str) -> None:
    lengths = {key: measure(text.format_map(SAMPLE)) for key, text in TEXTS[lang].items()}
    assert {key for key, length in lengths.items() if length.segments > 2} == set()


def test_english_and_spanish_are_there_and_differ() -> None:
    assert {protocol.languages for protocol in PROTOCOLS} == {("en", "es")}
    same = {key for key, text in TEXTS["en"].items() if TEXTS["es"][key] == text}
    assert same == set()


def test_every_text_is_used_by_some_protocol() -> None:
    used = set().union(*(needed_texts(protocol) for protocol in PROTOCOLS))
    assert set(TEXTS["en"]) - used == set()


def test_every_question_is_asked_by_some_protocol() -> None:
    asked = {
        code for protocol in PROTOCOLS for plan in protocol.check_ins for code in plan.questions
    }
    assert asked == set(PROTOCOLS[0].questions)


def test_every_disposition_is_shown_by_some_rule_or_by_triage() -> None:
    shown = {rule.show for protocol in PROTOCOLS for rule in protocol.rules}
    assert set(PROTOCOLS[0].dispositions) == shown | {"read_text", "two_urgent"}


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize("key", FIRST_TEXTS)
def test_texts_before_a_reply_name_no_procedure(lang: str, key: str) -> None:
    assert PROCEDURE_WORDS.search(TEXTS[lang][key]) is None


@pytest.mark.parametrize("lang", TEXTS)
def test_first_text_says_who_writes_who_reads_and_how_to_stop(lang: str) -> None:
    welcome = TEXTS[lang]["welcome"]
    for part in ("{clinic}", "{phone}", "{emergency}", "STOP"):
        assert part in welcome
    assert re.search("computer|computadora", welcome)


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(
    "key", ["emergency", "self_harm", "urgent", "urgent_nerve", "urgent_leg", "help", "outside"]
)
def test_safety_texts_name_the_emergency_number(lang: str, key: str) -> None:
    assert "{emergency}" in TEXTS[lang][key]


@pytest.mark.parametrize("lang", TEXTS)
def test_no_text_gives_what_the_sources_forbid(lang: str) -> None:
    for key, text in TEXTS[lang].items():
        assert re.search(r"bed rest|stay in bed|guarde cama|reposo absoluto", text) is None
        if key != "aftercare_puncture":
            assert re.search(r"ibuprofen|naproxen|aspirin|NSAID", text, re.IGNORECASE) is None


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda one: one.name)
def test_before_a_reply_nothing_sensitive_is_asked(protocol: Protocol) -> None:
    assert {code for code, one in protocol.questions.items() if one.sensitive} == SENSITIVE
    context = Context(protocol.procedure, 24.0, risks=frozenset(RISKS))
    for plan in protocol.check_ins:
        step = advance(State(), Opened(plan.key), protocol, context, now=NOW)
        sent = [*step.replies, *reminder(step.state), *reminder(step.state, "chaser")]
        asked = {one.key for one in sent if one.kind == "question"}
        assert asked == {"screen"}
        told = {one.key for one in sent if one.kind == "text"}
        assert told <= set(texts_before_a_reply(protocol))
        lapsed = advance(step.state, BranchLapsed(), protocol, context, now=NOW)
        assert lapsed.replies == ()


def test_english_reads_at_the_sixth_grade_or_below() -> None:
    grades = {key: flesch_kincaid(text) for key, text in filled("en")}
    assert {key: grade for key, grade in grades.items() if grade > HIGHEST_GRADE} == {}


def test_spanish_reads_at_primary_school_s_end_or_below() -> None:
    for measured, least in ((inflesz, LEAST_EASE), (fernandez_huerta, LEAST_HUERTA)):
        eases = {key: measured(text) for key, text in filled("es")}
        assert {key: ease for key, ease in eases.items() if ease < least} == {}


def filled(lang: str) -> Iterator[tuple[str, str]]:
    """Every text of every protocol in a language, as it is sent."""
    for protocol in PROTOCOLS:
        for key, text in protocol.texts[lang].items():
            yield key, text.format_map(SAMPLE)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The cat sat on the mat.", -2.0, 1.0),
        ("Are your legs or arms weak?", -2.0, 2.0),
        (
            "Neurological deterioration necessitates immediate radiological investigation "
            "and multidisciplinary consultation.",
            20.0,
            50.0,
        ),
    ],
)
def test_grade_tells_plain_from_learned(text: str, low: float, high: float) -> None:
    assert low <= flesch_kincaid(text) <= high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("El gato está en la casa. Come pan.", 90.0, 130.0),
        (
            "El deterioro neurológico requiere una investigación radiológica inmediata y una "
            "consulta multidisciplinaria.",
            -40.0,
            35.0,
        ),
    ],
)
def test_ease_tells_plain_from_learned(text: str, low: float, high: float) -> None:
    assert low <= inflesz(text) <= high
    assert low <= fernandez_huerta(text) - 5 <= high


@pytest.mark.parametrize(
    ("count", "text"),
    [(4, "emergencia"), (5, "escalofríos"), (3, "tenía ya"), (3, "ahora"), (3, "cuidado")],
)
def test_spanish_syllables(count: int, text: str) -> None:
    assert counts(text, spanish)[2] == count + text.count(" ")


def test_the_table_of_texts_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    table.main()
    said = capsys.readouterr().out
    for protocol in PROTOCOLS:
        for lang in protocol.languages:
            for key in protocol.texts[lang]:
                assert re.search(rf"^{lang}  {key} ", said, re.MULTILINE)
