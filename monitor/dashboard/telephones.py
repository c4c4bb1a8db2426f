"""The demo's telephones, over the stand-in's control address."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

TIMEOUT_SECONDS = 5
# A text is handed to the web server's webhook before the stand-in answers.
SEND_TIMEOUT_SECONDS = 30
_OPTION = re.compile(r"(?<!\d)(\d) ([^\d\s](?:(?!\. )[^\d?])*)")
_KEY = re.compile(r"press (\d|star)\b")
_CODE = re.compile(r"[Rr]eply (\d{2,3})\b")


class StandInSilent(RuntimeError):
    """The stand-in does not answer, or refuses; the message says which."""


@dataclass(frozen=True)
class Text:
    """A text on a telephone; `mine` when it was typed there."""

    sid: str
    mine: bool
    other: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Call:
    """A call to a telephone, as far as it has come, and what was heard on it."""

    sid: str
    other: str
    status: str
    heard: list[str]

    @property
    def keys(self) -> list[str]:
        """The keys that were named in what was said last."""
        named = _KEY.findall(self.heard[-1]) if self.heard else []
        return ["*" if key == "star" else key for key in named]


@dataclass(frozen=True)
class Screen:
    """What a telephone shows, oldest first."""

    texts: list[Text]
    calls: list[Call]


class Telephones:
    """Everything that a person can do with a telephone of the stand-in."""

    def __init__(self, base_url: str) -> None:
        self._base = f"{base_url}/_simulator"
        self._http = requests.Session()
        self._http.trust_env = False

    def screen(self, number: str) -> Screen:
        """What is on a telephone now. StandInSilent as for all of these."""
        data = self._ask("GET", f"/phones/{quote(number)}", timeout=TIMEOUT_SECONDS)
        return Screen(
            texts=[
                Text(
                    sid=one["sid"],
                    mine=one["from_it"],
                    other=one["other"],
                    body=one["body"],
                    at=datetime.fromisoformat(one["at"]),
                )
                for one in data["messages"]
                if one["from_it"] or one["arrived"]
            ],
            calls=[
                Call(one["sid"], one["other"], one["status"], list(one["heard"]))
                for one in data["calls"]
            ],
        )

    def send(self, number: str, body: str, *, to: str) -> None:
        """Type a text on a telephone and send it."""
        self._ask(
            "POST",
            f"/phones/{quote(number)}/send",
            json={"to": to, "body": body},
            timeout=SEND_TIMEOUT_SECONDS,
        )

    def call(self, sid: str, action: str, *, digits: str = "") -> None:
        """Do something with a call: "answer", "press" (with digits), "hangup", "reject"."""
        self._ask(
            "POST",
            f"/calls/{quote(sid)}/{action}",
            json={"digits": digits},
            timeout=SEND_TIMEOUT_SECONDS,
        )

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, self._base + path, **options)
        except requests.RequestException:
            raise StandInSilent("The stand-in for Twilio does not answer.") from None
        if not answer.ok:
            raise StandInSilent(f"The stand-in for Twilio refused this ({answer.status_code}).")
        return answer.json()


def quick_replies(body: str) -> list[tuple[str, str]]:
    """What a text offers to answer: pairs of what to send and what it means.

    "Any fever? 1 None 2 Yes" gives ("1", "None") and ("2", "Yes"). A page's code goes before
    each of its outcomes, and alone where the text has none.
    """
    code = _CODE.search(body)
    rest = body[code.end() :] if code else body
    options = [(number, words.strip(" .,")) for number, words in _OPTION.findall(rest)]
    # Options count from one; whatever else has digits in it is no menu.
    if [number for number, _words in options] != [str(n + 1) for n in range(len(options))]:
        options = []
    if code is None:
        return options
    if not options:
        return [(code[1], "")]
    return [(f"{code[1]} {number}", words) for number, words in options]
