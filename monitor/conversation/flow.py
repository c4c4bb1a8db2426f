"""Which questions are still to be asked, the most dangerous first."""

from collections.abc import Mapping
from datetime import timedelta

from monitor.conversation.state import Reply, Said, State
from monitor.protocol.model import Answer, CheckInPlan, Protocol
from monitor.triage.facts import Context, picture

SCREEN_POSITIVE = "screen_positive"


def remaining(
    protocol: Protocol,
    plan: CheckInPlan,
    *,
    answers: Mapping[str, Answer],
    said: Said,
    context: Context,
) -> tuple[str, ...]:
    """The questions of the check-in that are needed and not yet answered, in their order.

    A positive first answer opens the branch; the others stand on their own condition.
    """
    seen = picture(protocol, answers=answers, readings=(said,), context=context)

    def needed(code: str) -> bool:
        if code in answers or (code in plan.branch and SCREEN_POSITIVE not in seen.facts):
            return False
        condition = protocol.questions[code].ask_when
        return condition is None or condition.holds(seen.facts, seen.numbers)

    return tuple(code for code in plan.questions if needed(code))


def branch_open(protocol: Protocol, state: State) -> bool:
    """Whether a reported problem still waits for the questions that explain it.

    That is a positive first answer whose branch is not finished, or a bare "yes" to a question
    about a red flag that offers more than one.
    """
    if state.check_in is None:
        return False
    if state.affirmed is not None and state.affirmed == state.open:
        return True
    screen = protocol.questions["screen"].fact(state.answers.get("screen", 0))
    branch = protocol.check_in(state.check_in).branch
    return screen == SCREEN_POSITIVE and any(code in branch for code in state.pending)


def reminder(state: State, key: str = "reminder") -> tuple[Reply, ...]:
    """What to send into silence; `key` is "reminder" or "chaser".

    Both ask for "1 if OK, 2 if not", which answers the first question and no other; at a later
    question that one is asked again instead. Nothing when no question is open.
    """
    if state.open is None:
        return ()
    if state.open == "screen":
        return (Reply("text", key),)
    return (Reply("text", "unfinished"), Reply("question", state.open))


def could_page(protocol: Protocol, code: str) -> bool:
    """Whether some answer to the question pages alone."""
    facts = set(protocol.questions[code].findings)
    return any(rule.when.lone_fact in facts and rule.level.pages for rule in protocol.rules)


def branch_time(protocol: Protocol, context: Context) -> timedelta:
    """How long a reported problem may stay unexplained."""
    return timedelta(minutes=protocol.values(context.settings)["branch_minutes"])
