"""A theorem's result: what was claimed, how many cases, and the smallest counter-example."""

from dataclasses import dataclass


class Refuted(Exception):
    """A counter-example, in words; cases are walked smallest first, so it is the smallest."""


@dataclass(frozen=True)
class Theorem:
    """`counter_example` is None when the claim holds in all `cases`."""

    claim: str
    cases: int
    counter_example: str | None = None

    @property
    def holds(self) -> bool:
        """Whether no counter-example was found."""
        return self.counter_example is None


class Walk:
    """Counts the cases of a theorem and stops at the first that refutes it."""

    def __init__(self, claim: str) -> None:
        self.claim = claim
        self.cases = 0

    def check(self, holds: object, *example: object) -> None:
        """Count one case; raise Refuted with the example in words when it does not hold."""
        self.cases += 1
        if not holds:
            raise Refuted(" ".join(str(part) for part in example))

    def proved(self) -> Theorem:
        """The theorem after the whole walk."""
        return Theorem(self.claim, self.cases)

    def refuted(self, error: Refuted) -> Theorem:
        """The theorem with its counter-example."""
        return Theorem(self.claim, self.cases, str(error))
