"""The way for people and other processes to the telephones and the faults: /_simulator/.

It asks nobody for a password: bind the stand-in to the loopback address alone.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from notifications.simulator.calls import Calls
from notifications.simulator.faults import Fault, Faults
from notifications.simulator.forms import Form, first
from notifications.simulator.inbound import Inbound
from notifications.simulator.records import Account, Call, Message, Service
from notifications.simulator.rest import Answer, Rest, answered
from notifications.simulator.webhooks import Webhooks

PREFIX = "/_simulator/"
LONGEST_WAIT_SECONDS = 25.0


class Control:
    """Answers requests below /_simulator/."""

    def __init__(
        self,
        account: Account,
        faults: Faults,
        inbound: Inbound,
        calls: Calls,
        rest: Rest,
        webhooks: Webhooks,
    ) -> None:
        self._account = account
        self._faults = faults
        self._inbound = inbound
        self._calls = calls
        self._rest = rest
        self._webhooks = webhooks

    def handle(self, method: str, path: str, form: Form, data: Any) -> Answer:
        """404 for what there is not, 400 for what can't be done."""
        steps = path.removeprefix(PREFIX).strip("/").split("/")
        try:
            match (method, *steps):
                case ("GET", "phones"):
                    return answered(200, {"phones": self._phones()})
                case ("GET", "phones", number):
                    return answered(200, self._phone(number, form))
                case ("POST", "phones", number, "send"):
                    return answered(201, _text_json(self._send(number, data)))
                case ("POST", "calls", sid, action):
                    return self._act(sid, action, data)
                case ("GET", "sent"):
                    return answered(
                        200, {"sent": [asdict(one) for one in self._rest.requests()]}
                    )
                case ("GET", "webhooks"):
                    log = [asdict(one) for one in self._webhooks.log()]
                    return answered(200, {"webhooks": log})
                case ("POST", "services"):
                    return answered(201, self._add_service(data))
                case (_, "faults"):
                    return self._on_faults(method, data)
        except (KeyError, TypeError, ValueError) as error:
            return answered(400, {"message": str(error), "status": 400})
        return answered(404, {"message": f"{method} {path}: no such thing", "status": 404})

    def _phones(self) -> list[dict[str, object]]:
        account = self._account
        with account.changed:
            numbers = dict.fromkeys([*account.threads, *(c.to for c in account.calls.values())])
            return [
                {
                    "number": number,
                    "messages": len(account.threads.get(number, ())),
                    "seq": max(one.seq for one in _of(account, number)),
                }
                for number in numbers
            ]

    def _phone(self, number: str, form: Form) -> dict[str, object]:
        """What changed after `since`; `wait` seconds for something to change."""
        since = int(first(form, "since") or 0)
        wait = min(float(first(form, "wait") or 0), LONGEST_WAIT_SECONDS)
        account = self._account
        with account.changed:
            if wait:
                account.changed.wait_for(lambda: _newest(account, number) > since, wait)
            changed = [one for one in _of(account, number) if one.seq > since]
            return {
                "number": number,
                "seq": account.seq,
                "messages": [_text_json(one) for one in changed if isinstance(one, Message)],
                "calls": [_call_json(one) for one in changed if isinstance(one, Call)],
            }

    def _send(self, number: str, data: Mapping[str, Any]) -> Message:
        media = [(str(url), str(kind)) for url, kind in data.get("media", ())]
        return self._inbound.receive(
            phone=number, to=str(data["to"]), body=str(data["body"]), media=media
        )

    def _act(self, sid: str, action: str, data: Mapping[str, Any]) -> Answer:
        """What a hand does with a call; 400 when the call is not at that."""
        match action:
            case "answer":
                self._calls.answer(sid)
            case "press":
                self._calls.press(sid, str(data["digits"]))
            case "hangup":
                self._calls.hang_up(sid)
            case "reject":
                self._calls.reject(sid)
            case _:
                raise ValueError(f"A call can't be told to {action}.")
        return answered(200, _call_json(self._account.calls[sid]))

    def _add_service(self, data: Mapping[str, Any]) -> dict[str, object]:
        service = Service(**data)
        with self._account.changed:
            self._account.services[service.sid] = service
        return asdict(service)

    def _on_faults(self, method: str, data: Mapping[str, Any]) -> Answer:
        """POST sets one, DELETE clears them all."""
        if method == "POST":
            return answered(201, self._faults.add(Fault.from_json(data)).to_json())
        if method == "DELETE":
            self._faults.clear()
        return answered(200, {"faults": [one.to_json() for one in self._faults.all()]})


def _of(account: Account, number: str) -> list[Any]:
    calls = [call for call in account.calls.values() if call.to == number]
    return [*account.threads.get(number, ()), *calls]


def _newest(account: Account, number: str) -> int:
    return max((one.seq for one in _of(account, number)), default=0)


def _text_json(message: Message) -> dict[str, object]:
    return {
        "sid": message.sid,
        "from_it": message.direction == "inbound",
        "other": message.to if message.direction == "inbound" else message.from_number,
        "body": message.body,
        "media": message.media,
        "status": message.status,
        "arrived": bool(message.arrived),
        "at": message.date_created.isoformat(),
        "seq": message.seq,
    }


def _call_json(call: Call) -> dict[str, object]:
    return {
        "sid": call.sid,
        "other": call.from_number,
        "status": call.status,
        "heard": call.heard,
        "pressed": call.pressed,
        "gathering": call.gathering,
        "at": call.date_created.isoformat(),
        "seq": call.seq,
    }
