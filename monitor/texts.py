"""A patient's text: whose it is, what it says, and everything that it must cause.

All of it happens in the one transaction in which the inbox marks the text as handled.
"""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor import conversation, strangers, worklist
from monitor.alerts import raise_alert
from monitor.assessments import SAFETY_EXPIRES, store_assessment, store_reading
from monitor.checkins import answered
from monitor.episodes import context_of, protocol_of, say, state_of
from monitor.levels import Level
from monitor.models import (
    Answer,
    Assessment,
    CheckIn,
    ClinicLine,
    Episode,
    WorkItem,
)
from monitor.reading import OpenQuestion, read
from notifications import optouts
from notifications.keywords import network_confirms
from notifications.models import Inbound
from patients.models import Clinic


def receive(*, inbound: Inbound, now: datetime, **_signal: Any) -> None:
    """Read a text, score it, and write all that follows. Receiver of `text_received`."""
    line = (
        ClinicLine.objects.select_related("clinic", "sender")
        .filter(sender=inbound.sender)
        .first()
    )
    if line is None:
        raise LookupError("No clinic has the number that this text was sent to.")
    writers = _writers(line.clinic, inbound)
    if not writers:
        strangers.hear(line, inbound, now=now)
        return
    _hear(writers[0], inbound, shared=len(writers) > 1, now=now)


def set_aside(*, inbound: Inbound, now: datetime, **_signal: Any) -> None:
    """A text that could not be processed goes to a human, quickly."""
    line = ClinicLine.objects.select_related("clinic").filter(sender=inbound.sender).first()
    if line is None:
        _nobodys_number(inbound, now=now)
        return
    writers = _writers(line.clinic, inbound)
    worklist.add(
        worklist.Kind.SET_ASIDE,
        clinic=line.clinic,
        episode=writers[0] if writers else None,
        inbound=inbound,
        why="The program failed on this text. Read it now.",
        score=100,
        now=now,
    )


def _nobodys_number(inbound: Inbound, *, now: datetime) -> None:
    """A text to a number that is set up for no clinic: those who may know its writer learn it.

    The text itself is shown to nobody who may not be its clinic; administrators find it.
    """
    lines = ClinicLine.objects.select_related("clinic")
    known = lines.filter(clinic__patient__phone=inbound.from_number).distinct()
    for line in known or lines:
        worklist.add(
            worklist.Kind.SET_ASIDE,
            clinic=line.clinic,
            inbound=inbound if len(known) == 1 else None,
            why=(
                f"A text came to {inbound.to_number}, a number that is set up for no clinic. "
                "Tell the administrator, who finds it under Inbound in the administration."
            ),
            score=100,
            now=now,
        )


def _writers(clinic: Clinic, inbound: Inbound) -> list[Episode]:
    """The follow-ups that the text may belong to, one a patient, locked, likeliest first.

    A question that is open is likelier than none, the newest talk likelier than an older;
    one that has ended counts only where none is running.
    """
    newest: dict[Any, Episode] = {}
    episodes = (
        Episode.objects.select_for_update(no_key=True, of=("self",))
        .select_related("clinic", "patient", "procedure__patient")
        .filter(clinic=clinic, patient__phone=inbound.from_number)
        .order_by("pk")
    )
    running = [episode for episode in episodes if episode.state != Episode.State.ENDED]
    for episode in sorted(running or episodes, key=_likelihood, reverse=True):
        newest.setdefault(episode.patient_id, episode)
    return list(newest.values())


def _likelihood(episode: Episode) -> tuple[bool, datetime]:
    return (
        episode.conversation.get("open") is not None,
        episode.conversed_at or episode.began_at,
    )


def _hear(episode: Episode, inbound: Inbound, *, shared: bool, now: datetime) -> None:
    before = state_of(episode)
    if _opts_out_now(inbound, now=now):
        # It has been obeyed already, and nobody but the conversation will confirm it.
        before = replace(before, opted_out=False)
    about = conversation.asked(before, inbound.body)
    context = context_of(episode, check_in=before.check_in, now=now)
    reading = read(
        inbound.body,
        hours_since=context.hours_since,
        procedure=context.procedure,
        lang=episode.patient.language,
        question=_question(episode, about),
    )
    if reading.intent == "opt_in" and before.opted_out:
        # Only the network's own START undoes an opt-out: a human must say so to the patient.
        reading = replace(reading, intent="question")
    step = conversation.advance(
        before,
        conversation.Heard(
            reading=reading,
            text_id=str(inbound.pk),
            hours_since=context.hours_since,
            about=about,
            words=inbound.body,
        ),
        protocol_of(episode),
        context,
        now=now,
    )
    # A correction may come after the check-in's end.
    late = before.closed if step.recorded else None
    check_in = _check_in(episode, before.check_in or late)
    stored, news = None, ""
    if step.assessment is not None:
        news = _news(episode, check_in, step)
        stored = store_assessment(
            episode, step.assessment, check_in=check_in, inbound=inbound, now=now
        )
    store_reading(episode.clinic, episode, inbound, reading, now=now)
    _write_answers(episode, check_in, inbound, step, now=now)
    _consent(episode, inbound, step, now=now)
    _reply(episode, inbound, step, now=now)
    _hand_to_humans(episode, inbound, step, news=news, shared=shared, now=now)
    if step.assessment is not None and step.assessment.level.pages:
        raise_alert(episode, step.assessment, stored, now=now)
    _move_on(episode, check_in, step, now=now)


def _opts_out_now(inbound: Inbound, *, now: datetime) -> bool:
    """Whether this very text is a STOP that the network does not confirm."""
    unconfirmed = inbound.keyword == Inbound.Keyword.STOP and not network_confirms(inbound.body)
    if inbound.sender is None or not unconfirmed:
        return False
    return optouts.opted_out_since(inbound.sender, inbound.from_number) == now


def _news(episode: Episode, check_in: CheckIn | None, step: conversation.Step) -> str:
    told: set[str] = set()
    known = False
    if check_in is not None:
        earlier = Assessment.objects.filter(episode=episode, check_in=check_in)
        told = {one["rule"] for past in earlier for one in past.reasons}
        work = WorkItem.objects.filter(episode=episode, opened_at__gte=check_in.planned_for)
        known = work.exists()
    return news_of(step, told=told, known=known)


def news_of(step: conversation.Step, *, told: Set[str], known: bool) -> str:
    """Why what was said wants a human who does not know of it yet; "" where it does not.

    What was said stays in every later assessment of a check-in, but it is read once: `told`
    are the rules of the earlier ones, and `known` says whether there has been work for a human
    since the check-in. A branch that was just opened has a deadline of its own; where it ends
    without an explanation, the whole check-in is read.
    """
    if step.assessment is None or step.branch_due is not None:
        return ""
    if step.done is not None and not known:
        told = frozenset()
    reasons = [one for one in step.assessment.reasons if one.level >= Level.REVIEW]
    return next((one.why for one in reasons if one.rule not in told), "")


def _question(episode: Episode, code: str | None) -> OpenQuestion | None:
    if code is None:
        return None
    question = protocol_of(episode).questions[code]
    return OpenQuestion(code=question.code, kind=question.kind, options=question.options)


def _check_in(episode: Episode, key: str | None) -> CheckIn | None:
    return episode.check_ins.filter(key=key).first() if key else None


def _write_answers(
    episode: Episode,
    check_in: CheckIn | None,
    inbound: Inbound,
    step: conversation.Step,
    *,
    now: datetime,
) -> None:
    Answer.objects.bulk_create(
        Answer(
            episode=episode,
            check_in=check_in,
            inbound=inbound,
            question=recorded.question,
            value=float(recorded.value),
            words=recorded.words[:200],
            correction=recorded.corrected,
            at=now,
        )
        for recorded in step.recorded
    )


def _consent(
    episode: Episode, inbound: Inbound, step: conversation.Step, *, now: datetime
) -> None:
    """An opt-out in the patient's own words counts as STOP does."""
    if step.consent != "opt_out" or inbound.sender is None:
        return
    optouts.opt_out(inbound.sender, inbound.from_number, source="words", now=now)
    worklist.add(
        worklist.Kind.OPTED_OUT,
        clinic=episode.clinic,
        episode=episode,
        inbound=inbound,
        why="The patient wants no more texts: phone at the next check-in.",
        level=Level.ROUTINE,
        now=now,
    )


def _reply(
    episode: Episode, inbound: Inbound, step: conversation.Step, *, now: datetime
) -> None:
    # The network itself confirms its keywords; a second text would be refused by it.
    if step.consent is not None and network_confirms(inbound.body):
        return
    say(
        episode,
        step.replies,
        idempotency=f"reply:{inbound.pk}",
        now=now,
        expires_in=SAFETY_EXPIRES,
        despite_opt_out=step.consent == "opt_out",
    )


def _hand_to_humans(
    episode: Episode,
    inbound: Inbound,
    step: conversation.Step,
    *,
    news: str,
    shared: bool,
    now: datetime,
) -> None:
    assessed = step.assessment
    level = min(assessed.level, Level.REVIEW) if assessed else Level.REVIEW
    score = assessed.score if assessed else 0
    for kind, why in work_of(step, news=news, shared=shared, media=bool(inbound.media)):
        worklist.add(
            kind,
            clinic=episode.clinic,
            episode=episode,
            inbound=inbound,
            why=why,
            level=level,
            score=score,
            now=now,
        )


def work_of(
    step: conversation.Step, *, news: str, shared: bool, media: bool
) -> list[tuple[str, str]]:
    """The kinds of work that a text makes, each with its reason."""
    work = [(item.kind, item.why) for item in step.work]
    if shared:
        work.append(
            (worklist.Kind.WRONG_PERSON, "Two patients share this phone: ask who wrote.")
        )
    if media:
        work.append((worklist.Kind.READ, "A picture or file came with this text."))
    if step.assessment and step.assessment.level == Level.REVIEW and news and not work:
        work.append((worklist.Kind.READ, news))
    return work


def _move_on(
    episode: Episode, check_in: CheckIn | None, step: conversation.Step, *, now: datetime
) -> None:
    episode.conversation = step.state.to_json()
    episode.conversed_at = now
    # A branch that is not finished keeps its deadline; one that is, lets it pass unheeded.
    if step.branch_due is not None:
        episode.branch_due_at = now + step.branch_due
    episode.save(update_fields=["conversation", "conversed_at", "branch_due_at"])
    if check_in is None:
        return
    if check_in.first_reply_at is None:
        check_in.first_reply_at = now
        check_in.save(update_fields=["first_reply_at"])
    if step.done == check_in.key:
        answered(episode, check_in, now=now)
