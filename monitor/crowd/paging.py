"""The pages of made-up patients: who was called, who took it, and what came of it."""

import json
from datetime import datetime, timedelta
from typing import Any

from monitor.crowd.judged import Judged
from monitor.crowd.ledger import Ledger
from monitor.crowd.people import new_uuid, reference
from monitor.crowd.texting import ARRIVES_AFTER, Story, Texting
from notifications.models import Channel, Message, Page, PageEvent, Responder
from notifications.oncall import directory, proof

TAKEN_AFTER, CLOSED_AFTER = timedelta(minutes=4), timedelta(minutes=13)
CLIMBS_AFTER = timedelta(minutes=5)
PAGE_TEXT = "Spinewatch page {}: reply with its code to take it."
FIRST_CODE, CODES = 11, 900
# How often a page ends so, where something is wrong with the patient in truth and where the
# course is the expected one. DESIGN.
ILL = {
    Page.Outcome.SEEN: 0.35,
    Page.Outcome.EMERGENCY_CARE: 0.35,
    Page.Outcome.IMAGING: 0.25,
    Page.Outcome.NOT_REACHED: 0.05,
}
WELL = {
    Page.Outcome.ADVISED: 0.6,
    Page.Outcome.SEEN: 0.12,
    Page.Outcome.IMAGING: 0.03,
    Page.Outcome.NOT_REACHED: 0.05,
    Page.Outcome.FALSE_ALARM: 0.2,
}
Event = PageEvent.Kind


class Paging:
    """Writes pages into a ledger, as they stand at `now`."""

    def __init__(self, ledger: Ledger, texts: Texting, *, now: datetime) -> None:
        self.ledger, self.texts, self.now = ledger, texts, now
        self._policies: dict[Any, dict[str, Any]] = {}

    def write(self, story: Story, found: Judged, at: datetime, *, assessment: int) -> None:
        """The on-call team is called, somebody takes it and says what came of it."""
        rows, dice, team = self.ledger, story.dice, story.place.line.team
        page, responder = new_uuid(dice), dice.choice(story.place.responders)
        taken_at = at + TAKEN_AFTER * dice.uniform(0.3, 1.6)
        closed_at = at + CLOSED_AFTER * dice.uniform(0.6, 2)
        taken, closed = taken_at <= self.now, closed_at <= self.now
        ends = ILL if story.person.has else WELL
        outcome = dice.choices(list(ends), list(ends.values()))[0]
        number = len(rows.pages.rows) + rows.pages.written
        due_at = None if closed else self.now + CLIMBS_AFTER
        rows.pages.add(
            page,
            team.pk,
            reference(number),
            FIRST_CODE + number % CODES,
            found.level.code,
            _state_of_page(taken=taken, closed=closed),
            json.dumps(self._policy(team)),
            at,
            due_at,
            responder.pk if taken else None,
            taken_at if taken else None,
            outcome if closed else "",
            responder.pk if closed else None,
            closed_at if closed else None,
        )
        rows.alerts.add(story.episode, page, assessment, found.codes, at)
        told = self.texts.told(story, "close_urgent")
        words = PAGE_TEXT.format(reference(number))
        called = self.texts.send(story, at, words, to=responder.phone, page=page)
        self.texts.send(story, at, told)
        text = Message(
            pk=called, channel=Channel.SMS, to=responder.phone, provider_status="delivered"
        )
        of = Page(pk=page, level=found.level.code, policy=self._policy(team), due_at=due_at)
        self._event(of, Event.OPENED, at)
        self._event(of, Event.PAGED, at, responder, text)
        self._event(of, Event.DELIVERED, at + ARRIVES_AFTER, responder, text)
        if taken:
            self._event(of, Event.ACKNOWLEDGED, taken_at, responder, detail="sms")
        if closed:
            self._event(of, Event.CLOSED, closed_at, responder, detail=outcome.value)

    def _event(
        self,
        page: Page,
        kind: PageEvent.Kind,
        at: datetime,
        who: Responder | None = None,
        message: Message | None = None,
        *,
        detail: str = "",
    ) -> None:
        said = proof.entry(page, kind, now=at, responder=who, message=message, detail=detail)
        self.ledger.events.add(
            page.pk, at, kind, who and who.pk, message and message.pk, detail, said
        )

    def _policy(self, team: Any) -> dict[str, Any]:
        """The team's policy as a page keeps it."""
        if team.pk not in self._policies:
            self._policies[team.pk] = directory.policy(team).to_json()
        return self._policies[team.pk]


def _state_of_page(*, taken: bool, closed: bool) -> str:
    if closed:
        return Page.State.CLOSED
    return Page.State.ACKNOWLEDGED if taken else Page.State.OPEN
