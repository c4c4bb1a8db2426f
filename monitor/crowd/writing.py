"""One made-up patient after the other, as the rows that the follow-up would have left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from monitor.completion import WHY
from monitor.crowd.clinics import Place
from monitor.crowd.course import DAYS, REMINDED_AFTER, Asked, course
from monitor.crowd.judged import judged
from monitor.crowd.ledger import Ledger
from monitor.crowd.paging import Paging
from monitor.crowd.people import identity, new_uuid, reference, words
from monitor.crowd.texting import Story, Texting
from monitor.episodes import COMPLETE_AFTER
from monitor.levels import Level
from monitor.models import Change, CheckIn, Episode, WorkItem
from monitor.protocol import latest
from monitor.simulation.people import Person, draw
from patients.models import Consent

# How often a patient writes a question, wants no more texts, has a phone that takes none.
# DESIGN: no source says.
QUESTIONS, STOPS, LANDLINES = 0.08, 0.01, 0.004
REGISTERED_AFTER = timedelta(minutes=30)
ADVISED_AFTER = timedelta(minutes=5)
ASKED_AFTER = timedelta(hours=26)
DESK_TAKES = timedelta(hours=2)
WAITS_FOR_STAFF = timedelta(hours=2)
AT_LEAST = timedelta(minutes=20)
SIDES = ("left", "right", "both", "midline")
SPINE: Mapping[str, tuple[str, ...]] = {
    "lumbar": ("L3/4", "L4/5", "L5/S1"),
    "cervical": ("C5/6", "C6/7"),
}
DRUGS = "dexamethasone 10 mg"
Kind = WorkItem.Kind


class Writer:
    """Writes into a ledger; the same seed, number, place and moment give the same rows."""

    def __init__(self, ledger: Ledger, *, seed: int, now: datetime) -> None:
        self.ledger, self.seed, self.now = ledger, seed, now
        self.texts = Texting(ledger)
        self.pages = Paging(ledger, self.texts, now=now)

    def write(self, number: int, place: Place, performed_at: datetime) -> None:
        """The patient of this number, treated at that place and time, and all since."""
        dice = Random(f"{self.seed} {number}")  # noqa: S311 - made up, nothing is secret
        person = draw(self.seed * 1_000_003 + number, performed_at=performed_at)
        who = identity(number, language=person.language, dice=dice)
        stops = dice.random() < STOPS
        landline = not stops and dice.random() < LANDLINES
        if landline:
            person = replace(person, waits={})
        story = Story(new_uuid(dice), place, person, who, latest(person.kind), dice)
        check_ins = course(
            person,
            zone=place.clinic.zone,
            dice=dice,
            stops_after="d1" if stops else "",
            now=self.now,
        )
        self._follow(story, number, self._register(story), check_ins)
        self._welcome(story, lost=landline)
        for one in check_ins:
            self._check_in(story, one)
        if dice.random() < QUESTIONS:
            self._question(story, performed_at + ASKED_AFTER * dice.uniform(0.5, 8))
        if stops and check_ins[0].ended_at is not None:
            self._stop(story, check_ins[0].ended_at + timedelta(minutes=1))

    def _follow(
        self,
        story: Story,
        number: int,
        registered: tuple[UUID, UUID],
        check_ins: Sequence[Asked],
    ) -> None:
        """The follow-up of a patient's procedure, as it stands."""
        patient, procedure = registered
        answered = [one for one in check_ins if one.said]
        completes_at = max(one.expires_at for one in check_ins) + COMPLETE_AFTER
        over = completes_at <= self.now
        self.ledger.episodes.add(
            story.episode,
            story.place.clinic.pk,
            patient,
            procedure,
            reference(number),
            story.rules.name,
            story.rules.digest,
            self.texts.state(check_ins),
            answered[-1].said[-1].at if answered else None,
            story.person.performed_at + REGISTERED_AFTER,
            Episode.State.ENDED if over else Episode.State.ACTIVE,
            None if over else completes_at,
            completes_at if over else None,
            WHY if over else "",
        )
        if over:
            self.ledger.changes.add(
                story.episode, Change.What.ENDED, Episode.State.ACTIVE, WHY, completes_at
            )

    def _register(self, story: Story) -> tuple[UUID, UUID]:
        """The patient, the procedure and the consent; the keys of the first two."""
        rows, person, place, dice = self.ledger, story.person, story.place, story.dice
        registered_at = person.performed_at + REGISTERED_AFTER
        patient, procedure = new_uuid(dice), new_uuid(dice)
        rows.patients.add(
            patient,
            place.clinic.pk,
            story.who.given,
            story.who.family,
            story.who.born_on,
            story.who.phone,
            person.language,
            story.who.record_number,
            "anticoagulant" in person.risks,
            "diabetes" in person.risks,
            "immune" in person.risks,
            registered_at,
        )
        rows.procedures.add(
            procedure,
            patient,
            person.kind,
            person.region,
            dice.choice(SIDES),
            [dice.choice(SPINE[person.region])],
            person.performed_at,
            dice.choice(place.responders).name,
            person.steroid,
            DRUGS if person.steroid else "",
            person.baseline_pain,
            place.nurse.pk,
            registered_at,
        )
        rows.consents.add(
            patient,
            person.performed_at - timedelta(hours=1),
            Consent.How.WRITTEN if dice.random() < 0.9 else Consent.How.VERBAL,
            place.nurse.pk,
        )
        return patient, procedure

    def _welcome(self, story: Story, *, lost: bool) -> None:
        at = story.person.performed_at + REGISTERED_AFTER
        for key, wait in (("welcome", timedelta()), (story.rules.aftercare, ADVISED_AFTER)):
            message = self.texts.send(story, at + wait, self.texts.told(story, key), lost=lost)
        if lost:
            self._work(
                story,
                Kind.UNDELIVERED,
                at + ADVISED_AFTER,
                why="The number can't take texts, a landline perhaps: phone the patient.",
                message=message,
            )

    def _check_in(self, story: Story, one: Asked) -> None:
        key = self.ledger.next(self.ledger.check_ins)
        asked = one.planned_for if one.planned_for <= self.now else None
        stopped = one.state == CheckIn.State.CANCELLED
        self.ledger.check_ins.add(
            key,
            story.episode,
            one.key,
            one.planned_for,
            one.expires_at,
            one.state,
            one.step,
            one.due_at,
            None if stopped else asked,
            one.said[0].at if one.said else None,
            one.ended_at,
        )
        if stopped or asked is None:
            return
        opening = self.texts.told(story, f"opening_{one.key}", "?screen")
        self.texts.send(story, one.planned_for, opening)
        if one.reminded:
            self.texts.send(
                story, one.planned_for + REMINDED_AFTER, self.texts.told(story, "reminder")
            )
        if one.said:
            self._answers(story, one, key)
        if one.handed_over_at is not None:
            self._silent(story, one, key)

    def _answers(self, story: Story, one: Asked, key: int) -> None:
        """Each reply with the next question, and what the rules make of them together."""
        inbound = None
        for place, said in enumerate(one.said):
            inbound = self.texts.hear(story, said.at, str(said.value))
            self.ledger.answers.add(
                story.episode, key, inbound, said.question, said.value, str(said.value), said.at
            )
            if place + 1 < len(one.said):
                following = self.texts.told(story, f"?{one.said[place + 1].question}")
                self.texts.send(story, said.at, following)
        found = judged(
            story.person.kind,
            one.key,
            24 * DAYS[one.key],
            tuple((said.question, said.value) for said in one.said),
            risks_of(story.person),
            story.person.baseline_pain,
        )
        at = one.said[-1].at
        if one.state == CheckIn.State.ANSWERED:
            self.texts.send(story, at, self.texts.told(story, f"close_{found.level.code}"))
        assessment = self.ledger.next(self.ledger.assessments)
        self.ledger.assessments.add(
            assessment,
            story.episode,
            key,
            inbound,
            at,
            story.rules.name,
            story.rules.digest,
            found.level,
            found.score,
            found.reasons,
            found.told,
            found.shown,
            found.given,
        )
        if found.level.pages:
            self.pages.write(story, found, at, assessment=assessment)
        elif found.level == Level.REVIEW:
            self._work(story, Kind.READ, at, why=found.why, score=found.score, check_in=key)

    def _silent(self, story: Story, one: Asked, key: int) -> None:
        """The desk's call to somebody who did not answer, and what stayed undone."""
        if one.handed_over_at is None:
            return
        reached = one.state == CheckIn.State.REACHED
        self._work(
            story,
            Kind.SILENT,
            one.handed_over_at,
            why="No reply to the check-in: phone the patient.",
            check_in=key,
            closed_at=one.called_at,
            outcome=WorkItem.Outcome.REACHED if reached else WorkItem.Outcome.NOT_REACHED,
        )
        if one.state == CheckIn.State.MISSED:
            self._work(
                story,
                Kind.MISSED,
                one.expires_at,
                why="A check-in passed without contact: phone now.",
                check_in=key,
                score=100 if one.key == "d1" else 0,
                outcome=WorkItem.Outcome.NOT_REACHED,
            )

    def _question(self, story: Story, at: datetime) -> None:
        if at > self.now:
            return
        asks = words()[story.person.language]["asks"]
        body = story.dice.choice(asks)
        inbound = self.texts.hear(story, at, body, intent="question", level=Level.REVIEW)
        self.texts.send(story, at, self.texts.told(story, "handed_over"))
        why = "A question that no rule answers."
        self._work(story, Kind.QUESTION, at, why=why, inbound=inbound)

    def _stop(self, story: Story, at: datetime) -> None:
        inbound = self.texts.hear(story, at, "STOP", intent="opt_out", keyword="stop")
        sender = story.place.line.sender_id
        self.ledger.opt_outs.add(sender, story.who.phone, at, "keyword")
        why = "The patient wants no more texts: phone at the next check-in."
        self._work(story, Kind.OPTED_OUT, at, why=why, inbound=inbound)

    def _work(
        self,
        story: Story,
        kind: str,
        at: datetime,
        *,
        why: str,
        score: int = 0,
        check_in: int | None = None,
        inbound: UUID | None = None,
        message: UUID | None = None,
        closed_at: datetime | None = None,
        outcome: str = WorkItem.Outcome.DONE,
    ) -> None:
        """Work for the desk, done after a while or, when that is still to come, open."""
        dice, place = story.dice, story.place
        if closed_at is None:
            closed_at = at + DESK_TAKES * dice.uniform(0.2, 2.5)
        done = closed_at <= self.now
        deadline = at + WAITS_FOR_STAFF
        if not done:
            deadline = max(deadline, self.now + AT_LEAST * dice.uniform(1, 6))
        self.ledger.work.add(
            new_uuid(dice),
            place.clinic.pk,
            story.episode,
            check_in,
            inbound,
            message,
            kind,
            why[:300],
            Level.REVIEW,
            score,
            at,
            deadline,
            None if done else deadline,
            place.nurse.pk if done or dice.random() < 0.3 else None,
            outcome if done else "",
            "Spoken with." if done and outcome == WorkItem.Outcome.REACHED else "",
            place.nurse.pk if done else None,
            closed_at if done else None,
        )


def risks_of(person: Person) -> frozenset[str]:
    """What raises a level for this patient, as monitor.episodes has it."""
    more = {
        "cervical": person.region == "cervical",
        "blood_patch": person.kind == "blood_patch",
        "steroid": person.steroid,
    }
    return person.risks | {name for name, present in more.items() if present}
