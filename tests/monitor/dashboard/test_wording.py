import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from monitor import protocol
from monitor.dashboard import wording

NOW = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "in less than a minute"),
        (59, "in less than a minute"),
        (60, "in 1 min"),
        (3599, "in 59 min"),
        (3600, "in 1 h 00 min"),
        (86400 + 7200, "in 1 d 2 h"),
        (-61, "1 min late"),
    ],
)
def test_how_a_deadline_stands(seconds: int, shown: str) -> None:
    assert wording.until(NOW + timedelta(seconds=seconds), now=NOW) == shown


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(1960, 2, 29), date(2026, 2, 28), 65),
        (date(1960, 2, 29), date(2026, 3, 1), 66),
        (date(1957, 6, 2), date(2026, 6, 2), 69),
    ],
)
def test_age(born: date, today: date, years: int) -> None:
    assert wording.age(born, today=today) == years


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([], "my &lt;foot&gt; drags"),
        ([(3, 9)], "my <mark>&lt;foot&gt;</mark> drags"),
        ([(3, 9), (5, 15)], "my <mark>&lt;foot&gt; drags</mark>"),
        ([(10, 99), (0, 2)], "<mark>my</mark> &lt;foot&gt; <mark>drags</mark>"),
        ([(7, 7), (20, 30)], "my &lt;foot&gt; drags"),
    ],
)
def test_the_words_of_a_finding_are_marked(spans: list[tuple[int, int]], shown: str) -> None:
    reasons = [{"start": start, "end": end} for start, end in spans]
    assert wording.marked("my <foot> drags", reasons) == shown


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=6),
)
def test_marking_loses_and_adds_no_word(text: str, spans: list[tuple[int, int]]) -> None:
    reasons = [{"start": start, "end": end} for start, end in spans]
    shown = wording.marked(text, reasons)
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert bare == wording.marked(text, [])
    assert shown.count("<mark>") == shown.count("</mark>")


def test_answers_are_words_and_not_numbers() -> None:
    rules = protocol.latest("epidural_steroid")
    assert wording.question(rules, "limb_weakness") == "Are your legs or arms weak?"
    assert (
        wording.question(rules, "pain_score")
        == "Rate your pain now: 0 is none, 10 is the worst."
    )
    assert wording.answer(rules, "limb_weakness", 1.0) == "No"
    assert wording.answer(rules, "pain_score", 4.0) == "4 of 10"
    assert wording.question(rules, "of_an_older_version") == "of an older version"
    assert wording.answer(rules, "of_an_older_version", 2.5) == "2.5"


def test_no_question_of_any_protocol_shows_its_menu() -> None:
    for name in protocol.names():
        rules = protocol.load(name)
        for code in rules.questions:
            asked = wording.question(rules, code)
            assert asked, code
            assert " 1 " not in asked, code


def test_every_choice_is_worded_in_both_languages() -> None:
    for slug in ("epidural_steroid", "blood_patch", "lumbar_puncture"):
        rules = protocol.latest(slug)
        for code, asked in rules.questions.items():
            with override("en"):
                assert wording.options(rules, code) == asked.options
            with override("es"):
                translated = wording.options(rules, code)
                assert len(translated) == len(asked.options)
                assert not asked.options or translated != asked.options, code
                assert not re.search(r" 1 |Conteste", wording.question(rules, code))
