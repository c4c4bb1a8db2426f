"""Headache, its severity and changes, and signs of stroke."""

from tests.monitor.triage.golden.case import (
    D1,
    D3,
    D7,
    D14,
    EBP,
    EMERGENCY,
    NOT_EBP,
    REVIEW,
    ROUTINE,
    URGENT,
    case,
)

HEAD = [
    case(
        "headache.postural",
        REVIEW,
        "review_headache",
        "headache",
        D1,
        headache=2,
        headache_severity=1,
        only=NOT_EBP,
    ),
    case(
        "headache.postural.after_patch",
        URGENT,
        "urgent",
        "headache",
        D1,
        headache=2,
        headache_severity=1,
        only=(EBP,),
    ),
    case("headache.postural.two_weeks", URGENT, "urgent", "headache", D14, headache=2),
    case("headache.in_words", URGENT, "urgent", "headache", D3, said="postural_headache"),
    case("headache.constant", REVIEW, "review", "headache", D1, headache=3, only=NOT_EBP),
    case(
        "headache.constant.after_patch",
        URGENT,
        "urgent",
        "headache_change",
        D1,
        headache=3,
        only=(EBP,),
    ),
    case("headache.constant.two_weeks", URGENT, "urgent", "headache_change", D14, headache=3),
    case(
        "headache.changed",
        EMERGENCY,
        "emergency",
        "headache_change",
        D7,
        headache=3,
        before={"headache": 2},
    ),
    *(
        case(
            "headache.with_flag",
            EMERGENCY,
            "emergency",
            "headache_change",
            D1,
            answers={"headache": 2, **sign},
        )
        for sign in ({"stroke_signs": 2}, {"meningism": 2}, {"fever": 2})
    ),
    case(
        "headache_severity.bad",
        URGENT,
        "urgent",
        "headache",
        D1,
        headache=2,
        headache_severity=2,
    ),
    case(
        "headache_severity.worst",
        EMERGENCY,
        "emergency",
        "headache_change",
        D1,
        headache=3,
        headache_severity=3,
    ),
    case("headache.mild.early", ROUTINE, None, "headache", 47, said="mild_headache"),
    case("headache.mild.late", REVIEW, "review_headache", "headache", 48, said="mild_headache"),
    case("stroke_signs.any", EMERGENCY, "emergency", "stroke", D1, stroke_signs=2),
    case("stroke_signs.vision", EMERGENCY, "emergency", "stroke", D1, said="vision_loss"),
    case(
        "stroke_signs.collapse", EMERGENCY, "emergency", "stroke", D7, said="collapse_confusion"
    ),
]
