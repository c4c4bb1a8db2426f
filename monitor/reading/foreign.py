"""Red flags in languages that are not read in full: a short list of unmistakable words."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from monitor.reading.lexicon import FOLDER
from monitor.reading.normalise import fold, fold_with_positions
from monitor.reading.types import Reason

# A denial stands this many characters before the word at most.
DENIAL_REACH = 10
# A word as short as this counts only when it stands whole.
SHORT_WORD = 4
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


@dataclass(frozen=True, slots=True)
class Sign:
    """A finding with the words that must all stand in the text."""

    code: str
    why: str
    patterns: tuple[re.Pattern[str], ...]


def _pattern(words: str) -> re.Pattern[str]:
    """The words, from the beginning of a word on where the script parts words."""
    folded = re.escape(fold(words.strip()))
    spaced = words.strip()[0] < "\u0590"
    whole = spaced and len(words.strip()) <= SHORT_WORD
    return re.compile((r"(?<!\w)" if spaced else "") + folded + (r"(?!\w)" if whole else ""))


@cache
def signs() -> tuple[Sign, ...]:
    """All foreign signs, by finding."""
    raw = tomllib.loads((FOLDER / "foreign.toml").read_text(encoding="utf-8"))
    return tuple(
        Sign(code, table["why"], tuple(_pattern(word) for word in entry.split("+")))
        for code, table in raw.items()
        if code != "not"
        for entry in table["words"].replace("\n", ",").split(",")
        if entry.strip()
    )


@cache
def _denials() -> re.Pattern[str]:
    raw = tomllib.loads((FOLDER / "foreign.toml").read_text(encoding="utf-8"))["not"]["words"]
    words = [_pattern(word).pattern for word in raw.split(",")]
    return re.compile("|".join(words))


def _denied(folded: str, start: int) -> bool:
    clause = re.split(r"[.;!?\n]", folded[max(0, start - DENIAL_REACH) : start])[-1]
    return _denials().search(clause) is not None


def _found(folded: str) -> Iterator[tuple[Sign, int, int]]:
    for sign in signs():
        hits = [pattern.search(folded) for pattern in sign.patterns]
        if any(hit is None for hit in hits):
            continue
        first, last = min(h.start() for h in hits if h), max(h.end() for h in hits if h)
        if sign.code not in ("fever", "limb_numbness") or not _denied(folded, first):
            yield sign, first, last


def reasons(text: str) -> tuple[Reason, ...]:
    """The red flags of a text in another language, one reason a finding."""
    folded, positions = fold_with_positions(text.translate(DIGITS))
    result: dict[str, Reason] = {}
    for sign, first, last in _found(folded):
        start, end = positions[first], positions[last - 1] + 1
        result.setdefault(sign.code, Reason(sign.code, text[start:end], start, end, sign.why))
    return tuple(result.values())
