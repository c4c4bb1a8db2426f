"""Questions and harmless answers, folded: what stands out in a story must not drown. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# Fewer are no flood.
FEWEST = 4


def folded(
    entries: Iterable[T],
    *,
    quiet: Callable[[T], bool],
    together: Callable[[T, T], bool],
    fold: Callable[[Sequence[T]], T],
) -> Iterator[T]:
    """The entries in their order, each run of at least FEWEST quiet ones as one.

    Whatever is not quiet stands by itself and ends the run, as does whatever is not `together`
    with the one before it.
    """
    run: list[T] = []
    for entry in entries:
        if run and not (quiet(entry) and together(run[-1], entry)):
            yield from _closed(run, fold)
            run = []
        if quiet(entry):
            run.append(entry)
        else:
            yield entry
    yield from _closed(run, fold)


def _closed(run: list[T], fold: Callable[[Sequence[T]], T]) -> Iterator[T]:
    if len(run) >= FEWEST:
        yield fold(run)
    else:
        yield from run
