"""Whether a text says its findings and nothing besides: "both legs weak", "I had a seizure"."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache

from monitor.reading.findings import Mention
from monitor.reading.lexicon import FOLDER, entries
from monitor.reading.normalise import Token, fold
from monitor.reading.scope import Scope

# What a finding is said of, and how bad it is, adds nothing either.
SAID_OF = (
    "all_over",
    "arm",
    "back",
    "bladder_bowel",
    "breath_word",
    "chest",
    "eye",
    "face",
    "head",
    "heart",
    "intensifier",
    "leg",
    "limb",
    "move",
    "neck",
    "new_cue",
    "now_cue",
    "pain",
    "pee",
    "poop",
    "private",
    "severe",
    "site",
    "skin_part",
    "throat",
    "walk_word",
    "wipe",
    "worse",
)


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """The words that add nothing, and the units of time."""
    raw = tomllib.loads((FOLDER / "plain.toml").read_text(encoding="utf-8"))
    en, es, units = (
        frozenset(fold(word) for word in entries(raw, name)) for name in ("en", "es", "units")
    )
    return en | es, units


def says_no_more(scope: Scope, mentions: Iterable[Mention]) -> bool:
    """Whether every word belongs to one of the mentions or adds nothing to them.

    A question says more: it may only ask. So does a number, unless it counts time.
    """
    tokens = scope.tokens
    said = [span for mention in mentions for span in (mention.parts or (mention.span,))]
    said += [span for concept in SAID_OF for span in scope.spans(concept)]
    return not any(token.asks for token in tokens) and all(
        _adds_nothing(tokens, at) or any(span.start <= at < span.end for span in said)
        for at in range(len(tokens))
    )


def _adds_nothing(tokens: Sequence[Token], at: int) -> bool:
    words, units = _words()
    if tokens[at].is_number:
        return at + 1 < len(tokens) and tokens[at + 1].text in units
    return tokens[at].text in words or tokens[at].text in units
