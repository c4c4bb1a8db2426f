"""Which language a text is written in, told by its script and its commonest words."""

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache

from monitor.reading.lexicon import FOLDER
from monitor.reading.normalise import Token, fold

READ_IN_FULL = ("en", "es")
UNDETERMINED = "und"
# Scripts that one language of this service uses; Arabic and Cyrillic are told apart by letters.
SCRIPTS = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "HEBREW": "he",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "ETHIOPIC": "am",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
}
LETTERS = {
    "і": "uk",
    "ї": "uk",
    "є": "uk",
    "پ": "fa",
    "چ": "fa",
    "گ": "fa",
    "ٹ": "ur",
    "ے": "ur",
}
# A foreign language must be this many words ahead of English and Spanish.
LEAD = 1


@cache
def common_words() -> dict[str, frozenset[str]]:
    """The commonest words of each language in Latin script, folded."""
    raw = tomllib.loads((FOLDER / "languages.toml").read_text(encoding="utf-8"))
    return {
        lang: frozenset(fold(word) for word in words.split()) for lang, words in raw.items()
    }


def _script_language(text: str) -> str | None:
    counts: dict[str, int] = {}
    latin = 0
    for char in text:
        if not char.isalpha():
            continue
        script = unicodedata.name(char, "").split(" ")[0]
        if script == "LATIN":
            latin += 1
        elif script in SCRIPTS:
            counts[SCRIPTS[script]] = counts.get(SCRIPTS[script], 0) + 1
    if not counts or sum(counts.values()) * 2 < latin:
        return None
    if "ja" in counts:
        return "ja"
    best = max(sorted(counts), key=lambda lang: counts[lang])
    return next((LETTERS[c] for c in text.casefold() if c in LETTERS), best)


def scores(tokens: Sequence[Token]) -> dict[str, int]:
    """How many tokens of the text are common words of each language."""
    words = [token.text for token in tokens]
    return {
        lang: sum(word in common for word in words) for lang, common in common_words().items()
    }


def language(text: str, tokens: Sequence[Token]) -> str:
    """ISO 639-1 code of the text's language, or "und" where nothing tells."""
    script = _script_language(text)
    if script is not None:
        return script
    counted = scores(tokens)
    home = max(READ_IN_FULL, key=lambda lang: counted[lang])
    foreign = max(
        (lang for lang in sorted(counted) if lang not in READ_IN_FULL),
        key=lambda lang: counted[lang],
    )
    if counted[foreign] > counted[home] + LEAD or (
        counted[foreign] > counted[home] and counted[foreign] * 2 >= len(tokens)
    ):
        return foreign
    return home if counted[home] else UNDETERMINED


def active_languages(tokens: Sequence[Token], hint: str | None) -> tuple[str, ...]:
    """The lexicons to read a text with: both, unless it is plainly of one language only.

    Spanish and English share spellings ("pie", "once", "red"), so the other language's
    words are looked for only where the text holds some of its commonest words.
    """
    counted = scores(tokens)
    english, spanish = counted["en"], counted["es"]
    if english > 0 and spanish == 0:
        return ("en",)
    if spanish > 0 and english == 0:
        return ("es",)
    if english == spanish == 0 and hint in READ_IN_FULL:
        return (hint, "es" if hint == "en" else "en")
    return READ_IN_FULL
