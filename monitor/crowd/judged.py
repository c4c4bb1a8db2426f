"""What the rules make of a made-up check-in, as its row holds it; each is asked once."""

import json
from dataclasses import dataclass
from functools import lru_cache

from monitor.levels import Level
from monitor.protocol import latest
from monitor.triage import Context, assess


@dataclass(frozen=True)
class Judged:
    """An assessment's level, score and JSON columns; `why` is its first reason."""

    level: Level
    score: int
    reasons: str
    told: str
    shown: str
    given: str
    codes: str
    why: str


@lru_cache(maxsize=200_000)
def judged(
    procedure: str,
    key: str,
    hours: int,
    answers: tuple[tuple[str, int], ...],
    risks: frozenset[str],
    baseline: int | None,
) -> Judged:
    """The assessment of a check-in that was answered so, `hours` after the procedure."""
    made = assess(
        latest(procedure),
        answers=dict(answers),
        context=Context(
            procedure,
            float(hours),
            check_in=key,
            risks=risks,
            baseline_pain=baseline,
        ),
    )
    reasons = [
        {
            "rule": one.rule,
            "code": one.code,
            "level": one.level.code,
            "words": one.words,
            "why": one.why,
            "source": one.source,
        }
        for one in made.reasons
    ]
    return Judged(
        level=made.level,
        score=made.score,
        reasons=json.dumps(reasons),
        told=json.dumps(list(made.tell)),
        shown=json.dumps(list(made.show)),
        given=json.dumps(made.given.to_json()),
        codes=json.dumps([one.code for one in made.reasons if one.level == made.level]),
        why=made.reasons[0].why if made.reasons else "",
    )
