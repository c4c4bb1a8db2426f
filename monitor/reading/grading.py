"""From findings to a level and a score: the table of the clinic's rules."""

from collections.abc import Collection

from monitor.levels import Level

EMERGENCY = frozenset(
    """limb_weakness saddle_numbness urinary_retention incontinence chest_symptoms
    allergic_reaction meningism collapse_confusion vision_loss self_harm""".split()
)
URGENT = frozenset(
    """severe_pain limb_numbness fever site_infection leg_swelling postural_headache""".split()
)
RED_FLAGS = EMERGENCY | URGENT
# With a fever these point to an abscess, a discitis or a meningitis.
WITH_FEVER = EMERGENCY | {"severe_pain", "worse_pain", "pain_flare", "limb_numbness"}
BLOCK_HOURS = 12
FLARE_HOURS = 72
HEADACHE_HOURS = 48
RELIEF_HOURS = 336

BASE = {Level.ROUTINE: 0, Level.REVIEW: 25, Level.URGENT: 50, Level.EMERGENCY: 75}
STEP = {Level.ROUTINE: 1, Level.REVIEW: 2, Level.URGENT: 4, Level.EMERGENCY: 6}
WIDTH = 24


def finding_level(code: str, *, hours_since: float) -> Level:
    """The level of one finding by itself; hours count from the procedure."""
    if code in EMERGENCY:
        return Level.EMERGENCY
    if code == "limb_numbness":
        return Level.URGENT if hours_since >= BLOCK_HOURS else Level.ROUTINE
    if code in URGENT:
        return Level.URGENT
    reviewed = (
        code == "high_blood_sugar"
        or (code == "worse_pain" and hours_since >= FLARE_HOURS)
        or (code == "no_relief" and hours_since >= RELIEF_HOURS)
        or (code == "mild_headache" and hours_since >= HEADACHE_HOURS)
    )
    return Level.REVIEW if reviewed else Level.ROUTINE


def findings_level(findings: Collection[str], *, hours_since: float) -> Level:
    """The highest level of all findings; a fever with back pain or a nerve symptom is one."""
    if "fever" in findings and WITH_FEVER.intersection(findings):
        return Level.EMERGENCY
    levels = (finding_level(code, hours_since=hours_since) for code in findings)
    return max(levels, default=Level.ROUTINE)


def score(level: Level, findings: Collection[str], *, hours_since: float) -> int:
    """0 to 100: the level decides the quarter, each finding adds, none takes away."""
    weight = sum(
        STEP[finding_level(code, hours_since=hours_since)] for code in sorted(findings)
    )
    return BASE[level] + min(WIDTH, weight)
