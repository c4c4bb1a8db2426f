"""Which findings a text names, before it is asked whether they are denied or past."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.reading.lexicon import FOLDER, Concepts, Span
from monitor.reading.normalise import Token

DEFAULT_REACH = 5
# A sentence end inside a match costs this much of its reach.
BREAK_COST = 2
GUARD_REACH = 3
CONTRARY = frozenset("but pero except sino".split())


@dataclass(frozen=True, slots=True)
class Rule:
    """Concepts that stand within `reach` further words of one another make a finding."""

    code: str
    why: str
    concepts: tuple[str, ...]
    ordered: frozenset[int]
    guards: tuple[str, ...]
    reach: int
    noun: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A finding named in the text, whatever is then said about it."""

    code: str
    why: str
    span: Span
    noun: bool
    parts: tuple[Span, ...] = ()


def parse_rule(code: str, why: str, text: str, *, noun: bool) -> Rule:
    """Read "a > b /6 !c": b after a, at most six words more than theirs, no c close by."""
    names: list[str] = []
    ordered: set[int] = set()
    guards: list[str] = []
    reach = DEFAULT_REACH
    for part in text.split():
        if part == ">":
            ordered.add(len(names) - 1)
        elif part.startswith("/"):
            reach = int(part[1:])
        elif part.startswith("!"):
            guards.append(part[1:])
        else:
            names.append(part)
    return Rule(code, why, tuple(names), frozenset(ordered), tuple(guards), reach, noun)


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of all findings, in the file's order."""
    raw = tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))
    return tuple(
        parse_rule(code, table["why"], text, noun=key == "nouns")
        for code, table in raw.items()
        if code != "fine"
        for key in ("rules", "nouns")
        for text in table[key]
    )


@cache
def fine_rules() -> tuple[Rule, ...]:
    """The rules for what is said to be well: each stands for a denial of its finding."""
    raw = tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))["fine"]
    return tuple(
        parse_rule(code, "said to be well", text, noun=False)
        for code, texts in raw.items()
        for text in texts
    )


def _breaks(tokens: Sequence[Token], span: Span) -> int:
    return sum(token.after_break for token in tokens[span.start + 1 : span.end])


def _nearest(
    spans: Sequence[Span], chosen: Sequence[Span], *, after: Span | None
) -> Span | None:
    """The span nearest to the chosen ones, touching none of them."""
    low, high = min(s.start for s in chosen), max(s.end for s in chosen)
    free = [
        span
        for span in spans
        if not any(span.overlaps(c) for c in chosen)
        and (after is None or span.start >= after.end)
    ]
    return min(free, key=lambda s: (max(low - s.end, s.start - high, 0), s.start), default=None)


def _contrary(tokens: Sequence[Token], chosen: Sequence[Span]) -> bool:
    """Whether a "but" stands between the parts, which then belong to two statements."""
    span = _around(chosen)
    return len(chosen) > 1 and any(
        tokens[i].text in CONTRARY for i in range(span.start, span.end)
    )


def _around(chosen: Sequence[Span]) -> Span:
    return Span(min(s.start for s in chosen), max(s.end for s in chosen))


def _combine(rule: Rule, first: Span, found: Concepts) -> list[Span] | None:
    chosen = [first]
    for index, concept in enumerate(rule.concepts[1:]):
        after = chosen[-1] if index in rule.ordered else None
        span = _nearest(found.get(concept, ()), chosen, after=after)
        if span is None:
            return None
        chosen.append(span)
    return chosen


def _guarded(rule: Rule, span: Span, found: Concepts) -> bool:
    near = Span(max(0, span.start - GUARD_REACH), span.end + GUARD_REACH)
    return any(near.overlaps(guard) for name in rule.guards for guard in found.get(name, ()))


def _matches(rule: Rule, tokens: Sequence[Token], found: Concepts) -> Iterator[list[Span]]:
    for first in found.get(rule.concepts[0], ()):
        chosen = _combine(rule, first, found)
        if chosen is None:
            continue
        span = _around(chosen)
        gap = (span.end - span.start) - sum(s.end - s.start for s in chosen)
        if gap + BREAK_COST * _breaks(tokens, span) <= rule.reach or len(chosen) == 1:
            if not _guarded(rule, span, found) and not _contrary(tokens, chosen):
                yield chosen


def _narrowest(mentions: Sequence[Mention]) -> list[Mention]:
    """Each finding on the fewest words: what holds another mention of it says no more."""
    kept: list[Mention] = []
    for mention in sorted(
        mentions, key=lambda m: (m.span.end - m.span.start, not m.noun, m.span)
    ):
        if not any(k.code == mention.code and k.span.within(mention.span) for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: (m.span.start, m.span.end))


def mentions(tokens: Sequence[Token], found: Concepts, of: Sequence[Rule]) -> list[Mention]:
    """Everything that the given rules find, in the text's order."""
    return _narrowest(
        [
            Mention(rule.code, rule.why, _around(chosen), rule.noun, tuple(sorted(chosen)))
            for rule in of
            if all(concept in found for concept in rule.concepts)
            for chosen in _matches(rule, tokens, found)
        ]
    )
