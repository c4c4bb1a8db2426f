"""Chest, leg, blood sugar, blood thinner, fainting and self-harm."""

from tests.monitor.triage.golden.case import (
    D1,
    D7,
    D14,
    EMERGENCY,
    REVIEW,
    ROUTINE,
    STEROID,
    URGENT,
    case,
)

BODY = [
    case("chest_symptoms.any", EMERGENCY, "emergency", "chest", D7, chest_symptoms=2),
    case("leg_swelling.alone", URGENT, "urgent_leg", "leg_swelling", D7, leg_swelling=2),
    *(
        case(
            "leg_swelling.with_flag",
            EMERGENCY,
            "emergency",
            "leg_swelling",
            D7,
            answers={"leg_swelling": 2, **sign},
        )
        for sign in ({"chest_symptoms": 2}, {"limb_weakness": 2}, {"limb_numbness": 3})
    ),
    case("blood_sugar.high", URGENT, "urgent", "sugar", D1, blood_sugar=301),
    case("blood_sugar.high", URGENT, "urgent", "sugar", D1, blood_sugar=16.7),
    case("blood_sugar.above_late.early", ROUTINE, "sugar", "sugar", D1, blood_sugar=260),
    case("blood_sugar.above_late.week", REVIEW, "sugar", "sugar", D7, blood_sugar=260),
    case("blood_sugar.raised", ROUTINE, "sugar", "sugar", D7, blood_sugar=180),
    case(
        "blood_sugar.unchecked",
        ROUTINE,
        "sugar_check",
        "sugar",
        D1,
        blood_sugar=0,
        only=STEROID,
    ),
    case("blood_sugar.words", REVIEW, "sugar", "sugar", D1, said="high_blood_sugar"),
    case(
        "high_sugar_symptoms.alone",
        URGENT,
        "urgent",
        "dka",
        D1,
        high_sugar_symptoms=2,
        only=STEROID,
    ),
    case(
        "high_sugar_symptoms.with_sugar",
        EMERGENCY,
        "emergency",
        "dka",
        D1,
        high_sugar_symptoms=2,
        blood_sugar=280,
        only=STEROID,
    ),
    case(
        "anticoagulant_restart.waiting",
        ROUTINE,
        None,
        "anticoagulant",
        11,
        anticoagulant_restart=2,
    ),
    case(
        "anticoagulant_restart.overdue",
        REVIEW,
        "blood_thinner",
        "anticoagulant",
        D1,
        anticoagulant_restart=2,
    ),
    case(
        "anticoagulant_restart.waiting",
        ROUTINE,
        None,
        "anticoagulant",
        D1,
        anticoagulant_restart=2,
        settings={"restart_due_hours": 48},
    ),
    case(
        "anticoagulant_restart.unsure.waiting",
        ROUTINE,
        None,
        "anticoagulant",
        11,
        anticoagulant_restart=3,
    ),
    case(
        "anticoagulant_restart.unsure",
        REVIEW,
        "blood_thinner",
        "anticoagulant",
        D1,
        anticoagulant_restart=3,
    ),
    case("fainting.alone", REVIEW, "faint", "faint", D1, fainting=2),
    case(
        "fainting.with_flag", EMERGENCY, "emergency", "chest", D1, fainting=2, chest_symptoms=2
    ),
    case("self_harm.any", EMERGENCY, "self_harm", "self_harm", D14, said="self_harm"),
]
