"""Only a text that is a keyword and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.keywords import keyword

WORDS = {
    "stop": "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT OPT-OUT ALTO PARAR",
    "start": "START UNSTOP",
    "help": "HELP INFO AYUDA",
}
CASES = [(word, meaning) for meaning, words in WORDS.items() for word in words.split()]


@pytest.mark.parametrize(("word", "meaning"), CASES)
def test_a_keyword_is_one_in_any_case(word: str, meaning: str) -> None:
    assert keyword(word) == keyword(word.lower()) == keyword(word.title()) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "the pain won't stop",
        "Stop.. the bleeding won't",
        "stop taking gabapentin?",
        "please stop texting me",
        "don't stop",
        "stop stop",
        "it stopped",
        "end of the week",
        "can't start the car",
        "help me",
        "yes",
        "YES",
        "no",
        "1",
        "",
        "   ",
        "!!!",
        "🛑",
        "out opt",
        "stop1",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert keyword(text) == ""


@pytest.mark.parametrize(
    "text",
    [" Stop. ", "STOP!!!", '"stop"', "stop\n", "ＳＴＯＰ", "opt out", "Opt-Out.", "_stop_"],
)
def test_case_space_and_signs_do_not_count(text: str) -> None:
    assert keyword(text) == "stop"


@given(
    st.sampled_from(CASES),
    st.text(alphabet=" \t\n.,!?'\"*-_()…¡¿🙏", max_size=5),
    st.text(alphabet=" \t\n.,!?'\"*-_()…¡¿🙏", max_size=5),
)
def test_decoration_changes_nothing(case: tuple[str, str], before: str, after: str) -> None:
    assert keyword(before + case[0] + after) == case[1]


@given(st.sampled_from(CASES), st.from_regex(r"\A[a-z0-9]{1,8}\Z"))
def test_a_further_word_makes_it_none(case: tuple[str, str], word: str) -> None:
    assert keyword(f"{case[0]} {word}") == ""
    assert keyword(f"{word} {case[0]}") == ""


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert keyword(text) in ("", "stop", "start", "help")
