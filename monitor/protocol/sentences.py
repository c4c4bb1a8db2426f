"""Rules, conditions and times of a protocol as a clinician reads them. Pure; English."""

import ast
from collections.abc import Mapping
from datetime import timedelta

from monitor.levels import Level
from monitor.protocol.condition import Condition
from monitor.protocol.model import CheckInPlan, Protocol, Question, Rule
from monitor.protocol.vocabulary import FINDINGS

RISK_WORDS = {
    "anticoagulant": "a blood thinner",
    "blood_patch": "a blood patch",
    "cervical": "a cervical level",
    "diabetes": "diabetes",
    "immune": "an immune problem",
}
_NUMBER_WORDS = {
    "pain_score": "pain score",
    "pain_rise": "rise of pain above the baseline",
    "pain_up": "rise of pain above the last check-in",
    "blood_sugar": "blood sugar",
}
_COMPARED = {ast.Gt: "above", ast.GtE: "at least"}


def sentence(protocol: Protocol, rule: Rule, values: Mapping[str, float]) -> str:
    """The rule in one sentence; `values` are the clinic's settings (`Protocol.values`)."""
    said = phrase(protocol, rule.when, values)
    text = f"If {said}, {window(protocol, rule, values)}: {rule.level.code}."
    if rule.raised_by and rule.level < Level.EMERGENCY:
        risks = _either([RISK_WORDS[risk] for risk in sorted(rule.raised_by)])
        text += f" With {risks}: {Level(rule.level + 1).code}."
    return text


def phrase(protocol: Protocol, condition: Condition, values: Mapping[str, float]) -> str:
    """A condition in words: what was answered, written, measured, or is known."""
    return _Speaker(protocol, values).say(ast.parse(condition.text, mode="eval").body)


def window(protocol: Protocol, rule: Rule, values: Mapping[str, float]) -> str:
    """When a rule counts, in hours after the procedure."""
    return span(protocol, rule.since, rule.until, values)


def span(
    protocol: Protocol, since: float | str, until: float | str, values: Mapping[str, float]
) -> str:
    """From one bound to another; each is a number of hours or the name of a setting."""
    first, last = (_when(protocol, bound, values) for bound in (since, until))
    if until == float("inf"):
        return "at any time" if since == 0 else f"from {first} on"
    return f"before {last}" if since == 0 else f"from {first} until {last}"


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _when(protocol: Protocol, bound: float | str, values: Mapping[str, float]) -> str:
    hours = values[bound] if isinstance(bound, str) else bound
    text = f"hour {hours:g}"
    if isinstance(bound, str):
        return f"{text} (setting {bound})"
    names = [name for name, begins in protocol.windows.items() if begins == hours]
    return f"{text} ({_plain(names[0])})" if names and hours else text


def asked(protocol: Protocol, question: Question) -> str:
    """What a question asks, in English and without its menu of numbers."""
    text = protocol.question_text(question.code, "en")
    for number, label in enumerate(question.options, 1):
        text = text.replace(f"{number} {label}", "")
    return " ".join(text.split("Reply with")[0].split()).rstrip(":?, ")


def due(plan: CheckInPlan) -> str:
    """When a check-in goes out."""
    text = f"day {plan.day}"
    if plan.window is not None:
        first, last = (_length(one) for one in plan.window)
        text += f", {first} to {last} after the procedure"
    return f"{text}, on any day" if plan.any_day else f"{text}, on the clinic's days"


def silence(plan: CheckInPlan) -> str:
    """What follows when nobody answers; hours count from the moment when it was due."""
    steps = [
        f"reminder after {_length(plan.reminder_after)}",
        f"staff phone after {_length(plan.hand_over_after)}"
        f" (high risk: {_length(plan.high_risk_hand_over_after)})",
    ]
    if plan.chaser_after is not None:
        steps.append(f"one more text {_length(plan.chaser_after)} after the procedure")
    latest = "" if plan.missed_by_day is None else f", by the end of day {plan.missed_by_day}"
    steps.append(f"missed after {_length(plan.missed_after)}{latest}")
    return ", ".join(steps)


def _length(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} h"


def needed(protocol: Protocol, plan: CheckInPlan) -> str:
    """For whom a check-in is held; "" for everybody."""
    if plan.needed_if is None:
        return ""
    return phrase(protocol, plan.needed_if, protocol.values({}))


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


class _Speaker:
    def __init__(self, protocol: Protocol, values: Mapping[str, float]) -> None:
        self.protocol, self.values = protocol, values

    def say(self, node: ast.expr) -> str:
        match node:
            case ast.BoolOp(op=ast.And(), values=parts):
                return " and ".join(self._part(part) for part in parts)
            case ast.BoolOp(values=parts):
                return "; or ".join(self.say(part) for part in parts)
            case ast.UnaryOp(operand=inner):
                return f"not {self.say(inner)}"
            case ast.Attribute(attr=fact):
                return f"at an earlier check-in {self._fact(fact, past=True)}"
            case ast.Name(id=fact):
                return self._fact(fact)
            case ast.Compare():
                return self._compared(node)
        raise TypeError(ast.unparse(node))

    def _part(self, node: ast.expr) -> str:
        """A part of an "and": what is more than one thing stands in brackets."""
        said = self.say(node)
        return f"({said})" if " or " in said else said

    def _compared(self, node: ast.Compare) -> str:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        number = _NUMBER_WORDS.get(left, left)
        setting = self.protocol.settings.get(right)
        limit = right
        if setting is not None:
            limit = f"{self.values[right]:g} {setting.unit} (setting {right})"
        return f"the {number} is {_COMPARED[type(node.ops[0])]} {limit}"

    def _fact(self, fact: str, *, past: bool = False) -> str:
        """The ways in which a fact comes true here."""
        ways = self._answered(fact)
        if not past:
            ways += [*self._heard(fact), *self._derived(fact)]
        if fact in RISK_WORDS:
            ways.append(f"the patient has {RISK_WORDS[fact]}")
        if fact.startswith("reviewed_"):
            ways.append(f"the check-in {fact.removeprefix('reviewed_')} was not routine")
        if fact == "steroid":
            ways.append("a steroid was given")
        if fact in self.protocol.settings:
            ways.append(f"the clinic has switched on “{_plain(fact)}”")
        return _either(ways) if ways else _plain(fact)

    def _answered(self, fact: str) -> list[str]:
        asked_here = {code for plan in self.protocol.check_ins for code in plan.questions}
        said = []
        for code, question in self.protocol.questions.items():
            labels = [choice.label for choice in question.choices if choice.fact == fact]
            if question.zero == fact:
                labels.append("0")
            if code in asked_here:
                said += [f"{_plain(code)} is “{label}”" for label in labels]
        return said

    def _heard(self, fact: str) -> list[str]:
        """Which findings in the patient's own words state it, and when they do."""
        mapped = {heard.finding for heard in self.protocol.heard}
        said = ["in words"] if fact in FINDINGS - mapped else []
        if said and not (fact in self.protocol.questions and self._answered(fact)):
            said = [f"{_plain(fact)} in words"]
        for heard in self.protocol.heard:
            if heard.fact == fact:
                hours = span(self.protocol, heard.since, heard.until, self.values)
                when = "" if hours == "at any time" else f" {hours}"
                said.append(f"{_plain(heard.finding)} in words{when}")
        return said

    def _derived(self, fact: str) -> list[str]:
        return [
            self.say(ast.parse(one.when.text, mode="eval").body)
            for one in self.protocol.derived
            if one.fact == fact
        ]
