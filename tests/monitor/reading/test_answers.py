"""Short answers: a table for each kind of question."""

import pytest

from monitor.reading import read_answer
from monitor.reading.answers import answer_to
from monitor.reading.embedding import embed
from monitor.reading.types import Answer, OpenQuestion

STEADY = ("No", "Yes, new or worse", "Yes, but wearing off")
SITE = ("Fine", "Sore or bruised", "Hot, red or swollen", "Leaking or pus")
STRENGTH = ("Normal strength", "A bit weak, can walk", "Leg gives way", "Cannot move the leg")
URINE = ("Orino normal", "Me cuesta empezar", "Se me escapa", "No puedo orinar")
SUGAR = ("Below 180", "180 to 250", "Above 250", "I do not have diabetes")
FEVER = ("No fever", "Felt hot, not measured", "100.4 or higher", "Shaking chills")
CALL = ("Morning", "Afternoon", "Evening", "No call needed")
NUMB = ("No numbness", "Numbness fading", "Numbness the same", "Numbness spreading")
GAIT = ("Walking as usual", "Walking with some help", "Legs give way")
LIFT = ("No weakness", "A little weak", "Weaker", "Cannot lift the foot")
FOOT = ("No weakness", "Foot drags a little", "Foot drops")
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
        ("pain_0_10", "im 81 and I call it a six", 6),
        ("pain_0_10", "pain 3 stiffness 7", 3),
        ("pain_0_10", "my wife says 8 but its 5", 5),
        ("pain_0_10", "scale of 1-10 id go with 3", 3),
        ("pain_0_10", "one and a half", 1.5),
        ("pain_0_10", "bajó de 8 a 3", 3),
        ("pain_0_10", "de 4 a 6", 6),
        ("pain_0_10", "amanecí en 7 y ahora estoy en 4", 4),
        ("pain_0_10", "it was a 7 before the injection", None),
        ("temperature", "one oh one point five", 38.6),
        ("temperature", "38'6", 38.6),
        ("temperature", "98..6", 37.0),
        ("temperature", "bp 130/80 temp 98.1", 36.7),
        ("temperature", "kids 101 but im 98.7", 37.1),
        ("temperature", "mi nieto 39", None),
        ("temperature", "101.1 not 110.1", 38.4),
        ("temperature", "above 100 I think", None),
        ("relief_percent", "nine tenths", 90),
        ("relief_percent", "pain down from 8 to 4 so 50%", 50),
        ("relief_percent", "it was half, now nothing", 0),
        ("relief_percent", "anything from 10 to 25", 10),
        ("relief_percent", "more than half", None),
        ("relief_percent", "ya no me duele nada", 100),
        ("relief_percent", "sesentaicinco", 65),
        ("yes_no", "not much", True),
        ("yes_no", "almost gone", True),
        ("yes_no", "it went then came back tonight", True),
        ("yes_no", "mi esposa sí, yo no", False),
        ("yes_no", "yes lol jk no", False),
        ("yes_no", "without a doubt", True),
        ("pain_0_10", "my appt is at 10", None),
        ("pain_0_10", "nowhere near a 7, its 2", 2),
        ("pain_0_10", "less than 5, 4", 4),
        ("pain_0_10", "its gone completely", 0),
        ("temperature", "101.3 F 10 min ago", 38.5),
        ("relief_percent", "better than nothing", None),
        ("relief_percent", "I had 2 injections", None),
        ("relief_percent", "half better in the back, 70 in the leg", 50),
        ("relief_percent", "70 last week 50 this week", 50),
        ("relief_percent", "2/3 gone", 66),
        ("yes_no", "wasnt there this morning but is now", True),
        ("yes_no", "no on the left, yes on the right", True),
        ("yes_no", "n/a", None),
        ("pain_0_10", "over 6", None),
        ("pain_0_10", "under a 5", None),
        ("pain_0_10", "4 tops", 4),
        ("pain_0_10", "hurts at L4 and L5", None),
        ("pain_0_10", "1 being worst? then 1", None),
        ("pain_0_10", "you said call if its 8", None),
        ("pain_0_10", "leg's a 2 now but my lower back is 9", 9),
        ("pain_0_10", "ayer era 4, hoy peor", None),
        ("relief_percent", "doc promised 80", None),
        ("relief_percent", "up to 80 at times", None),
        ("relief_percent", "30 percent of it left", 70),
        ("relief_percent", "all of it is still there", 0),
        ("relief_percent", "80-90% the first week", None),
        ("temperature", "más de 38", None),
        ("yes_no", "no more than yesterday", True),
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
        (STRENGTH, "wont budge at all", 4),
        (STRENGTH, "strong as an ox", 1),
        (STRENGTH, "option 2 since 9 oclock", 2),
        (URINE, "nada de nada desde las 6, la 4", 4),
        (URINE, "me hago encima", 3),
        (URINE, "nada", None),
        (SUGAR, "212 this am", 2),
        (SUGAR, "310!", 3),
        (FEVER, "39", 3),
        (FEVER, "98.4", 1),
        (CALL, "around 2 oclock", 2),
        (CALL, "dont ring me", 4),
        (NUMB, "c", None),
        (NUMB, "second last", 3),
        (NUMB, "hasnt changed", 3),
        (BETTER, "not better", None),
        (BETTER, "un poquito mejor", 2),
        (GAIT, "it gives way on me", 3),
        (GAIT, "as usual", 1),
        (FOOT, "it drops", 3),
        (LIFT, "no levanto el pie", 4),
        (GAIT, "walking as usual except the left leg", None),
        (URINE, "no orino normal", None),
        (BETTER, "no better no worse", 3),
    ],
)
def test_choices(options: tuple[str, ...], text: str, value: Answer) -> None:
    assert read_answer(text, kind="choice", options=options) == value


def test_half_a_point_counts_as_a_whole_one_where_it_alarms() -> None:
    question = OpenQuestion("pain_score", "pain_0_10")
    assert answer_to("7.5", question, "en") == 8
    assert read_answer("7.5", kind="pain_0_10") == 7.5


def test_a_text_lies_nearest_to_what_it_means() -> None:
    one, same, other = embed(["my leg gives way", "la pierna me falla", "a cup of tea"])
    assert one @ same > 0.5 > one @ other


def test_an_embedding_depends_on_its_own_text_alone() -> None:
    alone, among = embed(["teeth chattering"])[0], embed(["x", "teeth chattering"])[1]
    assert (alone == among).all()
    assert embed([]).shape == (0, 512)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("pain_0_10", "swam 8 lengths", None),
        ("pain_0_10", "woke about 4 and lay there", None),
        ("pain_0_10", "it is the L3 L4 one", None),
        ("pain_0_10", "is 10 the worst?", None),
        ("pain_0_10", "what does a 9 mean", None),
        ("pain_0_10", "9 out of 10 for the ward", None),
        ("pain_0_10", "six by day and at night eight", 8),
        ("pain_0_10", "3 now down from 9", 3),
        ("pain_0_10", "4 today was 7 sunday", 4),
        ("pain_0_10", "call it 4 when i rest 6 when i dont", 6),
        ("pain_0_10", "seven eight something like that", 8),
        ("pain_0_10", "ayer 6, ahora nada", 0),
        ("pain_0_10", "6 *5", 5),
        ("pain_0_10", "60 no 6", 6),
        ("pain_0_10", "ay hija pues 4", 4),
        ("relief_percent", "walked 60 yards", None),
        ("relief_percent", "my temp is 98.2", None),
        ("relief_percent", "pain is 4", None),
        ("relief_percent", "im 71 dear", None),
        ("relief_percent", "60% for a day then back to nothing", None),
        ("temperature", "sugar 103", None),
        ("temperature", "97 over 62", None),
        ("temperature", "99 last night 101 this morning", 38.3),
        ("yes_no", "yes but id rather not say", None),
        ("yes_no", "no cough but shivers", None),
        ("yes_no", "no, but my brother does", False),
        ("yes_no", "me no, my sister yes", False),
        ("yes_no", "no, ya hasta cociné", False),
        ("yes_no", "todavía no", False),
        ("yes_no", "not a bit of it", False),
    ],
)
def test_what_is_no_answer_and_which_of_two_holds(
    kind: str, text: str, value: float | None
) -> None:
    assert read_answer(text, kind=kind) == value


def test_a_choice_after_a_correction_and_of_both() -> None:
    sides = ("Left leg", "Right leg", "Both legs", "Neither")
    assert read_answer("right, no sorry left", kind="choice", options=sides) == 1
    some = ("No", "Yes, on one side", "Yes, on both sides")
    assert read_answer("los dos lados", kind="choice", options=some) != 2
