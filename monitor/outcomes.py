"""How a follow-up turned out: change of pain, relief, the patient's judgement, non-response.

Success is at least 50 % less pain (O-CMS); the smallest change that matters is 2 points or 30 %
(O-Ostelo, O-Farrar); PGIC 1 or 2 is "much better" (O-Farrar). Relief is judged where the
sources time it: after a facet joint injection from the end of week 1 (S4), else from week 3 on
(S3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.protocol.model import Protocol
from monitor.triage.facts import Past

SUCCESS_SHARE = 0.5
CLEAR_POINTS = 2
CLEAR_SHARE = 0.3
MUCH_BETTER = 2
NO_RELIEF = 3
"""Answers to `relief` from "The same" on."""


@dataclass(frozen=True)
class Outcome:
    """Outcome measures of one follow-up; None where an answer or the baseline is missing.

    `pain_change` is in points of 10, negative for less pain; `pain_share` is the share of the
    baseline that is gone, negative for more pain. `non_responder` is None until the sources
    allow to judge.
    """

    pain_change: int | None
    pain_share: float | None
    half_relief: bool | None
    clear_change: bool | None
    pgic: int | None
    much_better: bool | None
    non_responder: bool | None


def outcome(
    protocol: Protocol, *, history: Sequence[Past], baseline_pain: int | None
) -> Outcome:
    """Measure a follow-up from its check-ins, oldest first; the last answer of each counts."""
    pain = _last(history, "pain_score")
    pgic = _last(history, "pgic")
    change = None if pain is None or baseline_pain is None else pain - baseline_pain
    share = -change / baseline_pain if change is not None and baseline_pain else None
    return Outcome(
        pain_change=change,
        pain_share=share,
        half_relief=None if share is None else share >= SUCCESS_SHARE,
        clear_change=_clear(change, share),
        pgic=pgic,
        much_better=None if pgic is None else pgic <= MUCH_BETTER,
        non_responder=_non_responder(protocol, history),
    )


def _last(history: Sequence[Past], code: str) -> int | None:
    given = [past.answers[code] for past in history if code in past.answers]
    return int(given[-1]) if given else None


def _clear(change: int | None, share: float | None) -> bool | None:
    if change is None:
        return None
    return change <= -CLEAR_POINTS or (share is not None and share >= CLEAR_SHARE)


def _non_responder(protocol: Protocol, history: Sequence[Past]) -> bool | None:
    """Whether the last answer about relief, given when it may be judged, was no relief."""
    window = "d7" if protocol.procedure == "facet_joint" else "d21"
    since = protocol.windows[window]
    judged = [
        past.answers["relief"]
        for past in history
        if "relief" in past.answers and past.hours_since >= since
    ]
    return judged[-1] >= NO_RELIEF if judged else None
