"""Small networks over the vectors of a text's words: what order and context say.

Each has one layer of windows of three words, one of attention, then the strongest and the mean
of each feature over the text, and one number an output. They are taught by
`monitor.reading.training`; here they only compute, in float32.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

HEADS = 4
EPSILON = np.float32(1e-5)


def logits(networks: Sequence[Mapping[str, Floats]], rows: Floats) -> Floats:
    """One number an output, before the logistic function, for the rows of one text.

    The mean of all networks.
    """
    total: Floats = np.mean([_logits(weights, rows) for weights in networks], axis=0)
    return total


def _logits(weights: Mapping[str, Floats], rows: Floats) -> Floats:
    hidden = _positive(rows @ weights["enter"] + weights["enter_bias"])
    hidden = hidden + _windows(weights, hidden)
    hidden = hidden + _attention(weights, _normal(hidden))
    hidden = hidden + _within(weights, _normal(hidden))
    final = _normal(hidden)
    pooled = np.concatenate([final.max(axis=0), final.mean(axis=0)])
    found: Floats = pooled @ weights["leave"] + weights["leave_bias"]
    return found


def _windows(weights: Mapping[str, Floats], hidden: Floats) -> Floats:
    padded = np.pad(hidden, ((1, 1), (0, 0)))
    beside = np.concatenate([padded[:-2], hidden, padded[2:]], axis=1)
    seen: Floats = np.maximum(
        beside @ weights["window"] + weights["window_bias"], np.float32(0)
    )
    return seen


def _attention(weights: Mapping[str, Floats], rows: Floats) -> Floats:
    count, width = rows.shape
    size = width // HEADS

    def heads(name: str) -> Floats:
        split: Floats = (rows @ weights[name]).reshape(count, HEADS, size).transpose(1, 0, 2)
        return split

    scores = heads("query") @ heads("key").transpose(0, 2, 1) / np.float32(np.sqrt(size))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = scores / scores.sum(axis=-1, keepdims=True)
    mixed: Floats = (shares @ heads("value")).transpose(1, 0, 2).reshape(count, width)
    return mixed @ weights["mix"]


def _within(weights: Mapping[str, Floats], rows: Floats) -> Floats:
    inner = _positive(rows @ weights["widen"] + weights["widen_bias"])
    narrowed: Floats = inner @ weights["narrow"] + weights["narrow_bias"]
    return narrowed


def _positive(values: Floats) -> Floats:
    kept: Floats = np.maximum(values, np.float32(0))
    return kept


def _normal(rows: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    normal: Floats = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
    return normal
