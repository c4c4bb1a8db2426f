"""From a reading to answers: one, several numbered ones, or a correction of the last."""

import re
from collections.abc import Iterator

from monitor.conversation.state import Heard, Recorded, State
from monitor.protocol.model import Answer, Protocol, Question

_CORRECTION = re.compile(
    r"^\W*(?:\*\s*\d|(?:oops|sorry|correction|correcci[oó]n|perd[oó]n|disculpe)\b[\W_]*"
    r"(?:i\s+meant|meant|that\s+(?:was|should)|should\s+be|i\s+mean|make\s+that|no,?\s*era"
    r"|quise\s+decir|era|quer[ií]a\s+decir|it'?s\s+\d|\d))"
    r"|\b(?:i\s+meant|meant\s+to\s+(?:say|put|type|send)|wrong\s+number\s+i\s+(?:sent|typed)"
    r"|quise\s+(?:decir|poner)|quer[ií]a\s+(?:decir|poner)|me\s+equivoqu[eé])\b",
    re.IGNORECASE,
)

_AFFIRMATION = re.compile(r"\W*(?:yes|yeah|yep|yup|y|s[ií])\b", re.IGNORECASE)

_NO = frozenset({"no", "n", "nope", "none", "nada", "nothing", "ninguna", "ninguno"})
_YES = frozenset({"yes", "y", "yeah", "yep", "si", "sí"})


def asked(state: State, text: str) -> str | None:
    """The question that a text is to be read as an answer to; None outside a check-in.

    It is the open one, or the last answered one when the text corrects it ("sorry, meant 2").
    """
    if state.last is not None and _CORRECTION.search(text):
        return state.last
    return state.open


def echoed(protocol: Protocol, question: Question, text: str) -> int | None:
    """The option whose label the text repeats, with or without its number, in any language.

    The words are then the question's and say no more than the option does.
    """
    said = _plain(text)
    for texts in protocol.texts.values():
        for number, label in _labels(texts[f"ask_{question.code}"], len(question.choices)):
            if said in {_plain(label), _plain(f"{number} {label}")}:
                return number
    return None


def affirms(text: str) -> bool:
    """Whether the text begins with a yes."""
    return _AFFIRMATION.match(text) is not None


def accept(question: Question, value: Answer) -> Answer | None:
    """The value as an answer to the question; None when it cannot be one."""
    if question.kind == "number":
        usable = not isinstance(value, bool) and 0 <= value <= 2000
        return float(value) if usable else None
    if question.kind == "pain_0_10":
        usable = not isinstance(value, bool) and 0 <= value <= 10
        return int(value) if usable else None
    if isinstance(value, bool):
        return _labelled(question, yes=value)
    return int(value) if value == int(value) and 1 <= value <= len(question.choices) else None


def corrected(event: Heard, state: State, question: Question) -> Recorded | None:
    """The correction that a text makes to an answer given before; None when it makes none."""
    if event.reading.answer is None or question.code not in state.answers:
        return None
    value = accept(question, event.reading.answer)
    if value is None:
        return None
    return Recorded(question.code, value, event.words, corrected=True)


def numbered(event: Heard) -> tuple[str, ...]:
    """The words of "1 no 2 yes 3 7", one per question from the open one on; else empty."""
    found = event.reading.numbered
    if len(found) < 2 or [number for number, _ in found] != list(range(1, len(found) + 1)):
        return ()
    return tuple(words for _, words in found)


def short(question: Question, words: str) -> Answer | None:
    """A short answer of a numbered list: a number, yes or no; None when undecidable."""
    word = words.strip().strip(".,;:!").casefold()
    if re.fullmatch(r"\d{1,4}(?:\.\d+)?", word):
        return accept(question, float(word))
    if word in _NO or word in _YES:
        return accept(question, word in _YES)
    return None


def _labels(asked: str, options: int) -> Iterator[tuple[int, str]]:
    """The numbered options at the end of a question's text."""
    rest = asked
    for number in range(options, 0, -1):
        rest, _, label = rest.rpartition(f"{number} ")
        yield number, label


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _labelled(question: Question, *, yes: bool) -> int | None:
    start = "Yes" if yes else "No"
    fits = [n for n, label in enumerate(question.options, 1) if label.startswith(start)]
    if yes and not fits:
        fits = [n for n, choice in enumerate(question.choices, 1) if choice.fact is not None]
        fits = fits if question.options[0].startswith("No") else []
    plain = [n for n in fits if question.options[n - 1] in {"No", "None", "Yes"}]
    return fits[0] if len(fits) == 1 else plain[0] if len(plain) == 1 else None
