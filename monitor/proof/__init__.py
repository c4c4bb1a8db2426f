"""Proves a protocol by enumeration before it runs; `prove` runs every theorem.

The whole space of answers, modifiers and hours is too large to walk, so it is reduced, and each
reduction is argued where it is made:

- `windows`: between two bounds of rules nothing changes, so one hour stands for each window.
- `symptoms`: an assessment is a function of the level of each symptom (`triage.settle`), and
  the level of a symptom depends on the few facts that its rules name. Both are walked whole.
- `pairs`: the whole of `assess` on every two answers, to check the argument of `symptoms`.
- `numbers`: rules see numbers only as facts; that more pain or sugar never takes a fact away is
  walked over all scores, baselines and settings.
- `paths`: answers that state the same facts lead the conversation the same way, so one stands
  for all of them.
"""

from collections.abc import Iterator

from monitor.proof.flags import prove_flags, prove_outcomes
from monitor.proof.numbers import prove_numbers
from monitor.proof.pairs import prove_pairs
from monitor.proof.paths import prove_paths
from monitor.proof.symptoms import prove_settling, prove_symptoms
from monitor.proof.theorem import Theorem
from monitor.protocol.model import Protocol

__all__ = ["Theorem", "prove"]


def prove(protocol: Protocol) -> Iterator[Theorem]:
    """Every theorem of a protocol, each with its number of cases and its counter-example."""
    yield prove_settling(protocol)
    yield prove_symptoms(protocol)
    yield prove_pairs(protocol)
    yield prove_numbers(protocol)
    yield prove_outcomes(protocol)
    yield from prove_flags(protocol)
    yield from prove_paths(protocol)
