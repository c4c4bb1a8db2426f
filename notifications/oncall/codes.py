"""What a page is called, and what a responder's reply says: pure.

A reply is read strictly. Whatever is not plainly one of these is Unknown, the page goes on
climbing and the responder is told what to write: "27 no" must not take a page, and "27 5
min" must not close one.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count

# From 11: a responder may be a patient too, and 0 to 10 are answers to "how is the pain".
FIRST_CODE = 11

# No vowels, so that no words come out; nothing that looks or sounds like its neighbour.
_LETTERS = "CDFGHJKMPQRTWX"
_SIGNS = _LETTERS + "34679"
_REFERENCE_LENGTH = 5

# In the menu's order: the numbers that a responder answers with. The values of Page.Outcome.
OUTCOMES = ("advised", "seen", "emergency_care", "imaging", "not_reached", "false_alarm")

_WORDS = {
    "advised": "advised",
    "reached": "advised",
    "reached and advised": "advised",
    "aconsejado": "advised",
    "aconsejada": "advised",
    "contactado": "advised",
    "contactada": "advised",
    "seen": "seen",
    "to be seen": "seen",
    "visto": "seen",
    "vista": "seen",
    "er": "emergency_care",
    "ed": "emergency_care",
    "sent to er": "emergency_care",
    "urgencias": "emergency_care",
    "mri": "imaging",
    "imaging": "imaging",
    "resonancia": "imaging",
    "not reached": "not_reached",
    "no answer": "not_reached",
    "no contesta": "not_reached",
    "false alarm": "false_alarm",
    "falsa alarma": "false_alarm",
}
# After a word, as in "reached, but only voicemail", these leave the outcome in doubt.
_DOUBTS = re.compile(r"\b(?:no|not|never|but|only|voicemail|pero|solo|buzon)\b|n['’]t\b")

_ACK = r"(?:acknowledged?|ack|a|okay|ok|voy)"
_REPLY_TEST = re.compile(r"(?:test\s+)?t[\s\-]?(?P<digits>\d{3})")
_BREAK = r"[,;:.\-]"
_REPLY_ACK = re.compile(
    rf"(?:{_ACK}[\s,:]*#?(?P<after>\d{{2,3}})?|#?(?P<before>\d{{2,3}})(?:[\s,:]*{_ACK})?)"
)
_REPLY_NUMBER = re.compile(
    rf"#?(?P<code>\d{{2,3}})[\s,:.\-]+(?P<number>[1-6])(?:\s*{_BREAK}\s*(?P<note>.+))?"
)
_REPLY_WRONG = re.compile(r"(?:#?(?P<code>\d{2,3})[\s,:.\-]+)?(?P<number>\d{1,3})")
_REPLY_WORD = re.compile(
    rf"(?:#?(?P<code>\d{{2,3}})[\s,:.\-]+)?(?P<word>[^\W\d]+(?: [^\W\d]+){{0,2}}?)"
    rf"(?:\s*{_BREAK}\s*(?P<note>.+))?"
)


@dataclass(frozen=True, slots=True)
class Ack:
    """ "I take it". Without a code: the one page that is open."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: one of OUTCOMES, and the responder's own words."""

    code: int | None
    outcome: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not plainly a reply to a page."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The answer to a weekly test, as in "T482": no page has such a code."""

    code: str


Reply = Ack | Outcome | Tested | Unknown


def free_code(taken: Collection[int]) -> int:
    """The smallest code that is not taken: two digits while they last, then three or more."""
    used = set(taken)
    return next(code for code in count(FIRST_CODE) if code not in used)


def reference() -> str:
    """A new opaque name for a page, easy to read aloud: a letter, then letters and digits.

    Two may come out the same; the caller checks that it is free.
    """
    signs = (secrets.choice(_SIGNS) for _ in range(_REFERENCE_LENGTH - 1))
    return secrets.choice(_LETTERS) + "".join(signs)


def test_code() -> str:
    """A new code of a weekly test: a letter first, so that it is no page's."""
    return f"T{secrets.randbelow(900) + 100}"


def parse(text: str) -> Reply:
    """What a responder's text says. Never raises, whatever the text."""
    said = _tidy(text)
    plain = _plain(said)
    if ack := _REPLY_ACK.fullmatch(plain):
        return Ack(_number(ack["after"] or ack["before"]))
    if tested := _REPLY_TEST.fullmatch(plain):
        return Tested(f"T{tested['digits']}")
    # Alone, and without a code: an answer to the menu that this person was just sent.
    if re.fullmatch("[1-6]", plain):
        return Outcome(None, OUTCOMES[int(plain) - 1])
    if numbered := _REPLY_NUMBER.fullmatch(plain):
        outcome = OUTCOMES[int(numbered["number"]) - 1]
        return Outcome(_number(numbered["code"]), outcome, _note(said, plain, numbered))
    worded = _REPLY_WORD.fullmatch(plain)
    if worded and worded["word"] in _WORDS and not _DOUBTS.search(worded["note"] or ""):
        outcome = _WORDS[worded["word"]]
        return Outcome(_number(worded["code"]), outcome, _note(said, plain, worded))
    return Unknown()


def no_outcome(text: str) -> tuple[int | None, int] | None:
    """(code, number) where a text has the shape of an outcome whose number there is not.

    "11 9" is (11, 9), and "9" is (None, 9); None for any other text. Only for saying what was
    wrong: nothing is done by such a reply.
    """
    wrong = _REPLY_WRONG.fullmatch(_plain(_tidy(text)))
    if wrong is None or 1 <= int(wrong["number"]) <= len(OUTCOMES):
        return None
    return _number(wrong["code"]), int(wrong["number"])


def _tidy(text: str) -> str:
    """One line, composed signs, no quotes around it and no full stop behind it."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    return line.strip(" \"'`“”„‘’«»").rstrip(" .,;!").rstrip(" \"'`“”„‘’«»")


def _plain(line: str) -> str:
    """Lower case without accents, sign for sign, so that places in both are the same."""
    return "".join(_plain_sign(sign) for sign in line)


def _plain_sign(sign: str) -> str:
    base = unicodedata.normalize("NFD", sign)[0].lower()
    return base if len(base) == 1 else sign


def _note(said: str, plain: str, match: re.Match[str]) -> str:
    return said[match.start("note") : match.end("note")] if match["note"] else ""


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
