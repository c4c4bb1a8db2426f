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

    `pain` is the last score and `pain_change` its distance from the baseline, in points of 10,
    negative for less pain; `pain_share` is the share of the baseline that is gone, negative
    for more pain. `relief` is the last answer about relief that may be judged, 1 to 4, and
    `non_responder` what it means; both are None until the sources allow to judge, which is
    `judged_from` hours after the procedure (None: relief is not asked).
    """

    baseline: int | None
    pain: int | None
    pain_change: int | None
    pain_share: float | None
    half_relief: bool | None
    clear_change: bool | None
    pgic: int | None
    much_better: bool | None
    relief: int | None
    non_responder: bool | None
    judged_from: float | None

    @property
    def measured(self) -> bool:
        """Whether there is anything to show."""
        return self.pain is not None or self.pgic is not None or self.relief is not None

    @property
    def percent(self) -> int | None:
        """The share of the baseline that is gone, in percent; negative for more pain."""
        return None if self.pain_share is None else round(100 * self.pain_share)


def outcome(
    protocol: Protocol, *, history: Sequence[Past], baseline_pain: int | None
) -> Outcome:
    """Measure a follow-up from its check-ins, oldest first; the last answer of each counts."""
    pain = _last(history, "pain_score")
    pgic = _last(history, "pgic")
    change = None if pain is None or baseline_pain is None else pain - baseline_pain
    share = -change / baseline_pain if change is not None and baseline_pain else None
    judged_from = _judged_from(protocol)
    relief = _relief(history, judged_from)
    return Outcome(
        baseline=baseline_pain,
        pain=pain,
        pain_change=change,
        pain_share=share,
        half_relief=None if share is None else share >= SUCCESS_SHARE,
        clear_change=_clear(change, share),
        pgic=pgic,
        much_better=None if pgic is None else pgic <= MUCH_BETTER,
        relief=relief,
        non_responder=None if relief is None else relief >= NO_RELIEF,
        judged_from=judged_from,
    )


def _last(history: Sequence[Past], code: str) -> int | None:
    given = [past.answers[code] for past in history if code in past.answers]
    return int(given[-1]) if given else None


def _clear(change: int | None, share: float | None) -> bool | None:
    if change is None:
        return None
    return change <= -CLEAR_POINTS or (share is not None and share >= CLEAR_SHARE)


def _judged_from(protocol: Protocol) -> float | None:
    """Hours from which relief may be judged, where the protocol asks about it."""
    if not any("relief" in plan.questions for plan in protocol.check_ins):
        return None
    return protocol.windows["d7" if protocol.procedure == "facet_joint" else "d21"]


def _relief(history: Sequence[Past], judged_from: float | None) -> int | None:
    if judged_from is None:
        return None
    return _last([past for past in history if past.hours_since >= judged_from], "relief")
