"""The refusals that need the whole protocol: a broken one never reaches a patient."""

from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from monitor.levels import Level
from monitor.protocol.files import Files
from monitor.protocol.model import CheckInPlan, Heard, Protocol, Question, Rule
from monitor.protocol.reach import (
    HIGHEST,
    asked_facts,
    could_fire,
    known_facts,
    producible,
    stated_facts,
)
from monitor.protocol.texts import check_texts
from monitor.protocol.vocabulary import CIRCUMSTANCES, NUMBERS, RISKS

KINDS = frozenset({"choice", "yes_no", "pain_0_10", "number"})

NUMBERS_OF = {
    "pain_score": ("pain_score", "pain_rise", "pain_up"),
    "blood_sugar": ("blood_sugar",),
}
"""The numbers that an answer to a question gives (monitor.triage.facts)."""

OTHER_ROWS = frozenset({"free_text"})
"""Rows of the rule table that are no question."""


def check(files: Files, protocol: Protocol) -> None:
    """Refuse the protocol with ProtocolError naming file, key and remedy."""
    _sources(files, protocol)
    _settings(files, protocol)
    _risks(files, protocol)
    _conditions(files, protocol)
    for question in protocol.questions.values():
        _question(files, question)
    _check_ins(files, protocol)
    _rules(files, protocol)
    _windows(files, protocol)
    check_texts(files, protocol)


def _sources(files: Files, protocol: Protocol) -> None:
    stated: list[tuple[str, str]] = [
        *((f"questions[{one.code}]", one.source) for one in protocol.questions.values()),
        *((f"rules[{one.id}]", one.source) for one in protocol.rules),
        *((f"settings.{one.code}", one.source) for one in protocol.settings.values()),
        *(
            (f"dispositions.{code}", option.source)
            for code, options in protocol.dispositions.items()
            for option in options
        ),
    ]
    for place, source in stated:
        if not source.strip():
            files.refuse(f"{place}.source", "is missing; name the source, or DESIGN")
        for name in source.split(";"):
            if name.strip() not in protocol.sources:
                files.refuse(
                    f"{place}.source", f"{name.strip()!r} is not listed; add it to [sources]"
                )


def _settings(files: Files, protocol: Protocol) -> None:
    for code, setting in protocol.settings.items():
        if not setting.least <= setting.default <= setting.most:
            files.refuse(f"settings.{code}.default", "must lie between least and most")
    starts = list(protocol.windows.values())
    if not starts or starts[0] != 0:
        files.refuse("windows", "must begin at 0 hours; an answer could come before them")
    for one, after in pairwise(protocol.windows):
        if not protocol.windows[one] < protocol.windows[after]:
            files.refuse(f"windows.{after}", f"must begin after {one}; they would overlap")
    if protocol.emergency_within < 1:
        files.refuse("emergency_within", "must be at least 1 answer")


def _risks(files: Files, protocol: Protocol) -> None:
    for key, risks in (("always", protocol.always), ("high_risk", protocol.high_risk)):
        for risk in sorted(risks - RISKS):
            files.refuse(key, f"{risk!r} is unknown; use one of {_list(RISKS)}")
    for rule in protocol.rules:
        for risk in sorted(rule.raised_by - RISKS):
            files.refuse("raises", f"{risk!r} is unknown; use one of {_list(RISKS)}")


def _conditions(files: Files, protocol: Protocol) -> None:
    known = known_facts(protocol)
    switches = {code for code, one in protocol.settings.items() if one.unit == "switch"}
    now = known | RISKS | switches | {f"earlier.{fact}" for fact in stated_facts(protocol)}
    places = [
        *((f"rules[{one.id}].when", one.when) for one in protocol.rules),
        *((f"derived[{one.fact}].when", one.when) for one in protocol.derived),
        *(
            (f"questions[{one.code}].ask_when", one.ask_when)
            for one in protocol.questions.values()
            if one.ask_when is not None
        ),
    ]
    for place, condition in places:
        asking = CIRCUMSTANCES if place.endswith(".ask_when") else frozenset()
        _names(files, place, "fact", condition.facts, now | asking)
        _names(files, place, "number", condition.numbers, NUMBERS)
        _names(files, place, "setting", condition.limits, protocol.settings.keys())
    _needed(files, protocol)


def _needed(files: Files, protocol: Protocol) -> None:
    """A check-in may depend on what is known before it, else it would never be held."""
    course = {f"reviewed_{plan.key}" for plan in protocol.check_ins}
    switches = {code for code, one in protocol.settings.items() if one.unit == "switch"}
    allowed = course | RISKS | switches | asked_facts(protocol)
    before = set(RISKS | switches)
    for plan in protocol.check_ins:
        if plan.needed_if is not None:
            place = f"check_ins[{plan.key}].needed_if"
            _names(files, place, "condition", plan.needed_if.facts, allowed)
            for name in sorted(plan.needed_if.facts - before):
                files.refuse(
                    place, f"{name!r} is not known before {plan.key}, which is never reached"
                )
        before.add(f"reviewed_{plan.key}")
        for code in plan.questions:
            if code in protocol.questions:
                before |= set(protocol.questions[code].findings)


def _names(files: Files, place: str, kind: str, used: Set[str], known: Set[str]) -> None:
    for name in sorted(used - known):
        files.refuse(place, f"unknown {kind} {name!r}; correct it, or define it first")


def _question(files: Files, question: Question) -> None:
    place = f"questions[{question.code}]"
    if question.kind not in KINDS:
        files.refuse(f"{place}.kind", f"{question.kind!r}: use one of {_list(KINDS)}")
    if question.kind in {"choice", "yes_no"} and len(question.choices) < 2:
        files.refuse(f"{place}.options", "a choice needs at least two options")
    if question.kind in {"pain_0_10", "number"} and question.choices:
        files.refuse(f"{place}.options", "a number has none; remove them")
    if question.zero is not None and question.kind != "number":
        files.refuse(f"{place}.zero", "only a number can be 0; remove it")


def _check_ins(files: Files, protocol: Protocol) -> None:
    keys = [plan.key for plan in protocol.check_ins]
    if not keys or len(set(keys)) != len(keys):
        files.refuse("check_ins", "there must be some, each key once")
    for one, after in pairwise(protocol.check_ins):
        if not one.day < after.day:
            files.refuse(f"check_ins[{after.key}]", f"must come on a later day than {one.key}")
    for plan in protocol.check_ins:
        _check_in(files, protocol, plan)


def _check_in(files: Files, protocol: Protocol, plan: CheckInPlan) -> None:
    place = f"check_ins[{plan.key}].questions"
    for code in plan.questions:
        if code not in protocol.questions:
            files.refuse(place, f"unknown question {code!r}; correct it, or define it")
        if plan.questions.count(code) > 1:
            files.refuse(place, f"{code!r} is there twice; keep one")
    if plan.questions[:1] != ("screen",) or "screen" in plan.branch:
        files.refuse(place, 'must begin with "screen", the short first question')
    if protocol.questions["screen"].sensitive:
        files.refuse(place, "begins with a sensitive question; ask those after a reply")
    switches = {code for code, one in protocol.settings.items() if one.unit == "switch"}
    stated = set(RISKS) | CIRCUMSTANCES | switches
    numbers = dict(protocol.values({}))
    for code in plan.questions:
        question = protocol.questions[code]
        if question.ask_when is not None and not question.ask_when.holds(stated, numbers):
            files.refuse(place, f"{code!r} is never reached; ask before it what it depends on")
        stated |= set(question.findings)
        numbers |= {name: HIGHEST[name] for name in NUMBERS_OF.get(code, ())}
    if not plan.reminder_after <= plan.hand_over_after <= plan.missed_after:
        files.refuse(f"times.{plan.key}", "reminder, hand_over, missed must come in that order")
    if plan.missed_by_day is not None and plan.missed_by_day <= plan.day:
        files.refuse(f"times.{plan.key}.missed_by_day", "must be a day after the check-in's")


def _rules(files: Files, protocol: Protocol) -> None:
    rows = protocol.questions.keys() | OTHER_ROWS
    ids = [rule.id for rule in protocol.rules]
    can = producible(protocol)
    for rule in protocol.rules:
        place = f"rules[{rule.id}]"
        if ids.count(rule.id) > 1:
            files.refuse(place, "is there twice; give one another id")
        if rule.row not in rows:
            files.refuse(f"{place}.row", f"{rule.row!r} is no row of the table; set row")
        if rule.show not in protocol.dispositions:
            files.refuse(f"{place}.show", f"{rule.show!r} is unknown; add it to [dispositions]")
        if not could_fire(protocol, rule, can):
            files.refuse(place, "never fires in this protocol; leave it out by only or except")
    for level in Level:
        if not any(rule.level is level for rule in protocol.rules):
            files.refuse("rules", f"no rule reaches the level {level.code}; add one")


def _windows(files: Files, protocol: Protocol) -> None:
    """What each fact and each finding means must be said for every hour, exactly once."""
    for fact in sorted(producible(protocol)):
        alone = [rule for rule in protocol.rules if rule.when.lone_fact == fact]
        if not alone:
            files.refuse("rules", f"nothing says what {fact!r} means alone; add a rule")
        _tiles(files, protocol, "rules", fact, alone)
    for finding in sorted({heard.finding for heard in protocol.heard}):
        meanings = [heard for heard in protocol.heard if heard.finding == finding]
        _tiles(files, protocol, "heard", finding, meanings)


def _tiles(
    files: Files, protocol: Protocol, table: str, name: str, parts: Sequence[Rule | Heard]
) -> None:
    reached: float | str = 0.0
    for part in sorted(parts, key=lambda part: _span(protocol, part.since)[0]):
        place = f"{table}[{part.id if isinstance(part, Rule) else part.finding}].since"
        if part.since != reached:
            before = _span(protocol, reached)[1] > _span(protocol, part.since)[0]
            problem = "overlap" if before else "leave a gap"
            files.refuse(place, f"the windows of {name!r} {problem}; begin it at {reached}")
        if _span(protocol, part.since)[1] > _span(protocol, part.until)[0]:
            files.refuse(place, "its window can be empty; end it after it begins")
        reached = part.until
    if reached != float("inf"):
        files.refuse(table, f"the windows of {name!r} leave a gap from {reached} on; add one")


def _span(protocol: Protocol, bound: float | str) -> tuple[float, float]:
    if isinstance(bound, str):
        setting = protocol.settings.get(bound)
        return (setting.least, setting.most) if setting is not None else (-1.0, -1.0)
    return bound, bound


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))
