"""Short answers: a table for each kind of question."""

import pytest

from monitor.reading import read_answer
from monitor.reading.types import Answer

STEADY = ("No", "Yes, new or worse", "Yes, but wearing off")
SITE = ("Fine", "Sore or bruised", "Hot, red or swollen", "Leaking or pus")
BETTER = ("Much better", "A bit better", "The same", "Worse")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("pain_0_10", "7ish, 9 when i stand", 9),
        ("pain_0_10", "6 or 7", 7),
        ("pain_0_10", "was 8 now 4", 4),
        ("pain_0_10", "antes 8 ahorita 4", 4),
        ("pain_0_10", "took 2 tablets at 8", None),
        ("pain_0_10", "10000", None),
        ("pain_0_10", "-2", None),
        ("pain_0_10", "not a 10 but Id go 7", 7),
        ("pain_0_10", "5 oops meant 7", 7),
        ("pain_0_10", "diez de diez", 10),
        ("pain_0_10", "no me duele nada", 0),
        ("temperature", "101.4", 38.6),
        ("temperature", "38 punto 4", 38.4),
        ("temperature", "treinta y ocho", 38.0),
        ("temperature", "39 anoche, ahora 37.1", 37.1),
        ("temperature", "its 72 in the house", None),
        ("temperature", "normal", None),
        ("relief_percent", "70-80", 70),
        ("relief_percent", "about half", 50),
        ("relief_percent", "tres cuartas partes", 75),
        ("relief_percent", "120%", None),
        ("relief_percent", "went from 8 to 3", None),
        ("yes_no", "barely any but yeah its there", True),
        ("yes_no", "no but a tiny bit in the toes", True),
        ("yes_no", "not any more", False),
        ("yes_no", "ya se me quitó", False),
        ("yes_no", "yes and no", None),
        ("yes_no", "a lo mejor", None),
        ("number", "it was 182", 182),
        ("number", "no idea", None),
    ],
)
def test_answers(kind: str, text: str, value: Answer) -> None:
    read = read_answer(text, kind=kind)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        (STEADY, "2", 2),
        (STEADY, "option 3", 3),
        (STEADY, "la segunda", 2),
        (STEADY, "last one", 3),
        (STEADY, "no they feel strong", 1),
        (STEADY, "sí, pero se me está quitando", 3),
        (STEADY, "Yes", None),
        (STEADY, "4", None),
        (STEADY, "2 or 3 not sure", None),
        (STEADY, "was 2, 3 now", 3),
        (SITE, "red n hot", 3),
        (SITE, "its weeping", 4),
        (SITE, "cant see my own back lol", None),
        (BETTER, "so much better", 1),
        (BETTER, "better", None),
        (BETTER, "some days better some worse", None),
        ((), "2", None),
    ],
)
def test_choices(options: tuple[str, ...], text: str, value: Answer) -> None:
    assert read_answer(text, kind="choice", options=options) == value
