"""Trains the reader's model: `python -m monitor.reading.train` writes `model.npz` anew.

Logistic regression with L2 shrinkage, solved in the dual (as many unknowns as texts) by a
fixed number of accelerated gradient steps from zero: no randomness, the same bytes each time.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.reading.model import (
    BUCKETS,
    FLAGS,
    OUTPUTS,
    ROUTINE,
    WEIGHTS,
    Belief,
    Floats,
    features,
    to_belief,
)
from monitor.reading.reader import gather

CORPUS = Path(__file__).parent / "corpus"
SHRINKAGE = 0.02
STEPS = 300
# A missed red flag costs more than a false one.
POSITIVE_WEIGHT = 2.0
LEVELS = 127
# Any fixed moment: the archive must not carry the time of its making.
STAMP = (1980, 1, 1, 0, 0, 0)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Examples:
    """Texts as the model sees them, and what they are as a matrix of 0 and 1.

    `words` is texts x buckets without what the rules found; `marks` is that, for the
    buckets `columns` alone.
    """

    words: Floats
    marks: Floats
    columns: NDArray[np.int64]
    targets: Floats

    def of(self, rows: NDArray[np.bool_]) -> "Examples":
        """Some of the texts."""
        return Examples(self.words[rows], self.marks[rows], self.columns, self.targets[rows])

    def logits(self, matrix: Floats, bias: Floats) -> Floats:
        """What weights and biases make of the texts, rules seen."""
        total: Floats = self.words @ matrix + self.marks @ matrix[self.columns] + bias
        return total


def load(files: Iterable[Path]) -> list[Row]:
    """The labelled texts of the given JSON-lines files, in order."""
    return [
        json.loads(line)
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def corpus() -> list[Row]:
    """Every labelled reply beside the reader."""
    return load(sorted(CORPUS.glob("replies_*.jsonl")))


def _target(row: Row) -> list[float]:
    found = set(row["findings"])
    return [
        *(float(flag in found) for flag in FLAGS),
        float(bool(found.intersection(FLAGS))),
        float(row["level"] == "routine"),
    ]


def examples(rows: Sequence[Row]) -> Examples:
    """The rows as the model sees them."""
    words = np.zeros((len(rows), BUCKETS), dtype=np.float64)
    marks = np.zeros((len(rows), BUCKETS), dtype=np.float64)
    for number, row in enumerate(rows):
        evidence = gather(row["text"], hours_since=row["hours_since"])
        tokens, found = evidence.scope.tokens, evidence.scope.found
        index, value = features(tokens, found, ())
        words[number, index] = value
        index, value = features(tokens, found, evidence.marks)
        marks[number, index] = value
    marks -= words
    columns = np.flatnonzero(marks.any(axis=0))
    targets = np.array([_target(row) for row in rows], dtype=np.float64)
    return Examples(words, marks[:, columns], columns, targets)


def _kernel(data: Examples) -> Floats:
    """Products of every two texts, first with the rules' marks and then without."""
    bare = data.words @ data.words.T
    crossed = data.marks @ data.words[:, data.columns].T
    ruled = bare + crossed + crossed.T + data.marks @ data.marks.T
    return np.block([[ruled, bare + crossed], [(bare + crossed).T, bare]]) + 1.0


def fit(data: Examples) -> tuple[Floats, Floats]:
    """Weights (buckets x outputs) and biases; the bias is a feature that is always 1.

    Every text counts twice, with and without what the rules found: they know this corpus
    better than any new text, and a model that always saw their findings would learn to
    call harmless whatever they miss.
    """
    kernel, count = _kernel(data), 2 * len(data.words)
    targets = np.vstack([data.targets, data.targets])
    weight = np.where(targets > 0, POSITIVE_WEIGHT, 1.0)
    weight[:, OUTPUTS.index(ROUTINE)] = 1.0
    bound = float(np.abs(kernel).sum(axis=1).max()) * POSITIVE_WEIGHT / 4.0
    step = 1.0 / (bound + SHRINKAGE * count)
    dual = np.zeros_like(targets)
    ahead, momentum = dual.copy(), 1.0
    for _ in range(STEPS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(kernel @ ahead, -30.0, 30.0)))
        slope = weight * (chances - targets) + SHRINKAGE * count / 100.0 * ahead
        moved = ahead - step * slope
        grown = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        ahead = moved + (momentum - 1.0) / grown * (moved - dual)
        dual, momentum = moved, float(grown)
    ruled, bare = dual[: count // 2], dual[count // 2 :]
    matrix = data.words.T @ (ruled + bare)
    matrix[data.columns] += data.marks.T @ ruled
    return matrix, dual.sum(axis=0)


def held_out_beliefs(rows: Sequence[Row], groups: Sequence[int]) -> list[Belief]:
    """For each row the belief of a model that saw no row of its group."""
    data = examples(rows)
    group = np.array(groups)
    logits = np.zeros_like(data.targets)
    for held in sorted(set(groups)):
        seen = group != held
        logits[~seen] = data.of(~seen).logits(*fit(data.of(seen)))
    return [to_belief(row) for row in logits]


def _archive(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as an .npz without a time stamp."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content.getvalue())
    return target.getvalue()


def train(rows: Sequence[Row], target: Path = WEIGHTS) -> int:
    """Fit the model to the rows and write its weights; the number of bytes written."""
    matrix, bias = fit(examples(rows))
    scale = np.abs(matrix).max(axis=0) / LEVELS
    rounded = np.rint(matrix / scale).astype(np.int8)
    content = _archive({"matrix": rounded, "scale": scale, "bias": bias})
    target.write_bytes(content)
    return len(content)


if __name__ == "__main__":
    train(corpus())
