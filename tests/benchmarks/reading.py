"""Texts per second per core, and memory of a worker with the reader loaded.

Run `python -m tests.benchmarks.reading`. The floor, measured in the same run, is a scan of
the same texts with one compiled regular expression of a few hundred words.
"""

import re
import resource
import sys
import time
from collections.abc import Callable, Sequence

from monitor.reading import read
from monitor.reading.labelled import load, replies
from monitor.reading.lexicon import lexicon

ROUNDS = 3
WORDS = 400
LONG = 1600


def seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """The best of a few rounds of processor time over all the texts, in seconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - start)
    return best


def memory_mb() -> float:
    """The most memory that this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    """Print the figures."""
    texts = [row["text"] for row in load(replies())][::20]
    before = memory_mb()

    def reader(text: str) -> object:
        return read(text, hours_since=40, procedure="epidural_steroid")

    reader(texts[0])
    loaded = memory_mb()
    words = sorted(lexicon("en").vocabulary)[:WORDS]
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    ours, floor = seconds(reader, texts), seconds(pattern.findall, texts)
    longest = " ".join(texts)[:LONG]
    print(
        f"reader      {len(texts) / ours:9.0f} texts/s/core  {ours / len(texts) * 1000:6.2f} ms"
    )
    print(f"bare regex  {len(texts) / floor:9.0f} texts/s/core")
    print(f"a text of {LONG} characters  {seconds(reader, [longest]) * 1000:.1f} ms")
    print(f"worker with the reader  {loaded:.0f} MB, of it reader {loaded - before:.0f} MB")


if __name__ == "__main__":
    main()
