"""What holds for every text, whatever it is."""

import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.levels import Level
from monitor.reading import OpenQuestion, Reading, read, read_answer
from monitor.reading.grading import RED_FLAGS, score
from monitor.reading.types import KINDS

TEXTS = st.text(max_size=1600)
RED_SENTENCES = (
    "I can't feel my legs and they won't move",
    "I have not been able to pee since yesterday",
    "My chest is tight and I cant breathe",
    "no puedo orinar desde ayer",
    "se me durmio la entrepierna y no siento nada",
    "I want to kill myself",
)
SAID = (
    "No fever, but my left foot is numb since Monday.",
    "can't feel the toilet paper",
    "pain wont STOP, it's a 9 now",
    "La pierna no me responde",
    "sin fiebre, orino bien",
    "all good, no problem peeing",
    "Leaflet says ring if I cant pee. Neither. All fine",
    "Temp 98.6, pain 2",
)


def _read(text: str) -> Reading:
    return read(text, hours_since=40, procedure="epidural_steroid")


@given(TEXTS)
@example("")
@example("\ud800")
@example("9" * 1600)
@example("?" * 1600)
@example("İ" * 1600)
def test_any_text_is_read_and_its_reasons_stand_in_it(text: str) -> None:
    reading = _read(text)
    assert 0 <= reading.score <= 100
    for reason in reading.reasons:
        assert reason.words == text[reason.start : reason.end]
        assert reason.code in reading.findings


@given(TEXTS, st.sampled_from(KINDS))
@example("9" * 1600, "number")
def test_any_text_gives_an_answer_in_range_or_none(text: str, kind: str) -> None:
    value = read_answer(text, kind=kind, options=("No", "Yes, new", "Yes, old"))
    if kind == "pain_0_10" and value is not None:
        assert 0 <= value <= 10
    if kind == "relief_percent" and value is not None:
        assert 0 <= value <= 100
    if kind == "choice" and value is not None:
        assert value in (1, 2, 3)
    if kind == "temperature" and value is not None:
        assert 33 <= value <= 44


@given(TEXTS)
def test_a_reading_is_the_same_each_time(text: str) -> None:
    assert _read(text) == _read(text)


@given(
    st.text(alphabet=string.ascii_letters + " .,!?'", max_size=300),
    st.sampled_from(RED_SENTENCES),
)
def test_a_red_flag_sentence_appended_never_lowers_the_level(text: str, red: str) -> None:
    assert _read(f"{text}. {red}.").level >= _read(text).level


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("red", RED_SENTENCES)
def test_a_red_flag_sentence_pages_after_anything(text: str, red: str) -> None:
    assert _read(f"{text} {red}").level.pages


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


@pytest.mark.parametrize("text", SAID)
def test_case_accents_and_spacing_do_not_change_a_reading(text: str) -> None:
    said = _read(text)
    for other in (
        text.upper(),
        text.lower(),
        _without_accents(text),
        text.replace(" ", "   "),
        f"\n {text} \t",
        text.replace("'", "’"),
        text.replace("'", ""),
        f"{text}!!!",
        f"{text}...",
    ):
        again = _read(other)
        assert (again.level, again.findings) == (said.level, said.findings), other


@given(st.sampled_from(SAID), st.sampled_from(["!", "...", "!!", " .", "\n", " \u2026"]))
def test_trailing_punctuation_does_not_change_a_reading(text: str, marks: str) -> None:
    said, again = _read(text), _read(text + marks)
    assert (again.level, again.findings, again.denied) == (
        said.level,
        said.findings,
        said.denied,
    )


@given(
    st.sets(st.sampled_from(sorted(RED_FLAGS | {"improved", "bruising", "worse_pain"}))),
    st.sampled_from(sorted(RED_FLAGS)),
    st.floats(0, 2200),
)
def test_a_further_finding_never_lowers_the_score(
    findings: set[str], more: str, hours: float
) -> None:
    for level in Level:
        before = score(level, findings, hours_since=hours)
        assert score(level, findings | {more}, hours_since=hours) >= before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "   ", "?", "maybe", "what do you mean", "no sé", "asdf"])
def test_an_undecidable_answer_is_none(kind: str, text: str) -> None:
    assert read_answer(text, kind=kind, options=("No", "Yes, new", "Yes, old")) is None


@pytest.mark.parametrize("digit", ["2", "7", "9"])
def test_a_bare_digit_is_an_answer_only_to_an_open_question(digit: str) -> None:
    alone = _read(digit)
    assert not alone.understood
    assert alone.level >= Level.REVIEW
    question = OpenQuestion("pain_score", "pain_0_10")
    asked = read(digit, hours_since=40, procedure="epidural_steroid", question=question)
    assert asked.understood
    assert asked.answer == int(digit)


@pytest.mark.parametrize("figures", ["11", "12", "45", "2026", "10000", "12 30"])
def test_figures_that_are_no_score_do_not_page(figures: str) -> None:
    assert _read(figures).level is Level.REVIEW


ANSWERED = (
    ("pain_0_10", "Was 8, now it's 4"),
    ("temperature", "101.2 F this morning"),
    ("relief_percent", "About two thirds"),
    ("yes_no", "No, but a tiny bit in the toes"),
    ("yes_no", "Sí, un poquito"),
    ("choice", "It's getting worse"),
    ("choice", "La última"),
)


@pytest.mark.parametrize(("kind", "text"), ANSWERED)
def test_case_accents_and_spacing_do_not_change_an_answer(kind: str, text: str) -> None:
    options = ("No", "Yes, new or worse", "Yes, but wearing off")
    said = read_answer(text, kind=kind, options=options)
    assert said is not None
    for other in (
        text.upper(),
        text.lower(),
        _without_accents(text),
        text.replace(" ", "  "),
        f"  {text}\n",
        text.replace("'", ""),
        f"{text}!!",
        f"{text}...",
    ):
        assert read_answer(other, kind=kind, options=options) == said, other


STATES = ("Walking as usual", "With a stick", "Only a few steps", "Cannot stand")


@given(TEXTS, st.sampled_from(KINDS))
def test_an_answer_is_the_same_each_time(text: str, kind: str) -> None:
    assert read_answer(text, kind=kind, options=STATES) == read_answer(
        text, kind=kind, options=STATES
    )


@given(st.lists(st.text(max_size=40), max_size=6), st.text(max_size=60))
def test_any_options_may_be_offered(options: list[str], text: str) -> None:
    value = read_answer(text, kind="choice", options=options)
    assert value is None or 1 <= value <= len(options)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        read_answer("7", kind="colour")
