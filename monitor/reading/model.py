"""A small linear model over letters, words and concepts: what the rules did not foresee.

It is trained by `monitor.reading.train` on the corpus beside it, and kept as 8-bit weights.
The model only ever adds: its belief in a red flag pages, its doubt sends a text to a human.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.reading.grading import RED_FLAGS
from monitor.reading.lexicon import Concepts
from monitor.reading.normalise import Token

WEIGHTS = Path(__file__).parent / "model.npz"
BUCKETS = 1 << 15
FLAGS = tuple(sorted(RED_FLAGS))
PAGE, ROUTINE = "page", "routine"
OUTPUTS = (*FLAGS, PAGE, ROUTINE)
GRAMS = (3, 4)
# How much each kind of feature counts beside the others; its features share it.
GROUPS = {"word": 1.0, "pair": 0.7, "gram": 1.0, "concept": 0.8, "mention": 1.2}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Belief:
    """Probabilities: of each red flag, of any, and that the text is plainly harmless."""

    flags: Mapping[str, float]
    page: float
    routine: float


def _words(tokens: Sequence[Token]) -> list[str]:
    return ["0" if token.is_number else token.text for token in tokens]


def _named(
    tokens: Sequence[Token], found: Concepts, marks: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """The features of a text by group."""
    words = _words(tokens)
    yield "word", [f"w:{word}" for word in words]
    bounded = ["^", *words, "$"]
    yield "pair", [f"p:{a} {b}" for a, b in pairwise(bounded)]
    joined = " " + " ".join(words) + " "
    yield (
        "gram",
        [f"g:{joined[i : i + n]}" for n in GRAMS for i in range(len(joined) - n + 1)],
    )
    yield "concept", [f"c:{name}" for name in found]
    yield "mention", [f"m:{mark}" for mark in marks]


def features(
    tokens: Sequence[Token], found: Concepts, marks: Sequence[str]
) -> tuple[NDArray[np.int64], Floats]:
    """Bucket numbers and values of a text; each group has the length that GROUPS gives."""
    buckets: dict[int, float] = {}
    for group, names in _named(tokens, found, marks):
        unique = sorted(set(names))
        if unique:
            value = GROUPS[group] / float(np.sqrt(len(unique)))
            for name in unique:
                bucket = zlib.crc32(name.encode("utf-8", "surrogatepass")) % BUCKETS
                buckets[bucket] = buckets.get(bucket, 0.0) + value
    index = np.array(sorted(buckets), dtype=np.int64)
    return index, np.array([buckets[i] for i in sorted(buckets)], dtype=np.float64)


@dataclass(frozen=True)
class Weights:
    """8-bit weights by bucket and output, the scale and the bias of each output."""

    matrix: NDArray[np.int8]
    scale: Floats
    bias: Floats

    def logits(self, index: NDArray[np.int64], value: Floats) -> Floats:
        """One number an output, before the logistic function."""
        picked = self.matrix[index].astype(np.float64)
        total: Floats = (picked * value[:, None]).sum(axis=0) * self.scale + self.bias
        return total


@cache
def weights() -> Weights:
    """The trained weights, read once."""
    with np.load(WEIGHTS) as stored:
        return Weights(stored["matrix"], stored["scale"], stored["bias"])


def to_belief(logits: Floats) -> Belief:
    """Probabilities from logits."""
    chances = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
    flags = {code: float(chances[i]) for i, code in enumerate(FLAGS)}
    return Belief(flags, float(chances[len(FLAGS)]), float(chances[len(FLAGS) + 1]))


def believe(tokens: Sequence[Token], found: Concepts, marks: Sequence[str]) -> Belief:
    """What the model makes of a text; `marks` are the rules' findings with their status."""
    index, value = features(tokens, found, marks)
    return to_belief(weights().logits(index, value))
