"""The vectors of the phrases that options stand for, kept so that none waits for the encoder.

`manage.py train_reader` writes them anew; each number is kept in 8 bits.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from monitor.reading.archive import archive
from monitor.reading.embedding import Vectors, embed

PHRASES = Path(__file__).parent / "phrases.npz"
SCALE = 127.0


@cache
def kept() -> Mapping[str, Vectors]:
    """The vector of each phrase, of length 1 but for its rounding."""
    with np.load(PHRASES) as stored:
        names = stored["phrases"].tobytes().decode("utf-8").split("\n")
        rows = stored["vectors"].astype(np.float32) / np.float32(SCALE)
    return dict(zip(names, rows, strict=True))


def vectors(phrases: Sequence[str]) -> Vectors:
    """One row a phrase; one that is not kept is embedded."""
    known = kept()
    return np.stack([known[p] if p in known else embed([p])[0] for p in phrases])


def write(phrases: Iterable[str], target: Path = PHRASES) -> int:
    """Keep the phrases' vectors; the bytes written."""
    names = sorted(set(phrases))
    rows = np.rint(embed(names) * SCALE).astype(np.int8)
    content = archive(
        {
            "phrases": np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8),
            "vectors": rows,
        }
    )
    target.write_bytes(content)
    return len(content)
