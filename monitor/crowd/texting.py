"""What a made-up patient and the clinic text each other, as rows of outbox and inbox."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from monitor.conversation import Reply, State, messages
from monitor.crowd.clinics import Place
from monitor.crowd.course import Asked
from monitor.crowd.ledger import Ledger
from monitor.crowd.people import Identity, new_uuid
from monitor.episodes import values_of
from monitor.levels import Level
from monitor.models import CheckIn
from monitor.protocol import Protocol
from monitor.simulation.people import Person
from notifications.models import Message

ARRIVES_AFTER = timedelta(seconds=3)
EXPIRES_AFTER = timedelta(hours=24)
SEGMENT = 153
LANDLINE = 30006
UNDERSTOOD = True


@dataclass(slots=True)
class Story:
    """The follow-up that is being written: who, where, under which rules."""

    episode: UUID
    place: Place
    person: Person
    who: Identity
    rules: Protocol
    dice: Random
    texts: int = 0

    def sid(self) -> str:
        """A provider's id of its own, for the next text or reply."""
        return f"SM{self.dice.getrandbits(128):032x}"


class Texting:
    """Writes texts into a ledger, and keeps the words that many are sent alike."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._words: dict[tuple[str, ...], str] = {}
        self._states: dict[tuple[str, str, str], str] = {}

    def state(self, check_ins: Sequence[Asked]) -> str:
        """Where the conversation stands, as JSON text."""
        running = next((one for one in check_ins if one.state == CheckIn.State.SENT), None)
        closed = [one.key for one in check_ins if one.state == CheckIn.State.ANSWERED]
        key = (
            running.key if running else "",
            running.open_question if running else "",
            closed[-1] if closed else "",
        )
        if key not in self._states:
            state = State(check_in=key[0] or None, open=key[1] or None, closed=key[2] or None)
            self._states[key] = json.dumps(state.to_json())
        return self._states[key]

    def told(self, story: Story, *keys: str) -> str:
        """A text of the protocol as it goes out: texts by key, questions by "?key"."""
        clinic = story.place.clinic
        known = (str(clinic.pk), story.rules.name, story.person.language, *keys)
        if known not in self._words:
            replies = [
                Reply("question" if key[0] == "?" else "text", key.lstrip("?")) for key in keys
            ]
            texts = messages(
                story.rules, replies, lang=story.person.language, values=values_of(clinic)
            )
            self._words[known] = "\n".join(texts)
        return self._words[known]

    def send(
        self,
        story: Story,
        at: datetime,
        body: str,
        *,
        lost: bool = False,
        to: str = "",
        page: UUID | None = None,
    ) -> UUID:
        """A text of ours: to the patient, or to whoever a page calls."""
        message = new_uuid(story.dice)
        state = Message.State.UNDELIVERED if lost else Message.State.DELIVERED
        mark = f"page:{page}" if page else f"episode:{story.episode}"
        self.ledger.messages.add(
            message,
            story.place.line.sender_id,
            Message.Stream.PAGE if page else Message.Stream.TEXT,
            to or story.who.phone,
            body,
            f"{mark}:{story.texts}",
            mark,
            state,
            at,
            at + EXPIRES_AFTER,
            1,
            story.sid(),
            state,
            LANDLINE if lost else None,
            "landline" if lost else "",
            1 + len(body) // SEGMENT,
            at,
            at,
            at + ARRIVES_AFTER,
        )
        story.texts += 1
        return message

    def hear(
        self,
        story: Story,
        at: datetime,
        body: str,
        *,
        intent: str = "answer",
        level: Level = Level.ROUTINE,
        keyword: str = "",
    ) -> UUID:
        """A text of the patient, read."""
        inbound, place = new_uuid(story.dice), story.place
        self.ledger.inbound.add(
            inbound,
            place.line.sender_id,
            place.line.sender.number,
            story.sid(),
            story.who.phone,
            body,
            keyword,
            at,
            at,
            at,
        )
        self.ledger.reads.add(
            inbound,
            place.clinic.pk,
            story.episode,
            at,
            level,
            25 * level,
            intent,
            story.person.language,
            UNDERSTOOD,
        )
        return inbound
