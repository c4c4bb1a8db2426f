"""Golden assessments: one case or more for every row and every rule of the table."""

from collections.abc import Mapping

from tests.monitor.triage.golden.body import BODY
from tests.monitor.triage.golden.case import ALL, Case
from tests.monitor.triage.golden.course import COURSE
from tests.monitor.triage.golden.edges import EDGES
from tests.monitor.triage.golden.head import HEAD
from tests.monitor.triage.golden.infection import INFECTION
from tests.monitor.triage.golden.nerve import NERVE
from tests.monitor.triage.golden.pain import PAIN

__all__ = ["ALL", "CASES", "UNALARMING", "Case"]

CASES = [*NERVE, *PAIN, *INFECTION, *HEAD, *BODY, *COURSE, *EDGES]

UNALARMING: Mapping[str, int | float] = {
    "screen": 1,
    "limb_weakness": 1,
    "limb_numbness": 1,
    "saddle_numbness": 1,
    "urinary_retention": 1,
    "incontinence": 1,
    "sexual_dysfunction": 3,
    "pain_score": 6,
    "worse_pain": 1,
    "fever": 1,
    "meningism": 1,
    "headache": 1,
    "stroke_signs": 1,
    "chest_symptoms": 1,
    "leg_swelling": 1,
    "injection_site": 1,
    "allergic_reaction": 1,
    "blood_sugar": 179,
    "high_sugar_symptoms": 1,
    "anticoagulant_restart": 1,
    "fainting": 1,
    "steroid_effects": 1,
    "relief": 2,
    "pgic": 5,
    "late_symptoms": 1,
    "menstrual_change": 3,
}
"""The most that can be answered without anything to report."""
