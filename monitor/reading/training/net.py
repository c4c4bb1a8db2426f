"""Teaches the network: the same sums as `monitor.reading.network`, with their slopes.

Adam with a falling rate, words and features left out at random, from fixed seeds. On one kind
of machine the same data give the same bytes; on another the last digits may differ.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from monitor.reading.embedding import WORD_SIZE, words
from monitor.reading.model import spoken
from monitor.reading.network import EPSILON, HEADS
from monitor.reading.normalise import tokenise

WIDTH = 128
ROUNDS = 9
BATCH = 32
RATE = 1e-3
DECAY = 0.02
LEFT_OUT = 0.4
WORDS_LEFT_OUT = 0.1
# Networks from different beginnings err on different texts; their mean errs on fewer.
SEEDS = (0, 1, 2, 3)
# Rows of texts that are taught together are filled up to a multiple of this.
STEP = 8

Weights = dict[str, Any]
Rows = NDArray[np.float16]


def _begin(outputs: int, seed: int) -> Weights:
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 12))

    def drawn(rows: int, columns: int, gain: float = 1.0) -> jax.Array:
        values = jax.random.normal(next(keys), (rows, columns))
        scaled: jax.Array = values * (gain / rows**0.5)
        return scaled

    return {
        "enter": drawn(WORD_SIZE, WIDTH),
        "enter_bias": jnp.zeros(WIDTH),
        "window": drawn(3 * WIDTH, WIDTH),
        "window_bias": jnp.zeros(WIDTH),
        "query": drawn(WIDTH, WIDTH),
        "key": drawn(WIDTH, WIDTH),
        "value": drawn(WIDTH, WIDTH),
        "mix": drawn(WIDTH, WIDTH),
        "widen": drawn(WIDTH, 2 * WIDTH),
        "widen_bias": jnp.zeros(2 * WIDTH),
        "narrow": drawn(2 * WIDTH, WIDTH, 0.5),
        "narrow_bias": jnp.zeros(WIDTH),
        "leave": drawn(2 * WIDTH, outputs, 0.5),
        "leave_bias": jnp.zeros(outputs),
    }


def _normal(rows: jax.Array) -> jax.Array:
    centred = rows - rows.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)


def logits(w: Weights, rows: jax.Array, there: jax.Array, key: jax.Array | None) -> jax.Array:
    """Texts x outputs. `there` tells words from filling; `key` draws what is left out."""

    def thinned(values: jax.Array, place: int, share: float) -> jax.Array:
        if key is None:
            return values
        kept = jax.random.bernoulli(jax.random.fold_in(key, place), 1 - share, values.shape)
        return values * kept / (1 - share)

    if key is not None:
        whole = jax.random.bernoulli(
            jax.random.fold_in(key, 9), 1 - WORDS_LEFT_OUT, rows.shape[:2]
        )
        rows = rows * whole[..., None]
    mask = there[..., None]
    hidden = jax.nn.relu(thinned(rows, 0, LEFT_OUT) @ w["enter"] + w["enter_bias"]) * mask
    padded = jnp.pad(hidden, ((0, 0), (1, 1), (0, 0)))
    beside = jnp.concatenate([padded[:, :-2], hidden, padded[:, 2:]], axis=-1)
    seen = jax.nn.relu(thinned(beside, 1, LEFT_OUT / 2) @ w["window"] + w["window_bias"])
    hidden = hidden + seen * mask
    hidden = hidden + thinned(_attention(w, _normal(hidden), there), 2, LEFT_OUT / 2)
    inner = jax.nn.relu(_normal(hidden) @ w["widen"] + w["widen_bias"])
    hidden = hidden + thinned(inner @ w["narrow"] + w["narrow_bias"], 3, LEFT_OUT / 2)
    final = _normal(hidden * mask)
    strongest = jnp.where(mask > 0, final, -1e9).max(1)
    mean = (final * mask).sum(1) / there.sum(1, keepdims=True)
    pooled = thinned(jnp.concatenate([strongest, mean], axis=-1), 4, LEFT_OUT)
    found: jax.Array = pooled @ w["leave"] + w["leave_bias"]
    return found


def _attention(w: Weights, rows: jax.Array, there: jax.Array) -> jax.Array:
    texts, count, width = rows.shape
    size = width // HEADS

    def heads(name: str) -> jax.Array:
        split: jax.Array = (rows @ w[name]).reshape(texts, count, HEADS, size)
        return split.transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / size**0.5
    scores = jnp.where(there[:, None, None, :] > 0, scores, -1e9)
    mixed = (jax.nn.softmax(scores, axis=-1) @ heads("value")).transpose(0, 2, 1, 3)
    whole: jax.Array = mixed.reshape(texts, count, width) @ w["mix"]
    return whole


def _batches(
    rows: Sequence[Rows], targets: NDArray[np.float32], draw: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """Texts of about one length together, in a new order each time."""
    lengths = np.array([len(row) for row in rows]) + draw.random(len(rows)) * 6
    order = np.argsort(lengths, kind="stable")
    groups = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    for place in draw.permutation(len(groups)):
        group = groups[place]
        longest = -(-max(len(rows[i]) for i in group) // STEP) * STEP
        batch = np.zeros((BATCH, longest, WORD_SIZE), dtype=np.float32)
        there = np.zeros((BATCH, longest), dtype=np.float32)
        wanted = np.zeros((BATCH, targets.shape[1]), dtype=np.float32)
        counts = np.zeros(BATCH, dtype=np.float32)
        for at, i in enumerate(group):
            batch[at, : len(rows[i])] = rows[i]
            there[at, : len(rows[i])] = 1
            wanted[at], counts[at] = targets[i], 1
        # The filling texts of the last batch have one word, so that nothing is divided by 0.
        there[len(group) :, 0] = 1
        yield batch, there, wanted, counts


def fit(texts: Sequence[str], targets: NDArray[np.float64], *, rounds: int) -> dict[str, Rows]:
    """The networks' weights by name, in half precision, one above the other."""
    rows = [words(spoken(tokenise(text))).astype(np.float16) for text in texts]
    learned = [_learn(rows, targets.astype(np.float32), rounds, seed) for seed in SEEDS]
    return {
        name: np.stack([np.asarray(one[name]) for one in learned]).astype(np.float16)
        for name in learned[0]
    }


def _learn(
    rows: Sequence[Rows], wanted: NDArray[np.float32], rounds: int, seed: int
) -> Weights:
    steps = rounds * -(-len(rows) // BATCH)
    rule = optax.adamw(optax.cosine_decay_schedule(RATE, steps), weight_decay=DECAY)
    weights = _begin(wanted.shape[1], seed)
    state = rule.init(weights)

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(weights: Weights, state: Any, key: jax.Array, *batch: jax.Array) -> Any:
        def loss(weights: Weights) -> jax.Array:
            batch_rows, there, labels, counts = batch
            found = logits(weights, batch_rows, there, key)
            each = optax.sigmoid_binary_cross_entropy(found, labels).mean(-1)
            mean: jax.Array = (each * counts).sum() / counts.sum()
            return 4 * mean

        slopes = jax.grad(loss)(weights)
        moves, state = rule.update(slopes, state, weights)
        return optax.apply_updates(weights, moves), state

    draw = np.random.default_rng(seed)
    key = jax.random.PRNGKey(seed + 7)
    for _ in range(rounds):
        for batch in _batches(rows, wanted, draw):
            key, fresh = jax.random.split(key)
            weights, state = step(weights, state, fresh, *batch)
    return weights
