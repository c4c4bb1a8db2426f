"""What is true of the patient now, in the words of the protocol: facts and numbers.

Facts come from answers (each option states one), from the reader's findings, from risks and
from earlier check-ins; numbers are the pain score, its rise, and blood sugar.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol as Structure

from monitor.levels import Level
from monitor.protocol.model import Answer, Derived, Protocol, Question

MG_PER_MMOL = 18.016
"""mg/dL of glucose in 1 mmol/L (molar mass 180.16 g/mol)."""


class ReasonLike(Structure):
    """A span of the patient's text and the finding that it states (monitor.reading.Reason)."""

    @property
    def code(self) -> str: ...
    @property
    def words(self) -> str: ...


class ReadingLike(Structure):
    """What triage needs of monitor.reading.Reading. `level` is a floor; `score` is 0 to 100."""

    @property
    def level(self) -> Level: ...
    @property
    def score(self) -> int: ...
    @property
    def findings(self) -> Sequence[str]: ...
    @property
    def reasons(self) -> Sequence[ReasonLike]: ...
    @property
    def pain_score(self) -> int | None: ...
    @property
    def temperature_c(self) -> float | None: ...
    @property
    def glucose_mg_dl(self) -> float | None: ...
    @property
    def understood(self) -> bool: ...


@dataclass(frozen=True)
class Past:
    """An earlier check-in: its answers, hours since the procedure, and how it was assessed.

    `said` holds the reader's findings with the words that they were read from. What was said
    outside of any check-in is a past of its own, with "" for `check_in`.
    """

    check_in: str
    hours_since: float
    answers: Mapping[str, Answer]
    level: Level = Level.ROUTINE
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """When it was, as staff read it."""
        return f"day {self.hours_since / 24:.0f}"


@dataclass(frozen=True)
class Context:
    """What is known beside the answers.

    `hours_since` the procedure; `risks` and circumstances as in monitor.protocol.vocabulary;
    `baseline_pain` 0 to 10 or None; `history` oldest first; `settings` are the clinic's
    overrides.
    """

    procedure: str
    hours_since: float
    check_in: str | None = None
    risks: frozenset[str] = frozenset()
    baseline_pain: int | None = None
    history: tuple[Past, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """Facts and numbers of one moment; `words` gives what each fact was read from."""

    facts: frozenset[str]
    numbers: Mapping[str, float]
    words: Mapping[str, str]


def picture(
    protocol: Protocol,
    *,
    answers: Mapping[str, Answer],
    readings: Sequence[ReadingLike],
    context: Context,
) -> Picture:
    """Put together everything that a condition may ask about."""
    settings = protocol.values(context.settings)
    hours = context.hours_since
    words = _from_answers(protocol, answers)
    for reading in readings:
        for finding, said in _findings(reading, settings["fever_celsius"]).items():
            for fact in meaning(protocol, finding, hours, settings):
                words.setdefault(fact, said)
    numbers = {**settings, "hours": hours, **_numbers(answers, readings, context, settings)}
    facts = set(words) | protocol.always | context.risks | switches(protocol, settings)
    past = _earlier_words(protocol, context.history, settings)
    facts |= past.keys()
    closed = derive(protocol, facts, numbers)
    measures = _measures(numbers, context)
    for derived in protocol.derived:
        if derived.fact in closed:
            words.setdefault(derived.fact, _measured(derived, measures, words))
    words |= past
    return Picture(closed, numbers, words)


def derive(protocol: Protocol, facts: Set[str], numbers: Mapping[str, float]) -> frozenset[str]:
    """The facts with those that follow from them and the numbers, in the protocol's order."""
    closed = set(facts)
    for derived in protocol.derived:
        if derived.when.holds(closed, numbers):
            closed.add(derived.fact)
    return frozenset(closed)


def earlier(protocol: Protocol, history: Sequence[Past]) -> frozenset[str]:
    """The facts that were answered or said at any earlier check-in, or between two."""
    past = _earlier_words(protocol, history, protocol.values({}))
    return frozenset(fact.removeprefix("earlier.") for fact in past)


def _earlier_words(
    protocol: Protocol, history: Sequence[Past], settings: Mapping[str, float]
) -> dict[str, str]:
    """Each earlier fact, such as "earlier.fever", with its last words and their day."""
    words: dict[str, str] = {}
    for past in history:
        stated = _from_answers(protocol, past.answers)
        for finding, said in past.said.items():
            for fact in meaning(protocol, finding, past.hours_since, settings):
                stated.setdefault(fact, said)
        words |= {f"earlier.{fact}": f"{past.day}: {said}" for fact, said in stated.items()}
    return words


def hold(value: float | str, settings: Mapping[str, float]) -> float:
    """A bound of hours: a number, or the setting of that name."""
    return settings[value] if isinstance(value, str) else value


def meaning(
    protocol: Protocol, finding: str, hours: float, settings: Mapping[str, float]
) -> Sequence[str]:
    """The facts that a finding of the reader states here, at this hour."""
    entries = [heard for heard in protocol.heard if heard.finding == finding]
    if not entries:
        return (finding,)
    return [
        heard.fact
        for heard in entries
        if hold(heard.since, settings) <= hours < hold(heard.until, settings)
    ]


def _from_answers(protocol: Protocol, answers: Mapping[str, Answer]) -> dict[str, str]:
    words = {}
    for code, answer in answers.items():
        question = protocol.questions.get(code)
        fact = question.fact(answer) if question is not None else None
        if question is not None and fact is not None:
            words[fact] = _option(question, answer)
    return words


def _option(question: Question, answer: Answer) -> str:
    if not question.choices:
        return f"{answer:g}"
    return f"{int(answer)} {question.choices[int(answer) - 1].label}"


def _findings(reading: ReadingLike, fever: float) -> dict[str, str]:
    said = {finding: "" for finding in reading.findings}
    for reason in reading.reasons:
        if not said.get(reason.code, "something else"):
            said[reason.code] = reason.words
    if reading.temperature_c is not None and reading.temperature_c >= fever:
        said.setdefault("fever", f"{reading.temperature_c:.1f} C")
    return said


def _numbers(
    answers: Mapping[str, Answer],
    readings: Sequence[ReadingLike],
    context: Context,
    settings: Mapping[str, float],
) -> dict[str, float]:
    numbers: dict[str, float] = {}
    pains = [
        float(reading.pain_score) for reading in readings if reading.pain_score is not None
    ]
    if "pain_score" in answers:
        pains.append(float(answers["pain_score"]))
    if pains:
        numbers["pain_score"] = max(pains)
        baseline = context.baseline_pain
        known = settings["assumed_baseline"] if baseline is None else baseline
        numbers["pain_rise"] = numbers["pain_score"] - known
        before = [
            past.answers["pain_score"]
            for past in context.history
            if "pain_score" in past.answers
        ]
        if before:
            numbers["pain_up"] = numbers["pain_score"] - float(before[-1])
    sugars = [r.glucose_mg_dl for r in readings if r.glucose_mg_dl is not None]
    if answers.get("blood_sugar"):
        sugars.append(mg_dl(float(answers["blood_sugar"]), settings["sugar_mmol_below"]))
    if sugars:
        numbers["blood_sugar"] = max(sugars)
    return numbers


def mg_dl(value: float, mmol_below: float) -> float:
    """Blood sugar in mg/dL; a number too small for mg/dL is taken as mmol/L."""
    return value * MG_PER_MMOL if value < mmol_below else value


def switches(protocol: Protocol, settings: Mapping[str, float]) -> frozenset[str]:
    """The settings that are switches and are on."""
    return frozenset(
        code
        for code, setting in protocol.settings.items()
        if setting.unit == "switch" and settings[code]
    )


def _measures(numbers: Mapping[str, float], context: Context) -> dict[str, str]:
    """Each number beside what it is compared with, as staff read it."""
    said: dict[str, str] = {}
    if "pain_score" in numbers:
        pain = f"pain {numbers['pain_score']:g}"
        assumed = numbers["pain_score"] - numbers["pain_rise"]
        recorded = context.baseline_pain is not None
        said["pain_score"] = pain
        said["pain_rise"] = (
            f"{pain}, baseline {assumed:g}{'' if recorded else ' (assumed, none recorded)'}"
        )
    if "pain_up" in numbers:
        before = [past for past in context.history if "pain_score" in past.answers][-1]
        said["pain_up"] = f"{pain}, {before.answers['pain_score']:g} on {before.day}"
    if "blood_sugar" in numbers:
        said["blood_sugar"] = f"{numbers['blood_sugar']:.0f} mg/dL"
    return said


def _measured(derived: Derived, measures: Mapping[str, str], words: Mapping[str, str]) -> str:
    """What a fact follows from; of two measures of one number, the one that says more."""
    said = [words[fact] for fact in sorted(derived.when.facts) if fact in words]
    found = [measures[number] for number in sorted(derived.when.numbers) if number in measures]
    telling = [
        one for one in found if not any(one != other and one in other for other in found)
    ]
    return ", ".join([*said, *telling])
