"""A text's sentences, by their places in it; commas end one too where they are asked for."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?;:\n…]+")
_CLAUSE_END = re.compile(r"[.!?;:,\n…()]+|\s+(?:but|pero|aunque|though)\s+", re.IGNORECASE)


def _between(text: str, ends: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in (*ends.finditer(text), None):
        stop = len(text) if end is None else end.start()
        said = text[start:stop]
        if any(char.isalnum() for char in said):
            yield start + len(said) - len(said.lstrip()), start + len(said.rstrip())
        start = len(text) if end is None else end.end()


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, without the spaces and marks around it."""
    return list(_between(text, _END))


def clauses(text: str) -> list[tuple[int, int]]:
    """Start and end of each part between commas, brackets and "but" too."""
    return list(_between(text, _CLAUSE_END))
