"""Steroid effects, relief, the patient's own judgement, late symptoms, and two at once."""

from tests.monitor.triage.golden.case import (
    D1,
    D3,
    D4,
    D7,
    D14,
    D21,
    D30,
    D90,
    EMERGENCY,
    ESI,
    FJI,
    NOT_FJI,
    NRB,
    REVIEW,
    ROUTINE,
    STEROID,
    case,
)

COURSE = [
    case("steroid_effects.early", ROUTINE, "steroid", "steroid", D1, steroid_effects=2),
    case("steroid_effects.early", ROUTINE, "steroid", "steroid", D1, said="hiccups"),
    case("steroid_effects.early", ROUTINE, "steroid", "steroid", D1, said="flushing"),
    case("steroid_effects.early", ROUTINE, "steroid", "steroid", D1, said="poor_sleep"),
    case("steroid_effects.late", REVIEW, "review", "steroid", D14, steroid_effects=2),
    case("relief.facet.early", ROUTINE, "relief_slow", "relief", D4, relief=3, only=(FJI,)),
    case("relief.facet", REVIEW, "review", "relief", D7, relief=3, only=(FJI,)),
    case("relief.other.early", ROUTINE, "relief_slow", "relief", D7, relief=3, only=NOT_FJI),
    case("relief.other.early", ROUTINE, "relief_slow", "relief", D14, relief=3, only=NOT_FJI),
    case("relief.other", REVIEW, "review", "relief", D21, relief=3, only=NOT_FJI),
    case("relief.other", REVIEW, "review", "relief", D21, said="no_relief", only=NOT_FJI),
    case(
        "relief.worse.early", ROUTINE, "flare", "pain_early", D3, relief=4, only=(ESI, NRB, FJI)
    ),
    case("relief.worse", REVIEW, "review", "pain_late", D7, relief=4, only=(ESI, NRB, FJI)),
    case("relief.improved", ROUTINE, None, "relief", D7, said="improved"),
    case("pgic.worse", REVIEW, "review", "outcome", D14, pgic=6),
    case("pgic.much_worse", REVIEW, "review", "outcome", D14, pgic=7),
    case("late_symptoms.alone", REVIEW, "late_visit", "late", D30, late_symptoms=2),
    *(
        case(
            "late_symptoms.with_flag",
            EMERGENCY,
            "emergency",
            "late",
            D30,
            answers={"late_symptoms": 2, **sign},
        )
        for sign in ({"fever": 2}, {"limb_weakness": 2}, {"urinary_retention": 2})
    ),
    case(
        "menstrual_change.early",
        ROUTINE,
        "periods",
        "periods",
        D30,
        menstrual_change=2,
        only=STEROID,
    ),
    case(
        "menstrual_change.late",
        REVIEW,
        "review",
        "periods",
        D90,
        menstrual_change=2,
        only=STEROID,
    ),
    case(
        "any.two_urgent",
        EMERGENCY,
        "emergency",
        "two_urgent",
        D1,
        leg_swelling=2,
        injection_site=3,
    ),
]
