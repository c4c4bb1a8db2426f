"""Teaches the reader's models: `manage.py train_reader` writes `model.npz` anew.

What it needs beside numpy (scikit-learn and jax) is installed for development alone.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from monitor.reading.archive import archive
from monitor.reading.grading import RED_FLAGS
from monitor.reading.labelled import TUNED, Row, load, replies
from monitor.reading.model import FLAGS, INTENTS, WEIGHTS
from monitor.reading.training import linear, net

LEVELS = 127


def digest(files: Sequence[Path]) -> str:
    """SHA-256 of the files' names and contents: what a model was taught with."""
    sha = hashlib.sha256()
    for path in files:
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()


def _target(row: Row) -> list[float]:
    """In the order of OUTPUTS."""
    flagged = RED_FLAGS.intersection(row["findings"])
    return [
        *(float(flag in flagged) for flag in FLAGS),
        float(bool(flagged)),
        float(bool(flagged - {"limb_numbness"})),
        float(row["level"] == "routine"),
    ]


def train(
    files: Sequence[Path] | None = None, target: Path = WEIGHTS, *, rounds: int = net.ROUNDS
) -> int:
    """Teach both models with the files' rows and write their weights; the bytes written."""
    paths = list(replies() if files is None else files)
    rows: list[Row] = []
    ruled: list[bool] = []
    for path in paths:
        found = load([path])
        rows += found
        ruled += [path.name not in TUNED] * len(found)
    targets = np.array([_target(row) for row in rows], dtype=np.float64)
    purposes = np.array(
        [[row["intent"] == one for one in INTENTS] for row in rows], dtype=float
    )
    matrix, bias = linear.fit(rows, ruled, np.hstack([targets, purposes]))
    # An output without a weight keeps its bias alone.
    scale = np.maximum(np.abs(matrix).max(axis=0), np.finfo(float).tiny) / LEVELS
    learned = net.fit([row["text"] for row in rows], targets, rounds=rounds)
    content = archive(
        {
            "taught_with": np.frombuffer(bytes.fromhex(digest(paths)), dtype=np.uint8),
            "matrix": np.rint(matrix / scale).astype(np.int8),
            "scale": scale,
            "bias": bias,
            **{f"network_{name}": value for name, value in learned.items()},
        }
    )
    target.write_bytes(content)
    return len(content)
