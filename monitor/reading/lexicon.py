"""Concepts found in tokens: which words stand for a leg, for numbness, for a denial.

The words are data, one file a language in `lexicon/`; a rule names concepts only, so that
"mi leg está numb" is read by the same rule as "my leg is numb".
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from monitor.reading.normalise import Token, fold, tokenise

FOLDER = Path(__file__).parent / "lexicon"
GAP = "_"
MAX_GAP = 2
MIN_FUZZY = 5
MIN_PLURAL = 4
SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of tokens: first index, and the index after the last."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a token."""
        return self.start < other.end and other.start < self.end

    def within(self, other: "Span") -> bool:
        """Whether the other covers all of this one."""
        return other.start <= self.start and self.end <= other.end


Concepts = dict[str, list[Span]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One lexicon entry: folded words, a stem ending in *, or a gap of up to two words."""

    concept: str
    words: tuple[str, ...]


def _word_fits(pattern: str, word: str) -> bool:
    if pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return pattern == word


def _phrase_end(words: Sequence[str], patterns: tuple[str, ...], at: int) -> int | None:
    """Where the phrase that begins at `at` ends, or None where it does not stand there."""
    if not patterns:
        return at
    if patterns[0] == GAP:
        ends = (_phrase_end(words, patterns[1:], at + skip) for skip in range(MAX_GAP + 1))
        return next((end for end in ends if end is not None), None)
    if at < len(words) and _word_fits(patterns[0], words[at]):
        return _phrase_end(words, patterns[1:], at + 1)
    return None


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _near(one: str, other: str) -> bool:
    """Whether two different words are one typing slip apart, and not in the first letter."""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        wrong = [i for i in range(len(one)) if one[i] != other[i]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (
            swapped and one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return shorter in _deletions(longer)


@dataclass
class Lexicon:
    """The concepts of one language, indexed by the first word of each phrase."""

    by_word: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    by_stem: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    vocabulary: set[str] = field(default_factory=set)
    slips: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, concept: str, entry: str) -> None:
        """Take one entry in; ValueError where it begins with a gap."""
        words = tuple(part if part == GAP else _fold_entry(part) for part in entry.split())
        if words[0] == GAP:
            raise ValueError(f"{concept}: an entry must not begin with a gap: {entry!r}")
        phrase = Phrase(concept, words)
        if words[0].endswith("*"):
            self.by_stem[words[0][:-1]].append(phrase)
        else:
            self.by_word[words[0]].append(phrase)
        for word in words:
            if not word.endswith("*") and word != GAP:
                self.vocabulary.add(word)

    def forgive(self, concept: str) -> None:
        """Let the concept's words be found when they are misspelt; after the last `add`."""
        phrases = (p for bucket in self.by_word.values() for p in bucket)
        words = {w for p in phrases if p.concept == concept for w in p.words}
        for word in words & self.vocabulary:
            if len(word) >= MIN_FUZZY and word.isalpha():
                for key in (word, *_deletions(word)):
                    self.slips[key].add(word)

    def knows(self, word: str) -> bool:
        """Whether the word itself is written in the lexicon, or begins with a stem of it."""
        if word in self.vocabulary:
            return True
        return any(word[:n] in self.by_stem for n in range(SHORTEST_STEM, len(word) + 1))

    def correct(self, word: str) -> str:
        """The lexicon's word that this one is a slip of, or the word itself."""
        if self.knows(word) or not word.isalpha():
            return word
        if word.endswith("s") and word[:-1] in self.vocabulary and len(word) >= MIN_PLURAL:
            return word[:-1]
        if len(word) < MIN_FUZZY:
            return word
        keys = (word, *_deletions(word))
        near = {c for key in keys for c in self.slips.get(key, ()) if _near(word, c)}
        return min(near) if near else word

    def find(self, words: Sequence[str]) -> Concepts:
        """Every concept that stands in the words, with its spans in order."""
        found: Concepts = defaultdict(list)
        for at, word in enumerate(words):
            for phrase in self._candidates(word):
                end = _phrase_end(words, phrase.words[1:], at + 1)
                if end is not None:
                    found[phrase.concept].append(Span(at, end))
        return found

    def _candidates(self, word: str) -> Iterable[Phrase]:
        yield from self.by_word.get(word, ())
        for length in range(SHORTEST_STEM, len(word) + 1):
            yield from self.by_stem.get(word[:length], ())


def _fold_entry(word: str) -> str:
    """A lexicon word as `tokenise` would leave it."""
    return fold(word)


def entries(raw: Mapping[str, str], concept: str) -> Iterable[str]:
    """The entries of one concept, with the concepts that it includes."""
    for entry in raw[concept].replace("\n", ",").split(","):
        name = entry.strip()
        if name.startswith("@"):
            yield from entries(raw, name[1:])
        elif name:
            yield name


@cache
def lexicon(lang: str) -> Lexicon:
    """The lexicon of a language that has one: "en" or "es"."""
    raw = tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))
    result = Lexicon()
    for concept in raw:
        for entry in entries(raw, concept):
            result.add(concept, entry)
    # A cue of scope is never guessed at: "stepped" must not become "stopped".
    for concept in sorted(rule_concepts() & set(raw)):
        result.forgive(concept)
    return result


@cache
def rule_concepts() -> frozenset[str]:
    """The concepts that findings are made of."""
    raw = tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))
    texts = [
        text
        for code, table in raw.items()
        if code != "fine"
        for key in ("rules", "nouns")
        for text in table[key]
    ]
    return frozenset(part for text in texts for part in text.split() if part.isidentifier())


@cache
def ordinary_words() -> frozenset[str]:
    """Everyday words that are one slip away from a clinical one, and are not that slip."""
    raw = tomllib.loads((FOLDER / "ordinary.toml").read_text(encoding="utf-8"))
    return frozenset(fold(word) for lang in raw.values() for word in lang.split())


def concepts(tokens: Sequence[Token], langs: Sequence[str]) -> Concepts:
    """The concepts of a text in the languages that it may be written in.

    A concept that stands wholly inside an idiom is left out: the idiom is what was said.
    """
    plain = [token.text for token in tokens]
    found: dict[str, set[Span]] = defaultdict(set)
    known = ordinary_words()
    active = [lexicon(lang) for lang in langs]
    unknown = [w not in known and not any(lex.knows(w) for lex in active) for w in plain]
    for lex in active:
        words = [lex.correct(w) if new else w for w, new in zip(plain, unknown, strict=True)]
        for concept, spans in lex.find(words).items():
            found[concept].update(spans)
    idioms = found.get("idiom", set())
    return {
        concept: sorted(
            span
            for span in spans
            if concept == "idiom" or not any(span.within(idiom) for idiom in idioms)
        )
        for concept, spans in found.items()
    }


def text_concepts(text: str, langs: Sequence[str] = ("en", "es")) -> Concepts:
    """The concepts of a text, by token."""
    return concepts(tokenise(text), langs)
