"""Short answers to one open question; what cannot be decided is None, never a guess."""

import math
import re
from collections.abc import Sequence

from monitor.reading.answer_scope import answer_scope, plain
from monitor.reading.choices import choice
from monitor.reading.counted import counts_something
from monitor.reading.normalise import Token
from monitor.reading.numerals import numbers
from monitor.reading.pain import pain
from monitor.reading.relief import relief
from monitor.reading.temperature import temperature
from monitor.reading.timing import current
from monitor.reading.types import Answer, OpenQuestion
from monitor.reading.yes_no import yes_no

# "4 *3", "no *yes": the word that takes another's place.
STARRED = re.compile(r"(?<=\S)\s+\*(?=\w)")


def count(text: str) -> int | float | None:
    """One number, as written; None where there are several that differ, or none."""
    scope = answer_scope(plain(text))
    found = numbers(scope.tokens)
    kept = [n for n in found if not counts_something(scope, n)] or found
    values = {n.value for n in (current(scope, kept) if len(kept) > 1 else kept)}
    if len(values) != 1:
        return None
    value = values.pop()
    return int(value) if value == int(value) else value


def read_answer(
    text: str, *, kind: str, lang: str | None = None, options: Sequence[str] = ()
) -> Answer:
    """The answer that a text gives to a question of this kind.

    bool for yes_no; 1-based option for choice; the score for pain_0_10 and the percent for
    relief_percent, int where whole; degrees Celsius for temperature; None where it cannot
    be decided. ValueError for an unknown kind.
    """
    text = STARRED.sub(" i mean ", text)
    if kind == "yes_no":
        return yes_no(answer_scope(text))
    if kind == "choice":
        return choice(text, options)
    if kind == "pain_0_10":
        return pain(text)
    if kind == "temperature":
        return temperature(text)
    if kind == "relief_percent":
        return relief(text)
    if kind == "number":
        return count(text)
    raise ValueError(f"unknown kind of question {kind!r}")


def answer_to(text: str, question: OpenQuestion | None, lang: str | None) -> Answer:
    """The answer to the open question, None where none is open."""
    if question is None:
        return None
    value = read_answer(text, kind=question.kind, lang=lang, options=question.options)
    if question.kind == "pain_0_10" and value is not None:
        # The protocols know whole scores; half a point more alarms sooner.
        return math.ceil(value)
    return value


def numbered_answers(text: str, tokens: Sequence[Token]) -> tuple[tuple[int, str], ...]:
    """ "1 no 2 yes 3 7" as ((1, "no"), (2, "yes"), (3, "7")); empty where it is none."""
    marks: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == str(len(marks) + 1) and index + 1 < len(tokens):
            if not marks or index > marks[-1] + 1:
                marks.append(index)
    if len(marks) < 2 or marks[0] != 0:
        return ()
    ends = [*marks[1:], len(tokens)]
    return tuple(
        (number, text[tokens[mark + 1].start : tokens[end - 1].end])
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True), start=1)
    )
