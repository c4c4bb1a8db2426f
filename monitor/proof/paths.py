"""Every path of questions ends, and danger is asked first; walked with the production steps.

Which question comes next depends only on the facts that conditions of questions name, and on
the stop at an emergency. So paths are walked for every combination of answers that state such
facts; at each question of each path every other answer is tried for one step, and no answer at
all for several. Since an answered question is never asked again (checked at each step), a path
has at most as many answers as the check-in has questions, whatever the answers are.

Patients with every risk and every optional question switched on, and with none, stand for those
between: a risk or switch adds its own questions to the sequence and reorders nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.conversation.state import Heard, Opened, Plain, State, Step
from monitor.conversation.step import MOST_REPLIES, advance
from monitor.levels import Level
from monitor.proof.flags import TABLE_FLAGS
from monitor.proof.theorem import Refuted, Theorem, Walk
from monitor.protocol.model import Answer, CheckInPlan, Protocol, Question
from monitor.protocol.vocabulary import CIRCUMSTANCES, RISKS
from monitor.triage.facts import Context

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""Any moment: a step compares it only with the last reply's, which a walk keeps equal."""

ALWAYS_ASKABLE = frozenset(
    {"limb_weakness", "saddle_numbness", "urinary_retention", "incontinence", "limb_numbness"}
    | {"chest_symptoms", "stroke_signs", "fever", "meningism", "headache_worst"}
    | {"leg_swelling", "site_infection", "severe_pain"}
)
"""Red flags that a patient must be able to report at every check-in."""

SILENCE = 6
"""Texts in a row that answer nothing; more change nothing, since the step repeats itself."""


@dataclass(frozen=True)
class _Path:
    """A check-in in one context, after some answers; `asked` are the questions so far."""

    protocol: Protocol
    plan: CheckInPlan
    context: Context
    state: State
    asked: tuple[str, ...] = ()

    def heard(self, answer: Answer | None, *, understood: bool = True) -> Step:
        level = Level.ROUTINE if understood else Level.REVIEW
        reading = Plain(level=level, understood=understood, answer=answer)
        event = Heard(reading, "text", self.context.hours_since)
        return advance(self.state, event, self.protocol, self.context, now=NOW)

    def after(self, step: Step) -> "_Path":
        asked = (*self.asked, self.state.open or "")
        return _Path(self.protocol, self.plan, self.context, step.state, asked)

    def __str__(self) -> str:
        risks = ", ".join(sorted(self.context.risks)) or "no risk"
        return f"{self.plan.key}, {risks}, answers {dict(self.state.answers)}"


def prove_paths(protocol: Protocol) -> Iterator[Theorem]:
    """Walk every path of every check-in."""
    walks = (
        (Walk("every path of questions ends, and asks no question twice"), _ends),
        (Walk("a red flag is acted on in the step that reads it"), _acts),
        (Walk("what is not answered goes to a human and never loops"), _hands_over),
        (
            Walk(f"every emergency is asked within {protocol.emergency_within} answers"),
            _dangerous_first,
        ),
    )
    paths = [path for start in _starts(protocol) for path in _grow(start)]
    for walk, check in walks:
        try:
            for path in paths:
                check(walk, path)
            yield walk.proved()
        except Refuted as error:
            yield walk.refuted(error)


def _starts(protocol: Protocol) -> Iterator[_Path]:
    switches = {code: 1.0 for code, one in protocol.settings.items() if one.unit == "switch"}
    for plan in protocol.check_ins:
        for risks, settings in ((frozenset[str](), {}), (RISKS | CIRCUMSTANCES, switches)):
            context = Context(
                protocol.procedure, plan.day * 24.0, plan.key, risks, settings=settings
            )
            step = advance(State(), Opened(plan.key), protocol, context, now=NOW)
            yield _Path(protocol, plan, context, step.state)


def _grow(path: _Path) -> Iterator[_Path]:
    """Every path from here, one for each set of facts that steers the questions."""
    yield path
    if path.state.open is None:
        return
    question = path.protocol.questions[path.state.open]
    if len(path.asked) > len(path.plan.questions):
        raise Refuted(f"{path} does not end")
    for answer in _steering(path.protocol, question):
        yield from _grow(path.after(path.heard(answer)))


def _steering(protocol: Protocol, question: Question) -> Iterator[Answer]:
    """One answer for each set of steering facts; the mildest of each."""
    named = {"screen_positive"} | {
        fact
        for other in protocol.questions.values()
        if other.ask_when is not None
        for fact in other.ask_when.facts
    }
    seen: set[str | None] = set()
    for answer in _answers(question):
        fact = question.fact(answer)
        steers = fact if fact in named else None
        if steers not in seen:
            seen.add(steers)
            yield answer


def _answers(question: Question) -> list[Answer]:
    """Every answer to a choice or a pain score; for a number, one of each size."""
    if question.kind == "pain_0_10":
        return list(range(11))
    if question.kind == "number":
        return [100.0, 0.0, 200.0, 290.0, 500.0]
    by_rank = sorted(range(len(question.choices)), key=lambda n: question.choices[n].rank)
    return [number + 1 for number in by_rank]


def _ends(walk: Walk, path: _Path) -> None:
    walk.check(len(set(path.asked)) == len(path.asked), path, "asks twice")
    walk.check(len(path.asked) <= len(path.plan.questions), path, "does not end")
    if path.state.open is None:
        walk.check(path.state.check_in is None, path, "has no question but is not finished")
        return
    for answer in _answers(path.protocol.questions[path.state.open]):
        step = path.heard(answer)
        walk.check(path.state.open not in step.state.pending, path, "asks again")
        walk.check(set(step.state.pending) <= set(path.plan.questions), path, "strays")
        finished = step.state.open is None
        walk.check(
            finished == (step.done == path.plan.key), path, answer, "is not reported done"
        )


def _acts(walk: Walk, path: _Path) -> None:
    if path.state.open is None:
        return
    question = path.protocol.questions[path.state.open]
    for answer in _answers(question):
        step = path.heard(answer)
        level = step.assessment.level if step.assessment is not None else Level.ROUTINE
        tell = step.assessment.tell[:1] if step.assessment is not None else ()
        flag = question.fact(answer) in TABLE_FLAGS
        walk.check(level.pages or not flag, path, question.code, answer, "does not page")
        if flag:
            told = tuple(reply.key for reply in step.replies[:1])
            walk.check(told == tell, path, question.code, answer, "gets no safety text first")
        if level is Level.EMERGENCY:
            walk.check(step.state.open is None, path, answer, "goes on asking in an emergency")


def _hands_over(walk: Walk, path: _Path) -> None:
    if path.state.open is None:
        return
    replies, work, here = 0, [], path
    for _ in range(SILENCE):
        step = here.heard(None, understood=False)
        replies += bool(step.replies)
        work += [one.kind for one in step.work]
        walk.check(step.state.open == path.state.open, path, "loses its question")
        here = _Path(path.protocol, path.plan, path.context, step.state, path.asked)
    walk.check(replies <= MOST_REPLIES, path, "is answered", replies, "times")
    walk.check("unanswered" in work, path, "is left to no human")


def _dangerous_first(walk: Walk, path: _Path) -> None:
    if not path.asked:
        asked = [path.protocol.questions[code] for code in path.plan.questions]
        missing = ALWAYS_ASKABLE - {fact for question in asked for fact in question.findings}
        walk.check(not missing, path, "cannot report", sorted(missing))
    if path.state.open is None:
        return
    question, position = path.protocol.questions[path.state.open], len(path.asked) + 1
    for answer in _answers(question):
        alone = _lone_level(path.protocol, question.code, answer)
        soon = position <= path.protocol.emergency_within
        walk.check(soon or alone < Level.EMERGENCY, path, question.code, "is asked too late")


def _lone_level(protocol: Protocol, code: str, answer: Answer) -> Level:
    fact = protocol.questions[code].fact(answer)
    return max(
        (rule.level for rule in protocol.rules if fact and rule.when.lone_fact == fact),
        default=Level.ROUTINE,
    )
