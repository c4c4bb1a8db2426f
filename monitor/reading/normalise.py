"""Patients' spelling made comparable: case, accents, apostrophes and spacing disappear.

Every token remembers where it stood in the text, so that findings can be highlighted.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

APOSTROPHES = frozenset("'’‘`´ʼ＇\u200b\u200c\u200d\ufe0e\ufe0f\u00ad")
# Skin tones change no meaning.
SKIN_TONES = frozenset(chr(code) for code in range(0x1F3FB, 0x1F400))
TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[/%°+]|[\u2600-\u27bf\U0001f300-\U0001faff]")
BREAK = re.compile(r"[.,;:!?¡¿\n\r()\[\]\"“”«»…—–\-|*_=~<>{}]")
ELONGATED = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, sign or emoji, folded; `start` and `end` count in the original text.

    `after_break` says that punctuation or a new line stands before it, `asks` that a
    question mark follows it.
    """

    text: str
    start: int
    end: int
    after_break: bool
    asks: bool

    @property
    def is_number(self) -> bool:
        """Whether it is written in figures."""
        return self.text[0].isdecimal()


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """One character without case, accent or width; apostrophes and joiners become nothing."""
    if char in APOSTROPHES or char in SKIN_TONES:
        return ""
    decomposed = unicodedata.normalize("NFKD", char.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def fold_with_positions(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index of the one it came from."""
    folded: list[str] = []
    positions: list[int] = []
    for index, char in enumerate(text):
        for piece in fold_char(char):
            folded.append(piece)
            positions.append(index)
    return "".join(folded), positions


def fold(text: str) -> str:
    """The folded text alone, as lexicon entries are compared."""
    return fold_with_positions(text)[0]


def _squeeze(word: str) -> str:
    return ELONGATED.sub(r"\1\1", word)


def tokenise(text: str) -> list[Token]:
    """Split a text of any Unicode into tokens; never raises."""
    folded, positions = fold_with_positions(text)
    tokens: list[Token] = []
    previous_end = 0
    matches = list(TOKEN.finditer(folded))
    for number, match in enumerate(matches):
        gap = folded[previous_end : match.start()]
        following = matches[number + 1].start() if number + 1 < len(matches) else len(folded)
        tokens.append(
            Token(
                text=_squeeze(match.group()),
                start=positions[match.start()],
                end=positions[match.end() - 1] + 1,
                after_break=BREAK.search(gap) is not None,
                asks="?" in folded[match.end() : following],
            )
        )
        previous_end = match.end()
    return tokens
