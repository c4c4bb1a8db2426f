"""Where one window ends and the next begins: the last minutes of one, the first of the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from monitor.levels import Level
from tests.monitor.triage.golden.case import (
    BLOCKS,
    EBP,
    EMERGENCY,
    FJI,
    LP,
    NOT_EBP,
    NOT_FJI,
    PUNCTURES,
    REVIEW,
    ROUTINE,
    SPA,
    STEROID,
    URGENT,
    Case,
    case,
)

MINUTES = 0.1
"""Of an hour, before an edge."""

Piece = tuple[str, Level, str | None, str]
"""Rule, level, text and disposition inside one window."""


def edges(
    *parts: Piece | float,
    only: tuple[str, ...] = NOT_EBP,
    said: str = "",
    answers: Mapping[str, int | float] | None = None,
    before: Mapping[str, int | float] | None = None,
    baseline: int = 5,
) -> Iterator[Case]:
    """Windows and the hours between them, in turn: a case on each side of every edge."""
    pieces = [part for part in parts if isinstance(part, tuple)]
    hours = [0.0, *(part for part in parts if not isinstance(part, tuple)), 2400.0]
    for place, piece in enumerate(pieces):
        for hour in (hours[place], hours[place + 1] - MINUTES):
            yield case(
                *piece,
                hour,
                said=said or (),
                answers=answers,
                before=before,
                baseline=baseline,
                only=only,
            )


FADING = {"limb_numbness": 3}
WEEK: Piece = ("limb_numbness.fading.week", REVIEW, "review", "numbness")
PAST: Piece = ("limb_numbness.fading.past", REVIEW, "review", "numbness_late")
EARLY_FLARE: Piece = ("pain_score.risen.flare", ROUTINE, "flare", "pain_early")

ONE_HIGHER: Mapping[Level, tuple[Level, str]] = {
    ROUTINE: (REVIEW, "review"),
    REVIEW: (URGENT, "urgent"),
    URGENT: (EMERGENCY, "emergency"),
}
RAISED = (
    "pain_score.severe",
    "pain_score.risen",
    "pain_score.turned",
    "worse_pain",
    "pain_flare",
    "limb_numbness",
)


def after_patch(cases: Sequence[Case]) -> Iterator[Case]:
    """The same after a blood patch, which raises pain and numbness by one level."""
    for one in cases:
        if one.procedures != NOT_EBP or (one.rule.startswith("headache.") and one.answers):
            continue
        twin = replace(one, procedures=(EBP,))
        if one.rule.startswith(RAISED):
            level, tell = ONE_HIGHER[one.level]
            twin = replace(twin, level=level, tell=tell)
        yield twin


WINDOWS = [
    *edges(
        ("limb_weakness.fading.expected", ROUTINE, None, "neuro_exam"),
        12,
        ("limb_weakness.fading.late", URGENT, "urgent_nerve", "neuro_exam"),
        answers={"limb_weakness": 3},
        only=BLOCKS,
    ),
    *edges(
        ("limb_weakness.spinal.expected", ROUTINE, None, "neuro_exam"),
        6,
        ("limb_weakness.spinal.late", EMERGENCY, "emergency", "neuro_exam"),
        answers={"limb_weakness": 3},
        only=(SPA,),
    ),
    *edges(
        ("limb_weakness.puncture", EMERGENCY, "emergency", "neuro_exam"),
        answers={"limb_weakness": 3},
        only=PUNCTURES,
    ),
    *edges(
        ("limb_numbness.fading.expected", ROUTINE, None, "numbness"),
        144,
        WEEK,
        192,
        PAST,
        answers=FADING,
        only=BLOCKS,
    ),
    *edges(
        ("limb_numbness.spinal.expected", ROUTINE, None, "numbness"),
        6,
        ("limb_numbness.spinal.early", URGENT, "urgent_nerve", "numbness"),
        144,
        WEEK,
        192,
        PAST,
        answers=FADING,
        only=(SPA,),
    ),
    *edges(
        ("limb_numbness.puncture.early", URGENT, "urgent_nerve", "numbness"),
        144,
        WEEK,
        192,
        PAST,
        answers=FADING,
        only=(LP,),
    ),
    *edges(
        ("limb_numbness.puncture.early", EMERGENCY, "emergency", "numbness"),
        144,
        ("limb_numbness.fading.week", URGENT, "urgent", "numbness"),
        192,
        ("limb_numbness.fading.past", URGENT, "urgent", "numbness_late"),
        answers=FADING,
        only=(EBP,),
    ),
    *edges(
        ("limb_numbness.fading.expected", ROUTINE, None, "numbness"),
        12,
        ("limb_numbness.new", URGENT, "urgent_nerve", "numbness"),
        said="limb_numbness",
        only=BLOCKS,
    ),
    *edges(
        ("limb_numbness.new", URGENT, "urgent_nerve", "numbness"),
        192,
        ("limb_numbness.not_fading", URGENT, "urgent_nerve", "numbness_late"),
        answers={"limb_numbness": 2},
        before={"limb_numbness": 2},
    ),
    *edges(
        ("limb_numbness.new", URGENT, "urgent_nerve", "numbness"),
        312,
        ("limb_numbness.refer", URGENT, "urgent_nerve", "numbness_late"),
        answers={"limb_numbness": 2},
    ),
    *edges(
        ("pain_score.severe.words", URGENT, "urgent", "pain_early"),
        144,
        ("pain_score.severe.words.late", URGENT, "urgent", "pain_late"),
        answers={"worse_pain": 3},
    ),
    *edges(
        EARLY_FLARE,
        72,
        ("pain_score.risen.late", REVIEW, "review", "pain_early"),
        144,
        ("pain_score.risen.infection_window", URGENT, "urgent", "pain_late"),
        480,
        ("pain_score.risen.months", REVIEW, "review", "pain_late"),
        answers={"pain_score": 5},
        baseline=3,
    ),
    *edges(
        ("pain_score.turned.early", ROUTINE, "flare", "pain_early"),
        72,
        ("pain_score.turned", REVIEW, "review", "pain_late"),
        answers={"pain_score": 4},
        before={"pain_score": 2},
    ),
    *edges(
        ("pain_score.high.early", ROUTINE, None, "radicular"),
        312,
        ("pain_score.high.two_weeks", REVIEW, "review", "radicular"),
        answers={"pain_score": 7},
        baseline=7,
    ),
    *edges(
        ("worse_pain.bit.early", ROUTINE, "flare", "pain_early"),
        72,
        ("worse_pain.bit.late", REVIEW, "review", "pain_late"),
        answers={"worse_pain": 2},
    ),
    *edges(
        ("pain_flare.expected", ROUTINE, "flare", "pain_early"),
        72,
        ("pain_flare.late", REVIEW, "review", "pain_late"),
        said="pain_flare",
    ),
    *edges(
        ("headache.postural", REVIEW, "review_headache", "headache"),
        312,
        ("headache.postural.two_weeks", URGENT, "urgent", "headache"),
        answers={"headache": 2, "headache_severity": 1},
    ),
    *edges(
        ("headache.postural.after_patch", URGENT, "urgent", "headache"),
        312,
        ("headache.postural.two_weeks", URGENT, "urgent", "headache"),
        answers={"headache": 2},
        only=(EBP,),
    ),
    *edges(
        ("headache.constant", REVIEW, "review", "headache"),
        312,
        ("headache.constant.two_weeks", URGENT, "urgent", "headache_change"),
        answers={"headache": 3},
    ),
    *edges(
        ("headache.constant.after_patch", URGENT, "urgent", "headache_change"),
        312,
        ("headache.constant.two_weeks", URGENT, "urgent", "headache_change"),
        answers={"headache": 3},
        only=(EBP,),
    ),
    *edges(
        ("headache.mild.early", ROUTINE, None, "headache"),
        48,
        ("headache.mild.late", REVIEW, "review_headache", "headache"),
        said="mild_headache",
    ),
    *edges(
        ("injection_site.sore.early", ROUTINE, "sore", "site"),
        144,
        ("injection_site.sore.late", REVIEW, "review", "site"),
        answers={"injection_site": 2},
    ),
    *edges(
        ("blood_sugar.above_late.early", ROUTINE, "sugar", "sugar"),
        144,
        ("blood_sugar.above_late.week", REVIEW, "sugar", "sugar"),
        answers={"blood_sugar": 251},
    ),
    *edges(
        ("anticoagulant_restart.waiting", ROUTINE, None, "anticoagulant"),
        12,
        ("anticoagulant_restart.overdue", REVIEW, "blood_thinner", "anticoagulant"),
        answers={"anticoagulant_restart": 2},
    ),
    *edges(
        ("anticoagulant_restart.unsure.waiting", ROUTINE, None, "anticoagulant"),
        12,
        ("anticoagulant_restart.unsure", REVIEW, "blood_thinner", "anticoagulant"),
        answers={"anticoagulant_restart": 3},
    ),
    *edges(
        ("steroid_effects.early", ROUTINE, "steroid", "steroid"),
        312,
        ("steroid_effects.late", REVIEW, "review", "steroid"),
        answers={"steroid_effects": 2},
    ),
    *edges(
        ("relief.worse.early", ROUTINE, "flare", "pain_early"),
        72,
        ("relief.worse", REVIEW, "review", "pain_late"),
        answers={"relief": 4},
        only=BLOCKS,
    ),
    *edges(
        ("relief.worse.early", REVIEW, "review", "pain_early"),
        72,
        ("relief.worse", URGENT, "urgent", "pain_late"),
        answers={"relief": 4},
        only=(EBP,),
    ),
    *edges(
        ("relief.facet.early", ROUTINE, "relief_slow", "relief"),
        144,
        ("relief.facet", REVIEW, "review", "relief"),
        answers={"relief": 3},
        only=(FJI,),
    ),
    *edges(
        ("relief.other.early", ROUTINE, "relief_slow", "relief"),
        480,
        ("relief.other", REVIEW, "review", "relief"),
        answers={"relief": 3},
        only=NOT_FJI,
    ),
    *edges(
        ("menstrual_change.early", ROUTINE, "periods", "periods"),
        1440,
        ("menstrual_change.late", REVIEW, "review", "periods"),
        answers={"menstrual_change": 2},
        only=STEROID,
    ),
]

EDGES = [*WINDOWS, *after_patch(WINDOWS)]
