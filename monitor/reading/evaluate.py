"""How good the reader is on labelled texts that no rule was tuned on."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.levels import Level
from monitor.reading.answers import read_answer
from monitor.reading.labelled import Row, load
from monitor.reading.reader import read
from monitor.reading.types import Answer, Reading

Z_95 = 1.959964
LANGUAGES = ("en", "es")
TENTH = 0.051


@dataclass(frozen=True, slots=True)
class Measure:
    """A share with its bound: `least` says that it must not be lower, else not higher."""

    name: str
    hits: int
    of: int
    bound: float
    least: bool

    @property
    def share(self) -> float:
        """Hits of all; an empty measure counts as met."""
        return self.hits / self.of if self.of else (1.0 if self.least else 0.0)

    @property
    def met(self) -> bool:
        """Whether the bound holds."""
        return self.share >= self.bound if self.least else self.share <= self.bound

    def line(self) -> str:
        """One printed row: the share, its interval, the bound and the verdict."""
        low, high = wilson(self.hits, self.of)
        sign = ">=" if self.least else "<="
        verdict = "ok" if self.met else "MISSED"
        return (
            f"{self.name:<52} {self.hits:>5}/{self.of:<5} {self.share:7.1%} "
            f"[{low:6.1%}, {high:6.1%}]  {sign} {self.bound:.1%}  {verdict}"
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled reply, its language and what the reader made of it."""

    row: Row
    lang: str
    reading: Reading

    @property
    def expected(self) -> Level:
        """The labelled level."""
        return Level.parse(self.row["level"])


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson; (0, 1) where there is nothing to count."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    spread = Z_95 * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of**2))
    middle, scale = share + Z_95**2 / (2 * of), 1 + Z_95**2 / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def cases(folder: Path) -> list[Case]:
    """Every reply of the folder's replies_*.jsonl, read."""
    return [
        Case(
            row,
            path.stem.removeprefix("replies_")[:2],
            read(row["text"], hours_since=row["hours_since"], procedure=row["procedure"]),
        )
        for path in sorted(folder.glob("replies_*.jsonl"))
        for row in load([path])
    ]


def _count(
    name: str,
    over: Iterable[Case],
    hit: Callable[[Case], bool],
    bound: float,
    *,
    least: bool = True,
) -> Measure:
    marks = [hit(case) for case in over]
    return Measure(name, sum(marks), len(marks), bound, least)


def reply_measures(read_cases: Sequence[Case]) -> list[Measure]:
    """The measures of the replies, with their bounds."""
    red = [case for case in read_cases if case.expected.pages]
    harmless = [case for case in read_cases if not case.expected.pages]
    routine = [c for c in read_cases if c.expected is Level.ROUTINE and c.lang in LANGUAGES]

    def pages(case: Case) -> bool:
        return case.reading.level.pages

    def closed(case: Case) -> bool:
        return case.reading.level is Level.ROUTINE

    return [
        _count("red flags that page, English", [c for c in red if c.lang == "en"], pages, 0.97),
        _count("red flags that page, Spanish", [c for c in red if c.lang == "es"], pages, 0.95),
        _count("red flags closed as routine", red, closed, 0.0, least=False),
        _count("harmless texts that page", harmless, pages, 0.08, least=False),
        _count("routine texts closed without a human", routine, closed, 0.65),
    ]


def same(value: Answer, label: Answer) -> bool:
    """Whether an answer is the labelled one; temperatures to a tenth of a degree."""
    if value is None or label is None or isinstance(value, bool) or isinstance(label, bool):
        return value is label
    return abs(value - label) < TENTH


def dangerous(value: Answer, label: Answer, *, kind: str) -> bool:
    """A symptom read as none, a score read lower, or a number invented.

    Of relief a higher number is the dangerous one; of options an earlier one, since
    every question of the protocols lists its options from harmless to grave.
    """
    if value is None or same(value, label):
        return False
    if kind == "yes_no":
        return value is False
    if label is None:
        return kind != "choice" or value == 1
    return value > label if kind == "relief_percent" else value < label


def answer_measures(rows: Sequence[Row]) -> tuple[list[Measure], list[str]]:
    """The measures of the short answers, and the wrong ones."""
    wrong: list[str] = []
    right = danger = 0
    for row in rows:
        kind, label = row["question_kind"], row["value"]
        value = read_answer(
            row["text"], kind=kind, lang=row["lang"], options=row.get("options") or ()
        )
        bad = dangerous(value, label, kind=kind)
        right += same(value, label)
        danger += bad
        if not same(value, label):
            mark = "DANGEROUS " if bad else ""
            wrong.append(
                f"  {mark}{row['id']} {kind}: {row['text']!r} is {label}, read {value}"
            )
    return [
        Measure("short answers right", right, len(rows), 0.97, least=True),
        Measure("short answers dangerously wrong", danger, len(rows), 0.005, least=False),
    ], wrong


def finding_lines(read_cases: Sequence[Case]) -> Iterator[str]:
    """Per finding: recall and precision with their intervals."""
    codes = {code for case in read_cases for code in case.row["findings"]}
    for code in sorted(codes):
        label = [code in case.row["findings"] for case in read_cases]
        found = [code in case.reading.findings for case in read_cases]
        both = sum(a and b for a, b in zip(label, found, strict=True))
        parts = [f"  {code:<20}"]
        for name, of in (("recall", sum(label)), ("precision", sum(found))):
            low, high = wilson(both, of)
            share = both / of if of else 0.0
            parts.append(f"{name} {both:>4}/{of:<4} {share:6.1%} [{low:6.1%}, {high:6.1%}]")
        yield "  ".join(parts)


def miss_lines(read_cases: Sequence[Case]) -> Iterator[str]:
    """The texts on the wrong side of paging, and the red flags that were closed."""
    for case in read_cases:
        if case.expected.pages == case.reading.level.pages:
            continue
        kind = "missed" if case.expected.pages else "false page"
        if case.expected.pages and case.reading.level is Level.ROUTINE:
            kind = "CLOSED"
        labels = ", ".join(case.row["findings"]) or "none"
        found = ", ".join(case.reading.findings) or "none"
        yield (
            f"  {kind}: {case.row['id']} {case.row['text']!r} "
            f"labelled {case.row['level']} ({labels}), read {case.reading.level.code} ({found})"
        )


def report(folder: Path) -> tuple[list[str], bool]:
    """The printed report over a folder of labelled texts, and whether every bound is met.

    ValueError where the folder holds no labelled text.
    """
    read_cases = cases(folder)
    answers = load(sorted(folder.glob("answers*.jsonl")))
    if not read_cases and not answers:
        raise ValueError(f"no replies_*.jsonl or answers*.jsonl in {folder}")
    scored, wrong = answer_measures(answers)
    measures = [*reply_measures(read_cases), *scored]
    lines = [f"{len(read_cases)} replies, {len(answers)} short answers", ""]
    lines += [measure.line() for measure in measures]
    lines += ["", "per finding", *finding_lines(read_cases)]
    lines += ["", "on the wrong side of paging", *miss_lines(read_cases)]
    lines += ["", "short answers read wrongly", *wrong]
    return lines, all(measure.met for measure in measures)
