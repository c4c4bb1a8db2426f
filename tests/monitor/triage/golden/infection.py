"""Fever, stiff neck, the injection site and allergy."""

from tests.monitor.triage.golden.case import (
    D1,
    D3,
    D7,
    D30,
    EBP,
    EMERGENCY,
    NOT_EBP,
    REVIEW,
    ROUTINE,
    URGENT,
    case,
)

INFECTION = [
    *(
        case("fever.any", URGENT, "urgent", "infection", h, fever=2, only=NOT_EBP)
        for h in (D1, D7, D30)
    ),
    case("fever.any", EMERGENCY, "emergency", "infection", D1, fever=2, risks="immune"),
    case("fever.with_sign", EMERGENCY, "emergency", "infection", D1, fever=2, only=(EBP,)),
    *(
        case(
            "fever.with_sign",
            EMERGENCY,
            "emergency",
            "infection",
            D1,
            answers={"fever": 2, **sign},
        )
        for sign in (
            {"worse_pain": 2},
            {"worse_pain": 3},
            {"limb_numbness": 3},
            {"limb_numbness": 2},
            {"limb_weakness": 2},
            {"meningism": 2},
        )
    ),
    case("meningism.alone", URGENT, "urgent", "meningitis", D1, meningism=2),
    case("meningism.with_sign", EMERGENCY, "emergency", "meningitis", D1, meningism=2, fever=2),
    case(
        "meningism.with_sign", EMERGENCY, "emergency", "meningitis", D1, meningism=2, headache=3
    ),
    case("injection_site.sore.early", ROUTINE, "sore", "site", D1, injection_site=2),
    case("injection_site.sore.early", ROUTINE, "sore", "site", D3, said="bruising"),
    case("injection_site.sore.late", REVIEW, "review", "site", D7, injection_site=2),
    case("injection_site.hot", URGENT, "urgent", "site", D1, injection_site=3),
    case("injection_site.leak", URGENT, "urgent", "site", D1, injection_site=4),
    case(
        "injection_site.with_fever",
        EMERGENCY,
        "emergency",
        "infection",
        D7,
        injection_site=3,
        fever=2,
    ),
    case("allergic_reaction.alone", URGENT, "urgent", "allergy", D1, allergic_reaction=2),
    case(
        "allergic_reaction.with_breathing",
        EMERGENCY,
        "emergency",
        "allergy",
        D1,
        allergic_reaction=2,
        chest_symptoms=2,
    ),
]
