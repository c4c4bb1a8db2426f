"""A text that the program misread, read by a human: assessed anew, the old one kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from monitor.alerts import raise_alert
from monitor.assessments import store_assessment
from monitor.conversation import Said
from monitor.conversation.answers import accept
from monitor.conversation.state import Span
from monitor.episodes import context_of, extend, protocol_of, state_of
from monitor.levels import Level
from monitor.models import (
    Answer,
    Assessment,
    CheckIn,
    Correction,
    Episode,
    TextRead,
    WorkItem,
)
from monitor.protocol import Protocol
from monitor.protocol.vocabulary import FINDINGS
from monitor.reading import read as read_text
from monitor.reading.grading import findings_level, score
from monitor.triage import Assessment as Assessed
from monitor.triage import Context, assess

# A number in the text stands for the finding that it is a sign of, until a human says no.
_PAIN = frozenset({"severe_pain", "worse_pain", "pain_flare"})


class Refused(ValueError):
    """Nothing was changed; the message says what to do."""


@dataclass(frozen=True)
class _Human:
    """What a human makes of one text."""

    level: Level
    score: int
    findings: tuple[str, ...]


@transaction.atomic
def correct(
    read: TextRead,
    *,
    findings: Collection[str],
    answers: Mapping[str, float],
    why: str,
    by: Any,
    now: datetime,
) -> Correction:
    """Take a text as a human read it, and assess the check-in that it belongs to anew.

    `findings` are all that it says, in the codes of monitor.protocol.vocabulary; `answers` are
    the values that the patient meant, by question. What pages and did not before pages now. A
    page that is out already is for the on-call team to close: nothing here takes it back.
    Refused: no episode, unknown finding, impossible answer, or no reason given.
    """
    if read.episode is None:
        raise Refused("Nobody knows whose text this is: find the patient first.")
    episode = (
        Episode.objects.select_for_update(no_key=True, of=("self",))
        .select_related("clinic", "patient", "procedure__patient")
        .get(pk=read.episode.pk)
    )
    protocol = protocol_of(episode)
    _check(protocol, findings, answers, why)
    check_in = _check_in_of(read)
    _write_answers(episode, read, check_in, answers, now=now)
    context = _context(episode, read, check_in)
    hours = context.hours_since
    level = findings_level(findings, hours_since=hours)
    mine = _Human(level, score(level, findings, hours_since=hours), tuple(sorted(findings)))
    values = _answers_of(episode, check_in)
    said = _gather(episode, read, check_in, mine, hours=hours)
    assessed = assess(protocol, answers=values, readings=(said,), context=context)
    before = _latest(read, check_in)
    stored = store_assessment(
        episode, assessed, check_in=check_in, inbound=read.inbound, now=now
    )
    correction = Correction.objects.create(
        read=read,
        findings=list(mine.findings),
        level=mine.level,
        score=mine.score,
        answers=dict(answers),
        why=why.strip()[:300],
        assessment=stored,
        by=by,
        at=now,
    )
    _remember(episode, check_in, values, said)
    if assessed.level.pages and _is_news(assessed, before):
        raise_alert(episode, assessed, stored, now=now)
    if episode.state == Episode.State.ACTIVE:
        extend(episode, now=now)
    _close_reading(read, by=by, now=now)
    return correction


def _check(
    protocol: Protocol, findings: Collection[str], answers: Mapping[str, float], why: str
) -> None:
    if not why.strip():
        raise Refused("Say why it is to be read otherwise.")
    unknown = set(findings) - FINDINGS
    if unknown:
        raise Refused(f"No such finding: {', '.join(sorted(unknown))}.")
    for code, value in answers.items():
        question = protocol.questions.get(code)
        if question is None or accept(question, value) is None:
            raise Refused(f"The question {code} cannot be answered with {value:g}.")


def _check_in_of(read: TextRead) -> CheckIn | None:
    """The check-in that was running when the text came in."""
    first = (
        Assessment.objects.filter(inbound=read.inbound)
        .select_related("check_in")
        .order_by("at", "pk")
        .first()
    )
    return first.check_in if first is not None else None


def _write_answers(
    episode: Episode,
    read: TextRead,
    check_in: CheckIn | None,
    answers: Mapping[str, float],
    *,
    now: datetime,
) -> None:
    if answers and check_in is None:
        raise Refused("This text belongs to no check-in: it has no answers to correct.")
    Answer.objects.bulk_create(
        Answer(
            episode=episode,
            check_in=check_in,
            inbound=read.inbound,
            question=code,
            value=float(value),
            correction=True,
            at=now,
        )
        for code, value in answers.items()
    )


def _answers_of(episode: Episode, check_in: CheckIn | None) -> dict[str, float]:
    if check_in is None:
        return {}
    given = Answer.objects.filter(episode=episode, check_in=check_in).order_by("pk")
    return dict(given.values_list("question", "value"))


def _context(episode: Episode, read: TextRead, check_in: CheckIn | None) -> Context:
    """What was known when the text came in: later check-ins say nothing of it."""
    at = read.inbound.received_at
    context = context_of(episode, check_in=check_in.key if check_in else None, now=at)
    earlier = tuple(past for past in context.history if past.hours_since < context.hours_since)
    return replace(context, history=earlier)


def _gather(
    episode: Episode, read: TextRead, check_in: CheckIn | None, mine: _Human, *, hours: float
) -> Said:
    """All that was written in the check-in, with this text and earlier ones as corrected."""
    texts = [read]
    if check_in is not None:
        ids = Assessment.objects.filter(episode=episode, check_in=check_in).values("inbound")
        texts = list(
            TextRead.objects.filter(inbound__in=ids)
            .select_related("inbound")
            .prefetch_related("corrections")
            .order_by("at", "pk")
        )
    answered: dict[Any, set[str]] = {}
    for inbound_id, code in Answer.objects.filter(
        inbound__in=[one.inbound_id for one in texts]
    ).values_list("inbound_id", "question"):
        answered.setdefault(inbound_id, set()).add(code)
    said = Said()
    for one in texts:
        human = mine if one.pk == read.pk else _newest(one)
        part = _said(episode, one, human, hours=hours)
        said = said.plus(part, answered=answered.get(one.inbound_id, ()))
    return said


def _newest(read: TextRead) -> _Human | None:
    past = list(read.corrections.all())
    if not past:
        return None
    return _Human(Level(past[-1].level), past[-1].score, tuple(past[-1].findings))


def _said(episode: Episode, read: TextRead, human: _Human | None, *, hours: float) -> Said:
    """One text; its numbers, which no row holds, are read from it once more."""
    again = read_text(
        read.inbound.body,
        hours_since=hours,
        procedure=episode.procedure.kind,
        lang=episode.patient.language,
    )
    found = read.findings if human is None else human.findings
    spans = tuple(
        Span(one["code"], one["words"]) for one in read.reasons if one["code"] in found
    )
    said = Said(
        level=Level(read.level),
        score=read.score,
        findings=tuple(read.findings),
        reasons=spans,
        pain_score=again.pain_score,
        temperature_c=again.temperature_c,
        glucose_mg_dl=again.glucose_mg_dl,
        understood=read.understood,
    )
    if human is None:
        return said
    denied = set(read.findings) - set(human.findings)
    return replace(
        said,
        level=human.level,
        score=human.score,
        findings=human.findings,
        pain_score=None if denied & _PAIN else said.pain_score,
        temperature_c=None if "fever" in denied else said.temperature_c,
        glucose_mg_dl=None if "high_blood_sugar" in denied else said.glucose_mg_dl,
        understood=True,
    )


def _latest(read: TextRead, check_in: CheckIn | None) -> Assessment | None:
    earlier = Assessment.objects.filter(inbound=read.inbound)
    if check_in is not None:
        earlier = Assessment.objects.filter(check_in=check_in)
    return earlier.order_by("-at", "-pk").first()


def _is_news(assessed: Assessed, before: Assessment | None) -> bool:
    """Whether it pages for something that was not known before."""
    if before is None or assessed.level > before.level:
        return True
    pages = {"urgent", "emergency"}
    known = {one["code"] for one in before.reasons if one["level"] in pages}
    return any(one.level.pages and one.code not in known for one in assessed.reasons)


def _remember(
    episode: Episode, check_in: CheckIn | None, answers: dict[str, float], said: Said
) -> None:
    """The conversation goes on from what is now known of its check-in."""
    state = state_of(episode)
    if check_in is None or check_in.key not in (state.check_in, state.closed):
        return
    if state.check_in is not None and state.check_in != check_in.key:
        return
    episode.conversation = replace(state, answers=answers, said=said).to_json()
    episode.save(update_fields=["conversation"])


def _close_reading(read: TextRead, *, by: Any, now: datetime) -> None:
    """A human has read it: the work of reading it is done."""
    WorkItem.objects.filter(
        inbound=read.inbound,
        kind__in=(WorkItem.Kind.READ, WorkItem.Kind.UNANSWERED),
        page__isnull=True,
        closed_at__isnull=True,
    ).update(outcome=WorkItem.Outcome.CORRECTED, closed_by=by, closed_at=now, due_at=None)
