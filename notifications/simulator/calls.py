"""Calls: dialled, answered by a hand or a machine, and led through TwiML.

Source: Twilio's public description of the Calls resource and of TwiML for voice; Say, Play,
Pause, Gather, Dial of one Number, Redirect, Hangup and Reject are understood, and documents
fetched by POST.
"""

from collections.abc import Callable, Mapping, Sequence
from xml.etree.ElementTree import Element

from notifications.simulator import twiml
from notifications.simulator.errors import ApiError
from notifications.simulator.faults import Faults, Kind
from notifications.simulator.forms import Form, checked_url, first, is_e164, seconds
from notifications.simulator.gather import Gather
from notifications.simulator.records import FINAL_CALL, Account, Call, new_sid
from notifications.simulator.reports import EVENTS, events_of, form_of
from notifications.simulator.timeline import Timeline
from notifications.simulator.webhooks import Webhooks

APOLOGY = "An application error has occurred. Goodbye."
LETTERS_PER_SECOND = 15
LONGEST_CHAIN = 20


class OutOfTurn(ValueError):
    """The call is not at that."""


class Calls:
    """`pace` is the time from one status to the next, in seconds."""

    def __init__(
        self,
        account: Account,
        timeline: Timeline,
        faults: Faults,
        webhooks: Webhooks,
        pace: float,
    ) -> None:
        self._account = account
        self._timeline = timeline
        self._faults = faults
        self._webhooks = webhooks
        self._pace = pace
        self._gathers: dict[str, Gather] = {}
        # Where a call that was dialled behind another reports to when it is over.
        self._behind: dict[str, str] = {}

    def create(self, form: Form) -> Call:
        """The Calls resource's POST. ApiError for what Twilio refuses."""
        to, from_number = first(form, "To").strip(), first(form, "From").strip()
        if not to:
            raise ApiError(21201)
        if not is_e164(to):
            raise ApiError(21211, to)
        if not from_number:
            raise ApiError(21213)
        if from_number not in self._account.numbers:
            raise ApiError(21210, from_number)
        url, document = checked_url(first(form, "Url"), 21205), first(form, "Twiml")
        if not url and not document:
            raise ApiError(21205)
        if (first(form, "Method") or "POST").upper() != "POST":
            raise ApiError(20001, message="This stand-in fetches documents by POST alone.")
        if fault := self._faults.take(Kind.REFUSED, to=to):
            raise ApiError(fault.code or 21610, to)
        now = self._account.clock()
        call = Call(
            sid=new_sid("CA"),
            from_number=from_number,
            to=to,
            status="queued",
            date_created=now,
            date_updated=now,
            url=url,
            twiml=document,
            status_callback=checked_url(first(form, "StatusCallback"), 21609),
            events=events_of(form),
            ring_seconds=seconds(first(form, "Timeout"), 60.0),
            detect_machine=first(form, "MachineDetection") not in ("", "Disable"),
        )
        self._account.add(call)
        self._timeline.after(self._pace, lambda: self._dial(call))
        return call

    def fetch(self, sid: str) -> Call:
        if sid not in self._account.calls:
            raise ApiError(20404, f"/Calls/{sid}.json")
        return self._account.calls[sid]

    def listed(self, form: Form) -> list[Call]:
        """Newest first, by To, From and Status."""
        to, from_number, status = (first(form, name) for name in ("To", "From", "Status"))
        with self._account.changed:
            return [
                call
                for call in reversed(self._account.calls.values())
                if to in ("", call.to)
                and from_number in ("", call.from_number)
                and status in ("", call.status)
            ]

    def update(self, sid: str, form: Form) -> Call:
        """End a call: `canceled` before it is answered, `completed` at any time."""
        call, status = self.fetch(sid), first(form, "Status")
        if status not in ("canceled", "completed"):
            raise ApiError(20001)
        if call.status in FINAL_CALL:
            raise ApiError(21220)
        if status == "completed" or call.status != "in-progress":
            self._finish(call, status if call.status == "in-progress" else "canceled")
        return call

    def answer(self, sid: str) -> None:
        """A hand picks up. OutOfTurn when the telephone does not ring."""
        self._pick_up(self._ringing(sid), "human")

    def reject(self, sid: str) -> None:
        self._finish(self._ringing(sid), "busy")

    def ignore(self, sid: str) -> None:
        """It rings until nobody has answered."""
        self._finish(self._ringing(sid), "no-answer")

    def hang_up(self, sid: str) -> None:
        call = self._account.calls[sid]
        if call.status != "in-progress":
            raise OutOfTurn(f"The call is {call.status}.")
        self._finish(call, "completed")

    def press(self, sid: str, digits: str) -> None:
        """Press keys; OutOfTurn when the call does not ask for any."""
        call = self._account.calls[sid]
        if not digits or set(digits) - set("0123456789*#"):
            raise OutOfTurn("A telephone has the keys 0 to 9, * and #.")
        with self._account.changed:
            gather = self._gathers.get(sid)
            if gather is None:
                raise OutOfTurn("The call asks for no key now.")
            call.pressed.append(digits)
            complete = gather.takes(digits)
            if complete:
                self._end_gather(call)
            self._account.touch(call)
        # Outside the lock: the application may well call the API before it answers.
        if complete:
            self._soon(lambda: self._follow(call, gather.action, gather.digits))

    def _ringing(self, sid: str) -> Call:
        call = self._account.calls[sid]
        if call.status != "ringing":
            raise OutOfTurn(f"The call is {call.status}, not ringing.")
        return call

    def _dial(self, call: Call) -> None:
        if self._faults.take(Kind.CALL_FAILED, to=call.to):
            self._finish(call, "failed")
        elif call.status == "queued":
            self._move(call, "initiated", "initiated")
            self._timeline.after(self._pace, lambda: self._ring(call))

    def _ring(self, call: Call) -> None:
        if call.status != "initiated":
            return
        self._move(call, "ringing", "ringing")
        fault = self._faults.take(Kind.BUSY, Kind.NO_ANSWER, Kind.VOICEMAIL, to=call.to)
        if fault is None:
            if not self._timeline.by_hand:
                self._timeline.after(call.ring_seconds, lambda: self._ring_out(call))
        elif fault.kind is Kind.BUSY:
            self._timeline.after(self._pace, lambda: self._finish(call, "busy"))
        elif fault.kind is Kind.NO_ANSWER:
            wait = min(call.ring_seconds, fault.seconds)
            self._timeline.after(wait, lambda: self._ring_out(call))
        else:
            self._timeline.after(self._pace, lambda: self._pick_up(call, "machine_start"))

    def _ring_out(self, call: Call) -> None:
        if call.status == "ringing":
            self._finish(call, "no-answer")

    def _pick_up(self, call: Call, answered_by: str) -> None:
        call.start_time = self._account.clock()
        call.machine = answered_by != "human"
        if call.detect_machine:
            call.answered_by = answered_by
        self._move(call, "in-progress", "answered")
        if call.parent_sid:
            call.heard.append("[connected]")
            self._account.touch(call)
        elif call.twiml:
            self._soon(lambda: self._read(call, call.twiml, "", 0))
        else:
            self._soon(lambda: self._follow(call, call.url, ""))

    def _soon(self, step: Callable[[], None]) -> None:
        """By hand in the caller's thread, else in the background."""
        if self._timeline.by_hand:
            step()
        else:
            self._timeline.after(0, step, slow=True)

    def _follow(
        self,
        call: Call,
        url: str,
        digits: str,
        chain: int = 0,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Fetch a document and go through it."""
        form = form_of(self._account.sid, call) | dict(more or {})
        if digits:
            form["Digits"] = digits
        delivery = self._webhooks.post(url, form)
        if delivery.ok and chain < LONGEST_CHAIN:
            self._read(call, delivery.body, delivery.url, chain)
        else:
            self._apologise(call)

    def _read(self, call: Call, document: str, base: str, chain: int) -> None:
        try:
            found = twiml.verbs(document)
        except twiml.TwimlError:
            self._apologise(call)
            return
        self._go_through(call, found, base, chain)

    def _go_through(
        self, call: Call, found: Sequence[Element], base: str, chain: int = 0
    ) -> None:
        spoken = 0.0
        for place, verb in enumerate(found):
            if call.status != "in-progress":
                return
            match verb.tag:
                case "Say" | "Play" | "Pause":
                    spoken += self._hear(call, verb)
                case "Gather":
                    self._gather(call, verb, found[place + 1 :], base, spoken)
                    return
                case "Dial":
                    self._dial_behind(call, verb, base)
                    return
                case "Redirect":
                    target = twiml.absolute(base, (verb.text or "").strip())
                    self._follow(call, target, "", chain + 1)
                    return
                case "Hangup" | "Reject":
                    break
                case _:
                    self._apologise(call)
                    return
        self._after_words(spoken, call)

    def _dial_behind(self, call: Call, verb: Element, base: str) -> None:
        """Call a further telephone and connect the two; `action` hears how that went."""
        now = self._account.clock()
        child = Call(
            sid=new_sid("CA"),
            from_number=verb.get("callerId", call.from_number),
            to=(verb.findtext("Number") or verb.text or "").strip(),
            status="queued",
            date_created=now,
            date_updated=now,
            ring_seconds=float(verb.get("timeout", "30")),
            parent_sid=call.sid,
        )
        self._behind[child.sid] = twiml.absolute(base, verb.get("action", "")) or base
        self._account.add(child)
        if child.from_number in self._account.numbers:
            self._timeline.after(self._pace, lambda: self._dial(child))
        else:
            self._finish(child, "failed")

    def _part(self, call: Call) -> None:
        """One of two connected calls is over: the other one goes on, or ends with it."""
        for child in list(self._account.calls.values()):
            if child.parent_sid == call.sid and child.status not in FINAL_CALL:
                self._behind.pop(child.sid, None)
                self._finish(child, "completed" if child.start_time else "canceled")
        action = self._behind.pop(call.sid, "")
        parent = self._account.calls.get(call.parent_sid)
        if action and parent is not None and parent.status == "in-progress":
            told = {
                "DialCallSid": call.sid,
                "DialCallStatus": call.status,
                "DialCallDuration": str(call.duration or 0),
            }
            self._soon(lambda: self._follow(parent, action, "", more=told))

    def _after_words(self, spoken: float, call: Call) -> None:
        if self._timeline.by_hand:
            self._finish(call, "completed")
        else:
            self._timeline.after(spoken, lambda: self._finish(call, "completed"))

    def _hear(self, call: Call, verb: Element) -> float:
        """What the telephone's owner hears, and for how many seconds."""
        if verb.tag == "Pause":
            return float(verb.get("length", "1"))
        words = (verb.text or "").strip()
        call.heard.append(words if verb.tag == "Say" else f"[{words}]")
        self._account.touch(call)
        return len(words) / LETTERS_PER_SECOND

    def _gather(
        self, call: Call, verb: Element, rest: Sequence[Element], base: str, spoken: float
    ) -> None:
        gather = Gather(
            action=twiml.absolute(base, verb.get("action", "")) or base,
            num_digits=int(verb.get("numDigits", "0")),
            finish_key=verb.get("finishOnKey", "#"),
            timeout=float(verb.get("timeout", "5")),
            on_silence=verb.get("actionOnEmptyResult", "false") == "true",
            rest=rest,
            base=base,
        )
        spoken += sum(
            self._hear(call, one) for one in verb if one.tag in ("Say", "Play", "Pause")
        )
        with self._account.changed:
            self._gathers[call.sid] = gather
            call.gathering = True
            self._account.touch(call)
        # By hand nobody is too slow, but a machine never presses a key.
        if call.machine or not self._timeline.by_hand:
            wait = spoken + gather.timeout
            self._timeline.after(wait, lambda: self._silence(call, gather), slow=True)

    def wait_in_silence(self, sid: str) -> None:
        """Let the question that is being asked time out; OutOfTurn when there is none."""
        gather = self._gathers.get(sid)
        if gather is None:
            raise OutOfTurn("The call asks for no key now.")
        self._silence(self._account.calls[sid], gather)

    def _silence(self, call: Call, gather: Gather) -> None:
        with self._account.changed:
            if self._gathers.get(call.sid) is not gather:
                return
            self._end_gather(call)
        if gather.digits or gather.on_silence:
            self._follow(call, gather.action, gather.digits)
        else:
            self._go_through(call, gather.rest, gather.base)

    def _end_gather(self, call: Call) -> None:
        self._gathers.pop(call.sid, None)
        call.gathering = False

    def _apologise(self, call: Call) -> None:
        call.heard.append(APOLOGY)
        self._finish(call, "completed")

    def _finish(self, call: Call, status: str) -> None:
        with self._account.changed:
            if call.status in FINAL_CALL:
                return
            if call.start_time is not None:
                call.end_time = self._account.clock()
            self._end_gather(call)
        self._move(call, status, "completed")
        self._part(call)

    def _move(self, call: Call, status: str, event: str) -> None:
        with self._account.changed:
            call.status = status
            self._account.touch(call)
            form = form_of(self._account.sid, call) | {
                "CallbackSource": "call-progress-events",
                "SequenceNumber": str(EVENTS.index(event)),
                "Timestamp": f"{self._account.clock():%a, %d %b %Y %H:%M:%S +0000}",
            }
            if event == "completed":
                form["CallDuration"] = str(call.duration or 0)
        if call.status_callback and event in call.events:
            self._report(call, form)

    def _report(self, call: Call, form: dict[str, str]) -> None:
        if self._faults.take(Kind.LOST_CALLBACKS, to=call.to):
            return
        late = self._faults.take(Kind.LATE_CALLBACKS, to=call.to)
        twice = self._faults.take(Kind.DUPLICATE_CALLBACKS, to=call.to)
        for _ in range(2 if twice else 1):
            self._timeline.after(
                late.seconds if late else 0.0,
                lambda: self._post(call.status_callback, form),
                slow=True,
            )

    def _post(self, url: str, form: dict[str, str]) -> None:
        self._webhooks.post(url, form)
