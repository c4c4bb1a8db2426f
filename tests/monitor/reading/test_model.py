"""The models: taught with the corpus that lies there, small, and the same each time."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np

from monitor.reading import network
from monitor.reading.embedding import embed, words
from monitor.reading.labelled import CORPUS, VALIDATION, load, replies
from monitor.reading.lexicon import concepts
from monitor.reading.meaning import comparable
from monitor.reading.model import OUTPUTS, WEIGHTS, Belief, believe, weights
from monitor.reading.normalise import tokenise
from monitor.reading.phrases import kept, vectors
from monitor.reading.training import digest, net, train

LARGEST = 3_500_000


def _believe(text: str) -> Belief:
    tokens = tokenise(text)
    return believe(tokens, concepts(tokens, ("en", "es")), ())


def test_stored_weights_were_taught_with_the_corpus_beside_them() -> None:
    with np.load(WEIGHTS) as stored:
        assert stored["taught_with"].tobytes().hex() == digest(replies()), (
            "The corpus has changed: run manage.py train_reader."
        )
    assert WEIGHTS.stat().st_size < LARGEST


def test_the_same_texts_teach_the_same_weights_byte_for_byte(tmp_path: Path) -> None:
    few = tmp_path / "replies_few.jsonl"
    lines = (CORPUS / "replies_en_4.jsonl").read_text(encoding="utf-8").splitlines()
    few.write_text("\n".join(lines[:160]), encoding="utf-8")
    once, again = tmp_path / "once.npz", tmp_path / "again.npz"
    for target in (once, again):
        assert train([few], target, rounds=1) == target.stat().st_size
    assert once.read_bytes() == again.read_bytes()


def test_no_text_that_teaches_is_measured() -> None:
    # Everybody writes "STOP" or "thanks a lot".
    taught = {row["text"] for row in load(replies()) if len(row["text"].split()) > 4}
    held = Path(__file__).parent / "held"
    for folder in (VALIDATION, held):
        assert not taught & {row["text"] for row in load(replies(folder))}


def test_the_networks_compute_what_they_were_taught_as() -> None:
    rows = words("cant feel my left foot since it was done")
    batch = jnp.asarray(rows)[None]
    there = jnp.ones(batch.shape[:2])
    taught = [net.logits(dict(one), batch, there, None)[0] for one in weights().networks]
    found = network.logits(weights().networks, rows)
    np.testing.assert_allclose(found, np.mean(taught, axis=0), rtol=2e-4, atol=2e-4)
    assert found.shape == (len(OUTPUTS),)


def test_vectors_of_one_meaning_lie_nearer_than_others_across_languages() -> None:
    leg, pierna, weather = embed(
        ["my leg gives way on the stairs", "me fallan las piernas al subir", "lovely weather"]
    )
    assert leg @ pierna > 0.5 > leg @ weather


def test_kept_vectors_are_those_of_the_phrases_that_options_stand_for() -> None:
    phrases = sorted(set(comparable()))
    assert sorted(kept()) == phrases, "The lexicon has changed: run manage.py train_reader."
    some = phrases[::97]
    assert np.min(np.sum(vectors(some) * embed(some), axis=1)) > 0.98


def test_beliefs_order_an_alarming_text_above_a_harmless_one() -> None:
    alarming = _believe("my legs have gone completely dead and I cant stand")
    harmless = _believe("feeling great thanks")
    assert alarming.page(hours_since=40) > 0.9 > 0.1 > harmless.page(hours_since=40)
    assert harmless.routine > alarming.routine
    assert alarming.flag(hours_since=40) == "limb_weakness"


def test_a_numb_limb_is_no_red_flag_while_the_block_wears_off() -> None:
    numb = _believe("my foot is still numb and tingling")
    assert numb.page(hours_since=40) > numb.page(hours_since=4)
    assert numb.flag(hours_since=4) != "limb_numbness"
