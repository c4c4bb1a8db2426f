"""A follow-up's life: begun by a registration, paused, resumed, ended."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from monitor import changes, versions
from monitor.conversation import Reply, State, messages
from monitor.history import history_of, hours_between
from monitor.models import Change, CheckIn, ClinicLine, Episode
from monitor.opening import hours_of
from monitor.protocol import CheckInPlan, Protocol
from monitor.silence import Silence
from monitor.timetable import plan, welcome_at
from monitor.triage import Context, conditions
from notifications import optouts, outbox
from notifications.models import Message, Sender
from notifications.oncall import codes
from patients.models import Clinic, Patient, Procedure
from patients.phone import spoken
from patients.registration import Refused, consenting, has_consent

WELCOME_EXPIRES = timedelta(hours=24)
AFTERCARE_AFTER = timedelta(minutes=5)
COMPLETE_AFTER = timedelta(days=7)
"""How long all must have been over and still before a follow-up ends by itself."""


def protocol_of(episode: Episode) -> Protocol:
    """The protocol version that the episode began with, unchanged since."""
    return versions.ruling(episode.protocol, episode.protocol_digest)


def ref(episode: Episode) -> str:
    """How the episode's texts are marked in the outbox."""
    return f"episode:{episode.pk}"


def risks_of(procedure: Procedure) -> frozenset[str]:
    """What raises a level for this patient after this procedure, or opens a question."""
    patient = procedure.patient
    return frozenset(
        code
        for code, present in (
            ("anticoagulant", patient.anticoagulant),
            ("diabetes", patient.diabetes),
            ("immune", patient.immune_problem),
            ("cervical", procedure.region == Procedure.Region.CERVICAL),
            ("blood_patch", procedure.kind == Procedure.Kind.BLOOD_PATCH),
            ("steroid", procedure.steroid),
        )
        if present
    )


def context_of(episode: Episode, *, check_in: str | None, now: datetime) -> Context:
    """What triage needs to know beside the answers."""
    procedure = episode.procedure
    return Context(
        procedure=procedure.kind,
        hours_since=hours_between(procedure.performed_at, now),
        check_in=check_in,
        risks=risks_of(procedure),
        baseline_pain=procedure.baseline_pain,
        history=history_of(episode, before=check_in),
        settings=episode.clinic.protocol_settings,
    )


def state_of(episode: Episode) -> State:
    """Where the conversation stands; who may not be texted has opted out, however it came."""
    state = State.from_json(episode.conversation) if episode.conversation else State()
    return replace(state, opted_out=not may_text(episode))


def opted_out(episode: Episode) -> bool:
    """Whether the patient's phone wants no texts from the clinic's number."""
    return optouts.opted_out(sender_of(episode), episode.patient.phone)


def sender_of(episode: Episode) -> Sender:
    """The number that the episode's texts go out from."""
    return ClinicLine.objects.select_related("sender").get(clinic=episode.clinic_id).sender


def say(
    episode: Episode,
    replies: Sequence[Reply],
    *,
    now: datetime,
    idempotency: str,
    due_at: datetime | None = None,
    expires_in: timedelta = timedelta(hours=4),
    despite_opt_out: bool = False,
) -> None:
    """Put texts of the protocol into the outbox, in the patient's language and in order.

    Inside a transaction. `idempotency` names the occasion: the same one is said once.
    """
    texts = messages(
        protocol_of(episode),
        replies,
        lang=episode.patient.language,
        values=values_of(episode.clinic),
    )
    for place, body in enumerate(texts):
        outbox.put(
            sender=sender_of(episode),
            stream=Message.Stream.TEXT,
            to=episode.patient.phone,
            body=body,
            key=f"{ref(episode)}:{idempotency}:{place}",
            ref=ref(episode),
            now=now,
            due_at=due_at,
            expires_in=expires_in,
            despite_opt_out=despite_opt_out,
        )


def values_of(clinic: Clinic) -> dict[str, str]:
    """What a clinic fills into the placeholders of the texts."""
    return {
        "clinic": clinic.name,
        "phone": spoken(clinic.phone),
        "emergency": clinic.emergency_number,
    }


def begin(*, procedure: Procedure, now: datetime, **_signal: Any) -> Episode:
    """Begin the follow-up of a procedure just registered, in the registration's transaction.

    Refused when the protocol has no texts in the patient's language.
    """
    patient, clinic = procedure.patient, procedure.patient.clinic
    protocol = versions.chosen(clinic, procedure.kind)
    if patient.language not in protocol.languages:
        known = ", ".join(sorted(protocol.languages))
        raise Refused({"language": f"There are no texts in this language; there are: {known}."})
    versions.keep(protocol, now=now)
    episode = Episode.objects.create(
        clinic=clinic,
        patient=patient,
        procedure=procedure,
        reference=_free_reference(),
        protocol=protocol.name,
        protocol_digest=protocol.digest,
        began_at=now,
    )
    extend(episode, now=now)
    last = episode.check_ins.aggregate(last=Max("expires_at"))["last"]
    episode.completes_at = (last or now) + COMPLETE_AFTER
    episode.save(update_fields=["completes_at"])
    due_at = welcome_at(
        performed_at=procedure.performed_at, hours=hours_of(clinic, now=now), now=now
    )
    # The advice comes after the first text, which says who writes.
    for key, wait in (("welcome", timedelta()), (protocol.aftercare, AFTERCARE_AFTER)):
        say(
            episode,
            [Reply("text", key)],
            now=now,
            idempotency=key,
            due_at=due_at + wait,
            expires_in=due_at + wait - now + WELCOME_EXPIRES,
        )
    return episode


def hold_advice(episode: Episode, *, now: datetime) -> None:
    """Take back the advice on rest and pills that is still to come: it is for who is well.

    Inside a transaction, as `give_advice`.
    """
    outbox.cancel(ref=ref(episode), keys=_advice_keys(episode), now=now)


def give_advice(episode: Episode, *, now: datetime) -> None:
    """Send it after all, where it was held and has not gone out since."""
    texts = Message.objects.filter(
        ref=ref(episode), key__startswith=_advice_keys(episode), expires_at__gt=now
    )
    held = set(texts.values_list("state", flat=True)) == {Message.State.CANCELLED}
    if held and episode.state == Episode.State.ACTIVE and may_text(episode):
        advice = protocol_of(episode).aftercare
        say(episode, [Reply("text", advice)], now=now, idempotency=f"{advice}:held")


def _advice_keys(episode: Episode) -> str:
    return f"{ref(episode)}:{protocol_of(episode).aftercare}:"


def _free_reference() -> str:
    while Episode.objects.filter(reference=(reference := codes.reference())).exists():
        continue
    return reference


def extend(episode: Episode, *, now: datetime) -> None:
    """Plan the check-ins that are needed and not planned yet: some follow from answers."""
    protocol = protocol_of(episode)
    history = history_of(episode, before=None)
    dues = plan(
        protocol,
        performed_at=episode.procedure.performed_at,
        hours=hours_of(episode.clinic, now=now),
        risk=risks_of(episode.procedure)
        | conditions(protocol, history, settings=episode.clinic.protocol_settings),
        now=now,
    )
    planned = set(episode.check_ins.values_list("key", flat=True))
    paused = episode.state == Episode.State.PAUSED
    CheckIn.objects.bulk_create(
        CheckIn(
            episode=episode,
            key=due.key,
            planned_for=due.due_at,
            expires_at=due.expires_at,
            due_at=None if paused else due.due_at,
        )
        for due in dues
        if due.key not in planned
    )


def plan_of(episode: Episode, check_in: CheckIn) -> CheckInPlan:
    """What the protocol says of a check-in."""
    return protocol_of(episode).check_in(check_in.key)


def due_of(episode: Episode, check_in: CheckIn, step: str) -> datetime:
    """When a step of a check-in is due by the protocol; that may be past."""
    silence = silence_of(episode, check_in)
    match CheckIn.Step(step):
        case CheckIn.Step.SEND:
            return check_in.planned_for
        case CheckIn.Step.REMIND:
            return silence.reminder_at
        case CheckIn.Step.HAND_OVER:
            return silence.hand_over_at
        case CheckIn.Step.CHASE:
            return silence.chaser_at or silence.hand_over_at
        case CheckIn.Step.MISS:
            return silence.missed_at


def silence_of(episode: Episode, check_in: CheckIn) -> Silence:
    """What happens when nobody answers the check-in, and when."""
    return Silence(
        plan_of(episode, check_in),
        planned_for=check_in.planned_for,
        sent_at=check_in.sent_at,
        performed_at=episode.procedure.performed_at,
        high_risk=is_high_risk(episode),
        hours=hours_of(episode.clinic, now=check_in.planned_for),
    )


def is_high_risk(episode: Episode) -> bool:
    """Whether silence means a phone call on the same day."""
    return protocol_of(episode).is_high_risk(risks_of(episode.procedure))


def may_text(episode: Episode) -> bool:
    """Whether the patient may be texted: consent in force, and not opted out."""
    return has_consent(episode.patient) and not opted_out(episode)


def silenced(episodes: Collection[Episode]) -> dict[Any, str]:
    """By its key, why the patient of a follow-up is not texted: "consent" or "opted_out".

    Who may be texted is not in it. Three queries, whatever number there is.
    """
    consented = consenting({one.patient_id for one in episodes})
    lines = ClinicLine.objects.filter(clinic__in={one.clinic_id for one in episodes})
    senders = dict(lines.values_list("clinic", "sender"))
    phones = {one.patient.phone for one in episodes}
    stopped = optouts.among(senders.values(), phones)
    found = {}
    for one in episodes:
        if one.patient_id not in consented:
            found[one.pk] = "consent"
        elif (senders.get(one.clinic_id), one.patient.phone) in stopped:
            found[one.pk] = "opted_out"
    return found


def locked(episode: Episode) -> Episode:
    """The episode's row under lock: whoever changes anything of it holds this.

    FOR NO KEY UPDATE, here and wherever an episode is locked: a page that is being closed may
    write work for the episode meanwhile.
    """
    return Episode.objects.select_for_update(no_key=True, of=("self",)).get(pk=episode.pk)


@transaction.atomic
def pause(episode: Episode, *, now: datetime, by: Any = None) -> None:
    """Stop asking for a while; texts that come in are read as ever."""
    episode = locked(episode)
    if episode.state == Episode.State.ACTIVE:
        episode.state = Episode.State.PAUSED
        episode.save(update_fields=["state"])
        episode.check_ins.filter(state__in=CheckIn.OPEN).update(due_at=None)
        outbox.cancel(ref=ref(episode), now=now)
        changes.record(Change.What.PAUSED, episode=episode, by=by, now=now)


@transaction.atomic
def resume(episode: Episode, *, now: datetime, by: Any = None) -> None:
    """Go on asking. What came due meanwhile is sent, shifted or handed over by rule."""
    episode = locked(episode)
    if episode.state == Episode.State.PAUSED:
        episode.state = Episode.State.ACTIVE
        episode.save(update_fields=["state"])
        for check_in in episode.check_ins.filter(state__in=CheckIn.OPEN):
            check_in.due_at = max(due_of(episode, check_in, check_in.step), now)
            check_in.save(update_fields=["due_at"])
        changes.record(Change.What.RESUMED, episode=episode, by=by, now=now)


@transaction.atomic
def end(episode: Episode, *, why: str, now: datetime, by: Any = None) -> None:
    """End the follow-up; what is still to come is cancelled and the reason is kept."""
    episode = locked(episode)
    if episode.state == Episode.State.ENDED:
        return
    before = episode.state
    episode.state = Episode.State.ENDED
    episode.ended_at = now
    episode.ended_why = why
    episode.branch_due_at = None
    episode.completes_at = None
    # An answer that still comes is read as any text; it must not go on with the questions.
    episode.conversation = _closed(state_of(episode)).to_json()
    episode.save()
    episode.check_ins.filter(state__in=CheckIn.OPEN).update(
        state=CheckIn.State.CANCELLED, ended_at=now, due_at=None
    )
    outbox.cancel(ref=ref(episode), now=now)
    changes.record(Change.What.ENDED, episode=episode, by=by, now=now, before=before, after=why)


def _closed(state: State) -> State:
    return replace(state, check_in=None, closed=state.check_in, open=None, pending=())


def consent_withdrawn(*, patient: Patient, now: datetime, **_signal: Any) -> None:
    """Without consent nothing more is sent; the sweep hands each check-in to staff."""
    for episode in Episode.objects.filter(patient=patient).exclude(state=Episode.State.ENDED):
        outbox.cancel(ref=ref(episode), now=now)
