"""The model: rebuilt to the same bytes, small, and only ever adding."""

from pathlib import Path

from monitor.reading.lexicon import concepts
from monitor.reading.model import WEIGHTS, believe
from monitor.reading.normalise import tokenise
from monitor.reading.train import corpus, train


def test_training_gives_the_stored_weights_byte_for_byte(tmp_path: Path) -> None:
    target = tmp_path / "model.npz"
    size = train(corpus(), target)
    assert target.read_bytes() == WEIGHTS.read_bytes()
    assert size < 1_000_000


def test_beliefs_order_an_alarming_text_above_a_harmless_one() -> None:
    def page(text: str) -> float:
        tokens = tokenise(text)
        return believe(tokens, concepts(tokens, ("en",)), ()).page

    assert page("my legs have gone completely dead and I cant stand") > page(
        "feeling great thanks"
    )
