"""A reply is read strictly: what is not plainly a reply takes no page and closes none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Page
from notifications.oncall import codes
from notifications.oncall.codes import Ack, Outcome, Reply, Unknown

READ: list[tuple[str, Reply]] = [
    *((text, Ack(27)) for text in ("27", "ack 27", "ACK27", "A27", "a 27", "Ack: 27", "#27")),
    *((text, Ack(27)) for text in ("  27  \n", '"27"', "“27”", "'27'", "«27»", "27.", "27!")),
    *((text, Ack(27)) for text in ("ok 27", "Okay 27", "voy 27", "27 voy", "27 ok", "２７")),
    *((text, Ack(None)) for text in ("ack", "Ack.", "a", "A", "ok", "OK!", "voy", '"ack"')),
    ("ack 127", Ack(127)),
    ("acknowledged", Ack(None)),
    ("27 1", Outcome(27, "advised")),
    ("27, 2", Outcome(27, "seen")),
    ("27-3", Outcome(27, "emergency_care")),
    ("27 4.", Outcome(27, "imaging")),
    ('"27 5"', Outcome(27, "not_reached")),
    ("#27 6", Outcome(27, "false_alarm")),
    ("27 6, wrong number", Outcome(27, "false_alarm", "wrong number")),
    ("27 1 - Called the Husband", Outcome(27, "advised", "Called the Husband")),
    ("127 1", Outcome(127, "advised")),
    ("1", Outcome(None, "advised")),
    (" 6 ", Outcome(None, "false_alarm")),
    ("27 advised, will call again", Outcome(27, "advised", "will call again")),
    ("advised: Llamará mañana", Outcome(None, "advised", "Llamará mañana")),
    ("reached", Outcome(None, "advised")),
    ("Reached and advised", Outcome(None, "advised")),
    ("27 not reached", Outcome(27, "not_reached")),
    ("no answer", Outcome(None, "not_reached")),
    ("27: ER", Outcome(27, "emergency_care")),
    ("27 Falsa Alarma", Outcome(27, "false_alarm")),
    ("Resonancia", Outcome(None, "imaging")),
]
NOT_READ = [
    "",
    " ",
    '""',
    "7",
    "0",
    "10 1 2",
    "1 no 2 yes 3 7",
    "27 no",
    "27 can't",
    "not me",
    "no",
    "27 5 min",
    "27 5min away",
    "27 7",
    "27 0",
    "1 27",
    "2 7",
    "2745",
    "2127 1",
    "a lot of pain",
    "ack ack",
    "yes",
    "on my way",
    "reached voicemail",
    "reached, but only voicemail",
    "reached, couldn’t advise",
    "I can't feel my legs",
    "27 28",
    "call me on +12125550111",
    "entumecido",
    "stop",
]


@pytest.mark.parametrize(("text", "said"), READ)
def test_replies_that_are_read(text: str, said: Reply) -> None:
    assert codes.parse(text) == said


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_not_plainly_a_reply_is_unknown(text: str) -> None:
    assert codes.parse(text) == Unknown()


@given(st.text(max_size=1600))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(codes.parse(text), Ack | Outcome | Unknown)


@given(
    st.integers(11, 999),
    st.sampled_from(range(1, 7)),
    st.sampled_from(["{} {}", '"{} {}"', " {}, {} ", "#{}: {}."]),
)
def test_the_menu_in_any_spelling(code: int, number: int, spelling: str) -> None:
    said = codes.parse(spelling.format(code, number))
    assert said == Outcome(code, codes.OUTCOMES[number - 1])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("11 9", (11, 9)),
        ("#11, 0.", (11, 0)),
        ("9", (None, 9)),
        ("11 6", None),
        ("3", None),
        ("11 no", None),
        ("cannot take it, driving", None),
        ("", None),
    ],
)
def test_an_outcome_that_there_is_not(text: str, wrong: tuple[int | None, int] | None) -> None:
    assert codes.no_outcome(text) == wrong


def test_the_outcomes_are_those_of_a_page() -> None:
    assert list(codes.OUTCOMES) == list(Page.Outcome.values)


@given(st.sets(st.integers(codes.FIRST_CODE, 150)))
def test_a_code_is_the_smallest_that_is_free(taken: set[int]) -> None:
    code = codes.free_code(taken)
    assert code not in taken
    assert all(smaller in taken for smaller in range(codes.FIRST_CODE, code))


def test_codes_go_on_with_three_digits_and_none_is_an_answer_about_pain() -> None:
    assert codes.free_code([]) == 11
    assert codes.free_code(range(11, 100)) == 100


def test_a_reference_is_short_opaque_and_cannot_be_misread() -> None:
    drawn = {codes.reference() for _ in range(500)}
    assert len(drawn) > 490
    assert all(len(each) == 5 and each[0].isalpha() for each in drawn)
    assert not set("".join(drawn)) & set("AEIOU01258BILSZVNY")


@pytest.mark.parametrize(
    ("text", "code"),
    [("T482", "T482"), ("t 482", "T482"), ("Test T-482.", "T482"), (' "t482" ', "T482")],
)
def test_the_answer_to_a_weekly_test(text: str, code: str) -> None:
    assert codes.parse(text) == codes.Tested(code)


@pytest.mark.parametrize("text", ["T48", "T4821", "TT482", "T482 1", "482T", "it 482"])
def test_what_is_no_answer_to_a_test(text: str) -> None:
    assert not isinstance(codes.parse(text), codes.Tested)


@given(taken=st.sets(st.integers(11, 999)))
def test_no_code_of_a_page_is_one_of_a_test(taken: set[int]) -> None:
    page, test = str(codes.free_code(taken)), codes.test_code()
    assert codes.parse(page) == codes.Ack(int(page))
    assert codes.parse(test) == codes.Tested(test)
    assert not isinstance(codes.parse(test), codes.Ack | codes.Outcome)
