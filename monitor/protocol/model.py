"""What a protocol is, once loaded: immutable, complete, and checked."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.levels import Level
from monitor.protocol.condition import Condition

Answer = int | float | bool
"""A choice is its 1-based number, pain_0_10 an int, a number a float."""


class ProtocolError(ValueError):
    """A protocol's files are refused; the message names file, key, and what to do."""


@dataclass(frozen=True)
class Choice:
    """One option of a question: its English label, the fact it states, and how bad it is.

    `rank` orders the options of one question, 0 for "nothing to report".
    """

    label: str
    fact: str | None
    rank: int


@dataclass(frozen=True)
class Question:
    """What is asked. `kind` is choice, yes_no, pain_0_10 or number.

    `zero` is the fact that the answer 0 to a number states, such as "not checked".
    """

    code: str
    kind: str
    choices: tuple[Choice, ...]
    zero: str | None
    ask_when: Condition | None
    sensitive: bool
    source: str

    @property
    def options(self) -> tuple[str, ...]:
        """The options' English labels, in the order of their numbers."""
        return tuple(choice.label for choice in self.choices)

    @property
    def findings(self) -> tuple[str, ...]:
        """The facts that an answer can state."""
        facts = [choice.fact for choice in self.choices if choice.fact is not None]
        return tuple(facts if self.zero is None else [*facts, self.zero])

    def fact(self, answer: Answer) -> str | None:
        """The fact that an answer states; None for a number or an answer without one."""
        if self.zero is not None and answer == 0:
            return self.zero
        number = answer + 1 if isinstance(answer, bool) else int(answer)
        if not self.choices or not 1 <= number <= len(self.choices):
            return None
        return self.choices[number - 1].fact


@dataclass(frozen=True)
class CheckInPlan:
    """One check-in: which day, which questions, and when silence becomes someone's task.

    `day` counts local calendar days from the procedure, `window` is the least and most time
    after it where the table sets them; the other timedeltas count from the moment when the
    check-in was due. `chaser_after` counts from the procedure, None without a chaser;
    `missed_by_day` is the local day by whose end it is missed at the latest. `branch` are the
    questions asked only after a positive screen.
    """

    key: str
    day: int
    questions: tuple[str, ...]
    branch: frozenset[str]
    optional: bool
    needed_if: Condition | None
    any_day: bool
    window: tuple[timedelta, timedelta] | None
    send_within: timedelta
    reminder_after: timedelta
    hand_over_after: timedelta
    high_risk_hand_over_after: timedelta
    missed_after: timedelta
    chaser_after: timedelta | None = None
    missed_by_day: int | None = None

    def needed(self, conditions: frozenset[str]) -> bool:
        """Whether it is held, given the patient's risks and the course so far."""
        return self.needed_if is None or self.needed_if.holds(conditions, {})


@dataclass(frozen=True)
class Rule:
    """One sentence of the rule table: when it fires, what follows, and who says so.

    It counts from `since` until `until` hours after the procedure, each a number or the name of
    a setting. `symptom` is what it counts as: two urgent symptoms make an emergency, two rules
    of one symptom do not. `raised_by` names the risks that raise its level by one.
    """

    id: str
    row: str
    symptom: str
    when: Condition
    since: float | str
    until: float | str
    level: Level
    raised_by: frozenset[str]
    tell: str
    show: str
    why: str
    source: str


@dataclass(frozen=True)
class Derived:
    """A fact that follows from numbers or from other facts."""

    fact: str
    when: Condition


@dataclass(frozen=True)
class Heard:
    """What a finding of the reader means here, in its window of hours."""

    finding: str
    fact: str
    since: float | str
    until: float | str


@dataclass(frozen=True)
class Setting:
    """A cut-off that a clinic may change within `least` and `most`."""

    code: str
    default: float
    least: float
    most: float
    unit: str
    source: str
    what: str

    def check(self, value: float) -> float:
        """Return the value; ProtocolError names the bounds that it is outside of."""
        if not self.least <= value <= self.most:
            bounds = f"{self.least:g} to {self.most:g} {self.unit}"
            raise ProtocolError(f"{self.code} = {value:g} is outside {bounds}")
        return value


@dataclass(frozen=True)
class Option:
    """An option for the clinician, never an order; `within` is None without a time.

    `limit` is the same time for a clock, or `today` the end of the local day. It counts from
    `since`: the "finding", the first "report" of the symptom, or the "procedure".
    """

    text: str
    source: str
    within: str | None
    limit: timedelta | None = None
    today: bool = False
    since: str = "finding"


@dataclass(frozen=True)
class Protocol:
    """A follow-up after one procedure: what is asked, when, what alarms, what is told.

    `content` is what `digest` covers, as JSON: the merged files and all languages.
    """

    slug: str
    version: int
    procedure: str
    title: str
    digest: str
    content: str = field(repr=False)
    aftercare: str
    check_ins: tuple[CheckInPlan, ...]
    questions: Mapping[str, Question]
    rules: tuple[Rule, ...]
    derived: tuple[Derived, ...]
    heard: tuple[Heard, ...]
    settings: Mapping[str, Setting]
    windows: Mapping[str, float]
    always: frozenset[str]
    everyone_high_risk: bool
    high_risk: frozenset[str]
    emergency_within: int
    sources: Mapping[str, str]
    languages: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]] = field(repr=False)
    dispositions: Mapping[str, tuple[Option, ...]] = field(repr=False)

    @property
    def name(self) -> str:
        """The name that an episode keeps, such as "epidural_steroid.v1"."""
        return f"{self.slug}.v{self.version}"

    def text(self, key: str, lang: str) -> str:
        """The text with its placeholders {clinic} {phone} {emergency}; KeyError when unknown.

        English stands in for a language that is not shipped.
        """
        return self.texts.get(lang, self.texts["en"])[key]

    def question_text(self, code: str, lang: str) -> str:
        """A question as the patient sees it."""
        return self.text(f"ask_{code}", lang)

    def disposition(self, code: str) -> tuple[Option, ...]:
        """What the sources offer for a disposition code; KeyError when unknown."""
        return self.dispositions[code]

    def check_in(self, key: str) -> CheckInPlan:
        """The plan of one check-in; KeyError when the protocol has none of that name."""
        for plan in self.check_ins:
            if plan.key == key:
                return plan
        raise KeyError(key)

    def values(self, overrides: Mapping[str, float]) -> dict[str, float]:
        """The settings with a clinic's overrides, held within the bounds.

        A stored override that a new version no longer knows is ignored: an assessment must
        never fail on a setting. `Setting.check` refuses one when it is entered.
        """
        return {
            code: min(max(overrides.get(code, setting.default), setting.least), setting.most)
            for code, setting in self.settings.items()
        }

    def is_high_risk(self, risks: Set[str]) -> bool:
        """Whether silence on the first day means a phone call the same day."""
        return self.everyone_high_risk or not self.high_risk.isdisjoint(self.always | risks)
