"""The codes that protocols may use: findings of the reader, risks, procedures, conditions.

A protocol that names anything else is refused when it is loaded.
"""

PROCEDURES: frozenset[str] = frozenset(
    {
        "epidural_steroid",
        "nerve_root_block",
        "facet_joint",
        "lumbar_puncture",
        "spinal_anaesthesia",
        "blood_patch",
    }
)

RISKS: frozenset[str] = frozenset(
    {"anticoagulant", "blood_patch", "cervical", "diabetes", "immune"}
)

RED_FLAGS: frozenset[str] = frozenset(
    {
        "limb_weakness",
        "saddle_numbness",
        "urinary_retention",
        "incontinence",
        "chest_symptoms",
        "allergic_reaction",
        "meningism",
        "collapse_confusion",
        "vision_loss",
        "self_harm",
        "severe_pain",
        "limb_numbness",
        "fever",
        "site_infection",
        "leg_swelling",
        "postural_headache",
    }
)
"""Findings that page whenever they are new, whatever else is true."""

SOFTER: frozenset[str] = frozenset(
    {"worse_pain", "no_relief", "high_blood_sugar", "mild_headache", "pain_flare"}
)

EXPECTED: frozenset[str] = frozenset(
    {"site_soreness", "bruising", "flushing", "poor_sleep", "hiccups", "improved"}
)

FINDINGS: frozenset[str] = RED_FLAGS | SOFTER | EXPECTED

NUMBERS: frozenset[str] = frozenset({"pain_score", "pain_rise", "pain_up", "blood_sugar"})
"""Numbers that a condition may compare.

`pain_score` 0 to 10; `pain_rise` above the baseline; `pain_up`
above the last earlier check-in; `blood_sugar` in mg/dL. An unanswered number compares false.
Hours are no number: a rule's `since` and `until` hold them, where a proof can see them.
"""

CIRCUMSTANCES: frozenset[str] = frozenset({"steroid"})
"""What was done, where a question depends on it; never a reason to score otherwise."""
