"""The assessment: every rule of the protocol is asked, the highest level wins.

No rule can be switched off by a further symptom (monitor.protocol.condition), the reader's own
level is a floor, and the score adds per symptom; so nothing lowers level or score. The command
`prove` shows it by enumeration.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.levels import Level
from monitor.protocol.model import Answer, Protocol, Rule
from monitor.triage.facts import (
    Context,
    Past,
    Picture,
    ReadingLike,
    earlier,
    hold,
    meaning,
    picture,
    switches,
)
from monitor.triage.given import Given

POINTS = {Level.ROUTINE: 0, Level.REVIEW: 1, Level.URGENT: 3, Level.EMERGENCY: 6}
"""What one symptom adds to the score inside its level's band of 25."""

DEFAULT_TEXT = {
    Level.ROUTINE: "",
    Level.REVIEW: "review",
    Level.URGENT: "urgent",
    Level.EMERGENCY: "emergency",
}


@dataclass(frozen=True)
class Fired:
    """One reason: the rule, the row of the table, its level here, what it was read from."""

    rule: str
    code: str
    level: Level
    words: str
    why: str
    source: str


@dataclass(frozen=True)
class Assessment:
    """What follows: the level, a score of 0 to 100 that orders the worklist, and the reasons.

    `tell` are text keys for the patient and `show` disposition codes for the clinician, most
    urgent first. `given` is what it was made of.
    """

    protocol: str
    digest: str
    level: Level
    score: int
    reasons: tuple[Fired, ...]
    tell: tuple[str, ...]
    show: tuple[str, ...]
    given: Given = field(compare=False, repr=False)


@dataclass(frozen=True)
class Ruling:
    """One reason with what it counts as ("" for nothing of its own), tells and shows.

    `fact` is set where the rule's whole condition is that fact.
    """

    fired: Fired
    symptom: str
    tell: str
    show: str
    fact: str | None = None


def assess(
    protocol: Protocol,
    *,
    answers: Mapping[str, Answer],
    readings: Sequence[ReadingLike] = (),
    context: Context,
    lapsed: bool = False,
) -> Assessment:
    """Assess one check-in, or one text outside of any.

    `lapsed` says that the patient answered "one or more" and left it unexplained for too long,
    which is urgent.
    """
    seen = picture(protocol, answers=answers, readings=readings, context=context)
    rulings = [_rule(rule, seen) for rule in protocol.rules if applies(rule, seen)]
    for reading in readings:
        rulings += _floor(reading, _symptom(protocol, reading, rulings, seen))
    if lapsed:
        rulings.append(_LAPSED)
    levels = symptom_levels(rulings)
    if two_urgent(levels):
        rulings.append(_TWO_URGENT)
    highest = max((ruling.fired.level for ruling in rulings), default=Level.ROUTINE)
    level, score = settle(levels, floor=highest)
    for reading in readings:
        score = max(score, min(reading.score, 25 * level + 24))
    rulings.sort(key=lambda ruling: -ruling.fired.level)
    told = [ruling.tell for ruling in rulings if ruling.fired.level == level]
    return Assessment(
        protocol=protocol.name,
        digest=protocol.digest,
        level=level,
        score=score,
        reasons=tuple(ruling.fired for ruling in rulings),
        tell=_unique(told) or _unique([DEFAULT_TEXT[level]]),
        show=_unique(ruling.show for ruling in rulings),
        given=Given(answers, tuple(readings), context, lapsed=lapsed),
    )


def again(protocol: Protocol, given: Given) -> Assessment:
    """Assess what was assessed before; under the same version the result is the same."""
    return assess(
        protocol,
        answers=given.answers,
        readings=given.readings,
        context=given.context,
        lapsed=given.lapsed,
    )


def applies(rule: Rule, seen: Picture) -> bool:
    """Whether a rule fires: its hours and its condition."""
    hours = seen.numbers["hours"]
    return hold(rule.since, seen.numbers) <= hours < hold(
        rule.until, seen.numbers
    ) and rule.when.holds(seen.facts, seen.numbers)


def raised(rule: Rule, facts: frozenset[str]) -> Level:
    """The rule's level for this patient: one higher when any risk raises it."""
    if rule.raised_by.isdisjoint(facts):
        return rule.level
    return Level(min(rule.level + 1, Level.EMERGENCY))


def symptom_levels(rulings: Iterable[Ruling]) -> dict[str, Level]:
    """The highest level of each symptom."""
    levels: dict[str, Level] = {}
    for ruling in rulings:
        known = levels.get(ruling.symptom, Level.ROUTINE)
        levels[ruling.symptom] = max(known, ruling.fired.level)
    levels.pop("", None)
    return levels


def two_urgent(levels: Mapping[str, Level]) -> bool:
    """Whether two different symptoms are urgent, which together are an emergency."""
    return sum(level >= Level.URGENT for level in levels.values()) >= 2


def settle(levels: Mapping[str, Level], *, floor: Level = Level.ROUTINE) -> tuple[Level, int]:
    """Level and score from the level of each symptom; monotone in each of them."""
    level = max([floor, *levels.values()])
    if two_urgent(levels):
        level = Level.EMERGENCY
    points = sum(POINTS[one] for one in levels.values())
    return level, 25 * level + min(24, points)


def conditions(
    protocol: Protocol, history: Sequence[Past], *, settings: Mapping[str, float]
) -> frozenset[str]:
    """What a check-in's `needed_if` may ask of the course so far and of the clinic.

    The facts stated, "reviewed_KEY" for each check-in that was not routine, and the switches
    that the clinic's `settings` put on.
    """
    reviewed = {f"reviewed_{past.check_in}" for past in history if past.level > Level.ROUTINE}
    return earlier(protocol, history) | reviewed | switches(protocol, protocol.values(settings))


def _rule(rule: Rule, seen: Picture) -> Ruling:
    level = raised(rule, seen.facts)
    words = "; ".join(
        said for fact in sorted(rule.when.facts) if (said := seen.words.get(fact, ""))
    )
    return Ruling(
        Fired(rule.id, rule.row, level, words, rule.why, rule.source),
        rule.symptom,
        (rule.tell if level == rule.level else "") or DEFAULT_TEXT[level],
        rule.show,
        rule.when.lone_fact,
    )


def _symptom(
    protocol: Protocol, reading: ReadingLike, rulings: Sequence[Ruling], seen: Picture
) -> str:
    """What a reading's own level counts as: its worst symptom, so that none counts twice."""
    facts = {
        fact
        for finding in reading.findings
        for fact in meaning(protocol, finding, seen.numbers["hours"], seen.numbers)
    }
    own = [ruling for ruling in rulings if ruling.fact in facts]
    worst = max(own, key=lambda ruling: ruling.fired.level, default=None)
    return worst.symptom if worst is not None else "free_text"


def _floor(reading: ReadingLike, symptom: str) -> list[Ruling]:
    rulings = []
    if reading.level > Level.ROUTINE:
        words = "; ".join(reason.words for reason in reading.reasons)
        why = f"The patient's words were read as {reading.level.code}"
        fired = Fired("free_text.read", "free_text", reading.level, words, why, "DESIGN")
        rulings.append(Ruling(fired, symptom, "", "read_text"))
    if not reading.understood:
        rulings.append(_NOT_UNDERSTOOD)
    return rulings


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))


def _own(code: str, row: str, level: Level, why: str, source: str) -> Fired:
    return Fired(f"{row}.{code}", row, level, "", why, source)


_LAPSED = Ruling(
    _own(
        "lapsed",
        "screen",
        Level.URGENT,
        "A problem was reported, and the questions about it were not finished in time",
        "S1; DESIGN",
    ),
    "",
    "urgent",
    "screen",
)
_TWO_URGENT = Ruling(
    _own(
        "two_urgent",
        "any",
        Level.EMERGENCY,
        "Two urgent symptoms together are an emergency",
        "S1; DESIGN",
    ),
    "",
    "emergency",
    "two_urgent",
)
_NOT_UNDERSTOOD = Ruling(
    _own(
        "not_understood",
        "free_text",
        Level.REVIEW,
        "A text that is not clearly understood is read by a human",
        "DESIGN",
    ),
    "unread",
    "",
    "read_text",
)
# By rule, for the reasons that no rule of a protocol gives.
SHOWN_BESIDE_RULES = {
    "free_text.read": "read_text",
    **{own.fired.rule: own.show for own in (_LAPSED, _TWO_URGENT, _NOT_UNDERSTOOD)},
}
