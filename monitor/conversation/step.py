"""One step of the conversation: what is told, asked, stored and handed to humans.

A red flag is acted on in the step that reads it. To one inbound text there is at most one
automatic reply beside the safety text; an unanswered question is asked again once, then a human
takes over; replies without progress are limited, so that two machines never talk for ever.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.conversation.answers import accept, affirms, corrected, echoed, numbered, short
from monitor.conversation.flow import branch_open, branch_time, could_page, remaining
from monitor.conversation.state import (
    BranchLapsed,
    Event,
    Heard,
    Opened,
    Plain,
    Recorded,
    Reply,
    Said,
    State,
    Step,
    Work,
)
from monitor.levels import Level
from monitor.protocol.model import Protocol
from monitor.triage.assess import Assessment, assess
from monitor.triage.facts import Context

MOST_REPLIES = 3
"""Automatic replies in a row without progress (DESIGN)."""

FRESH = timedelta(hours=12)
"""After so long without a reply, limits and told texts start afresh (DESIGN)."""

_CLOSING = {
    Level.ROUTINE: "close_routine",
    Level.REVIEW: "close_review",
    Level.URGENT: "close_urgent",
    Level.EMERGENCY: "close_emergency",
}
_GENERAL = frozenset({"more", "review"})
_ADVICE_AT_ONCE = 2


def advance(
    state: State, event: Event, protocol: Protocol, context: Context, *, now: datetime
) -> Step:
    """What follows from an event; pure. `context.check_in` is set here."""
    if state.replied_at is not None and now - state.replied_at > FRESH:
        state = replace(state, told=frozenset(), auto_replies=0)
    match event:
        case Opened():
            step = _opened(state, event, protocol, context)
        case Heard():
            step = _heard(state, event, protocol, context)
        case BranchLapsed():
            step = _lapsed(state, protocol, context)
    if step.replies:
        step = replace(step, state=replace(step.state, replied_at=now))
    return step


def _opened(state: State, event: Opened, protocol: Protocol, context: Context) -> Step:
    if state.opted_out:
        return Step(state, work=(Work("call", "A check-in is due, but texts are opted out"),))
    plan = protocol.check_in(event.check_in)
    context = replace(context, check_in=event.check_in)
    pending = remaining(protocol, plan, answers={}, said=Said(), context=context)
    fresh = State(check_in=event.check_in, open=pending[0], pending=pending)
    opening = Reply("text", f"opening_{event.check_in}")
    return Step(fresh, replies=(opening, Reply("question", pending[0])))


def _lapsed(state: State, protocol: Protocol, context: Context) -> Step:
    if not branch_open(protocol, state) or state.lapsed:
        return Step(state)
    state = replace(state, lapsed=True)
    assessment = _assess(state, protocol, replace(context, check_in=state.check_in))
    state, safety = _safety(state, assessment)
    why = "The patient reported a problem and did not finish the questions about it"
    return Step(state, replies=safety, assessment=assessment, work=(Work("call", why),))


def _heard(state: State, event: Heard, protocol: Protocol, context: Context) -> Step:
    context = replace(context, hours_since=event.hours_since, check_in=state.check_in)
    event = _own_words(state, event, protocol)
    turn = _take(state, event, protocol, context)
    work = _work(turn)
    opting_in = event.reading.intent == "opt_in" and not turn.recorded
    if opting_in:
        turn = replace(turn, state=replace(turn.state, opted_out=False))
    state, safety = _safety(turn.state, turn.assessment)
    turn = replace(turn, state=state, safety=safety)
    step = Step(state, recorded=turn.recorded, assessment=turn.assessment, work=work)
    if event.reading.intent == "opt_out":
        return _opt_out(step, turn)
    if opting_in:
        step = _limited(replace(step, replies=safety, consent="opt_in"), "opted_in")
    if state.opted_out:
        return step
    if turn.assessment.level is Level.EMERGENCY and state.check_in is not None:
        return _stop(step if opting_in else replace(step, replies=safety))
    if opting_in:
        return step
    if event.reading.intent == "wrong_person":
        return replace(
            _stop(_limited(replace(step, replies=safety), "wrong_person")), done=None
        )
    if state.check_in is None:
        return _outside(step, turn)
    if any(not one.corrected for one in turn.recorded):
        return _onward(step, turn, protocol, context)
    return _affirmed(_unanswered(step, turn), turn, protocol, context)


def _own_words(state: State, event: Heard, protocol: Protocol) -> Heard:
    """The event, read as nothing but an option where the text only repeats its label."""
    about = event.about if event.about is not None else state.open
    if about is None:
        return event
    option = echoed(protocol, protocol.questions[about], event.words)
    return event if option is None else replace(event, reading=Plain(answer=option))


@dataclass(frozen=True)
class _Turn:
    """One inbound text, taken in: the state after it, and what it was worth."""

    state: State
    event: Heard
    recorded: tuple[Recorded, ...]
    assessment: Assessment
    safety: tuple[Reply, ...] = ()


def _take(state: State, event: Heard, protocol: Protocol, context: Context) -> _Turn:
    about = event.about if event.about is not None else state.open
    recorded: tuple[Recorded, ...] = ()
    if about is not None and about != state.open:
        change = corrected(event, state, protocol.questions[about])
        recorded = () if change is None else (change,)
    elif state.open is not None:
        recorded = _answers(state, event, protocol, context)
    in_check_in = state.check_in is not None or bool(recorded)
    said = state.said if in_check_in else Said()
    said = said.plus(event.reading, answered=[one.question for one in recorded])
    if not in_check_in:
        outside = assess(protocol, answers={}, readings=(said,), context=context)
        return _Turn(state, event, recorded, outside)
    answers = dict(state.answers) | {one.question: one.value for one in recorded}
    fresh = [one.question for one in recorded]
    state = replace(state, answers=answers, said=said, last=fresh[-1] if fresh else state.last)
    state = _requeue(state, protocol, context)
    if any(not one.corrected for one in recorded):
        state = replace(state, reasked=0, auto_replies=0)
    return _Turn(state, event, recorded, _assess(state, protocol, context))


def _answers(
    state: State, event: Heard, protocol: Protocol, context: Context
) -> tuple[Recorded, ...]:
    """The answers to the open question and, when several came at once, to those after it."""
    several = numbered(event)
    if not several:
        code = state.open
        raw = event.reading.answer
        value = None if code is None or raw is None else accept(protocol.questions[code], raw)
        return () if code is None or value is None else (Recorded(code, value, event.words),)
    recorded: list[Recorded] = []
    for words in several:
        code = state.open
        value = None if code is None else short(protocol.questions[code], words)
        if code is None or value is None:
            break
        recorded.append(Recorded(code, value, words))
        state = replace(state, answers={**state.answers, code: value})
        state = _requeue(state, protocol, context)
    return tuple(recorded)


def _requeue(state: State, protocol: Protocol, context: Context) -> State:
    if state.check_in is None:
        return state
    plan = protocol.check_in(state.check_in)
    pending = remaining(protocol, plan, answers=state.answers, said=state.said, context=context)
    return replace(state, pending=pending, open=pending[0] if pending else None)


def _assess(state: State, protocol: Protocol, context: Context) -> Assessment:
    return assess(
        protocol,
        answers=state.answers,
        readings=(state.said,),
        context=context,
        lapsed=state.lapsed,
    )


def _safety(state: State, assessment: Assessment) -> tuple[State, tuple[Reply, ...]]:
    """The safety text, where a rule pages that none was sent for yet."""
    paging = {
        f"{fired.rule}:{fired.level.code}" for fired in assessment.reasons if fired.level.pages
    }
    if paging <= state.told or state.opted_out:
        return state, ()
    return replace(state, told=state.told | paging), (Reply("text", assessment.tell[0]),)


def _work(turn: _Turn) -> tuple[Work, ...]:
    reading, found = turn.event.reading, []
    if reading.intent == "question":
        found.append(Work("question", "The patient asks something"))
    elif reading.intent == "help":
        found.append(Work("help", "The patient asked for help"))
    elif reading.intent == "wrong_person":
        found.append(Work("wrong_person", "Someone else seems to have this number"))
    elif not reading.understood or reading.level is Level.REVIEW:
        found.append(Work("read", "A text must be read by a human"))
    if turn.state.opted_out and turn.assessment.level.pages:
        found.append(Work("call", "A red flag from a patient who gets no texts"))
    return tuple(found)


def _stop(step: Step) -> Step:
    state = replace(
        step.state, check_in=None, closed=step.state.check_in, open=None, pending=()
    )
    return replace(step, state=state, done=step.state.check_in)


def _opt_out(step: Step, turn: _Turn) -> Step:
    already = step.state.opted_out
    work = step.work
    if turn.assessment.level.pages and not already:
        work = (*work, Work("call", "The patient opted out, and reports a red flag"))
    elif step.state.check_in is not None:
        work = (*work, Work("unanswered", "The patient opted out during a check-in"))
    replies = () if already else (Reply("text", "opted_out"),)
    step = _stop(replace(step, work=work, replies=replies, consent="opt_out"))
    return replace(step, state=replace(step.state, opted_out=True), done=None)


def _outside(step: Step, turn: _Turn) -> Step:
    reading = turn.event.reading
    if turn.safety:
        return replace(step, replies=turn.safety)
    if any(one.corrected for one in turn.recorded):
        return _limited(step, "noted")
    if reading.intent == "help":
        return _limited(step, "help")
    if reading.intent == "question":
        return _limited(step, "handed_over")
    if turn.assessment.level > Level.ROUTINE:
        return _limited(step, "outside")
    return step


def _limited(step: Step, *keys: str, question: str | None = None) -> Step:
    """The step with an automatic reply, unless too many went out without progress."""
    if step.state.auto_replies >= MOST_REPLIES:
        return step
    replies = [*step.replies, *(Reply("text", key) for key in keys)]
    if question is not None:
        replies.append(Reply("question", question))
    state = replace(step.state, auto_replies=step.state.auto_replies + 1)
    return replace(step, state=state, replies=tuple(replies))


def _onward(step: Step, turn: _Turn, protocol: Protocol, context: Context) -> Step:
    state = step.state
    if state.open is None:
        return _stop(replace(step, replies=(*turn.safety, *_closing(turn))))
    screened = any(one.question == "screen" for one in turn.recorded)
    branching = screened and branch_open(protocol, state)
    more = (Reply("text", "more"),) if branching and not turn.safety else ()
    replies = (*turn.safety, *more, Reply("question", state.open))
    due = branch_time(protocol, context) if branching else None
    return replace(step, replies=replies, branch_due=due)


def _closing(turn: _Turn) -> tuple[Reply, ...]:
    level = turn.assessment.level
    if turn.safety:
        return ()
    advice = [key for key in turn.assessment.tell if key not in _GENERAL]
    if level.pages or not advice:
        return (Reply("text", _CLOSING[level]),)
    return tuple(Reply("text", key) for key in advice[:_ADVICE_AT_ONCE])


def _affirmed(step: Step, turn: _Turn, protocol: Protocol, context: Context) -> Step:
    """A bare "yes" about a red flag, where that does not say which option, starts the timer."""
    code = step.state.open
    if code is None or not affirms(turn.event.words) or not could_page(protocol, code):
        return step
    state = replace(step.state, affirmed=code)
    return replace(step, state=state, branch_due=branch_time(protocol, context))


def _unanswered(step: Step, turn: _Turn) -> Step:
    """A text that did not answer the open question: asked again once, then a human."""
    step = replace(step, replies=turn.safety)
    reading, state = turn.event.reading, step.state
    if state.open is None:
        return _stop(_limited(step, "noted"))
    if reading.intent == "help":
        return _limited(step, "help")
    if any(one.corrected for one in turn.recorded) or turn.safety:
        return _limited(step, question=state.open)
    if reading.intent == "question":
        return _limited(step, "handed_over", question=state.open)
    tried = replace(step, state=replace(state, reasked=state.reasked + 1))
    if state.reasked == 0:
        return _limited(tried, "reask", question=state.open)
    if state.reasked == 1:
        tried = _limited(tried, "handed_over")
    unanswered = Work("unanswered", "The open question was asked twice and not answered")
    return replace(tried, work=(*tried.work, unanswered))
