"""What the rules did not foresee: two models that were taught with the corpus beside them.

One is linear over letters, words, concepts and the rules' own findings; the other is several
small networks over the words' vectors (`monitor.reading.network`). Their logits are added.
What is done with their belief and their doubt is `monitor.reading.reader`'s business.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.reading import network
from monitor.reading.embedding import words
from monitor.reading.grading import BLOCK_HOURS, RED_FLAGS
from monitor.reading.lexicon import Concepts
from monitor.reading.normalise import Token

WEIGHTS = Path(__file__).parent / "model.npz"
BUCKETS = 1 << 15
FLAGS = tuple(sorted(RED_FLAGS))
# Any red flag; any but a numb limb, which is expected while the block wears off; harmless.
ANY, ANY_BUT_NUMB, ROUTINE = "any", "any_but_numb", "routine"
OUTPUTS = (*FLAGS, ANY, ANY_BUT_NUMB, ROUTINE)
# What a text is for, where it can be told by its wording; the linear model alone says so.
INTENTS = ("opt_out", "opt_in", "wrong_person", "help", "question", "thanks")
GRAMS = (3, 4)
# How much each kind of feature counts beside the others; its features share it.
GROUPS = {"word": 1.0, "pair": 0.7, "gram": 1.0, "concept": 0.8, "mention": 1.2}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Belief:
    """Probabilities: of each red flag, of any, that the text is harmless, of each intent."""

    flags: Mapping[str, float]
    any: float
    any_but_numb: float
    routine: float
    intents: Mapping[str, float]

    def page(self, *, hours_since: float) -> float:
        """That it holds a red flag at this hour after the procedure."""
        return self.any if hours_since >= BLOCK_HOURS else self.any_but_numb

    def flag(self, *, hours_since: float) -> str:
        """The red flag that it most likely is, of those that are one at this hour."""
        late = hours_since >= BLOCK_HOURS
        return max(
            (flag for flag in FLAGS if late or flag != "limb_numbness"),
            key=lambda flag: self.flags[flag],
        )


def _words(tokens: Sequence[Token]) -> list[str]:
    return ["0" if token.is_number else token.text for token in tokens]


def _named(
    tokens: Sequence[Token], found: Concepts, marks: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """The features of a text by group."""
    said = _words(tokens)
    yield "word", [f"w:{word}" for word in said]
    bounded = ["^", *said, "$"]
    yield "pair", [f"p:{a} {b}" for a, b in pairwise(bounded)]
    joined = " " + " ".join(said) + " "
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


def spoken(tokens: Sequence[Token]) -> str:
    """What the network is given: neither case nor accents nor punctuation count."""
    return " ".join(token.text for token in tokens)


@dataclass(frozen=True)
class Weights:
    """The linear model in 8 bits by bucket and output, and the networks in float32."""

    matrix: NDArray[np.int8]
    scale: Floats
    bias: Floats
    networks: tuple[Mapping[str, network.Floats], ...]

    def logits(self, index: NDArray[np.int64], value: Floats, rows: network.Floats) -> Floats:
        """One number an output and then an intent, before the logistic function."""
        picked = self.matrix[index].astype(np.float64)
        linear: Floats = (picked * value[:, None]).sum(axis=0) * self.scale + self.bias
        linear[: len(OUTPUTS)] += network.logits(self.networks, rows)
        return linear


@cache
def weights() -> Weights:
    """The trained weights, read once."""
    with np.load(WEIGHTS) as stored:
        stacked = {
            name.removeprefix("network_"): stored[name].astype(np.float32)
            for name in stored.files
            if name.startswith("network_")
        }
        count = len(stacked["leave_bias"])
        return Weights(
            stored["matrix"],
            stored["scale"],
            stored["bias"],
            tuple({name: rows[i] for name, rows in stacked.items()} for i in range(count)),
        )


def to_belief(logits: Floats) -> Belief:
    """Probabilities from logits."""
    chances = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
    by_name = dict(zip((*OUTPUTS, *INTENTS), chances.tolist(), strict=True))
    return Belief(
        {code: by_name[code] for code in FLAGS},
        by_name[ANY],
        by_name[ANY_BUT_NUMB],
        by_name[ROUTINE],
        {intent: by_name[intent] for intent in INTENTS},
    )


def believe(tokens: Sequence[Token], found: Concepts, marks: Sequence[str]) -> Belief:
    """What the models make of a text; `marks` are the rules' findings with their status."""
    index, value = features(tokens, found, marks)
    return to_belief(weights().logits(index, value, words(spoken(tokens))))
